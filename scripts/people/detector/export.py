"""The int8 file: ranges measured on made-up pictures of all views and on photographed places, heads in float."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx

from crowd.pictures import labels
from crowd.scene import VIEWS

from .data import place

sys.path.append(str(Path(__file__).resolve().parents[2] / "models"))
import calibrate
import quantize

TAIL = 1e-5  # share of values left out on either side
PLACES = 0.15  # share of photographed places among the pictures


def shown(folder: Path, count: int, seed: int = 3) -> list[np.ndarray]:
    """Blue, green, red pictures: as many of each view, and some photographed places."""
    draw = np.random.default_rng(seed)
    rows, pictures = labels(folder), []
    for view in VIEWS:
        of_view = [row for row in rows if row["view"] == view and row["people"]]
        if not of_view:
            raise ValueError(f"{folder} has no pictures of the view {view}")
        for k in draw.choice(len(of_view), min(len(of_view), count // len(VIEWS)), replace=False):
            pictures.append(cv2.imread(str(folder / of_view[k]["file"])))
    pictures += [place(draw)[0][..., ::-1] for _ in range(round(count * PLACES))]
    return pictures


def ranges(model: onnx.ModelProto, pictures: list[np.ndarray]) -> dict[str, list[float]]:
    """The range of every activation of the reordered model."""
    properties = {p.key: p.value for p in model.metadata_props}
    height, width = (int(v) for v in properties["footfall.size"].split("x"))
    histograms = calibrate.collect(model, pictures, (height, width))
    return calibrate.ranges(model, histograms, "percentile", TAIL)


def export(model: Path, folder: Path, count: int, ranges_file: Path, output: Path) -> None:
    """Writes the ranges as JSON and the int8 file made by them."""
    source = onnx.load(str(model))
    found = ranges(quantize.reordered(source), shown(folder, count))
    about = f"written by scripts/people: percentile, {count} made-up pictures of all views and photographed places"
    ranges_file.write_text(json.dumps({"about": about, "ranges": found}, indent=1) + "\n")
    output.write_bytes(quantize.quantize(source, found).SerializeToString(deterministic=True))
