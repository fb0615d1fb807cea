#!/usr/bin/env python3
"""Frames of a clip as binary PPM pictures, evenly spread over it, for programs that decode no video."""

import argparse
from pathlib import Path

import cv2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path, help="it is there already")
    arguments = parser.parse_args()
    capture = cv2.VideoCapture(str(arguments.clip))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = {total * index // arguments.count for index in range(arguments.count)}
    for number in range(total):
        more, picture = capture.read()
        if not more:
            raise SystemExit(f"frames: {arguments.clip} ends after {number} of its {total} frames")
        if number in wanted:
            cv2.imwrite(str(arguments.folder / f"{number:05}.ppm"), picture)


if __name__ == "__main__":
    main()
