"""Triangles into buffers: which triangle each pixel shows, and where in it."""

import numpy as np
from numba import njit


class Buffers:
    """What each pixel of a picture shows: distance, layer (-1: nothing), triangle, two shares."""

    def __init__(self, height: int, width: int):
        self.distance = np.empty((height, width), np.float32)
        self.layer = np.empty((height, width), np.int32)
        self.triangle = np.empty((height, width), np.int32)
        self.share = np.empty((height, width, 2), np.float32)
        self.owner = np.empty((height, width), np.int32)

    def clear(self) -> None:
        self.distance.fill(1e9)
        self.layer.fill(-1)
        self.owner.fill(-1)


@njit(cache=True, fastmath=True)
def draw(pixels, far, triangles, inside, layer, bias, owner, closed, distance, layers, triangle, share, owners):
    """Draws the part of a surface where `inside`, given at the vertices, is not negative.

    `bias` metres bring a layer forward, so that cloth wins over skin. Returns how many pixels
    `owner` covers that it did not before, hidden or not. `closed`: back faces are left out.
    """
    height, width = distance.shape
    covered = 0
    for f in range(triangles.shape[0]):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        if far[a] < 0 or far[b] < 0 or far[c] < 0:
            continue
        if inside[a] < 0 and inside[b] < 0 and inside[c] < 0:
            continue
        x0, y0, x1, y1, x2, y2 = pixels[a, 0], pixels[a, 1], pixels[b, 0], pixels[b, 1], pixels[c, 0], pixels[c, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0 or (closed and area > 0):
            continue
        left = max(0, int(np.ceil(min(x0, x1, x2) - 0.5)))
        right = min(width - 1, int(np.floor(max(x0, x1, x2) - 0.5)))
        top = max(0, int(np.ceil(min(y0, y1, y2) - 0.5)))
        bottom = min(height - 1, int(np.floor(max(y0, y1, y2) - 0.5)))
        inverse = 1.0 / area
        for py in range(top, bottom + 1):
            for px in range(left, right + 1):
                x, y = px + 0.5, py + 0.5
                w1 = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) * inverse
                w2 = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) * inverse
                w0 = 1 - w1 - w2
                if w0 < 0 or w1 < 0 or w2 < 0:
                    continue
                if w0 * inside[a] + w1 * inside[b] + w2 * inside[c] < 0:
                    continue
                if owners[py, px] != owner:
                    owners[py, px] = owner
                    covered += 1
                d = w0 * far[a] + w1 * far[b] + w2 * far[c] - bias
                if d < distance[py, px]:
                    distance[py, px] = d
                    layers[py, px] = layer
                    triangle[py, px] = f
                    share[py, px, 0] = w1
                    share[py, px, 1] = w2
    return covered


@njit(cache=True, fastmath=True)
def draw_depth(pixels, far, triangles, distance):
    """Distances alone, for a lamp's view."""
    height, width = distance.shape
    for f in range(triangles.shape[0]):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        if far[a] < 0 or far[b] < 0 or far[c] < 0:
            continue
        x0, y0, x1, y1, x2, y2 = pixels[a, 0], pixels[a, 1], pixels[b, 0], pixels[b, 1], pixels[c, 0], pixels[c, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        inverse = 1.0 / area
        for py in range(max(0, int(min(y0, y1, y2))), min(height - 1, int(max(y0, y1, y2))) + 1):
            for px in range(max(0, int(min(x0, x1, x2))), min(width - 1, int(max(x0, x1, x2))) + 1):
                x, y = px + 0.5, py + 0.5
                w1 = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) * inverse
                w2 = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) * inverse
                if w1 >= 0 and w2 >= 0 and w1 + w2 <= 1:
                    d = (1 - w1 - w2) * far[a] + w1 * far[b] + w2 * far[c]
                    if d < distance[py, px]:
                        distance[py, px] = d
