"""The model card of an exported file, from the file, its run and the held-out people."""

import json
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np

from reid import checkpoint
from reid.config import Config, from_dict
from reid.data import Crops
from reid.evaluate import percent, trained_people
from reid.judge import judge
from reid.markdown import table
from reid.networks import DIMENSION, HEIGHT, WIDTH, build
from reid.networks.size import multiply_adds, weights
from reid.onnx_model import OnnxModel
from reid.speed import milliseconds
from reid.split import split

SAME_CAMERAS = "Held-out people were seen by the cameras that the training people were seen by."
LIMITS = (
    "Elsewhere than at the sites of its data expect less: measure on crops of your own with `python -m reid evaluate`.",
    "Crops are of whole people, one each, not of heads alone, legs behind a counter or two people in one box.",
    "It is an appearance feature, of clothes above all. It tells people apart for minutes, does not identify anyone, "
    "and must not be used to.",
)


def interface(facts: dict) -> list:
    rows = [
        [
            f"`images` [N, 3, {HEIGHT}, {WIDTH}] float32",
            f"RGB, (pixel - mean) / std with mean {facts['footfall.mean']} and std {facts['footfall.std']}; the "
            f"person's box stretched to height x width {HEIGHT}x{WIDTH}; N is free",
        ],
        [f"`embeddings` [N, {DIMENSION}] float32", "compared by cosine distance, 0 to 2"],
    ]
    told = [f"`{key}` {value}" for key, value in sorted(facts.items())]
    return [*table(["tensor", "what"], rows), "", f"The file's metadata: {'; '.join(told)}."]


def data(config: Config, crops: Crops, train_rows, test_rows) -> list:
    rows = []
    for number, name in enumerate(crops.names):
        cells = [name]
        for part in (train_rows, test_rows):
            here = part[crops.sets[part] == number]
            cells.append(f"{len(np.unique(crops.identities[here]))} identities, {len(here)} crops")
        rows.append(cells)
    words = f"Who is held out is drawn with seed {config.seed}; nobody is on both sides."
    return [*table(["set", "trained on", "held out"], rows), "", words]


def without_places(value):
    """A recipe's `value` as it may be published: of a file somewhere on this machine its name alone."""
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_places(item) for item in value]
    if not isinstance(value, str):
        return value
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind(value)
        if path.anchor or path.parts[:1] == ("~",) or ".." in path.parts:
            return path.name
    return value


def in_words(config: Config) -> str:
    """A recipe in short."""
    phases = "; ".join(
        f"{p.batches} batches at {p.height}x{p.height // 2} with loss {p.loss or config.loss}" for p in config.phases
    )
    start = f"warm-started from {config.warm_start}" if config.warm_start else "fresh weights"
    return (
        f"{config.network}, {start}: {phases}; {config.people} people x {config.images} crops a batch, AdamW at "
        f"{config.learning_rate} with decay {config.weight_decay}, in {config.precision}"
    )


def recipe(config: dict) -> list:
    return ["```json", json.dumps(config, sort_keys=True), "```"]


def training(config: Config, run: Path, state: dict) -> list:
    """What was done, with the last losses of the log."""
    lines, made = [], without_places(state["config"])
    for earlier in map(without_places, state.get("past", [])):
        lines += [
            f"An earlier run: {in_words(from_dict(earlier, 'an earlier run'))}. Its recipe:",
            "",
            *recipe(earlier),
            "",
        ]
    lines += [
        f"{in_words(from_dict(made, 'the run'))}. The file is the checkpoint at batch {state['batch']} of "
        f"{config.batches}. The whole recipe:",
        "",
        *recipe(made),
    ]
    log = run / "log.jsonl"
    told = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    losses = [line for line in told if "held out" not in line]
    if losses:
        last = ", ".join(f"{key} {value}" for key, value in losses[-1].items() if key not in ("batch", "minutes"))
        lines += ["", f"At the end of the log: {last}."]
    return lines


def judged(report: dict) -> list:
    keys = ("rank-1", "rank-5", "mAP", "mINP")
    rows = []
    for name, figures in report.items():
        pairs = figures.get("within") or figures.get("across")
        cells = [percent(figures["ranking"][key]) for key in keys]
        rates = [percent(pairs[key]) for key in ("eer", "accepts", "rare_accepts")] if pairs else ["-"] * 3
        rows.append([name, *cells, percent(figures["centres"]["accuracy"]), *rates])
    header = ["set", *keys, "nearest centre", "equal error", "accepted at 1% false accepts", "at 0.1%"]
    return table(header, rows)


def limits(crops: Crops, train_rows, test_rows) -> list:
    """What is not to be expected; sets of which some are trained on and some tested have cameras in common."""
    shared = set(crops.sets[train_rows]) & set(crops.sets[test_rows])
    return [LIMITS[0], *([SAME_CAMERAS] if shared else []), *LIMITS[1:]]


def card(config: Config, crops: Crops, run: Path, model: Path, output: Path, notes: Path | None = None):
    """Writes the card of the ONNX file `model`, exported from `run`, to `output`, with the Markdown of `notes`."""
    state = checkpoint.load(run)
    if not model.is_file():
        raise SystemExit(f"{model}: no such file; `python -m reid export --run {run} --output {model}` writes it")
    onnx = OnnxModel.open(model)
    facts = onnx.session.get_modelmeta().custom_metadata_map
    if "footfall.version" not in facts:
        raise SystemExit(f"{model}: not written by `python -m reid export`, so there is nothing to tell of it")
    network = build(config.network, seen=config.seen)
    train_rows, rows = split(crops, config.hold_out, config.seed)
    lines = [
        *(f"# {model.stem}, an embedder", ""),
        "Turns a crop of a person into numbers; crops of one person lie close. "
        f"{weights(network) / 1e6:.2f} million weights, {multiply_adds(network) / 1e6:.0f} million multiply-adds a "
        f"crop, {milliseconds([model], crops.pixels[:1])[0]:.1f} ms of one processor thread, "
        f"{model.stat().st_size:,} bytes. "
        f"Version {facts['footfall.version']}. Made by `python -m reid card` in scripts/train; not edited by hand.",
        *("", *interface(facts), "", "## Terms", "", facts["footfall.terms"], ""),
        f"Trained on: {facts['footfall.trained_on']}.",
        *("", "## Data", "", *data(config, crops, train_rows, rows)),
        *("", "## Training", "", *training(config, run, state)),
    ]
    if len(rows):
        lines += [
            "",
            "## Figures",
            "",
            "On the held-out people, per cent; pairs within one camera where there are any.",
            "",
        ]
        lines += judged(judge(crops, rows, onnx.embed(crops.pixels[rows])))
        lines += ["", trained_people(onnx, crops, train_rows)]
    if notes:
        lines += ["", notes.read_text(encoding="utf-8").strip()]
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in limits(crops, train_rows, rows))]
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text("\n".join(lines) + "\n")
    print(f"{output}: the card of {model}")
