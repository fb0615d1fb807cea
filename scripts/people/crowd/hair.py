"""Hair, scarves and hats."""

import numpy as np

from .anatomy import anatomy
from .garment import garment
from .material import FIRST, HEATHER, SECOND, THIRD, WRINKLE, material, pattern
from .solids import ball
from .style import Style

COLOURS = np.array(
    [(0.04, 0.035, 0.03), (0.07, 0.05, 0.04), (0.14, 0.09, 0.06), (0.25, 0.16, 0.09), (0.45, 0.33, 0.18),
     (0.7, 0.56, 0.35), (0.5, 0.5, 0.5), (0.75, 0.75, 0.74), (0.38, 0.13, 0.07), (0.5, 0.12, 0.3)]
)  # fmt: skip
DARK = (0.5, 0.3, 0.1, 0.03, 0.01, 0.01, 0.02, 0.01, 0.01, 0.01)
MIXED = (0.12, 0.2, 0.2, 0.18, 0.1, 0.06, 0.06, 0.04, 0.03, 0.01)
STYLES = ("short", "bald", "long", "tail", "bun", "afro", "scarf")
MEN, WOMEN = (0.8, 0.1, 0.05, 0.01, 0.01, 0.02, 0.01), (0.2, 0, 0.4, 0.18, 0.1, 0.02, 0.1)


class Hair:
    """`layers`: garments; `parts`: (solid, half extents, middle) on the head, decimetres; `row`: their material."""

    def __init__(self, draw: np.random.Generator, style: Style, male: bool, old: bool, dark: bool):
        self.layers, self.parts = [], []
        colour = COLOURS[draw.choice(10, p=DARK if dark else MIXED)]
        if old:
            colour = COLOURS[draw.choice([6, 7, 1])]
        self.row = material(draw, style, colour, style.tops)
        self.row[WRINKLE], self.row[HEATHER] = 0.5, 0.35
        self.row[SECOND : SECOND + 3] = self.row[THIRD : THIRD + 3] = self.row[FIRST : FIRST + 3]
        kind = str(draw.choice(STYLES, p=MEN if male else WOMEN))
        if kind == "scarf":
            self._scarf(draw, style)
        elif kind != "bald":
            self._hair(draw, kind)
        if kind != "scarf" and draw.random() < (0.16 if male else 0.1):
            self._hat(draw, style)
        self.layers = [layer for layer in self.layers if layer is not None]

    def _hair(self, draw: np.random.Generator, kind: str) -> None:
        a = anatomy()
        front, back = draw.uniform(7.85, 8.1), draw.uniform(6.4, 7.0)
        line = np.where(a.z > 0.9, a.y - front - 0.25 * (a.z - 0.9), np.where(a.z > 0.1, a.y - 7.25, a.y - back))
        volume = {"short": draw.uniform(0.06, 0.22), "long": 0.2, "tail": 0.12, "bun": 0.12, "afro": 0.75}[kind]
        swell = np.where(a.y > 7.2, volume, volume * 0.7)
        self.layers.append(garment("body", np.where(a.head > 0.4, line, -1), swell, self.row))
        if kind == "long":
            face = np.where(a.y < 6.2, np.abs(a.x) - 0.9, np.abs(a.x) - 1.0) * 3
            inside = np.minimum(a.y - draw.uniform(2.2, 6.2), np.where((a.z > 0.35) & (a.y < 8.0), face, 9))
            self.layers.append(garment("helper-hair", inside, draw.uniform(-0.05, 0.12), self.row))
        if kind == "tail":
            self.parts.append((ball(), (0.4, 0.9, 0.4), (0, 6.9, -1.2), self.row))
        if kind == "bun":
            self.parts.append((ball(), (0.45, 0.45, 0.45), (0, draw.uniform(7.4, 8.4), -1.15), self.row))

    def _scarf(self, draw: np.random.Generator, style: Style) -> None:
        a = anatomy()
        row = material(draw, style, style.colour(draw, style.tops), style.tops, pattern(draw, style))
        over = np.where((a.head > 0.3) & ((a.z < 1.0) | (a.y > 8.05)), 1.0, -1.0)
        self.layers.append(garment("body", over, 0.22, row))
        falls = np.minimum(a.y - draw.uniform(3.4, 5), np.where((a.z > 0.35) & (a.y > 6.2), -1, 9))
        self.layers.append(garment("helper-hair", falls, 0.05, row))

    def _hat(self, draw: np.random.Generator, style: Style) -> None:
        a = anatomy()
        row = material(draw, style, style.colour(draw, style.tops), style.tops)
        row[WRINKLE] = 0.15
        self.layers.append(garment("body", np.where(a.head > 0.4, a.y - 7.75, -1), 0.3, row))
        brim = draw.random()
        if brim < 0.55:
            self.parts.append((ball(), (0.75, 0.07, 0.7), (0, 7.9, 2.0), row))
        elif brim < 0.75:
            self.parts.append((ball(), (1.9, 0.08, 2.0), (0, 7.85, 0.5), row))
