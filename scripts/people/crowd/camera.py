"""A camera of any height, tilt and lens.

World frame: x to the right, y up, z away from the camera's foot along the floor; metres; the floor
is y = 0 and the camera stands above the origin unless it is moved. Pictures: x right, y down, pixels, the first pixel's
middle at 0.5. A lens maps the angle from its axis to a distance from the picture's middle:
pinhole f tan(a), stereographic 2 f tan(a/2), equidistant f a, equisolid 2 f sin(a/2).
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

PINHOLE, STEREOGRAPHIC, EQUIDISTANT, EQUISOLID = range(4)
WIDEST = 1.66  # radians from the axis (95 degrees): beyond it nothing is drawn


@njit(cache=True, fastmath=True)
def radius(lens: int, tangent: float, angle: float) -> float:
    """Distance from the middle in focal lengths, of a ray `angle` off the axis."""
    if lens == 0:
        return tangent
    if lens == 1:
        return 2 * np.tan(angle / 2)
    if lens == 2:
        return angle
    return 2 * np.sin(angle / 2)


@njit(cache=True, fastmath=True)
def angle_of(lens: int, r: float) -> float:
    """The inverse of `radius`."""
    if lens == 0:
        return np.arctan(r)
    if lens == 1:
        return 2 * np.arctan(r / 2)
    if lens == 2:
        return r
    return 2 * np.arcsin(min(r / 2, 1.0))


@njit(cache=True, fastmath=True)
def project(points, position, axes, lens, focal, middle, out, distance):
    """World points [n, 3] to pixels `out` [n, 2]; `distance` [n] in metres, negative where unseen."""
    for i in range(points.shape[0]):
        x, y, z = points[i, 0] - position[0], points[i, 1] - position[1], points[i, 2] - position[2]
        u = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z
        v = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z
        w = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        side = np.sqrt(u * u + v * v)
        angle = np.arctan2(side, w)
        seen = w > 0.08 if lens == 0 else angle < 1.66
        r = radius(lens, side / max(w, 1e-3), min(angle, 1.9)) * focal / max(side, 1e-6)
        out[i, 0] = middle[0] + u * r
        out[i, 1] = middle[1] - v * r
        far = np.sqrt(side * side + w * w)
        distance[i] = far if seen and far > 0.08 else -1.0


@njit(cache=True, fastmath=True)
def rays(axes, lens, focal, middle, height, width):
    """Unit directions [height, width, 3] in the world of every pixel's middle; zero outside the lens."""
    out = np.zeros((height, width, 3), np.float32)
    for py in range(height):
        for px in range(width):
            u, v = (px + 0.5 - middle[0]) / focal, -(py + 0.5 - middle[1]) / focal
            r = np.sqrt(u * u + v * v)
            angle = angle_of(lens, r)
            if angle > 1.6:
                continue
            s, c = np.sin(angle) / max(r, 1e-9), np.cos(angle)
            for k in range(3):
                out[py, px, k] = (axes[0, k] * u + axes[1, k] * v) * s + axes[2, k] * c
    return out


@dataclass(frozen=True)
class Camera:
    """Where it is, how it looks and what its lens and sensor are."""

    position: np.ndarray  # metres
    axes: np.ndarray  # rows: right, up, forward, in the world
    lens: int
    focal: float  # pixels
    size: tuple[int, int]  # height, width
    tilt: float  # degrees below the horizon
    shift: tuple[float, float] = (0.0, 0.0)  # pixels: the axis right of and below the picture's middle

    @property
    def middle(self) -> np.ndarray:
        """Where the axis meets the picture: x, y in pixels."""
        return np.array([self.size[1] / 2 + self.shift[0], self.size[0] / 2 + self.shift[1]], np.float32)

    def window(self, left: float, top: float, scale: float, size: tuple[int, int]) -> "Camera":
        """What is seen of this picture from (left, top) on, `scale` times as large: [height, width] `size` of it."""
        x, y = (self.middle - [left, top]) * scale
        shift = (float(x - size[1] / 2), float(y - size[0] / 2))
        return replace(self, focal=self.focal * scale, size=size, shift=shift)

    @classmethod
    def looking(cls, height: float, tilt: float, roll: float, lens: int, view: float, size: tuple[int, int]):
        """At `height` metres, `tilt` degrees down, rolled by `roll` degrees, `view` degrees wide."""
        t, r = np.radians(tilt), np.radians(roll)
        right, up = np.array([1.0, 0, 0]), np.array([0, np.cos(t), np.sin(t)])
        forward = np.array([0, -np.sin(t), np.cos(t)])
        axes = np.stack([np.cos(r) * right + np.sin(r) * up, np.cos(r) * up - np.sin(r) * right, forward])
        half = np.radians(view / 2)
        focal = size[1] / 2 / radius(lens, np.tan(min(half, 1.5)), half)
        return cls(np.array([0, height, 0], np.float32), axes.astype(np.float32), lens, float(focal), size, tilt)

    def project(self, points: np.ndarray, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
        """Pixels [n, 2] of a picture `scale` times as large, and distances [n] (negative: not seen)."""
        points = np.ascontiguousarray(points, np.float32)
        out, far = np.empty((len(points), 2), np.float32), np.empty(len(points), np.float32)
        middle = self.middle * np.float32(scale)
        project(points, self.position, self.axes, self.lens, self.focal * scale, middle, out, far)
        return out, far

    def rays(self) -> np.ndarray:
        """Unit directions of the pixels [height, width, 3]."""
        return rays(self.axes, self.lens, self.focal, self.middle, *self.size)

    def floor(self, pixel, level: float = 0.0) -> np.ndarray | None:
        """The point of the plane y = `level` that a pixel (x, y) shows, or None."""
        u, v = (pixel[0] - self.middle[0]) / self.focal, -(pixel[1] - self.middle[1]) / self.focal
        r = float(np.hypot(u, v))
        angle = angle_of(self.lens, r)
        if angle > 1.55:
            return None
        s = np.sin(angle) / max(r, 1e-9)
        ray = (self.axes[0] * u + self.axes[1] * v) * s + self.axes[2] * np.cos(angle)
        if ray[1] > -0.03:
            return None
        return self.position + ray * ((level - self.position[1]) / ray[1])
