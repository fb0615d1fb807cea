"""Embedders that need no training here, to be compared under the same protocol."""

import numpy as np
from PIL import Image

from reid.progress import progress

STRIPES = 8
BINS = (8, 8, 4)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to unit length."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def hsv_stripes(pixels: np.ndarray) -> np.ndarray:
    """[N, 128, 64, 3] RGB to [N, 2048]: the square root of an HSV histogram for each of 8 horizontal stripes.

    With the square root, the cosine of two of them is their Bhattacharyya coefficient.
    """
    rows = []
    for crop in progress(pixels, "HSV stripes", total=len(pixels)):
        hsv = np.asarray(Image.fromarray(crop).convert("HSV"), dtype=np.int64)
        bins = [hsv[..., i] * count // 256 for i, count in enumerate(BINS)]
        cell = (bins[0] * BINS[1] + bins[1]) * BINS[2] + bins[2]
        size = int(np.prod(BINS))
        stripes = [np.bincount(stripe.ravel(), minlength=size) for stripe in np.split(cell, STRIPES)]
        rows.append(np.sqrt(np.concatenate(stripes)))
    return unit(np.stack(rows).astype(np.float32))
