#!/usr/bin/env python3
"""The first 200 pictures of a clip as files, for a camera to send.

usage: pictures.py CLIP FOLDER
"""

import sys
from pathlib import Path

import cv2

COUNT = 200


def main(clip: str, folder: Path) -> None:
    """Writes 00000.jpg and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    video = cv2.VideoCapture(clip)
    for number in range(COUNT):
        found, picture = video.read()
        if not found:
            sys.exit(f"{clip} has no {COUNT} pictures")
        cv2.imwrite(str(folder / f"{number:05}.jpg"), picture)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]))
