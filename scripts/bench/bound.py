#!/usr/bin/env python3
"""What the networks alone allow: detector and embedder on inputs that were prepared before.

As many threads as cores, each with its own one-thread sessions of both; each takes the next frame when
it is free. Nothing else is done meanwhile, so no program with these networks is faster on these cores.
The crops are those that `footfall run --detections FILE` embedded. Several sizes of batch are tried in
turn. Prints JSON. The inputs take about 2.5 MB a frame of memory.
"""

import argparse
import json
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from networks import Detector, Embedder

WARM_UP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("detections", type=Path, help="JSON lines of footfall run --detections")
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--embedder", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batch", type=int, action="append", required=True, help="crops in a run; may be repeated")
    arguments = parser.parse_args()
    sessions = [(Detector(arguments.detector, 1), Embedder(arguments.embedder, 1)) for _ in range(arguments.threads)]
    inputs = prepare(arguments.clip, embedded(arguments.detections), *sessions[0])
    for pair in sessions:
        work(*pair, iter(inputs[:WARM_UP]), arguments.batch[0], Times())
    results = {batch: measure(sessions, inputs, batch) for batch in arguments.batch}
    crops = sum(len(crops) for _, crops in inputs)
    print(json.dumps({"frames": len(inputs), "crops": crops, "batches": results}))


def embedded(detections: Path) -> list[np.ndarray]:
    """For each frame the boxes [n, 4] (x, y, w, h) that were embedded."""
    frames = []
    with open(detections) as lines:
        for line in lines:
            boxes = [d["bbox"] for d in json.loads(line)["detections"] if d.get("embedding")]
            frames.append(np.array(boxes).reshape(-1, 4))
    return frames


def prepare(
    clip: Path, boxes: list[np.ndarray], detector: Detector, embedder: Embedder
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each frame the detector's input and the crops [n, 3, height, width]."""
    capture = cv2.VideoCapture(str(clip))
    inputs = []
    for people in boxes:
        more, picture = capture.read()
        if not more:
            raise SystemExit(f"bound: {clip} has fewer frames than the detections")
        inputs.append((detector.prepare(picture)[0], embedder.crops(picture, people)))
    return inputs


class Times:
    """Seconds that one thread spent in each network."""

    def __init__(self):
        self.detector, self.embedder = 0.0, 0.0


def measure(sessions: list[tuple[Detector, Embedder]], inputs: list, batch: int) -> dict:
    """All frames through all sessions at once: seconds in all, and of the processor, and milliseconds a
    frame of each network."""
    # Threads share the iterator: the interpreter lets one of them advance it at a time.
    frames, times = iter(inputs), [Times() for _ in sessions]
    threads = [
        threading.Thread(target=work, args=(*pair, frames, batch, spent))
        for pair, spent in zip(sessions, times, strict=True)
    ]
    start, cpu_start = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu_start,
        "detector_ms": 1e3 * sum(t.detector for t in times) / len(inputs),
        "embedder_ms": 1e3 * sum(t.embedder for t in times) / len(inputs),
    }


def work(detector: Detector, embedder: Embedder, frames, batch: int, spent: Times) -> None:
    """Takes frames until there are none."""
    for images, crops in frames:
        start = time.perf_counter()
        detector.run(images)
        middle = time.perf_counter()
        for first in range(0, len(crops), batch):
            embedder.run(crops[first : first + batch])
        spent.detector += middle - start
        spent.embedder += time.perf_counter() - middle


if __name__ == "__main__":
    main()
