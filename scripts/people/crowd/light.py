"""A lamp with its shadows: distances as the lamp sees them, compared with those of what is shaded.

The lamp's view is a lens of equal angles, straight down for a lamp of the room, narrow and far away
for the sun; so one map serves the whole floor.
"""

import numpy as np
from numba import njit

from .camera import EQUIDISTANT, Camera
from .raster import draw_depth

SIDE = 448  # pixels of the map


class Lamp:
    """One light: where it is, its colour, and what it reaches first."""

    def __init__(self, position: np.ndarray, target: np.ndarray, reach: float, colour: np.ndarray, soft: float):
        """At `position`, turned to `target`, lighting `reach` metres about it; `soft`: width of shadows' edges."""
        forward = target - position
        distance = float(np.linalg.norm(forward))
        forward = forward / distance
        right = np.cross([0.0, 0, 1] if abs(forward[2]) < 0.9 else [1.0, 0, 0], forward)
        right /= np.linalg.norm(right)
        axes = np.stack([right, np.cross(forward, right), forward]).astype(np.float32)
        half = min(1.5, np.arctan2(reach, distance) * 1.05)
        self.position, self.colour, self.soft = position.astype(np.float32), colour.astype(np.float32), soft
        self.view = Camera(self.position, axes, EQUIDISTANT, SIDE / 2 / half, (SIDE, SIDE), 90.0)
        self.map = np.full((SIDE, SIDE), 1e9, np.float32)

    def see(self, vertices: np.ndarray, triangles: np.ndarray) -> None:
        """Lets a surface cast its shadow."""
        pixels, far = self.view.project(vertices)
        draw_depth(pixels, far, triangles, self.map)

    @property
    def numbers(self) -> tuple:
        """What the shader takes."""
        middle = np.array([SIDE, SIDE], np.float32) / 2
        return self.position, self.view.axes, np.float32(self.view.focal), middle, self.map, np.float32(self.soft)


@njit(cache=True, fastmath=True)
def share(x, y, far, distances, soft):
    """Of 3 x 3 places about (x, y) on the map, the share that is not nearer to the lamp than `far`."""
    if far < 0:
        return 1.0
    total = 0.0
    bias = 0.03 + 0.004 * far
    for i in range(-1, 2):
        for j in range(-1, 2):
            px, py = int(x + i * soft), int(y + j * soft)
            inside = 0 <= px < distances.shape[1] and 0 <= py < distances.shape[0]
            if not inside or distances[py, px] > far - bias:
                total += 1
    return total / 9


@njit(cache=True, fastmath=True)
def reached(x, y, z, lamp, axes, focal, middle, shadows, soft):
    """Distance of a point of the world from the lamp, and the share of the lamp's light that reaches it."""
    x, y, z = x - lamp[0], y - lamp[1], z - lamp[2]
    u = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z
    v = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z
    w = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
    flat = np.sqrt(u * u + v * v)
    far = np.sqrt(flat * flat + w * w) + 1e-6
    r = np.arctan2(flat, w) * focal / max(flat, 1e-6)
    return far, share(middle[0] + u * r, middle[1] - v * r, far, shadows, soft)


@njit(cache=True, fastmath=True)
def floor_light(points, lamp, axes, focal, middle, shadows, soft, out):
    """Light of the lamp on floor and walls, for points as `room.trace` leaves them."""
    for py in range(points.shape[0]):
        for px in range(points.shape[1]):
            p = points[py, px]
            if p[3] < 0:
                out[py, px] = 0.7
                continue
            far, seen = reached(p[0], p[1], p[2], lamp, axes, focal, middle, shadows, soft)
            slope = (lamp[1] - p[1]) / far if p[3] == 0 else 0.45
            out[py, px] = max(slope, 0.0) * seen
