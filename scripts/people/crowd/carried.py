"""What people carry, push and hold over themselves: bags, cases, carts, prams, umbrellas.

Frame of a person in metres: x left, y up from the floor, z to the front.
"""

import numpy as np

from .material import SHINE, WRINKLE, material, pattern, plain
from .solids import ball, box, dome, tube
from .style import SHOES, Style
from .surface import Surface, solid
from .turns import about_x, about_z

KINDS = ("none", "back", "cross", "hand", "shoulder", "case", "cart", "pram", "umbrella", "carton")
SHARES = (0.46, 0.15, 0.08, 0.08, 0.06, 0.04, 0.04, 0.025, 0.03, 0.035)
ARMS = {"cart": "push", "pram": "push", "umbrella": "umbrella", "carton": "carry"}
CUSHION = ball(16, 12, 0.45)


def bag_material(draw: np.random.Generator, style: Style) -> np.ndarray:
    table = SHOES if draw.random() < 0.7 else style.tops
    kind = pattern(draw, style) if draw.random() < 0.2 else 0
    row = material(draw, style, style.colour(draw, table), table, kind)
    row[WRINKLE], row[SHINE] = 0.25, draw.choice([0, 0.1, 0.3])
    return row


def worn_size(draw: np.random.Generator, kind: str) -> np.ndarray:
    """Half extents in metres of a bag on the body."""
    if kind == "back":
        return np.array([draw.uniform(0.11, 0.17), draw.uniform(0.15, 0.25), draw.uniform(0.06, 0.11)])
    if kind == "hand":
        return np.array([0.045, draw.uniform(0.09, 0.18), draw.uniform(0.1, 0.17)])
    return np.array([0.045, draw.uniform(0.08, 0.13), draw.uniform(0.09, 0.15)])


def case(row: np.ndarray, side: int, draw: np.random.Generator) -> list[Surface]:
    """A case on wheels, pulled behind on one side."""
    half = np.array([draw.uniform(0.12, 0.2), draw.uniform(0.22, 0.34), draw.uniform(0.08, 0.14)])
    at = np.array([side * 0.3, half[1] + 0.06, -0.45])
    lean = about_x(draw.uniform(-0.5, 0))
    bar = plain((0.3, 0.3, 0.3), shine=0.3)
    return [
        solid(CUSHION, half, at, row, lean),
        solid(tube(), (0.012, 0.25, 0.012), at + np.array([0, half[1] + 0.16, 0.12]), bar, lean),
    ]


def cart(draw: np.random.Generator, reach: float) -> list[Surface]:
    """A shopping cart of thin walls, with or without goods."""
    wire = plain(draw.choice([0.25, 0.4, 0.6]) * np.array([1, 1, 1.02]), shine=0.4)
    trim = plain(draw.random(3) * 0.7)
    wide, long, low, high = 0.26, 0.4, 0.45, 0.9
    middle = reach + long + 0.12
    parts = [
        solid(box(), (wide, 0.008, long), (0, low, middle), wire),
        solid(tube(), (0.016, 0.27, 0.016), (0, high + 0.08, reach + 0.08), trim, about_z(np.pi / 2)),
    ]
    for side in (-1, 1):
        parts.append(solid(box(), (0.008, (high - low) / 2, long), (side * wide, (high + low) / 2, middle), wire))
        parts.append(solid(box(), (wide, (high - low) / 2, 0.008), (0, (high + low) / 2, middle + side * long), wire))
        for end in (-1, 1):
            parts.append(solid(tube(), (0.015, low / 2, 0.015), (side * 0.22, low / 2, middle + end * 0.33), wire))
    for _ in range(draw.integers(0, 7)):
        half = draw.uniform(0.05, 0.14, 3)
        at = (draw.uniform(-0.13, 0.13), low + half[1], middle + draw.uniform(-0.25, 0.25))
        parts.append(solid(box(2) if draw.random() < 0.6 else ball(), half, at, plain(draw.random(3) * 0.85)))
    return parts


def pram(draw: np.random.Generator, row: np.ndarray, reach: float) -> list[Surface]:
    """A pram with a hood, a handle and four wheels; who lies in it is not to be seen."""
    frame, middle = plain((0.12, 0.12, 0.13), shine=0.3), reach + 0.55
    open_ = draw.uniform(0.1, 0.3)
    parts = [
        solid(CUSHION, (0.2, 0.14, 0.4), (0, 0.6, middle), row),
        solid(ball(), (0.21, 0.24, 0.22), (0, 0.7, middle - open_), row),
        solid(tube(), (0.015, 0.22, 0.015), (0, 1.0, reach + 0.08), frame, about_z(np.pi / 2)),
        solid(tube(), (0.012, 0.33, 0.012), (0.2, 0.72, reach + 0.25), frame, about_x(0.8)),
        solid(tube(), (0.012, 0.33, 0.012), (-0.2, 0.72, reach + 0.25), frame, about_x(0.8)),
    ]
    for x in (-0.25, 0.25):
        for z in (-0.3, 0.3):
            parts.append(solid(tube(), (0.13, 0.02, 0.13), (x, 0.13, middle + z), frame, about_z(np.pi / 2)))
    return parts


def umbrella(draw: np.random.Generator, row: np.ndarray, head: np.ndarray, side: int) -> list[Surface]:
    """An open umbrella over the head; part of its bearer's box, who may be hidden under it."""
    wide = draw.uniform(0.42, 0.62)
    at = head + np.array([side * draw.uniform(0, 0.2), draw.uniform(0.12, 0.3), draw.uniform(-0.05, 0.2)])
    lean = about_x(draw.normal(0, 0.12)) @ about_z(draw.normal(0, 0.12))
    stick = plain((0.2, 0.2, 0.2))
    return [
        solid(dome(int(draw.choice([6, 8, 10]))), (wide, wide * 0.4, wide), at, row, lean, boxed=True),
        solid(tube(), (0.008, 0.4, 0.008), at - [0, 0.3, 0], stick, lean, boxed=True),
    ]
