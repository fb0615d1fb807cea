#!/usr/bin/env python3
"""Measures the ranges that `quantize.py` needs, once; the result is committed.

The pictures come from Debian's opencv-doc (tutorials and samples of OpenCV, Apache-2.0), chosen
because people are in them; frames of the sample clip are not among them. Each is shown whole,
mirrored, and darkened or brightened; shuffled mosaics of 2x2 and 3x3 make people small and many, as
a camera high on a wall sees them.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime

import detect
import quantize

PICTURES = """
examples/data/basketball1.png examples/data/basketball2.png examples/data/messi5.jpg
examples/data/building.jpg examples/data/home.jpg examples/data/stuff.jpg
examples/data/left06.jpg examples/data/right13.jpg examples/data/aero1.jpg
examples/data/leuvenA.jpg examples/data/fruits.jpg examples/data/licenseplate_motion.jpg
opencv4/html/person_multi_det.jpg opencv4/html/demo.jpg opencv4/html/studentsSample_input.jpg
opencv4/html/roi.jpg opencv4/html/227943776_1.jpg opencv4/html/230501201_1.jpg
opencv4/html/pexels_double_decker_bus.jpg opencv4/html/detect_test2.jpg opencv4/html/05.jpg
opencv4/html/12.jpg opencv4/html/handSrc.jpg opencv4/html/inpaint_result.jpg
opencv4/html/ab.jpg opencv4/html/julia_facedetect_sample.jpg opencv4/html/face_swapped.jpg
opencv4/html/ambush_5_left.jpg opencv4/html/gbocclusion.png opencv4/html/Back_Projection1_Source_Image.jpg
""".split()
BINS = 4096
SEED = 7


def views(root: Path) -> list[np.ndarray]:
    """All pictures to show, BGR."""
    whole = []
    for name in PICTURES:
        picture = cv2.imread(str(root / name))
        if picture is None:
            raise SystemExit(f"calibrate: cannot read {root / name}: unpack opencv-doc there")
        whole.append(picture)
    shown = list(whole)
    for i, picture in enumerate(whole):
        gain = 0.5 if i % 2 else 1.5
        shown.append(cv2.convertScaleAbs(picture[:, ::-1], alpha=gain))
    order = np.random.default_rng(SEED)
    for side in (2, 3):
        for _ in range(len(whole) // 2):
            picks = order.choice(len(whole), side * side, replace=False)
            shown.append(_mosaic([whole[i] for i in picks], side))
    return shown


def _mosaic(pictures: list[np.ndarray], side: int) -> np.ndarray:
    height, width = 576, 768
    cells = [cv2.resize(p, (width // side, height // side), interpolation=cv2.INTER_AREA) for p in pictures]
    rows = [np.hstack(cells[r * side : (r + 1) * side]) for r in range(side)]
    return np.vstack(rows)


class Histograms:
    """Per tensor: the extremes (first pass), then a histogram between them (second pass)."""

    def __init__(self, names: list[str]):
        self.names = names
        self.low = np.zeros(len(names))
        self.high = np.zeros(len(names))
        self.counts = np.zeros((len(names), BINS))

    def widen(self, arrays: list[np.ndarray]) -> None:
        """First pass."""
        self.low = np.minimum(self.low, [a.min() for a in arrays])
        self.high = np.maximum(self.high, [a.max() for a in arrays])

    def count(self, arrays: list[np.ndarray]) -> None:
        """Second pass."""
        for i, array in enumerate(arrays):
            self.counts[i] += np.histogram(array, BINS, (self.low[i], self.high[i]))[0]

    def percentile(self, i: int, tail: float) -> tuple[float, float]:
        """The range that leaves a share `tail` of all values out on either side."""
        edges = np.linspace(self.low[i], self.high[i], BINS + 1)
        share = np.cumsum(self.counts[i]) / self.counts[i].sum()
        first = int(np.searchsorted(share, tail))
        last = int(np.searchsorted(share, 1 - tail))
        return float(edges[first]), float(edges[min(last + 1, BINS)])

    def least_error(self, i: int, slope: float) -> tuple[float, float]:
        """The range with the least mean squared error of rounding and clipping to u8.

        `slope` is what negative values are multiplied by next (1 where no LeakyRelu follows).
        """
        edges = np.linspace(self.low[i], self.high[i], BINS + 1)
        middle = (edges[1:] + edges[:-1]) / 2
        weight = self.counts[i] * np.where(middle < 0, slope**2, 1.0)
        best = (np.inf, 0.0, 0.0)
        for a in np.linspace(0.1, 1, 31):
            for b in np.linspace(0.1, 1, 31):
                low, high = self.low[i] * a, self.high[i] * b
                step = (high - low) / 255
                rounded = np.clip(np.rint((middle - low) / step), 0, 255) * step + low
                error = float(weight @ (rounded - middle) ** 2)
                best = min(best, (error, low, high))
        return best[1], best[2]


def collect(model: onnx.ModelProto, pictures: list[np.ndarray], size: tuple[int, int]) -> Histograms:
    """Runs the float model over `pictures` twice, reading every activation."""
    names = quantize.activations(model.graph)
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    computed = [n for n in names if n != "images"]
    probe.graph.output.extend(onnx.helper.make_empty_tensor_value_info(n) for n in computed)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(probe.SerializeToString(), options, providers=["CPUExecutionProvider"])
    properties = {p.key: p.value for p in model.metadata_props}
    mean = np.array(properties["footfall.mean"].split(","), np.float32)
    std = np.array(properties["footfall.std"].split(","), np.float32)
    result = Histograms(computed)
    for consume in (result.widen, result.count):
        for picture in pictures:
            images = detect.normalise(detect.letterbox(picture, size)[0], mean, std)
            consume(session.run(computed, {"images": images}))
    return result


def input_range(model: onnx.ModelProto) -> tuple[float, float]:
    """The range of the normalised input: black to white, known without looking."""
    properties = {p.key: p.value for p in model.metadata_props}
    mean = np.array(properties["footfall.mean"].split(","), np.float64)
    std = np.array(properties["footfall.std"].split(","), np.float64)
    return float((-mean / std).min()), float(((255 - mean) / std).max())


def slopes(graph: onnx.GraphProto) -> dict[str, float]:
    """For each tensor that only a LeakyRelu (perhaps after a maximum) reads: its slope."""
    found = {}
    for node in reversed(graph.node):
        if node.op_type == "LeakyRelu":
            found[node.input[0]] = node.attribute[0].f
        elif node.op_type == "MaxPool" and node.output[0] in found:
            found[node.input[0]] = found[node.output[0]]
    return found


def ranges(model: onnx.ModelProto, histograms: Histograms, method: str, tail: float) -> dict:
    """The range of every activation by the chosen method."""
    slope = slopes(model.graph)
    chosen = {"images": input_range(model)}
    for i, name in enumerate(histograms.names):
        if method == "minmax":
            chosen[name] = (histograms.low[i], histograms.high[i])
        elif method == "percentile":
            chosen[name] = histograms.percentile(i, tail)
        else:
            chosen[name] = histograms.least_error(i, slope.get(name, 1.0))
    return {name: [float(f"{v:.6g}") for v in pair] for name, pair in chosen.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path, help="the float ONNX file")
    parser.add_argument("pictures", type=Path, help="usr/share/doc/opencv-doc of the unpacked package")
    parser.add_argument("output", type=Path, help="the JSON file to write")
    parser.add_argument("--method", choices=["minmax", "percentile", "mse"], default="mse")
    parser.add_argument("--tail", type=float, default=1e-5, help="for percentile: share left out a side")
    arguments = parser.parse_args()
    model = quantize.reordered(onnx.load(arguments.model))
    properties = {p.key: p.value for p in model.metadata_props}
    height, width = (int(v) for v in properties["footfall.size"].split("x"))
    pictures = views(arguments.pictures)
    histograms = collect(model, pictures, (height, width))
    document = {
        "about": f"written by scripts/models/calibrate.py: {arguments.method}, "
        f"{len(pictures)} views of {len(PICTURES)} pictures of opencv-doc",
        "ranges": ranges(model, histograms, arguments.method, arguments.tail),
    }
    arguments.output.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
