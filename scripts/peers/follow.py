#!/usr/bin/env python3
"""One peer over some sequences, in the environment that has it: DIR/SEQ.txt in, OUT/SEQ.txt out, both MOT text.

    follow.py PEER DIR OUT

Each sequence begins with a new tracker at frame 1 and ends with its last detection. Prints the version of
the peer's package.
"""

import importlib.metadata
import sys
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np

from peer import PEERS, Step

NOBODY = np.empty((0, 5))


def detections(path: Path) -> dict[int, np.ndarray]:
    """Frame -> n rows of x1, y1, x2, y2 in pixels and confidence, of boxes that have a size."""
    frames = defaultdict(list)
    for line in path.read_text().splitlines():
        frame, _, x, y, width, height, confidence = map(float, line.split(",")[:7])
        if width > 0 and height > 0:
            frames[int(frame)].append((x, y, x + width, y + height, min(max(confidence, 0.0), 1.0)))
    return {frame: np.array(rows) for frame, rows in frames.items()}


def follow(step: Step, frames: dict[int, np.ndarray], output: Path) -> None:
    """Runs a new tracker over frames 1 to the last, and writes what it says."""
    with output.open("w") as tracks:
        for frame in range(1, max(frames, default=0) + 1):
            seen = set()
            for identity, left, top, right, bottom in step(frames.get(frame, NOBODY)):
                width, height = right - left, bottom - top
                # The referee refuses an identity that is in two places at once, and boxes without a size.
                if width > 0 and height > 0 and identity not in seen:
                    seen.add(identity)
                    box = f"{left:.2f},{top:.2f},{width:.2f},{height:.2f}"
                    tracks.write(f"{frame},{identity},{box},1,-1,-1,-1\n")


def main() -> None:
    name, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    warnings.filterwarnings("ignore")
    peer = PEERS[name]
    for path in sorted(source.glob("*.txt")):
        follow(peer.start(), detections(path), target / path.name)
    print(importlib.metadata.version(peer.package))


if __name__ == "__main__":
    main()
