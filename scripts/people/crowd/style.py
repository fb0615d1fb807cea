"""Ways of making things up: what is trained on, and another one that is only judged by.

`street` and `town` are trained on: a street in the cold, and people in light clothes before walls, stands and crowded
places. `other` is judged by: it shares the code and nothing that is drawn from with them: other colours, textiles,
bodies, floors, rooms, lights and lenses, so that what is learnt of one is tested on the other.
"""

from dataclasses import dataclass

import numpy as np

COLOURS = {
    "black": (0.045, 0.045, 0.05), "charcoal": (0.13, 0.13, 0.14), "grey": (0.34, 0.34, 0.35),
    "silver": (0.6, 0.6, 0.61), "white": (0.86, 0.86, 0.84), "cream": (0.8, 0.75, 0.64), "navy": (0.06, 0.08, 0.16),
    "denim": (0.17, 0.23, 0.36), "blue": (0.14, 0.25, 0.5), "sky": (0.45, 0.58, 0.72), "teal": (0.08, 0.32, 0.34),
    "green": (0.13, 0.32, 0.16), "olive": (0.27, 0.28, 0.17), "mint": (0.55, 0.72, 0.62), "lime": (0.62, 0.78, 0.2),
    "yellow": (0.82, 0.7, 0.2), "mustard": (0.62, 0.46, 0.14), "orange": (0.82, 0.38, 0.1),
    "coral": (0.8, 0.44, 0.38), "red": (0.6, 0.09, 0.1), "maroon": (0.3, 0.06, 0.09), "pink": (0.8, 0.56, 0.63),
    "magenta": (0.6, 0.14, 0.38), "purple": (0.3, 0.16, 0.42), "brown": (0.28, 0.18, 0.11), "tan": (0.58, 0.46, 0.32),
    "beige": (0.68, 0.61, 0.5),
}  # fmt: skip
TOPS = {
    "black": 24, "charcoal": 10, "grey": 12, "silver": 4, "white": 14, "cream": 4, "navy": 10, "denim": 4, "blue": 5,
    "sky": 3, "teal": 1.5, "green": 2, "olive": 4, "mint": 0.7, "yellow": 1.5, "mustard": 1, "orange": 1, "coral": 1,
    "red": 4, "maroon": 2.5, "pink": 3, "magenta": 0.8, "purple": 1.5, "brown": 3, "tan": 3, "beige": 4,
}  # fmt: skip
LOWS = {
    "black": 32, "charcoal": 10, "grey": 8, "silver": 2, "white": 3, "cream": 2, "navy": 12, "denim": 24, "blue": 3,
    "olive": 3, "green": 0.7, "red": 0.5, "maroon": 0.7, "pink": 0.5, "brown": 3, "tan": 4, "beige": 6,
}  # fmt: skip
WARM = {
    "black": 18, "charcoal": 6, "grey": 11, "silver": 4, "white": 20, "cream": 5, "navy": 7, "denim": 3, "blue": 6,
    "sky": 6, "teal": 2, "green": 4, "olive": 2, "mint": 2, "lime": 1, "yellow": 4, "mustard": 1, "orange": 3,
    "coral": 3, "red": 7, "maroon": 2, "pink": 6, "magenta": 2, "purple": 4, "brown": 2, "tan": 2, "beige": 4,
}  # fmt: skip
WARM_LOWS = {
    "black": 30, "charcoal": 9, "grey": 11, "silver": 3, "white": 7, "cream": 3, "navy": 11, "denim": 22, "blue": 4,
    "sky": 2, "olive": 4, "green": 1, "red": 1.5, "pink": 1.5, "brown": 4, "tan": 5, "beige": 7, "orange": 0.7,
}  # fmt: skip
SHOES = {"black": 34, "charcoal": 6, "grey": 8, "white": 22, "brown": 10, "tan": 4, "navy": 4, "red": 2, "blue": 2}
BRIGHT = {name: 1.0 for name in COLOURS}
BRIGHT |= {"black": 3, "white": 4, "grey": 3, "navy": 2}
SUMMER = {"white": 5, "beige": 4, "tan": 3, "denim": 6, "sky": 3, "black": 4, "grey": 3, "olive": 2, "cream": 3}
ROOMS = (
    "apartment", "bridge", "city", "dawn", "esplanade", "forest", "hall", "lab", "lobby", "park", "sunset", "venice",
    "warehouse", "workshop",
)  # fmt: skip


@dataclass(frozen=True)
class Style:
    """What is drawn from; shares need not add up to one."""

    name: str
    number: int  # goes into every seed
    tops: dict[str, float]
    lows: dict[str, float]
    patterns: dict[int, float]  # of `material.PATTERNS`
    strange: float  # share of colours from outside the table
    age: tuple[float, float]  # mean and spread, 0 child, 0.5 young, 1 old
    children: float  # share
    weight: tuple[float, float]
    floors: tuple[str, ...]  # of `textures.KINDS`
    rooms: tuple[str, ...]  # of the photographed surroundings
    lamps: tuple[float, float]  # height of lamps in metres
    sun: float  # share lit by the sun
    ambient: tuple[float, float]
    light: float = 0.0  # share who are dressed for warm days: short sleeves, no jacket, half of them in shorts
    crisp: float = 0.0  # share of the crops' cameras that are fine, sharpened and meter the light

    def colour(self, draw: np.random.Generator, table: dict[str, float]) -> np.ndarray:
        """One of a table's colours, varied; linear red, green, blue in 0..1."""
        if draw.random() < self.strange:
            return draw.random(3) * 0.8 + 0.03
        names = list(table)
        share = np.array([table[n] for n in names])
        colour = np.array(COLOURS[names[draw.choice(len(names), p=share / share.sum())]])
        return np.clip(colour * draw.uniform(0.7, 1.3) + draw.normal(0, 0.02, 3), 0.02, 0.92)


STREET = Style(
    "street", 0, TOPS, LOWS, {0: 58, 1: 8, 2: 2, 3: 9, 4: 2, 5: 5, 6: 2, 8: 4, 9: 3, 10: 7}, 0.05,
    (0.55, 0.17), 0.1, (0.5, 0.2),
    ("plain", "mottle", "tile", "slab", "carpet", "plank", "speckle", "check", "room", "veins"),
    tuple(r for i, r in enumerate(ROOMS) if i % 3), (2.6, 5.0), 0.35, (0.35, 0.8),
)  # fmt: skip
OTHER = Style(
    "other", 1, BRIGHT, SUMMER, {0: 40, 1: 12, 3: 8, 5: 14, 6: 8, 8: 12, 10: 12}, 0.2,
    (0.62, 0.22), 0.16, (0.6, 0.24),
    ("terrazzo", "hexagon", "herringbone", "stains", "grating", "room", "stripes"),
    tuple(r for i, r in enumerate(ROOMS) if i % 3 == 0), (3.0, 7.0), 0.5, (0.2, 0.6),
)  # fmt: skip
TOWN = Style(
    "town", 2, WARM, WARM_LOWS, {0: 50, 1: 9, 2: 4, 3: 10, 4: 4, 5: 5, 6: 4, 8: 6, 9: 3, 10: 12}, 0.07,
    (0.5, 0.17), 0.08, (0.46, 0.2),
    ("plain", "mottle", "tile", "slab", "speckle", "room", "veins", "shelves", "bars", "signs", "pebbles"),
    tuple(r for i, r in enumerate(ROOMS) if i % 3), (2.4, 6.0), 0.45, (0.35, 0.9), 0.6, 0.75,
)  # fmt: skip
STYLES = {style.name: style for style in (STREET, OTHER, TOWN)}
