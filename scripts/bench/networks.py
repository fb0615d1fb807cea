"""The detector and the embedder in Python: sessions, and what goes into and comes out of them.

What to do to the pixels stands in the files' own metadata, as for the program.
"""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

NMS_IOU = 0.6


def session(path: Path, threads: int | None = None) -> onnxruntime.InferenceSession:
    """A CPU session: with ONNX Runtime's own defaults, or on `threads` threads that do not spin."""
    options = onnxruntime.SessionOptions()
    if threads is not None:
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Network:
    """A session with the size [height, width] of its input and its normalisation."""

    def __init__(self, path: Path, threads: int | None = None):
        self.session = session(path, threads)
        self.properties = self.session.get_modelmeta().custom_metadata_map
        self.height, self.width = (int(side) for side in self.properties["footfall.size"].split("x"))
        self.mean, self.std = self._numbers("mean"), self._numbers("std")
        self.is_rgb = self.properties["footfall.colour"] == "rgb"

    def _numbers(self, name: str) -> np.ndarray:
        return np.array(self.properties[f"footfall.{name}"].split(","), np.float32)

    def planes(self, picture: np.ndarray) -> np.ndarray:
        """BGR bytes [height, width, 3] of the input's size -> float32 [3, height, width]."""
        if self.is_rgb:
            picture = picture[:, :, ::-1]
        return ((picture.astype(np.float32) - self.mean) / self.std).transpose(2, 0, 1)

    def run(self, images: np.ndarray) -> list[np.ndarray]:
        """float32 [N, 3, height, width] -> the outputs."""
        return self.session.run(None, {"images": images})


class Detector(Network):
    """NanoDet: people in a picture."""

    def __init__(self, path: Path, threads: int | None = None, confidence: float = 0.3):
        super().__init__(path, threads)
        self.confidence = confidence
        centres, strides = [], []
        for stride in (int(s) for s in self.properties["footfall.strides"].split(",")):
            y, x = np.mgrid[: self.height // stride, : self.width // stride]
            centres.append((np.stack([x.ravel(), y.ravel()], 1) + 0.5) * stride)
            strides.append(np.full(x.size, stride))
        self.centres, self.strides = np.concatenate(centres), np.concatenate(strides)
        self.bins = np.arange(int(self.properties["footfall.bins"]), dtype=np.float32)

    def prepare(self, picture: np.ndarray) -> tuple[np.ndarray, float, tuple[int, int]]:
        """BGR picture -> the input, its scale, and the left and top margin: centred on black."""
        height, width = picture.shape[:2]
        scale = min(self.height / height, self.width / width)
        inner = round(width * scale), round(height * scale)
        left, top = (self.width - inner[0]) // 2, (self.height - inner[1]) // 2
        canvas = np.zeros((self.height, self.width, 3), np.uint8)
        canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner)
        return np.ascontiguousarray(self.planes(canvas)[None]), scale, (left, top)

    def decode(self, outputs: list[np.ndarray], scale: float, margin: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Outputs -> boxes [n, 4] (x, y, w, h in pixels of the picture) and scores [n]."""
        scores, sides = outputs[0][0], outputs[1][0]
        likely = np.flatnonzero(scores >= self.confidence)
        scores = scores[likely]
        logits = sides[likely].reshape(len(likely), 4, -1)
        weights = np.exp(logits - logits.max(-1, keepdims=True))
        distance = (weights @ self.bins) / weights.sum(-1) * self.strides[likely, None]
        low, high = self.centres[likely] - distance[:, :2], self.centres[likely] + distance[:, 2:]
        boxes = np.concatenate([(low - margin) / scale, (high - low) / scale], 1)
        kept = np.array(cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), self.confidence, NMS_IOU), int).ravel()
        return boxes[kept], scores[kept]


class Embedder(Network):
    """Appearance of people: crops in, unit vectors out."""

    def crops(self, picture: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """BGR picture and boxes [n, 4] (x, y, w, h) -> input [n, 3, height, width]."""
        crops = np.empty((len(boxes), 3, self.height, self.width), np.float32)
        for crop, (x, y, w, h) in zip(crops, boxes, strict=True):
            left, top = max(int(x), 0), max(int(y), 0)
            right, bottom = min(int(np.ceil(x + w)), picture.shape[1]), min(int(np.ceil(y + h)), picture.shape[0])
            region = picture[top : max(bottom, top + 1), left : max(right, left + 1)]
            crop[:] = self.planes(cv2.resize(region, (self.width, self.height)))
        return crops
