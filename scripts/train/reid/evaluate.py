"""Embedders side by side on people that were not trained on, as a Markdown table."""

import time
from pathlib import Path

import numpy as np
import onnxruntime

from reid.baselines import hsv_stripes
from reid.config import Config
from reid.data import Crops
from reid.judge import PERCENTILES, judge
from reid.onnx_model import OnnxModel
from reid.split import split

SPEED_BATCH, SPEED_REPEATS = 8, 12
PAIRS = {"across": "Pairs across cameras", "within": "Pairs within one camera, as a tracker compares"}


def milliseconds(path: Path, pixels: np.ndarray) -> float:
    """The model's own processor time a crop, one thread, batches of 8: the best of a dozen."""
    model = OnnxModel.open(path, threads=1)
    x = model.prepare(pixels[np.arange(SPEED_BATCH) % len(pixels)])
    name = model.session.get_inputs()[0].name
    times = []
    for _ in range(SPEED_REPEATS + 1):
        began = time.process_time()
        model.session.run(None, {name: x})
        times.append(time.process_time() - began)
    return min(times[1:]) / SPEED_BATCH * 1000


def table(header: list, rows: list) -> list:
    """Lines of a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def ranking_rows(reports: dict, speeds: dict, name: str) -> list:
    rows = []
    for model, report in reports.items():
        r = report[name]["ranking"]
        figures = [f"{100 * r[key]:.1f}" for key in ("rank-1", "rank-5", "rank-10", "mAP")]
        rows.append([model, *figures, f"{speeds[model]:.1f}" if model in speeds else "-"])
    return rows


def verification_rows(reports: dict, name: str, kind: str) -> list:
    rows = []
    for model, report in reports.items():
        v = report[name][kind]
        rates = [
            f"{100 * v['eer']:.1f}",
            f"{100 * v['accepts']:.1f}",
            f"{v['threshold']:.3f}",
            f"{v['separation']:.2f}",
        ]
        rows.append([model, *rates])
    return rows


def distance_rows(report: dict) -> list:
    rows = []
    for name, figures in report.items():
        for kind in filter(figures.get, PAIRS):
            for which in ("same", "different"):
                cells = [f"{value:.2f}" for value in figures[kind][which]]
                rows.append([name, kind, which, *cells])
    return rows


def section(reports: dict, speeds: dict, name: str) -> list:
    """Lines on one set: ranking, then verification."""
    figures = next(iter(reports.values()))[name]
    rule = "among all crops of the other view" if name == "cuhk03" else "among all but their own camera's crops of them"
    lines = [
        *("", f"## {name}", ""),
        f"{figures['identities']} identities that were not trained on, {figures['crops']} crops; "
        f"{figures['ranking']['queries']} of them have a match in another camera and are looked up {rule}. "
        f"Per cent; speed in ms of processor time a crop (one thread, batches of {SPEED_BATCH}, "
        f"onnxruntime {onnxruntime.__version__}).",
        "",
    ]
    header = ["embedder", "rank-1", "rank-5", "rank-10", "mAP", "ms a crop"]
    lines += table(header, ranking_rows(reports, speeds, name))
    header = ["embedder", "equal error", "accepted at 1% false accepts", "cosine distance there", "d'"]
    for kind, title in PAIRS.items():
        if kind in figures:
            lines += ["", f"{title}:", "", *table(header, verification_rows(reports, name, kind))]
    return lines


def write_up(reports: dict, speeds: dict, about: list) -> str:
    """The whole page; the first model is the one whose distances are spread out."""
    first = next(iter(reports))
    lines = ["# Re-identification figures", "", *about]
    for name in reports[first]:
        lines += section(reports, speeds, name)
    lines += ["", f"## Cosine distances of {first}", "", "Percentiles over all pairs of the held-out identities.", ""]
    header = ["set", "cameras", "person", *(f"{p}%" for p in PERCENTILES)]
    return "\n".join(lines + table(header, distance_rows(reports[first]))) + "\n"


def describe(name: str, path: Path) -> str:
    """One line on where a model comes from, by its own metadata."""
    facts = OnnxModel.open(path).session.get_modelmeta().custom_metadata_map
    version = f", version {facts['footfall.version']}" if "footfall.version" in facts else ""
    trained_on = f", trained on {facts['footfall.trained_on']}" if "footfall.trained_on" in facts else ""
    return f"- {name}: `{path.name}`{version}{trained_on}"


def evaluate(config: Config, crops: Crops, models: dict, output: Path):
    """Judges each of `models` (name to ONNX path) and the HSV histogram, and writes the page to `output`."""
    _, rows = split(crops, config.hold_out, config.seed)
    if not len(rows):
        raise SystemExit("nothing is held out: give [hold_out] in the recipe a number for one of the --data sets")
    pixels = crops.pixels[rows]
    about = [
        "Made by `python -m reid evaluate` in scripts/train; not edited by hand.",
        f"Held out with seed {config.seed}: "
        + ", ".join(f"{count} identities of {name}" for name, count in config.hold_out.items()) + ".",
        "",
    ]  # fmt: skip
    reports, speeds = {}, {}
    for name, path in models.items():
        reports[name] = judge(crops, rows, OnnxModel.open(path).embed(pixels))
        speeds[name] = milliseconds(path, pixels)
        about.append(describe(name, path))
    reports["HSV stripes"] = judge(crops, rows, hsv_stripes(pixels))
    about.append("- HSV stripes: square-rooted HSV histograms of 8 horizontal stripes, nothing learnt")
    text = write_up(reports, speeds, about)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text)
    print(text)
