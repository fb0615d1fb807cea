"""Running a NanoDet ONNX file on a picture, plainly in numpy: letterbox, decode, suppression.

Calibration and measurement use it; the program has its own in Rust. What to do to the pixels comes
from the file's own metadata, as there.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

NMS_IOU = 0.6
FLOOR = 0.05


@dataclass(frozen=True)
class Letterbox:
    """How a picture was fitted into the input: x_input = x * scale + left, the same for y."""

    scale: float
    left: int
    top: int


def session(path: Path, threads: int = 1, profile: str | None = None) -> onnxruntime.InferenceSession:
    """A CPU session on `threads` threads that do not spin."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if profile:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def letterbox(picture: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, Letterbox]:
    """Fits a BGR picture [h, w, 3] into `size` (height, width), centred on black."""
    height, width = picture.shape[:2]
    scale = min(size[0] / height, size[1] / width)
    inner = round(width * scale), round(height * scale)
    left, top = (size[1] - inner[0]) // 2, (size[0] - inner[1]) // 2
    canvas = np.zeros((*size, 3), np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner, interpolation=cv2.INTER_LINEAR)
    return canvas, Letterbox(scale, left, top)


def normalise(canvas: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """BGR bytes [h, w, 3] -> float32 [1, 3, h, w], (pixel - mean) / std."""
    scaled = (canvas.astype(np.float32) - mean) / std
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def decode(boxes: np.ndarray, size: tuple[int, int], strides: list[int]) -> np.ndarray:
    """Box logits [N, 4 * bins] -> [N, 4] left, top, right, bottom in input pixels.

    A side is the expected bin under a softmax, times the stride, from the cell's centre
    (Generalized Focal Loss, equation 6).
    """
    centres, stride = cells(size, strides)
    logits = boxes.reshape(len(boxes), 4, -1)
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    bins = np.arange(logits.shape[-1])
    distance = (weights @ bins) / weights.sum(-1) * stride[:, None]
    return np.concatenate([centres - distance[:, :2], centres + distance[:, 2:]], axis=1)


def cells(size: tuple[int, int], strides: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Centres [N, 2] (x, y) and strides [N] of all cells, stride by stride, row by row."""
    centres, stride = [], []
    for s in strides:
        y, x = np.mgrid[: size[0] // s, : size[1] // s]
        centres.append(np.stack([x.ravel() + 0.5, y.ravel() + 0.5], 1) * s)
        stride.append(np.full(x.size, s))
    return np.concatenate(centres), np.concatenate(stride)


def suppress(boxes: np.ndarray, scores: np.ndarray, limit: float) -> list[int]:
    """Greedy non-maximum suppression; indices kept, best score first, ties by index."""
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[iou(boxes[best : best + 1], boxes[order])[0] <= limit]
    return kept


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes [n, 4] and [m, 4] (left, top, right, bottom) -> [n, m]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(-1)
    area_a = (a[:, 2:] - a[:, :2]).prod(-1)
    area_b = (b[:, 2:] - b[:, :2]).prod(-1)
    return common / np.maximum(area_a[:, None] + area_b[None] - common, 1e-9)


class Detector:
    """An ONNX file with the preprocessing that its metadata asks for."""

    def __init__(self, path: Path, size: tuple[int, int] | None = None):
        self.session = session(path)
        properties = self.session.get_modelmeta().custom_metadata_map
        self.mean = np.array(properties["footfall.mean"].split(","), np.float32)
        self.std = np.array(properties["footfall.std"].split(","), np.float32)
        self.strides = [int(s) for s in properties["footfall.strides"].split(",")]
        height, width = properties["footfall.size"].split("x")
        self.size = size or (int(height), int(width))

    def prepare(self, picture: np.ndarray) -> tuple[np.ndarray, Letterbox]:
        """A BGR picture as network input, and how it was fitted."""
        canvas, fit = letterbox(picture, self.size)
        return normalise(canvas, self.mean, self.std), fit

    def raw(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, Letterbox]:
        """Scores [N] and boxes [N, 4] of every cell, in input pixels."""
        images, fit = self.prepare(picture)
        scores, boxes = self.session.run(["scores", "boxes"], {"images": images})
        return scores[0], decode(boxes[0], self.size, self.strides), fit

    def __call__(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Boxes [n, 4] in picture pixels and scores [n], after suppression, from `FLOOR` up."""
        scores, boxes, fit = self.raw(picture)
        likely = scores >= FLOOR
        scores, boxes = scores[likely], boxes[likely]
        kept = suppress(boxes, scores, NMS_IOU)
        offset = np.array([fit.left, fit.top] * 2)
        return (boxes[kept] - offset) / fit.scale, scores[kept]
