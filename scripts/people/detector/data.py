"""Sets of made-up pictures for training, and photographed places without people for the teacher."""

from pathlib import Path

import cv2
import numpy as np

from crowd.camera import EQUIDISTANT, PINHOLE, Camera
from crowd.pictures import labels
from crowd.room import photographed
from crowd.style import STREET
from crowd.textures import exposed

HARD = 4.0  # how much more often a picture with a sure phantom is shown than one without


class Pictures:
    """The pictures of some folders, drawn from: those with people that were not there come more often."""

    def __init__(self, folders: list[Path]):
        self.folders, self.rows, self.phantom = folders, [], np.zeros(0)
        self.refresh()

    def refresh(self) -> None:
        """Takes up what was added to the folders, so that a set may still be growing."""
        found = [(folder, row) for folder in self.folders for row in labels(folder)]
        known = {row["file"]: p for (_, row), p in zip(self.rows, self.phantom, strict=True)}
        self.rows = found
        self.phantom = np.array([known.get(row["file"], 0.3) for _, row in found])
        self.side = np.array([row["view"] == "side" and bool(row["people"]) for _, row in found], bool)
        if self.side.all() or not self.side.any():
            raise ValueError(f"{self.folders[0]} lacks side views or others: make more pictures")

    def drawn(self, draw: np.random.Generator, side: bool) -> int:
        """The number of a picture: a side view with people, or one of the rest."""
        chance = np.where(self.side == side, 1 + HARD * self.phantom, 0)
        return int(draw.choice(len(chance), p=chance / chance.sum()))

    def read(self, number: int) -> tuple[np.ndarray, dict]:
        """Red, green, blue bytes and the label."""
        folder, row = self.rows[number]
        picture = cv2.imread(str(folder / row["file"]))
        if picture is None:
            raise OSError(f"{folder / row['file']} cannot be read: make the set again")
        return np.ascontiguousarray(picture[..., ::-1]), row


def place(draw: np.random.Generator) -> tuple[np.ndarray, dict]:
    """A view into a photographed place where nobody is labelled: for the teacher's answers alone."""
    room = photographed(STREET.rooms[draw.integers(len(STREET.rooms))])
    lens, wide = (EQUIDISTANT, 120) if draw.random() < 0.2 else (PINHOLE, draw.uniform(45, 100))
    view = Camera.looking(1.5, draw.uniform(-5, 30), draw.normal(0, 4), lens, wide, (320, 416)).rays()
    rows, columns = room.shape[:2]
    up = np.arctan2(view[..., 1], np.hypot(view[..., 0], view[..., 2]))
    around = np.arctan2(view[..., 0], view[..., 2]) + draw.random() * 2 * np.pi
    row = np.clip((np.pi / 2 - up) / np.pi * rows, 0, rows - 1).astype(np.float32)
    column = (around / (2 * np.pi) * columns % columns).astype(np.float32)
    shown = cv2.remap(exposed(draw, room).astype(np.float32), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return (shown * 255).astype(np.uint8), {"people": [], "tilt": 0.0}
