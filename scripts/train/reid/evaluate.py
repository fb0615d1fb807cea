"""Embedders side by side on people that were not trained on, as a Markdown page and as JSON."""

import json
from pathlib import Path

import onnxruntime

from reid import warm
from reid.baselines import hsv_stripes, imagenet
from reid.config import Config
from reid.data import Crops
from reid.judge import PERCENTILES, judge
from reid.markdown import table
from reid.metrics import nearest_centre
from reid.onnx_model import OnnxModel
from reid.speed import BATCH, milliseconds
from reid.split import in_words, split

PAIRS = {"across": "Pairs across cameras", "within": "Pairs within one camera, as a tracker compares"}
IMAGENET_SIZES = {"ImageNet MobileNetV2": (128, 64), "ImageNet MobileNetV2 at 224x224": (224, 224)}
RANKED = ("rank-1", "rank-5", "rank-10", "mAP", "mINP")


def percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def ranking_rows(reports: dict, speeds: dict, name: str) -> list:
    rows = []
    for model, report in reports.items():
        figures = report[name]
        ranked = [percent(figures["ranking"][key]) for key in RANKED]
        speed = f"{speeds[model]:.1f}" if model in speeds else "-"
        rows.append([model, *ranked, percent(figures["centres"]["accuracy"]), speed])
    return rows


def verification_rows(reports: dict, name: str, kind: str) -> list:
    rows = []
    for model, report in reports.items():
        v = report[name][kind]
        rates = [percent(v[key]) for key in ("eer", "accepts", "rare_accepts")]
        rows.append([model, *rates, f"{v['threshold']:.3f}", f"{v['rare_threshold']:.3f}", f"{v['separation']:.2f}"])
    return rows


def distance_rows(report: dict) -> list:
    rows = []
    for name, figures in report.items():
        for kind in filter(figures.get, PAIRS):
            for which in ("same", "different"):
                cells = [f"{value:.2f}" for value in figures[kind][which]]
                rows.append([name, kind, which, *cells])
    return rows


def roc_rows(report: dict) -> list:
    rows = []
    for name, figures in report.items():
        for kind in filter(figures.get, PAIRS):
            rows.append([name, kind, *(percent(point["accepts"]) for point in figures[kind]["roc"])])
    return rows


def section(reports: dict, speeds: dict, name: str) -> list:
    """Lines on one set: ranking, then verification."""
    figures = next(iter(reports.values()))[name]
    where = "have a match in another camera and are looked up among all but their own camera's crops of them"
    if name == "cuhk03":
        where = "have a match in another camera and are looked up among all crops of the other view"
    elif figures["one_camera"]:
        where = "have another crop and are looked up among all crops; nobody was seen by two cameras, so these are "
        where += "figures within one camera, which are easier"
    lines = [
        *("", f"## {name}", ""),
        f"{figures['identities']} identities that were not trained on, {figures['crops']} crops; "
        f"{figures['ranking']['queries']} of them {where}. "
        "mINP: how much of the list must be looked through to find all, 100 for no more than they are. Nearest centre: "
        "crops that are nearest to their own person's mean, itself left out. "
        f"Per cent; speed in ms of processor time a crop (one thread, batches of {BATCH}, "
        f"onnxruntime {onnxruntime.__version__}).",
        "",
    ]
    lines += table(["embedder", *RANKED, "nearest centre", "ms a crop"], ranking_rows(reports, speeds, name))
    header = ["embedder", "equal error", "accepted at 1% false accepts", "at 0.1%", "distance at 1%", "at 0.1%", "d'"]
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
    lines += table(header, distance_rows(reports[first]))
    pairs = next((figures[k] for figures in reports[first].values() for k in filter(figures.get, PAIRS)), None)
    if pairs is None:
        return "\n".join(lines) + "\n"
    rates = [f"{100 * point['false_accepts']:g}%" for point in pairs["roc"]]
    lines += ["", "Pairs of one person accepted, per cent, where so many pairs of different people are:", ""]
    return "\n".join(lines + table(["set", "cameras", *rates], roc_rows(reports[first]))) + "\n"


def describe(name: str, path: Path) -> str:
    """One line on where a model comes from, by its own metadata."""
    facts = OnnxModel.open(path).session.get_modelmeta().custom_metadata_map
    version = f", version {facts['footfall.version']}" if "footfall.version" in facts else ""
    trained_on = f", trained on {facts['footfall.trained_on']}" if "footfall.trained_on" in facts else ""
    return f"- {name}: `{path.name}`{version}{trained_on}"


def baselines(pixels, sizes: dict) -> dict:
    """Embeddings that need no re-ID training, by name, with a line on each."""
    found = {
        "HSV stripes": (hsv_stripes(pixels), "square-rooted HSV histograms of 8 horizontal stripes, nothing learnt")
    }
    weights = warm.footfall_cache() / warm.IMAGENET
    if weights.is_file():
        for name, size in sizes.items():
            about = f"the mean of its last map, trained on ImageNet's classes alone, crops at {size[0]}x{size[1]}"
            found[name] = (imagenet(pixels, weights, size), about)
    return found


def trained_people(model: OnnxModel, crops: Crops, rows) -> str:
    """Identification among everybody that was trained on, as a sentence."""
    found = nearest_centre(model.embed(crops.pixels[rows]), crops.identities[rows])
    if found["accuracy"] is None:
        return "Nobody who was trained on has two crops."
    return (
        f"Of {found['crops']} crops of the {found['identities']} identities trained on, "
        f"{100 * found['accuracy']:.2f}% are nearest to their own identity's centre, itself left out."
    )


def evaluate(config: Config, crops: Crops, models: dict, output: Path, large: bool, figures: Path | None):
    """Judges each of `models` (name to ONNX path) and the baselines, and writes the page to `output`.

    With `large`, ImageNet's network is judged at its own size too. All figures
    go to `figures` as JSON, if it is given.
    """
    train_rows, rows = split(crops, config.hold_out, config.seed)
    if not len(rows):
        raise SystemExit("nothing is held out: give [hold_out] in the recipe a number for one of the --data sets")
    pixels = crops.pixels[rows]
    about = [
        "Made by `python -m reid evaluate` in scripts/train; not edited by hand.",
        f"Held out with seed {config.seed}: "
        + ", ".join(f"{in_words(held)} of {name}" for name, held in config.hold_out.items()) + ".",
        "",
    ]  # fmt: skip
    reports = {}
    for name, path in models.items():
        reports[name] = judge(crops, rows, OnnxModel.open(path).embed(pixels))
        about.append(describe(name, path))
    speeds = dict(zip(models, milliseconds(list(models.values()), pixels), strict=True))
    sizes = dict(list(IMAGENET_SIZES.items())[: 2 if large else 1])
    for name, (embeddings, words) in baselines(pixels, sizes).items():
        reports[name] = judge(crops, rows, embeddings)
        about.append(f"- {name}: {words}")
    about += ["", trained_people(OnnxModel.open(next(iter(models.values()))), crops, train_rows)]
    text = write_up(reports, speeds, about)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text)
    if figures:
        figures.write_text(json.dumps(reports, indent=1) + "\n")
    print(text)
