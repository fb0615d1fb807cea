"""Three people and a car, made up: what every tool is given to write, and what is to be read from its file."""

import json
from pathlib import Path

WIDTH, HEIGHT, FRAMES = 640, 480, 6
PERSON, CAR = 0, 2
NAMES = ["person", "bicycle", "car"]


def boxes(frame: int) -> list[tuple[int, int, float, tuple[float, float, float, float]]]:
    """Class, id, score, and left, top, right, bottom in pixels, of frame 1 to FRAMES. Nobody is in frame 3; the car
    is in all others."""
    if frame == 3:
        return []
    people = [
        (PERSON, who, round(0.95 - 0.1 * who - 0.01 * frame, 2), corners(60 + 90 * who + 12 * frame, 40 + 20 * who))
        for who in (1, 2, 3)
        if not (who == 3 and frame > 4)
    ]
    return [*people, (CAR, 9, 0.9, (400.0, 100.0, 560.0, 220.0))]


def corners(left: float, top: float) -> tuple[float, float, float, float]:
    return float(left), float(top), float(left + 48), float(top + 160)


def write_expected(folder: Path) -> None:
    """What is to be read: frame, id, left, top, width, height, score of each person."""
    rows = [
        [frame, who, x, y, right - x, bottom - y, score]
        for frame in range(1, FRAMES + 1)
        for kind, who, score, (x, y, right, bottom) in boxes(frame)
        if kind == PERSON
    ]
    (folder / "expected.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
