#!/usr/bin/env python3
"""Measures detector files beside each other: accuracy, score scale, agreement, time.

    measure.py --model nanodet-g.onnx --model nanodet-g-int8.onnx \\
        --video PETS09-S2L1.avi --gt PETS09-S2L1/gt/gt.txt [--video ... --gt ...]

The first model is the reference for agreement. Frame n of a video is frame n of its ground truth
(MOT text, boxes in pixels). `scripts/measure nanodet DATA` puts the table into models/nanodet-g.md.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import detect

SIZES = ((320, 416), (416, 416))
MATCH = 0.5
CONFIDENT = 0.3
TIMED_RUNS = 40

Found = dict[int, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Sequence:
    """Every k-th frame of a video, by number from 1, and the true boxes [n, 4] (ltrb) in it."""

    name: str
    frames: dict[int, np.ndarray]
    truth: dict[int, np.ndarray]


def read_sequence(video: Path, truth: Path, step: int) -> Sequence:
    """Reads frames 1, 1 + step, ... with their ground truth."""
    capture = cv2.VideoCapture(str(video))
    frames, number = {}, 0
    while True:
        more, picture = capture.read()
        if not more:
            break
        number += 1
        if (number - 1) % step == 0:
            frames[number] = picture
    if not frames:
        raise SystemExit(f"measure: no frame can be read from {video}")
    boxes = {n: [] for n in frames}
    for line in truth.read_text().splitlines():
        frame, _, x, y, w, h, counted = (float(v) for v in line.split(",")[:7])
        if counted and int(frame) in boxes:
            boxes[int(frame)].append([x, y, x + w, y + h])
    return Sequence(video.stem, frames, {n: np.array(b).reshape(-1, 4) for n, b in boxes.items()})


def pairs(boxes: np.ndarray, others: np.ndarray) -> list[int]:
    """For each of `boxes` in order: the best of `others` not yet taken with IoU >= MATCH, or -1."""
    overlap = detect.iou(boxes, others)
    partners = []
    for row in overlap:
        best = int(row.argmax()) if row.size else -1
        if best < 0 or row[best] < MATCH:
            partners.append(-1)
            continue
        overlap[:, best] = -1
        partners.append(best)
    return partners


def average_precision(found: Found, truth: dict[int, np.ndarray]) -> float:
    """Area under the interpolated precision-recall curve over all frames."""
    scores, hits = [], []
    for number, (boxes, score) in found.items():
        scores += score.tolist()
        hits += [partner >= 0 for partner in pairs(boxes, truth[number])]
    order = np.argsort(-np.array(scores), kind="stable")
    true = np.cumsum(np.array(hits)[order])
    recall = true / sum(len(b) for b in truth.values())
    precision = np.maximum.accumulate((true / np.arange(1, len(true) + 1))[::-1])[::-1]
    return float(np.diff(recall, prepend=0) @ precision)


def agreement(found: Found, reference: Found) -> tuple[float, float]:
    """Mean absolute and mean signed score difference to the confident boxes of `reference`."""
    differences = []
    for number, (boxes, scores) in reference.items():
        confident = scores >= CONFIDENT
        other_boxes, other_scores = found[number]
        partners = pairs(boxes[confident], other_boxes)
        differences += [other_scores[p] - s for p, s in zip(partners, scores[confident], strict=True) if p >= 0]
    return float(np.mean(np.abs(differences))), float(np.mean(differences))


def milliseconds(detectors: list[detect.Detector], picture: np.ndarray) -> list[tuple[float, float]]:
    """Median and least processor time of one inference, on one thread, the models taking turns."""
    inputs = [d.prepare(picture)[0] for d in detectors]
    times = np.zeros((TIMED_RUNS, len(detectors)))
    for run in range(-3, TIMED_RUNS):
        for i, (detector, images) in enumerate(zip(detectors, inputs, strict=True)):
            start = time.process_time()
            detector.session.run(None, {"images": images})
            if run >= 0:
                times[run, i] = 1e3 * (time.process_time() - start)
    return list(zip(np.median(times, 0), times.min(0), strict=True))


def table(models: list[Path], sequences: list[Sequence]) -> str:
    """The measured table in Markdown."""
    lines = [
        "| file | input | sequence | frames | AP@0.5 | highest score | distinct scores > 0.3 "
        "| score difference, mean abs (signed) | CPU ms, median (least) |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for size in SIZES:
        detectors = [detect.Detector(model, size) for model in models]
        times = milliseconds(detectors, next(iter(sequences[0].frames.values())))
        for sequence in sequences:
            everything = [{n: detector(picture) for n, picture in sequence.frames.items()} for detector in detectors]
            for model, found, (median, least) in zip(models, everything, times, strict=True):
                scores = np.concatenate([s[s > CONFIDENT] for _, s in found.values()])
                mean, signed = agreement(found, everything[0])
                lines.append(
                    f"| {model.name} | {size[0]}x{size[1]} | {sequence.name} | {len(found)} "
                    f"| {average_precision(found, sequence.truth):.4f} | {scores.max():.3f} "
                    f"| {len(np.unique(scores))} of {len(scores)} | {mean:.4f} ({signed:+.4f}) "
                    f"| {median:.1f} ({least:.1f}) |"
                )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, action="append", required=True)
    parser.add_argument("--video", type=Path, action="append", required=True)
    parser.add_argument("--gt", type=Path, action="append", required=True)
    parser.add_argument("--every", type=int, default=10, help="use every k-th frame (10)")
    arguments = parser.parse_args()
    if len(arguments.video) != len(arguments.gt):
        parser.error("each --video needs its --gt")
    sequences = [read_sequence(v, g, arguments.every) for v, g in zip(arguments.video, arguments.gt, strict=True)]
    print(table(arguments.model, sequences))


if __name__ == "__main__":
    main()
