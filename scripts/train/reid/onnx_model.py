"""An ONNX embedder, run as the program runs it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from reid.metrics import unit
from reid.pixels import MEAN, STD
from reid.progress import progress


@dataclass
class OnnxModel:
    """A session with the size and colours it wants: those of its metadata, else ImageNet's and its input shape."""

    session: onnxruntime.InferenceSession
    height: int
    width: int
    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def open(cls, path: Path, threads: int = 2):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        facts = session.get_modelmeta().custom_metadata_map
        shape = session.get_inputs()[0].shape
        size = facts.get("footfall.size", f"{shape[2]}x{shape[3]}")
        height, width = (int(n) for n in size.split("x"))
        mean, std = (
            np.array([float(n) for n in facts[key].split(",")] if key in facts else default, dtype=np.float32)
            for key, default in (("footfall.mean", MEAN), ("footfall.std", STD))
        )
        return cls(session, height, width, mean, std)

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        """[N, H, W, 3] uint8 RGB to the model's [N, 3, height, width] float32."""
        if pixels.shape[1:3] != (self.height, self.width):
            size = (self.width, self.height)
            pixels = np.stack([np.asarray(Image.fromarray(p).resize(size, Image.BILINEAR)) for p in pixels])
        scaled = (pixels.astype(np.float32) - self.mean) / self.std
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))

    def embed(self, pixels: np.ndarray, batch: int = 32, shown: bool = True) -> np.ndarray:
        """[N, H, W, 3] uint8 RGB to unit rows; how far it is is told unless `shown` is off."""
        name = self.session.get_inputs()[0].name
        starts = range(0, len(pixels), batch)
        if shown:
            starts = progress(starts, "ONNX", total=len(starts))
        parts = [self.session.run(None, {name: self.prepare(pixels[i : i + batch])})[0] for i in starts]
        return unit(np.concatenate(parts))
