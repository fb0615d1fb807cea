"""Things that are no people: furniture, bins, plants, bags, rails, carts, dogs, tailors' dummies."""

import numpy as np

from . import carried
from .material import WRINKLE, material, pattern, plain
from .solids import ball, box, tube
from .style import Style
from .surface import Surface, solid
from .turns import about_x, about_y, about_z

KINDS = ("chest", "table", "chair", "bin", "pole", "plant", "bag", "shelf", "rail", "ball", "cart", "pram", "dog",
         "torso", "umbrella", "coat", "mat")  # fmt: skip
SHARES = (0.12, 0.1, 0.12, 0.08, 0.05, 0.08, 0.1, 0.05, 0.04, 0.03, 0.05, 0.03, 0.04, 0.04, 0.02, 0.03, 0.02)


class Thing:
    """One thing, drawn at random; surfaces in metres about its foot."""

    def __init__(self, draw: np.random.Generator, style: Style):
        self.draw, self.style = draw, style
        self.kind = str(draw.choice(KINDS, p=np.array(SHARES) / sum(SHARES)))
        self.parts: list[Surface] = []
        getattr(self, self.kind)()

    def _row(self) -> np.ndarray:
        draw, style = self.draw, self.style
        table = style.lows if draw.random() < 0.5 else style.tops
        colour = style.colour(draw, table)
        if draw.random() < 0.5:
            colour = np.full(3, colour.mean())
        row = material(draw, style, colour, table, pattern(draw, style) if draw.random() < 0.3 else 0)
        row[WRINKLE] = draw.uniform(0, 0.3)
        return row

    def _put(self, shape, size, at, row, turn=None) -> None:
        self.parts.append(solid(shape, size, at, row, turn))

    def chest(self) -> None:
        half = self.draw.uniform(0.12, 0.5, 3)
        self._put(box(), half, (0, half[1], 0), self._row())

    def table(self) -> None:
        draw = self.draw
        high, wide, deep = draw.uniform(0.45, 1.1), draw.uniform(0.25, 0.9), draw.uniform(0.25, 0.6)
        round_ = draw.random() < 0.4
        self._put(tube() if round_ else box(), (wide, 0.02, wide if round_ else deep), (0, high, 0), self._row())
        self._put(tube(), (0.03, high / 2, 0.03), (0, high / 2, 0), self._row())

    def chair(self) -> None:
        draw = self.draw
        high, wide = draw.uniform(0.4, 0.5), draw.uniform(0.18, 0.27)
        row, legs = self._row(), self._row()
        self._put(carried.CUSHION if draw.random() < 0.5 else box(), (wide, 0.03, wide), (0, high, 0), row)
        self._put(box(), (wide, draw.uniform(0.15, 0.3), 0.02), (0, high + 0.25, -wide), row)
        for x in (-1, 1):
            for z in (-1, 1):
                self._put(tube(), (0.013, high / 2, 0.013), (x * wide, high / 2, z * wide), legs)

    def bin(self) -> None:
        wide, high = self.draw.uniform(0.12, 0.3), self.draw.uniform(0.2, 0.6)
        self._put(tube(), (wide, high, wide), (0, high, 0), self._row())
        self._put(tube(), (wide * 0.85, 0.005, wide * 0.85), (0, 2 * high + 0.005, 0), self._row())

    def pole(self) -> None:
        wide = self.draw.uniform(0.02, 0.2, 2)
        self._put(tube() if self.draw.random() < 0.5 else box(), (wide[0], 1.2, wide[1]), (0, 1.2, 0), self._row())

    def plant(self) -> None:
        draw = self.draw
        self._put(tube(), (0.2, 0.2, 0.2), (0, 0.2, 0), self._row())
        leaf = material(draw, self.style, np.array([0.12, 0.3, 0.1]) * draw.uniform(0.5, 1.5), self.style.tops)
        for _ in range(draw.integers(3, 12)):
            at = draw.normal(0, 0.15, 3) + np.array([0, draw.uniform(0.4, 1.2), 0])
            self._put(ball(), draw.uniform(0.05, 0.3, 3), at, leaf, about_z(draw.random() * 3))

    def bag(self) -> None:
        half = self.draw.uniform(0.08, 0.3, 3)
        row = self._row()
        self._put(carried.CUSHION, half, (0, half[1], 0), row)
        if self.draw.random() < 0.5:
            self._put(carried.CUSHION, half * 0.3, (half[0] * 0.4, 2 * half[1], 0), row)

    def shelf(self) -> None:
        draw = self.draw
        wide, high, deep = draw.uniform(0.4, 1.6), draw.uniform(0.4, 1.0), draw.uniform(0.15, 0.35)
        row = self._row()
        for level in np.linspace(0.05, 2 * high, 4):
            self._put(box(6), (wide, 0.015, deep), (0, level, 0), row)
            for _ in range(draw.integers(0, 6)):
                half = draw.uniform(0.04, 0.13, 3)
                at = (draw.uniform(-wide, wide) * 0.85, level + half[1], draw.uniform(-0.1, 0.1))
                self._put(box(2), half, at, plain(draw.random(3) * 0.8))
        for side in (-wide, wide):
            self._put(box(), (0.015, high, deep), (side, high, 0), row)

    def rail(self) -> None:
        row = self._row()
        for x in (-1.2, 0, 1.2):
            self._put(tube(), (0.025, 0.5, 0.025), (x, 0.5, 0), row)
        self._put(box(8), (1.25, 0.02, 0.02), (0, 1, 0), row)

    def ball(self) -> None:
        r = self.draw.uniform(0.08, 0.35)
        self._put(ball(), (r, r, r), (0, r, 0), self._row())

    def cart(self) -> None:
        self.parts += carried.cart(self.draw, -0.5)

    def pram(self) -> None:
        self.parts += carried.pram(self.draw, self._row(), -0.5)

    def umbrella(self) -> None:
        self.parts += carried.umbrella(self.draw, self._row(), np.array([0, self.draw.uniform(0.1, 0.4), 0]), 1)

    def dog(self) -> None:
        draw, fur = self.draw, plain(self.style.colour(self.draw, {"brown": 3, "black": 3, "white": 2, "tan": 3}), 0.5)
        size = draw.uniform(0.6, 1.3)
        self._put(ball(), np.array([0.12, 0.13, 0.34]) * size, np.array([0, 0.42, 0]) * size, fur)
        self._put(ball(), np.array([0.09, 0.1, 0.14]) * size, np.array([0, 0.6, 0.4]) * size, fur)
        self._put(tube(), np.array([0.02, 0.15, 0.02]) * size, np.array([0, 0.55, -0.4]) * size, fur, about_x(-0.9))
        for x in (-0.08, 0.08):
            for z in (-0.22, 0.22):
                leg = np.array([0.035, 0.2, 0.035]) * size
                self._put(tube(), leg, np.array([x, 0.2, z]) * size, fur)

    def torso(self) -> None:
        """A tailor's dummy: a trunk on a pole, no head, no limbs."""
        row, pole = self._row(), plain((0.2, 0.2, 0.2), shine=0.3)
        self._put(ball(), (0.2, 0.33, 0.13), (0, 1.15, 0), row)
        self._put(tube(), (0.02, 0.42, 0.02), (0, 0.42, 0), pole)
        self._put(tube(), (0.2, 0.015, 0.2), (0, 0.015, 0), pole)

    def coat(self) -> None:
        """Coats on a stand."""
        pole = plain((0.25, 0.18, 0.1))
        self._put(tube(), (0.025, 0.9, 0.025), (0, 0.9, 0), pole)
        for _ in range(self.draw.integers(1, 4)):
            turn = about_y(self.draw.random() * 6.3)
            self._put(carried.CUSHION, (0.2, 0.45, 0.07), turn @ np.array([0, 1.2, 0.12]), self._row(), turn)

    def mat(self) -> None:
        half = self.draw.uniform(0.3, 1.2, 2)
        self._put(box(8), (half[0], 0.006, half[1]), (0, 0.006, 0), self._row())
