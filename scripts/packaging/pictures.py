#!/usr/bin/env python3
"""The pictures of a clip as files, for a camera to send.

usage: pictures.py CLIP FOLDER
"""

import sys
from pathlib import Path

import cv2


def main(clip: str, folder: Path) -> None:
    """Writes 00000.jpg and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    video, number = cv2.VideoCapture(clip), 0
    while (read := video.read())[0]:
        cv2.imwrite(str(folder / f"{number:05}.jpg"), read[1])
        number += 1
    if not number:
        sys.exit(f"{clip} has no pictures")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]))
