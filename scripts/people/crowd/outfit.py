"""What a person wears, drawn at random with the statistics of a street: layers from the skin outwards."""

import numpy as np

from .anatomy import anatomy
from .garment import Garment, garment
from .material import (
    BLOCK,
    CHECK,
    DENIM,
    FIRST,
    HIGH,
    KIND,
    LOGO,
    LOGO_COLOUR,
    LOGO_SIZE,
    LOGO_Y,
    LOW,
    PANELS,
    PLAIN,
    SECOND,
    SHINE,
    SLEEVES,
    WRINKLE,
    ZIP,
    material,
    pattern,
    plain,
)
from .style import SHOES, Style

SKINS = np.array(
    [(0.9, 0.72, 0.62), (0.85, 0.66, 0.54), (0.78, 0.58, 0.45), (0.7, 0.5, 0.36), (0.55, 0.37, 0.25),
     (0.4, 0.26, 0.18), (0.26, 0.17, 0.12)]
)  # fmt: skip
NEVER, ALWAYS = -1.0, 9.0
LEGGINGS = {"black": 5, "charcoal": 2, "navy": 1, "grey": 1, "tan": 1}


class Outfit:
    """Garments of one person, inner ones first."""

    def __init__(self, draw: np.random.Generator, style: Style, male: bool, skin: np.ndarray):
        self.draw, self.style, self.male = draw, style, male
        self.layers: list[Garment] = []
        self.upper: list[np.ndarray] = []  # materials that a strap crosses
        self._wear("body", 1.0, 0.0, plain(skin), closed=True)
        dress = not male and draw.random() < 0.12
        skirt = dress or (not male and draw.random() < 0.14)
        top = self._cloth(style.tops, pattern(draw, style))
        self.light = style.light > 0 and draw.random() < style.light
        waist = draw.uniform(0.9, 1.7)
        legs = top if dress else self._cloth(style.lows, int(draw.choice([PLAIN, DENIM, CHECK], p=[0.7, 0.24, 0.06])))
        self._skirt(legs, waist, dress) if skirt else self._trousers(legs, waist)
        self._shoes()
        loose = self._top(top, waist, tucked=skirt)
        kind = draw.random()
        if self.light:
            kind = 0.46 + 0.54 * kind
        if kind < 0.46:
            self._jacket(loose)
        elif kind < 0.51:
            self._vest(loose)

    def _cloth(self, table: dict[str, float], kind: int) -> np.ndarray:
        return material(self.draw, self.style, self.style.colour(self.draw, table), table, kind)

    def _wear(self, shell: str, inside, swell, row: np.ndarray, closed: bool = False) -> None:
        worn = garment(shell, inside, swell, row, closed)
        if worn is not None:
            self.layers.append(worn)

    def _trousers(self, row: np.ndarray, waist: float) -> None:
        a, draw = anatomy(), self.draw
        hems = [-7.5, draw.uniform(-7.3, -6), draw.uniform(-4.2, -3), draw.uniform(-2.6, -1)]
        hem = draw.choice(hems, p=[0.45, 0.07, 0.24, 0.24] if self.light else [0.72, 0.12, 0.12, 0.04])
        wide = draw.uniform(0.02, 0.25) + draw.choice([0, 0, 0.25, 0.5]) * np.clip((-1 - a.y) / 6, 0, 1)
        inside = np.minimum.reduce([waist - a.y, a.y - hem, np.where(a.arm > 0.3, NEVER, ALWAYS)])
        self._wear("helper-tights", inside, wide, row)

    def _skirt(self, row: np.ndarray, waist: float, dress: bool) -> None:
        a, draw = anatomy(), self.draw
        hems = [draw.uniform(-3.4, -1.6), draw.uniform(-5, -3.6), draw.uniform(-7.2, -5.2)]
        hem = draw.choice(hems, p=[0.4, 0.33, 0.27])
        if draw.random() < 0.6:
            inside = np.minimum.reduce([waist - a.y, a.y + 7.6, np.where(a.arm > 0.3, NEVER, ALWAYS)])
            self._wear("helper-tights", inside, 0.01, self._cloth(LEGGINGS, PLAIN))
        wide = draw.uniform(0.12, 0.25) + draw.uniform(0, 0.5) * np.clip((0.5 - a.y) / 5, 0, 1)
        self._wear("helper-skirt", a.y - hem, wide, row)

    def _shoes(self) -> None:
        a, draw = anatomy(), self.draw
        row = self._cloth(SHOES, PLAIN)
        row[WRINKLE], row[SHINE] = 0.1, draw.choice([0, 0.1, 0.3])
        if draw.random() < 0.5:
            row[KIND], row[LOW], row[HIGH] = BLOCK, -9.5, -7.95
            row[SECOND : SECOND + 3] = draw.choice([0.85, 0.08])
        shaft = draw.choice([-7.15, -6.6, -4.5], p=[0.84, 0.1, 0.06])
        inside = np.minimum(shaft - a.y, np.where(a.arm > 0.3, NEVER, ALWAYS))
        self._wear("helper-tights", inside, np.where(a.y < -7.2, 0.14, 0.16), row)

    def _top(self, row: np.ndarray, waist: float, tucked: bool) -> float:
        a, draw = anatomy(), self.draw
        sleeves = [0.9, a.elbow * 0.7, a.elbow * 1.05, a.wrist * 0.8, a.wrist + 0.2]
        sleeve = draw.choice(sleeves, p=[0.1, 0.6, 0.1, 0.05, 0.15] if self.light else [0.06, 0.26, 0.08, 0.06, 0.54])
        hem = draw.choice([waist - 0.3, draw.uniform(-0.6, 0.3), draw.uniform(-1.6, -0.5)], p=[0.2, 0.55, 0.25])
        if tucked:
            hem = waist - 0.1
        depth = draw.uniform(0.1, 1.2)
        neck = draw.uniform(5.35, 5.8) - np.where(a.z > 0, depth * np.clip(1 - np.abs(a.x) / 1.1, 0, 1), 0) - a.y
        cut = np.where(a.arm > 0.3, sleeve - a.along, ALWAYS)
        loose = draw.uniform(0.05, 0.35) if self.male else draw.uniform(0.03, 0.28)
        swell = loose * (0.6 + 0.7 * np.clip((3 - a.y) / 4, 0, 1)) * np.where(a.arm > 0.3, 0.7, 1)
        if draw.random() < 0.22:
            row[LOGO], row[LOGO_Y], row[LOGO_SIZE] = (
                draw.choice([1, 2, 3, 3, 5, 7]),
                draw.uniform(2.6, 4),
                draw.uniform(0.3, 1),
            )
            row[LOGO_COLOUR : LOGO_COLOUR + 3] = self.style.colour(draw, self.style.tops)
        row[SLEEVES] = draw.random() < 0.07
        self._wear("helper-tights", np.minimum.reduce([a.y - hem, neck + 9 * (a.arm > 0.3), cut]), swell, row)
        self.upper.append(row)
        return loose

    def _jacket(self, loose: float) -> None:
        """A jacket, a hooded one, or a coat, open or closed."""
        a, draw = anatomy(), self.draw
        table = self.style.lows if draw.random() < 0.65 else self.style.tops
        row = self._cloth(table, int(draw.choice([PLAIN, CHECK, BLOCK, PANELS], p=[0.86, 0.05, 0.06, 0.03])))
        gap = draw.choice([0, draw.uniform(0.3, 0.6), draw.uniform(0.5, 1.2)], p=[0.55, 0.25, 0.2])
        row[ZIP] = gap == 0
        hem = draw.uniform(-1.6, 0.6)
        front = np.where(a.z > 0.2, np.abs(a.x) - gap * (0.6 + 0.4 * np.clip((4.8 - a.y) / 3, 0, 1)), ALWAYS)
        notch = draw.uniform(0, 1) * np.clip(1 - np.abs(a.x), 0, 1)
        collar = draw.uniform(5.5, 6.1) - np.where(a.z > 0, notch, 0) - a.y
        arms = np.where(a.arm > 0.3, a.wrist + 0.1 - a.along, ALWAYS)
        inside = np.minimum.reduce([a.y - hem, collar + 9 * (a.arm > 0.3), arms, np.where(a.arm > 0.3, ALWAYS, front)])
        puffy = draw.uniform(0.1, 0.4) + draw.choice([0, 0, 0.35])
        self._wear("helper-tights", inside, loose + puffy, row)
        if draw.random() < 0.3:
            skirt = np.minimum(a.y - draw.uniform(-5.5, -2), np.where(a.z > 0.2, np.abs(a.x) - gap * 1.2, ALWAYS))
            self._wear("helper-skirt", skirt, draw.uniform(0.1, 0.3), row)
        if draw.random() < 0.15:  # a hood that is up
            hood = np.where((a.head > 0.3) & ((a.z < 0.9) | (a.y > 8.0)), 1.0, NEVER)
            self._wear("body", hood, draw.uniform(0.25, 0.45), row)
        self.upper.append(row)

    def _vest(self, loose: float) -> None:
        """A work vest: a bright colour with two light bands."""
        a, draw = anatomy(), self.draw
        bright = [(0.75, 0.85, 0.1), (0.9, 0.4, 0.05), (0.8, 0.1, 0.1), (0.1, 0.2, 0.6)][draw.integers(4)]
        row = plain(bright, 0.25)
        row[KIND], row[LOW] = BLOCK, draw.uniform(1, 2.4)
        row[HIGH] = row[LOW] + 0.5
        row[SECOND : SECOND + 3] = 0.8
        inside = np.minimum.reduce([a.y - draw.uniform(-0.4, 0.6), 5.5 - a.y, np.where(a.arm > 0.3, NEVER, ALWAYS)])
        self._wear("helper-tights", inside, loose + 0.15, row)
        self.upper.append(row)


def skin_colour(draw: np.random.Generator, origin: np.ndarray) -> np.ndarray:
    """A skin that goes with the shares of origin (african, asian, caucasian)."""
    place = np.clip(origin @ [5.2, 2.0, 0.8] + draw.normal(0, 0.6), 0, 5.99)
    low = int(place)
    return SKINS[low] * (1 - place % 1) + SKINS[low + 1] * (place % 1)


def first_colour(row: np.ndarray) -> np.ndarray:
    """The main colour of a material."""
    return row[FIRST : FIRST + 3]
