#!/usr/bin/env python3
"""How much a crossing's confidence and a count's interval are worth.

    scripts/measure certainty DATA

Over many lines of every sequence that counting.py watches, each crossing that footfall counts is true or not.
The confidences' weights (crates/count/src/confidence.rs) are a logistic regression on these: it is made anew here,
and judged on each sequence by the regression on the others. Where it comes to other weights than those in the
program, the program's tests fail until it has them. The intervals are those of the summary.
"""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import process
import setting

REASONS = ("joined", "emerged", "found", "unseen", "crowded", "line_end", "brief")
WATCHED_PER_KIND = 5
"""Lines of each direction: the most crossed ones."""
TOLERANCE = 1.0
BINS = ((0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.0))


def constant(name: str) -> float:
    """A constant of the program's own intervals."""
    source = (setting.ROOT / "crates/count/src/interval.rs").read_text()
    return float(re.search(rf"const {name}: f64 = ([0-9.]+);", source)[1])


TAIL = constant("TAIL")
MISSED = MISSED_AT_ALL = 0.1
"""What a range of the crossings alone supposes to be missed: for each one counted, and whatever the count."""

Line = tuple[str, list[float]]


@dataclass
class Judged:
    """The crossings of one line and direction: those counted, and how many there truly were."""

    sequence: str
    crossings: list[dict]
    is_true: list[bool]
    true_frames: list[int]

    @property
    def truly(self) -> int:
        return len(self.true_frames)


def candidates(width: float, height: float) -> Iterable[Line]:
    """Lines across a picture, upright, level and slanted."""
    for number, share in enumerate(np.linspace(0.2, 0.8, 13)):
        yield f"v{number}", [share * width, 0.98 * height, share * width, 0.02 * height]
        yield f"h{number}", [0.02 * width, share * height, 0.98 * width, share * height]
    for number, share in enumerate(np.linspace(0.25, 0.75, 9)):
        left, right = (share - 0.2) * width, (share + 0.2) * width
        yield f"d{number}", [left, 0.95 * height, right, 0.3 * height]
        yield f"e{number}", [right, 0.95 * height, left, 0.3 * height]


def extent(truth: Path) -> tuple[float, float]:
    """How far people are seen to the right and down: nearly the picture's size."""
    boxes = np.array([[float(value) for value in row.split(",")[2:6]] for row in truth.read_text().splitlines()])
    return float(np.max(boxes[:, 0] + boxes[:, 2])), float(np.max(boxes[:, 1] + boxes[:, 3]))


def options(lines: Iterable[Line]) -> list[str]:
    return [word for name, points in lines for word in ("--line", f"{name}:{','.join(f'{p:.0f}' for p in points)}")]


def crossings(command: list[object], path: Path) -> list[dict]:
    process.run([setting.program(), *command])
    return [json.loads(row) for row in path.read_text().splitlines()]


def most_crossed(lines: list[Line], true: list[dict]) -> list[Line]:
    """Of each direction the lines that are crossed most."""
    often = sorted(lines, key=lambda line: (line[0][0], -sum(row["line"] == line[0] for row in true)))
    return [line for kind in "vhde" for line in [one for one in often if one[0][0] == kind][:WATCHED_PER_KIND]]


def by_line(lines: list[Line], *several: list[dict]) -> Iterable[list[list[dict]]]:
    """Of each line and direction the crossings among each of several, by their frames."""
    for name, _ in lines:
        for direction in ("in", "out"):
            of = [[r for r in rows if (r["line"], r["direction"]) == (name, direction)] for rows in several]
            yield [sorted(rows, key=lambda row: row["frame"]) for rows in of]


def judge(sequence, detections: Path) -> list[Judged]:
    """Counts over the most crossed lines of each kind, and the watched ones."""
    true_path, path = sequence.scratch / "many-true.jsonl", sequence.scratch / "many.jsonl"
    derive = ["eval", "crossings", "--from-gt", sequence.truth, "--fps", sequence.frame_rate]
    lines = [*candidates(*extent(sequence.truth))]
    true = crossings([*derive, *options(lines), "--write-gt", true_path], true_path)
    lines = [*most_crossed(lines, true), *((f"watched {name}", points) for name, points in sequence.lines)]
    true = crossings([*derive, *options(lines), "--write-gt", true_path], true_path)
    files = ["--tracks", sequence.scratch / "many.txt", "--crossings", path]
    counted = crossings(["track", detections, "--fps", sequence.frame_rate, *options(lines), *files], path)
    judged = []
    for truly, rows in by_line(lines, true, counted):
        marks = paired(frames(truly), frames(rows), TOLERANCE * sequence.frame_rate)
        judged.append(Judged(sequence.name, rows, marks, frames(truly)))
    return judged


def frames(rows: list[dict]) -> list[int]:
    return [row["frame"] for row in rows]


def paired(true: list[int], counted: list[int], tolerance: float) -> list[bool]:
    """Of each counted frame whether it has a true one of its own; as many as can be."""
    marks, t = [False] * len(counted), 0
    for c, frame in enumerate(counted):
        while t < len(true) and true[t] < frame - tolerance:
            t += 1
        if t < len(true) and true[t] <= frame + tolerance:
            marks[c], t = True, t + 1
    return marks


