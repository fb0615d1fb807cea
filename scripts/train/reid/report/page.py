"""The page: sections of pictures, a table, and lists of crops."""

import base64
import html
import io
import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from reid.card import without_places
from reid.config import Config
from reid.data import Crops
from reid.embedding import embed
from reid.evaluate import percent
from reid.judge import judge, pairs
from reid.report import looks, plots
from reid.ship import trained
from reid.split import split

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
img.plot { max-width: 100%; } table { border-collapse: collapse; } td, th { padding: .2rem .7rem; text-align: right; }
th:first-child, td:first-child { text-align: left; } tr + tr { border-top: 1px solid #ddd; }
.list { display: flex; gap: 4px; margin: 6px 0; } .list img { width: 48px; height: 96px; border: 3px solid #888; }
.list img.right { border-color: #2a2; } .list img.wrong { border-color: #c22; }
.list img:first-child { margin-right: 12px; }
pre { white-space: pre-wrap; background: #f5f5f5; padding: .6rem; }
"""


def inline(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def picture(fig) -> str:
    """A figure as an image tag."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=110)
    plt.close(fig)
    return f'<img class="plot" src="{inline(buffer.getvalue())}">'


def crop(pixels: np.ndarray, kind: str = "") -> str:
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).save(buffer, format="jpeg", quality=85)
    return f'<img class="{kind}" src="{inline(buffer.getvalue(), "jpeg")}">'


def curves(log: list, sets: list) -> str:
    """Losses by batch, and the looks at held-out people."""
    keys = list(dict.fromkeys(key for line in log for key in line if key not in ("batch", "minutes", "held out")))
    judged = [name for name in sets if any(name in line.get("held out", {}) for line in log)]
    if not keys:
        return "<p>The run has no log.</p>"
    fig, axes = plots.figure(len(keys) + len(judged), 3.0)
    for axis, key in zip(axes, keys, strict=False):
        plots.curve(axis, log, key)
    for axis, name in zip(axes[len(keys) :], judged, strict=True):
        plots.held_out(axis, log, name)
    return picture(fig)


def histograms(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, report: dict) -> str:
    drawn = [(name, kind) for name, figures in report.items() for kind in ("across", "within") if kind in figures]
    if not drawn:
        return "<p>Nobody has two crops, or there is one person only: no pairs.</p>"
    fig, axes = plots.figure(len(drawn))
    for axis, (name, kind) in zip(axes, drawn, strict=True):
        here = crops.sets[rows] == crops.names.index(name)
        same, different = pairs(crops, rows[here], embeddings[here], kind == "across")
        plots.distances(axis, same, different, report[name][kind], f"{name}, {kind} cameras")
    return picture(fig)


def figures_table(report: dict) -> str:
    keys = ("rank-1", "rank-5", "rank-10", "mAP", "mINP")
    lines = ["<tr>" + "".join(f"<th>{h}</th>" for h in ("set", "people", "crops", *keys, "nearest centre")) + "</tr>"]
    for name, r in report.items():
        values = [percent(r["ranking"][key]) for key in keys] + [percent(r["centres"]["accuracy"])]
        cells = [html.escape(name), r["identities"], r["crops"], *values]
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(lines)}</table>"


def rank_lists(crops: Crops, rows: np.ndarray, asked: np.ndarray, found: np.ndarray, seed: int) -> str:
    """Queries, each with the crops found nearest first."""
    ids, lines = crops.identities[rows], []
    for place in looks.shown(ids, asked, found, seed):
        query = asked[place]
        cells = [crop(crops.pixels[rows[query]])]
        for other in found[place][:10]:
            if other >= 0:
                kind = "right" if ids[other] == ids[query] else "wrong"
                cells.append(crop(crops.pixels[rows[other]], kind))
        lines.append(f'<div class="list">{"".join(cells)}</div>')
    return "".join(lines)


def of_people(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, report: dict, seed: int) -> list:
    """(title, HTML) of all that is drawn from held-out people."""
    matched, lists, planes = {}, [], []
    for name in report:
        here = crops.sets[rows] == crops.names.index(name)
        subset, vectors = rows[here], embeddings[here]
        ids = crops.identities[subset]
        asked, found = looks.ordered(crops, subset, vectors, name == "cuhk03")
        if len(asked):
            matched[name] = looks.matches(ids, asked, found)
            lists.append((f"Found in {name}", rank_lists(crops, subset, asked, found, seed)))
        chosen, flat, spread = looks.two_dimensions(vectors, ids, seed)
        fig, axes = plots.figure(2, 4.5)
        plots.plane(axes[0], flat, ids[chosen], f"{name}: PCA")
        plots.plane(axes[1], spread, ids[chosen], f"{name}: t-SNE")
        planes.append((f"{name} in two dimensions", picture(fig)))
    fig, axes = plots.figure(2)
    plots.roc(axes[0], report)
    plots.cmc(axes[1], matched)
    return [("ROC and CMC", picture(fig)), *lists, *planes]


def report(config: Config, crops: Crops, run: Path, output: Path):
    """Writes the page of `run` to `output`."""
    log_file = run / "log.jsonl"
    log = [json.loads(line) for line in log_file.read_text().splitlines()] if log_file.exists() else []
    _, rows = split(crops, config.hold_out, config.seed)
    parts = [("Training", curves(log, crops.names))]
    if len(rows):
        embeddings = embed(trained(config, run), crops.pixels[rows], "cpu")
        judged = judge(crops, rows, embeddings)
        parts += [("People who were not trained on", figures_table(judged))]
        parts += [("Distances", histograms(crops, rows, embeddings, judged))]
        parts += of_people(crops, rows, embeddings, judged, config.seed)
    parts.append(("The recipe", f"<pre>{html.escape(json.dumps(without_places(config.as_dict()), indent=1))}</pre>"))
    body = "".join(f"<h2>{html.escape(title)}</h2>{content}" for title, content in parts)
    title = html.escape(f"{run.name}: {config.network}, {config.loss}")
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(f'<!doctype html><html lang="en"><head>{head}</head><body><h1>{title}</h1>{body}</body></html>\n')
    print(f"{output}: {output.stat().st_size:,} bytes; it shows crops of people, so keep it where the data is")
