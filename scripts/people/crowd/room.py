"""Where people are: a floor, four walls with a doorway or none, what lies beyond, and its textures."""

from functools import cache

import cv2
import numpy as np
from numba import njit

from .ingredients import ingredient
from .style import Style
from .textures import exposed, muted, printed, texture

TEXTURES, PRINTS = 70, 48


@cache
def photographed(name: str) -> np.ndarray:
    """Measured light all around a place [256, 512, 3], linear: rows from the zenith down, columns around."""
    import base64
    import os
    import re

    os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
    text = ingredient(f"people/rooms/{name}.exr.js").read_text()
    data = base64.b64decode(re.search(r"base64,([^'\"]+)", text).group(1))
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.ascontiguousarray(picture[..., 2::-1])


class Stock:
    """Textures, prints and surroundings of one style, made once for many pictures."""

    def __init__(self, seed: int, style: Style):
        draw = np.random.default_rng([seed, style.number, 77])
        self.style = style
        self.rooms = [photographed(name) for name in style.rooms]
        self.textures = np.stack([texture(draw, style, self.rooms) for _ in range(TEXTURES)])
        self.prints = np.stack([printed(draw, style) for _ in range(PRINTS)])


@njit(cache=True, fastmath=True)
def sample(textures, number, a, b, texels, out):
    """A texture at (a, b) texels, at the level that fits `texels` a pixel; edges are mirrored."""
    n = textures.shape[2]
    step = 1
    while texels > 1.5 and step < 32:
        texels *= 0.5
        step *= 2
    a, b = a / step, b / step
    m = n // step
    i, j = int(np.floor(a)), int(np.floor(b))
    p, q = a - i, b - j
    i0, i1, j0, j1 = i % (2 * m), (i + 1) % (2 * m), j % (2 * m), (j + 1) % (2 * m)
    i0 = 2 * m - 1 - i0 if i0 >= m else i0
    i1 = 2 * m - 1 - i1 if i1 >= m else i1
    j0 = 2 * m - 1 - j0 if j0 >= m else j0
    j1 = 2 * m - 1 - j1 if j1 >= m else j1
    row, size = 0, n
    while size > m:
        row += size
        size //= 2
    t = textures[number]
    for k in range(3):
        upper = t[row + j0, i0, k] * (1 - p) + t[row + j0, i1, k] * p
        lower = t[row + j1, i0, k] * (1 - p) + t[row + j1, i1, k] * p
        out[k] = upper * (1 - q) + lower * q


@njit(cache=True, fastmath=True)
def trace(rays, eye, focal, walls, textures, numbers, scale, out, points):
    """The floor (0) and walls at x0 x1 z0 z1 up to walls[4]; into `out` [h, w, 3] and `points` [h, w, 4]
    (metres, and which surface; -1 where neither is hit)."""
    colour = np.zeros(3, np.float32)
    n = textures.shape[2]
    for py in range(out.shape[0]):
        for px in range(out.shape[1]):
            dx, dy, dz = rays[py, px, 0], rays[py, px, 1], rays[py, px, 2]
            best, side = 1e9, -1
            if dy < -1e-6:
                best, side = -eye[1] / dy, 0
            if dx < 0 and (walls[0] - eye[0]) / dx < best:
                best, side = (walls[0] - eye[0]) / dx, 1
            if dx > 0 and (walls[1] - eye[0]) / dx < best:
                best, side = (walls[1] - eye[0]) / dx, 2
            if dz < 0 and (walls[2] - eye[2]) / dz < best:
                best, side = (walls[2] - eye[2]) / dz, 3
            if dz > 0 and (walls[3] - eye[2]) / dz < best:
                best, side = (walls[3] - eye[2]) / dz, 4
            x, y, z = eye[0] + dx * best, eye[1] + dy * best, eye[2] + dz * best
            points[py, px, 3] = -1
            if side < 0 or (side > 0 and y > walls[4]):
                continue
            a, b = (x, z) if side == 0 else ((z, y) if side < 3 else (x, y))
            s = scale[side] * n
            sample(textures, numbers[side], a * s, b * s, best / focal * s, colour)
            fall = 1.0 if side == 0 else 0.8
            for k in range(3):
                out[py, px, k] = fall * colour[k]
            points[py, px, 0], points[py, px, 1], points[py, px, 2], points[py, px, 3] = x, y, z, side


class Room:
    """A place with what is beyond it."""

    def __init__(self, draw: np.random.Generator, stock: Stock, side_view: bool):
        self.stock = stock
        self.outdoors = draw.random() < 0.35
        large = self.outdoors or draw.random() < 0.55

        def wall() -> float:
            return draw.uniform(10, 40) if large else draw.uniform(1.8, 8)

        top = draw.choice([0, 3, 8]) if self.outdoors else draw.uniform(2.2, 4)
        self.walls = np.array([-wall(), wall(), -wall(), wall() * (1.5 if side_view else 1), top], np.float32)
        if side_view:
            self.walls[3] = max(self.walls[3], 6.0)
        self.numbers = draw.integers(0, len(stock.textures), 5)
        if draw.random() < 0.5:
            self.numbers[2:] = self.numbers[1]
        self.scale = (1 / np.exp(draw.uniform(np.log(0.5), np.log(6), 5))).astype(np.float32)
        self.beyond = draw.integers(len(stock.rooms)) if draw.random() < 0.6 else -1
        self.turn, self.plain = draw.random() * 2 * np.pi, muted(draw)
        self.draw_seed = int(draw.integers(1 << 40))
        self.toned: np.ndarray | None = None  # what is beyond, once it was seen

    def holds(self, x: float, z: float, margin: float = 0.3) -> bool:
        """Whether a point of the floor is between the walls, metres."""
        w = self.walls
        return bool(w[0] + margin < x < w[1] - margin and w[2] + margin < z < w[3] - margin)

    def picture(self, camera) -> tuple[np.ndarray, np.ndarray]:
        """Colours [h, w, 3] without light, and points [h, w, 4] as `trace` tells them."""
        rays = camera.rays()
        if self.beyond >= 0:
            room = self.stock.rooms[self.beyond]
            rows, columns = room.shape[:2]
            up = np.arctan2(rays[..., 1], np.hypot(rays[..., 0], rays[..., 2]))
            around = np.arctan2(rays[..., 0], rays[..., 2]) + self.turn
            row = np.clip(((np.pi / 2 - up) / np.pi * rows).astype(int), 0, rows - 1)
            column = (around / 2 / np.pi * columns).astype(int) % columns
            if self.toned is None:
                self.toned = exposed(np.random.default_rng(self.draw_seed), room).astype(np.float32)
            out = self.toned[row, column]
        else:
            out = np.broadcast_to(self.plain, rays.shape).astype(np.float32)
        points = np.zeros((*rays.shape[:2], 4), np.float32)
        focal = np.float32(camera.focal)
        trace(rays, camera.position, focal, self.walls, self.stock.textures, self.numbers, self.scale, out, points)
        return out, points