def features(rows: list[dict]) -> np.ndarray:
    """[rows, 1 + reasons], the first one 1."""
    return np.array([[1.0, *(float(reason in row["reasons"]) for reason in REASONS)] for row in rows])


def regression(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Logistic regression in which no reason speaks for a crossing: where one seems to, by chance, it says nothing."""
    kept = np.arange(x.shape[1])
    while True:
        beta = np.zeros(x.shape[1])
        beta[kept] = newton(x[:, kept], y, weights)
        speaking = kept[(beta[kept] <= 0) | (kept == 0)]
        if len(speaking) == len(kept):
            return beta
        kept = speaking


def newton(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Logistic regression with a unit ridge on all but the first, by Newton's method."""
    ridge = np.diag([0.0] + [1.0] * (x.shape[1] - 1))
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weights * (y - p)) - ridge @ beta
        beta += np.linalg.solve((x.T * (weights * p * (1 - p))) @ x + ridge, gradient)
    return beta


def weights_of(names: np.ndarray) -> np.ndarray:
    """Between the same weight for each sequence and the same for each crossing."""
    weights = np.array([1 / math.sqrt(np.sum(names == name)) for name in names])
    return weights / weights.mean()


def interval(count: int, doubt: float) -> tuple[int, int]:
    """Of the crossings alone: count + Poisson(missed) - Poisson(doubt)."""
    size = count + 200
    missed, none = (np.exp([-m + k * math.log(max(m, 1e-300)) - math.lgamma(k + 1) for k in range(size)])
                    for m in (MISSED * count + MISSED_AT_ALL, doubt))  # fmt: skip
    total = np.convolve(missed, none[::-1])
    below = np.cumsum(total)
    low = int(np.argmax(below > TAIL)) - size + 1
    high = int(len(total) - 1 - np.argmax(np.cumsum(total[::-1]) > TAIL)) - size + 1
    return min(max(count + low, 0), count), max(count + high, count)


def page(judged: list[Judged]) -> str:
    """The tables."""
    rows = [row for one in judged for row in one.crossings]
    y = np.array([mark for one in judged for mark in one.is_true], dtype=float)
    names = np.array([one.sequence for one in judged for _ in one.crossings])
    x = features(rows)
    whole = regression(x, y, weights_of(names))
    unseen = np.zeros(len(y))
    for name in sorted(set(names)):
        rest = names != name
        beta = regression(x[rest], y[rest], weights_of(names[rest]))
        unseen[~rest] = 1 / (1 + np.exp(-x[~rest] @ beta))
    own = np.array([row["confidence"] for row in rows])
    lines = {(one.sequence, index // 2) for index, one in enumerate(judged)}
    return "\n\n".join(
        [
            "# What confidences and intervals are worth",
            f"{len(rows)} crossings of {len(lines)} lines; {100 * y.mean():.1f}% are true.",
            "## What makes a crossing less certain",
            setting.table(
                ["reason", "crossings", "true, %", "log odds"],
                [
                    ["(none)", len(y), f"{100 * y.mean():.1f}", f"{whole[0]:.2f}"],
                    *(
                        [reason, int(x[:, k].sum()), f"{100 * y[x[:, k] > 0].mean():.1f}", f"{whole[k]:.2f}"]
                        for k, reason in enumerate(REASONS, 1)
                        if x[:, k].any()
                    ),
                ],
            ),
            "## Confidence and truth",
            "`elsewhere`: confidences by a regression on the other sequences.",
            setting.table(
                ["confidence", "crossings", "mean, %", "true, %", "elsewhere: crossings", "mean, %", "true, %"],
                [[f"{low} to {high}", *share(own, y, low, high), *share(unseen, y, low, high)] for low, high in BINS],
            ),
            "## Intervals",
            coverage(judged),
        ]
    )


def share(confidence: np.ndarray, y: np.ndarray, low: float, high: float) -> list[str]:
    within = (confidence >= low) & (confidence < high)
    if not within.any():
        return ["0", "-", "-"]
    return [str(within.sum()), f"{100 * confidence[within].mean():.1f}", f"{100 * y[within].mean():.1f}"]


def coverage(judged: list[Judged]) -> str:
    rows = []
    for name in [*sorted({one.sequence for one in judged}), None]:
        chosen = [one for one in judged if name in (None, one.sequence)]
        ranges = [interval(len(o.crossings), sum(1 - r["confidence"] for r in o.crossings)) for o in chosen]
        held = [low <= one.truly <= high for one, (low, high) in zip(chosen, ranges, strict=True)]
        width = np.mean([high - low for low, high in ranges])
        counted, truly = sum(len(one.crossings) for one in chosen), sum(one.truly for one in chosen)
        rows.append([name or "all", len(chosen), counted, truly, f"{width:.1f}", f"{100 * np.mean(held):.1f}"])
    heads = ["sequence", "counts", "counted", "truly", "mean width", "true count within, %"]
    return "A count is that of one line and direction.\n\n" + setting.table(heads, rows)
