"""Textures of floors, walls and prints, made of noise and rules; some cut out of photographed rooms.

A texture is [2 n, n, 3]: the picture and below it the same at half the size, and so on.
"""

import cv2
import numpy as np

from .noise import clouds
from .style import Style

SIDE = 256


def muted(draw: np.random.Generator, saturation: float = 0.3) -> np.ndarray:
    """A colour as floors and walls have it."""
    share = saturation * draw.random()
    return draw.uniform(0.05, 0.9, 3) * share + draw.uniform(0.06, 0.8) * (1 - share)


def exposed(draw: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """A photograph in 0..1 of measured light."""
    scaled = np.maximum(light, 0) * (0.4 / (np.median(light.mean(-1)) + 1e-4))
    return np.clip(scaled / (1 + 0.55 * scaled) * 1.15, 0, 1) ** (1 / draw.uniform(1.6, 2.1))


class Canvas:
    """What all kinds of texture draw on."""

    def __init__(self, draw: np.random.Generator):
        self.draw, n = draw, SIDE
        self.y, self.x = np.mgrid[0:n, 0:n]
        self.first, self.second = muted(draw), muted(draw)
        if draw.random() < 0.7:
            self.second = self.first * draw.uniform(0.6, 1.35)
        self.cloud = clouds(draw, n, n, 6, int(draw.integers(2, 5)))[..., None]
        self.ground = self.first * (1 + draw.uniform(0.05, 0.5) * (self.cloud - 0.5))
        self.grain = draw.normal(0, 1, (n, n, 1)) * draw.uniform(0, 0.05)

    def where(self, mask: np.ndarray, colour=None) -> np.ndarray:
        return np.where(mask[..., None], self.second if colour is None else colour, self.ground)


def plain(c: Canvas) -> np.ndarray:
    return c.ground


def mottle(c: Canvas) -> np.ndarray:
    share = np.clip((c.cloud - 0.5) * c.draw.uniform(1, 5) + 0.5, 0, 1)
    return c.first + (c.second - c.first) * share


def tile(c: Canvas, staggered: bool = False) -> np.ndarray:
    wide = 2 ** int(c.draw.integers(4, 8))
    high = wide // 2 if staggered else wide
    shift = (c.y // high % 2) * (wide // 2) if staggered else 0
    tone = (((c.y // high) * 131 + ((c.x + shift) // wide) * 71) % 17 / 17.0)[..., None]
    joint = max(1, int(wide * c.draw.uniform(0.01, 0.06)))
    c.ground = c.ground * (1 + c.draw.uniform(0, 0.3) * (tone - 0.5))
    return c.where((c.y % high < joint) | ((c.x + shift) % wide < joint))


def slab(c: Canvas) -> np.ndarray:
    return tile(c, staggered=True)


def carpet(c: Canvas) -> np.ndarray:
    c.grain = c.draw.normal(0, c.draw.uniform(0.05, 0.3), c.grain.shape)
    return c.where((c.x // 32 + c.y // 32) % 2 == 0) if c.draw.random() < 0.4 else c.ground


def plank(c: Canvas) -> np.ndarray:
    wide = int(c.draw.choice([16, 32]))
    tone = ((c.x // wide * 37) % 11 / 11.0)[..., None]
    grain = cv2.resize(c.draw.random((8, SIDE)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    c.ground = (
        np.array([0.55, 0.4, 0.26]) * c.draw.uniform(0.4, 1.4) * (0.8 + 0.3 * tone) * (0.85 + 0.3 * grain[..., None])
    )
    return c.where(c.x % wide < 1, c.first * 0.5)


def speckle(c: Canvas) -> np.ndarray:
    spots = cv2.resize(c.draw.random((SIDE // 2, SIDE // 2)).astype(np.float32), (SIDE, SIDE))
    return c.where(spots > c.draw.uniform(0.6, 0.9))


def check(c: Canvas) -> np.ndarray:
    wide = 2 ** int(c.draw.integers(4, 7))
    return c.where((c.x // wide + c.y // wide) % 2 == 0)


def veins(c: Canvas) -> np.ndarray:
    return c.where(np.abs(c.cloud[..., 0] - 0.5) < 0.012)


def terrazzo(c: Canvas) -> np.ndarray:
    picture = c.ground.copy() * np.ones((SIDE, SIDE, 3))
    colours = [muted(c.draw, 0.6) for _ in range(5)]
    for _ in range(int(c.draw.integers(150, 500))):
        middle = tuple(int(v) for v in c.draw.integers(0, SIDE, 2))
        axes = tuple(int(v) for v in c.draw.integers(1, 7, 2))
        turn, colour = float(c.draw.uniform(0, 180)), colours[c.draw.integers(5)]
        cv2.ellipse(picture, middle, axes, turn, 0, 360, [float(v) for v in colour], -1)
    return picture


def hexagon(c: Canvas) -> np.ndarray:
    wide = int(c.draw.choice([32, 64]))
    high = wide * 7 // 8
    row = c.y // high
    x = (c.x + (row % 2) * wide // 2) % wide / wide - 0.5
    y = c.y % high / high - 0.5
    edge = np.maximum(np.abs(x), np.abs(x) * 0.5 + np.abs(y) * 0.866)
    return c.where(edge > 0.47)


def herringbone(c: Canvas) -> np.ndarray:
    wide = int(c.draw.choice([8, 16]))
    shift = (c.x // wide) % 4 * wide
    stripe = ((c.y + shift) // (wide * 2)) % 2
    joint = ((c.y + shift) % (wide * 2) < 1) | (c.x % wide < 1)
    c.ground = c.ground * (0.85 + 0.3 * stripe[..., None])
    return c.where(joint, c.first * 0.6)


def stains(c: Canvas) -> np.ndarray:
    picture = c.ground * np.ones((SIDE, SIDE, 3))
    for _ in range(int(c.draw.integers(3, 25))):
        middle, r = c.draw.uniform(0, SIDE, 2), c.draw.uniform(4, 40)
        wobble = 1 + 0.5 * (c.cloud[..., 0] - 0.5)
        inside = np.hypot(c.x - middle[0], c.y - middle[1]) < r * wobble
        picture = np.where(inside[..., None], picture * c.draw.uniform(0.5, 1.3), picture)
    return picture


def grating(c: Canvas) -> np.ndarray:
    wide = int(c.draw.choice([8, 16]))
    return c.where((c.x % wide < wide // 4) | (c.y % (wide * 2) < wide // 4))


def stripes(c: Canvas) -> np.ndarray:
    wide = 2 ** int(c.draw.integers(3, 7))
    return c.where((c.x + c.y) // wide % 2 == 0)


def shelves(c: Canvas) -> np.ndarray:
    """Rows of things of all colours, as in shops and bookcases."""
    picture = c.ground * np.ones((SIDE, SIDE, 3))
    row = int(c.draw.choice([21, 32, 42]))
    for top in range(0, SIDE, row):
        left = 0
        while left < SIDE:
            wide, high = (int(v) for v in (c.draw.integers(3, 18), c.draw.uniform(0.4, 0.92) * row))
            picture[top + row - high : top + row - 1, left : left + wide] = muted(c.draw, 0.9)
            left += wide + int(c.draw.integers(0, 4))
    return picture


def bars(c: Canvas) -> np.ndarray:
    """Thin lines and rings over each other: railings, parked bicycles, bare shrubs."""
    picture = c.ground * np.ones((SIDE, SIDE, 3))
    for _ in range(int(c.draw.integers(20, 90))):
        ends = c.draw.integers(-20, SIDE + 20, (2, 2))
        colour, wide = [float(v) for v in muted(c.draw, 0.3) * c.draw.uniform(0.1, 1.2)], int(c.draw.integers(1, 4))
        if c.draw.random() < 0.4:
            radius = int(c.draw.integers(6, 34))
            cv2.circle(picture, tuple(int(v) for v in ends[0]), radius, colour, wide, cv2.LINE_AA)
        else:
            if c.draw.random() < 0.5:
                ends[1, 0] = ends[0, 0]
            cv2.line(picture, *(tuple(int(v) for v in end) for end in ends), colour, wide, cv2.LINE_AA)
    return picture


def signs(c: Canvas) -> np.ndarray:
    """Plates of strong colours with lines of marks on them: shop fronts, posters, vehicles."""
    picture = c.ground * np.ones((SIDE, SIDE, 3))
    for _ in range(int(c.draw.integers(3, 14))):
        (left, top), (wide, high) = c.draw.integers(0, SIDE - 20, 2), c.draw.integers(16, 120, 2)
        plate, ink = muted(c.draw, 1.0), muted(c.draw, 0.8)
        picture[top : top + high, left : left + wide] = plate
        for line in range(int(top) + 4, int(min(top + high, SIDE)) - 6, int(c.draw.integers(7, 20))):
            marks = c.draw.random(int(wide)) < 0.55
            picture[line : line + 4, left : left + wide][:, marks[: picture[line, left : left + wide].shape[0]]] = ink
    return picture


def pebbles(c: Canvas) -> np.ndarray:
    """Small stones, each with an edge: cobbles, gravel, asphalt that is worn. Each pixel is of the nearest centre."""
    step = int(c.draw.choice([8, 16]))
    cells = SIDE // step
    row, column = np.mgrid[0:cells, 0:cells] * step
    centres = np.stack([row, column], -1) + c.draw.uniform(0, step, (cells, cells, 2))
    tones = c.draw.uniform(0.6, 1.4, (cells, cells))
    nearest, second, tone = np.full((SIDE, SIDE), 1e9), np.full((SIDE, SIDE), 1e9), np.ones((SIDE, SIDE))
    for around in np.ndindex(3, 3):
        move = tuple(1 - a for a in around)
        centre = np.roll(centres, move, (0, 1)).repeat(step, 0).repeat(step, 1)
        away = (np.stack([c.y, c.x], -1) - centre + SIDE / 2) % SIDE - SIDE / 2  # the texture goes on at its edges
        far = np.hypot(away[..., 0], away[..., 1])
        tone = np.where(far < nearest, np.roll(tones, move, (0, 1)).repeat(step, 0).repeat(step, 1), tone)
        second = np.minimum(second, np.maximum(nearest, far))
        nearest = np.minimum(nearest, far)
    c.ground = c.ground * tone[..., None]
    return c.where(second - nearest < step * 0.12, c.first * 0.45)


KINDS = {f.__name__: f for f in (
    plain, mottle, tile, slab, carpet, plank, speckle, check, veins,
    terrazzo, hexagon, herringbone, stains, grating, stripes, shelves, bars, signs, pebbles,
)}  # fmt: skip


def levels(picture: np.ndarray) -> np.ndarray:
    """The picture above its halvings [2 n, n, 3], down to four pixels."""
    n = len(picture)
    out, row = np.zeros((2 * n, n, 3), np.float32), 0
    while n >= 4:
        out[row : row + n, :n] = picture
        row, n = row + n, n // 2
        picture = picture.reshape(n, 2, n, 2, 3).mean((1, 3))
    return out


def texture(draw: np.random.Generator, style: Style, rooms: list[np.ndarray]) -> np.ndarray:
    """One texture of the style's kinds."""
    canvas = Canvas(draw)
    kind = style.floors[draw.integers(len(style.floors))]
    if kind == "room":
        room = rooms[draw.integers(len(rooms))]
        wide = int(draw.choice([96, 160, 256]))
        y, x = (int(draw.integers(0, s - wide + 1)) for s in room.shape[:2])
        picture = exposed(draw, room[y : y + wide, x : x + wide]).astype(np.float32)
        picture = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    else:
        picture = KINDS[kind](canvas)
    if draw.random() < 0.5:
        picture = picture.swapaxes(0, 1)
    return levels(np.clip(picture * (1 + canvas.grain), 0.01, 1).astype(np.float32))


def printed(draw: np.random.Generator, style: Style) -> np.ndarray:
    """A textile print [128, 128, 3]: blots, plaids, camouflage, marks, lozenges."""
    colours = np.array([style.colour(draw, style.tops) for _ in range(4)])
    y, x = np.mgrid[0:128, 0:128] / 128
    picture = np.tile(colours[0], (128, 128, 1))
    kind = draw.integers(5)
    if kind == 0:
        for _ in range(draw.integers(10, 50)):
            middle, r, flat = draw.random(2), draw.uniform(0.02, 0.12), draw.uniform(0.5, 2)
            dx, dy = (x - middle[0] + 0.5) % 1 - 0.5, (y - middle[1] + 0.5) % 1 - 0.5
            picture[(dx / flat) ** 2 + dy**2 < r * r] = colours[draw.integers(1, 4)]
    elif kind == 1:
        for _ in range(draw.integers(3, 9)):
            start, wide, along = draw.random(), draw.uniform(0.02, 0.15), x if draw.random() < 0.5 else y
            on = ((along - start) % 1 < wide)[..., None]
            picture = np.where(on, picture * 0.45 + colours[draw.integers(1, 4)] * 0.55, picture)
    elif kind == 2:
        cloud = clouds(draw, 128, 128, 3)
        for level, limit in enumerate((0.45, 0.55, 0.65)):
            picture[cloud > limit] = colours[level + 1]
    elif kind == 3:
        for line in range(draw.integers(4, 14)):
            left, top = draw.random() * 0.8, draw.random() * 0.9
            for _ in range(draw.integers(3, 9)):
                wide = draw.uniform(0.01, 0.05)
                on = (x > left) & (x < left + wide) & (y > top) & (y < top + draw.uniform(0.03, 0.1))
                picture[on] = colours[1 + line % 3]
                left += wide * 1.5
    else:
        n = int(draw.integers(2, 9))
        picture[((x * n + y * n).astype(int) + (x * n - y * n + 50).astype(int)) % 2 == 0] = colours[1]
    return picture.astype(np.float32)
