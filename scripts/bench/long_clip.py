#!/usr/bin/env python3
"""Writes a clip several times in a row into one video."""

import argparse
from pathlib import Path

import cv2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--loops", type=int, default=10)
    arguments = parser.parse_args()
    writer = None
    for _ in range(arguments.loops):
        capture = cv2.VideoCapture(str(arguments.clip))
        while True:
            more, picture = capture.read()
            if not more:
                break
            if writer is None:
                size = picture.shape[1], picture.shape[0]
                writer = cv2.VideoWriter(
                    str(arguments.output), cv2.VideoWriter_fourcc(*"mp4v"), capture.get(cv2.CAP_PROP_FPS), size
                )
            writer.write(picture)
    if writer is None:
        raise SystemExit(f"long_clip: no frame can be read from {arguments.clip}")
    writer.release()


if __name__ == "__main__":
    main()
