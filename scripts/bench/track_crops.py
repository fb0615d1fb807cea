#!/usr/bin/env python3
"""Crops of the people of ground truth, from sequences with pixels, as `footfall reid eval` and scripts/train read them.

    track_crops.py DATA OUT [--only SEQUENCE] [--from FRAME]

DATA is laid out as score.py says. OUT gets a folder for each sequence with PERSON/PERSON_c1s1_FRAME_00.jpg, 128x64
pixels (height x width), one every half second of each person who is at least half to be seen and within the picture.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from films import FILMS

LEAST = 30
"""Pixels that a person is high, at least."""


def hidden(row: np.ndarray, others: np.ndarray) -> float:
    """Which share of a box [frame, id, x, y, w, h, ...] is behind those whose feet are lower, at most."""
    x, y, w, h = row[2:6]
    share = 0.0
    for other in others:
        wide = min(x + w, other[2] + other[4]) - max(x, other[2])
        high = min(y + h, other[3] + other[5]) - max(y, other[3])
        if other[1] != row[1] and other[3] + other[5] > y + h and wide > 0 and high > 0:
            share += wide * high / (w * h)
    return share


def crop(picture: np.ndarray, row: np.ndarray, others: np.ndarray) -> np.ndarray | None:
    """The person of a row, or None where too little of them is to be seen."""
    x, y, w, h = row[2:6]
    left, top = max(0, int(x)), max(0, int(y))
    right, bottom = min(picture.shape[1], int(x + w)), min(picture.shape[0], int(y + h))
    if right - left < 0.7 * w or bottom - top < max(0.8 * h, LEAST) or hidden(row, others) > 0.5:
        return None
    return cv2.resize(picture[top:bottom, left:right], (64, 128), interpolation=cv2.INTER_AREA)


def write(data: Path, out: Path, name: str, first: int = 1) -> int:
    """Crops of one sequence from that frame on; how many."""
    film, step, _ = FILMS[name]
    truth = np.loadtxt(data / "mot15" / name / "gt" / "gt.txt", delimiter=",")
    capture, frame, count = cv2.VideoCapture(str(data / "video" / film)), 0, 0
    while True:
        done, picture = capture.read()
        if not done:
            return count
        frame += 1
        if frame % step or frame < first:
            continue
        rows = truth[(truth[:, 0] == frame) & (truth[:, 6] > 0)]
        for row in rows:
            found = crop(picture, row, rows)
            if found is not None:
                person = f"{int(row[1]):04}"
                (out / name / person).mkdir(parents=True, exist_ok=True)
                file = out / name / person / f"{person}_c1s1_{frame:06}_00.jpg"
                cv2.imwrite(str(file), found, [cv2.IMWRITE_JPEG_QUALITY, 95])
                count += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", choices=FILMS, help="one sequence")
    parser.add_argument("--from", type=int, default=1, dest="first", metavar="FRAME", help="the first frame (1)")
    arguments = parser.parse_args()
    for name in [arguments.only] if arguments.only else FILMS:
        print(f"{name}: {write(arguments.data, arguments.out, name, arguments.first)} crops")


if __name__ == "__main__":
    main()
