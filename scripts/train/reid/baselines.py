"""Embedders that need no training here, to be compared under the same protocol."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from reid.metrics import unit
from reid.networks.mobilenet import ImageNetMobileNet
from reid.pixels import normalise
from reid.progress import progress

STRIPES = 8
BINS = (8, 8, 4)
BATCH = 32


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


def imagenet(pixels: np.ndarray, weights: Path, size: tuple) -> np.ndarray:
    """[N, H, W, 3] RGB to [N, 1280]: MobileNetV2 as ImageNet's classes left it, on crops stretched to `size` (h, w)."""
    network = ImageNetMobileNet(weights).eval()
    rows = []
    for start in progress(range(0, len(pixels), BATCH), "ImageNet", total=-(-len(pixels) // BATCH)):
        x = normalise(pixels[start : start + BATCH])
        if x.shape[2:] != size:
            x = functional.interpolate(x, size=size, mode="bilinear", align_corners=False)
        with torch.no_grad():
            rows.append(network(x).numpy())
    return np.concatenate(rows)
