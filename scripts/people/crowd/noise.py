"""Noise without tables: a hash of cells, smoothed, in space; and sums of octaves on a picture."""

import cv2
import numpy as np
from numba import njit


@njit(cache=True, fastmath=True)
def cell(i, j, k):
    """A value in 0..1 of an integer cell."""
    n = (i * 374761393 + j * 668265263 + k * 1274126177) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((n ^ (n >> 16)) & 0xFFFF) / 65535.0


@njit(cache=True, fastmath=True)
def smooth(x, y, z):
    """Value noise in 0..1 with one cell a unit."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    u, v, w = x - i, y - j, z - k
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    total = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                share = (u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w)
                total += cell(i + a, j + b, k + c) * share
    return total


def clouds(draw: np.random.Generator, height: int, width: int, octaves: int = 5, first: int = 2) -> np.ndarray:
    """Noise [height, width] in 0..1, each octave half as coarse and about half as strong."""
    out, strength, total = np.zeros((height, width), np.float32), 1.0, 0.0
    for octave in range(octaves):
        rows = first * 2**octave
        grid = draw.random((rows + 1, max(2, int(rows * width / height)) + 1)).astype(np.float32)
        out += strength * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total += strength
        strength *= 0.55
    return out / total
