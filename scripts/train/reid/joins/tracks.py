"""The tracks of a set that `footfall harvest` made: their crops, and when each was in the picture."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reid.data import IMAGES, camera_of

FRAME = re.compile(r"_c\d+s\d+_(\d+)")


@dataclass(frozen=True)
class Track:
    """One folder of a set: `number` is the set's place on the command line; frames where they are known."""

    number: int
    folder: Path
    files: list[Path]
    camera: int
    first: int | None = None
    last: int | None = None

    @property
    def name(self) -> str:
        """What answers call it: the set's number and the folder's name."""
        return f"{self.number}/{self.folder.name}"

    def at_once(self, other: "Track") -> bool:
        """Whether both were in one picture at one time: then they are two people, for certain.

        A track that starts as another ends may be its continuation with a frame or two of both boxes, so more than
        `TOGETHER` frames are wanted.
        """
        if self.number != other.number or None in (self.first, self.last, other.first, other.last):
            return False
        return min(self.last, other.last) - max(self.first, other.first) >= TOGETHER


# Frames that two tracks are seen together before they count as two people.
TOGETHER = 5


def frames(files: list[Path]) -> tuple[int | None, int | None]:
    """First and last frame by the crops' names."""
    found = [int(m.group(1)) for file in files if (m := FRAME.search(file.stem))]
    return (min(found), max(found)) if found else (None, None)


def read(sets: list[Path]) -> list[Track]:
    """All tracks of the sets, each a folder of TRACK/IMAGE, with the times of `manifest.json` where there is one."""
    tracks = []
    for number, path in enumerate(sets):
        if not path.is_dir():
            raise SystemExit(f"{path}: not a folder; give the one that `footfall harvest --output` made")
        manifest = path / "manifest.json"
        told = json.loads(manifest.read_text())["tracks"] if manifest.is_file() else []
        spans = {track["track"]: (track["first_frame"], track["last_frame"]) for track in told}
        for folder in sorted(p for p in path.iterdir() if p.is_dir()):
            files = sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGES)
            if files:
                own = spans.get(int(folder.name)) if folder.name.isdecimal() else None
                tracks.append(Track(number, folder, files, camera_of("", files[0].stem), *(own or frames(files))))
    if not tracks:
        raise SystemExit(f"{', '.join(map(str, sets))}: no folders of crops in it")
    return tracks


def strangers(tracks: list[Track]) -> np.ndarray:
    """[N, N] mask of the pairs that are two people for certain."""
    return np.array([[a is not b and a.at_once(b) for b in tracks] for a in tracks])
