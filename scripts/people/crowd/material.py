"""Materials as rows of numbers that the shader reads."""

import numpy as np

from .style import Style

# Columns. Colours take three; lengths are decimetres of cloth.
KIND, SCALE, DUTY, FIRST, SECOND, THIRD = 0, 1, 2, 3, 6, 9
WRINKLE, SEED, LOGO, LOGO_Y, LOGO_SIZE, LOGO_COLOUR = 12, 13, 14, 15, 16, 17
SLEEVES, ZIP, STRAP, STRAP_COLOUR, HEATHER, LOW, HIGH, SHINE = 20, 21, 22, 23, 26, 27, 28, 29
COLUMNS = 30
PLAIN, BANDS, STRIPES, CHECK, DOTS, CAMOUFLAGE, FADE, DENIM, BLOCK, PANELS, PRINT = range(11)


def material(draw: np.random.Generator, style: Style, colour, table: dict[str, float], kind: int = PLAIN) -> np.ndarray:
    """A cloth of that colour and pattern, whose other colours come from `table`."""
    row = np.zeros(COLUMNS, np.float32)
    row[KIND] = kind
    row[FIRST : FIRST + 3] = colour
    row[SECOND : SECOND + 3], row[THIRD : THIRD + 3] = style.colour(draw, table), style.colour(draw, table)
    if draw.random() < 0.5:  # tone in tone
        row[SECOND : SECOND + 3] = np.clip(row[FIRST : FIRST + 3] * draw.uniform(0.5, 1.8), 0.02, 0.9)
    row[SCALE], row[DUTY], row[SEED] = draw.uniform(0.5, 2.4), draw.uniform(0.2, 0.6), draw.random() * 50
    row[WRINKLE], row[HEATHER] = draw.uniform(0.25, 0.75), draw.choice([0.06, 0.1, 0.2, 0.4])
    row[SHINE] = draw.choice([0, 0, 0, 0.05, 0.2])
    low, high = sorted(draw.uniform(-1, 5, 2))
    if kind == BLOCK:
        low = draw.uniform(0.5, 4)
        high = low + draw.uniform(0.4, 3)
    if kind == PRINT:
        row[SCALE] = draw.uniform(0.4, 1.6)
    row[LOW], row[HIGH] = low, high
    return row


def pattern(draw: np.random.Generator, style: Style) -> int:
    """A pattern with the style's shares."""
    share = np.array(list(style.patterns.values()), float)
    return int(draw.choice(list(style.patterns), p=share / share.sum()))


def plain(colour, wrinkle: float = 0.05, shine: float = 0.0) -> np.ndarray:
    """One colour without a pattern: skin, plastic, metal."""
    row = np.zeros(COLUMNS, np.float32)
    for column in (FIRST, SECOND, THIRD):
        row[column : column + 3] = colour
    row[WRINKLE], row[SHINE], row[SCALE] = wrinkle, shine, 1
    return row
