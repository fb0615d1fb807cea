"""The page that asks: one file, opened from disk, that sends nothing anywhere."""

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.joins.tracks import Track

SHOWN = 8  # crops of a track
TEMPLATE = Path(__file__).with_name("page.html")
KINDS = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".bmp": "bmp", ".webp": "webp"}


@dataclass(frozen=True)
class Question:
    """Two tracks, how far apart they are (cosine), and how probably of one person, where that is known."""

    a: Track
    b: Track
    distance: float
    probability: float | None

    @property
    def words(self) -> str:
        apart = f"distance {self.distance:.2f}"
        return apart if self.probability is None else f"{apart}, {100 * self.probability:.0f}% alike"


def of_track(track: Track) -> dict:
    """What the page shows of a track: crops evenly spread over it."""
    chosen = [track.files[i] for i in np.linspace(0, len(track.files) - 1, min(SHOWN, len(track.files))).astype(int)]
    crops = [
        f"data:image/{KINDS[file.suffix.lower()]};base64,{base64.b64encode(file.read_bytes()).decode()}"
        for file in chosen
    ]
    camera = f", camera {track.camera}" if track.camera >= 0 else ""
    frames = "" if track.first is None else f", frames {track.first} to {track.last}"
    return {"name": track.name, "words": f"Track {track.folder.name}{camera}{frames}", "crops": crops}


def write(path: Path, asked: list[Question]):
    """The page at `path`, for this user alone, as it shows people."""
    questions = [{"a": of_track(q.a), "b": of_track(q.b), "words": q.words} for q in asked]
    # No text of a folder's name may end the element that holds it.
    data = json.dumps(questions).replace("<", "\\u003c")
    text = TEMPLATE.read_text(encoding="utf-8").replace("QUESTIONS", data)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
