"""Whether ranges hold where people are hard to follow: fewer frames a second, smaller people.

    scripts/measure conditions DATA

Every sequence that counting.py watches is thinned to each rate, and those with pixels are shrunk too: the picture is
made smaller in the middle of a grey one of the same size. Counts of many lines are compared with the truth. `today's`
is the range of the crossings alone, which the ledger's reports have. The constants of crates/count/src/sight.rs were
fitted on these sequences.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import certainty
import process
import rates
import setting

RATES = (1, 2, 3, 4, 5, 7.5, 10, 15, 30)
SHRUNK = (1, 1.5, 2, 3, 4)
INPUT = 416
"""Pixels that the detector's input is wide."""
GREY = 110


@dataclass
class Count:
    """A line's count in one direction."""

    sequence: str
    rate: float
    shrunk: float
    counted: int
    truly: int
    range: tuple[int, int] | None
    """None where it is uncountable."""
    usual: tuple[int, int]
    why: str


def shrink(source: Path, target: Path, share: float) -> tuple[int, int, float]:
    """A film with its pictures made smaller in the middle of grey ones; its width, height, frames a second."""
    import cv2

    film = cv2.VideoCapture(str(source))
    rate, width, height = film.get(5), int(film.get(3)), int(film.get(4))
    out = cv2.VideoWriter(str(target), cv2.VideoWriter_fourcc(*"MJPG"), rate, (width, height))
    while True:
        read, picture = film.read()
        if not read:
            break
        small = cv2.resize(picture, (int(width / share), int(height / share)), interpolation=cv2.INTER_AREA)
        whole = np.full_like(picture, GREY)
        x, y = (width - small.shape[1]) // 2, (height - small.shape[0]) // 2
        whole[y : y + small.shape[0], x : x + small.shape[1]] = small
        out.write(whole)
    out.release()
    return width, height, rate


def shrink_truth(source: Path, target: Path, share: float, width: int, height: int) -> None:
    """Ground truth as it is in the shrunk film."""
    x, y = (width - int(width / share)) // 2, (height - int(height / share)) // 2
    with target.open("w") as out:
        for row in source.read_text().splitlines():
            frame, identity, *box = row.split(",")
            left, top, wide, high = (float(value) / share for value in box[:4])
            out.write(
                ",".join([frame, identity, *(f"{v:.3f}" for v in (left + x, top + y, wide, high)), *box[4:]]) + "\n"
            )


def shrunk(sequence) -> Iterable[tuple[float, Path, Path, float | None]]:
    """How much smaller, detections, truth, and how many times as large pictures are for the detector."""
    what, source, *_ = sequence.command
    if what != "run":
        yield 1, Path(source), sequence.truth, None
        return
    for share in SHRUNK:
        film, truth = sequence.scratch / "shrunk.avi", sequence.scratch / f"shrunk-{share}.txt"
        width, height, _ = shrink(Path(source), film, share)
        shrink_truth(sequence.truth, truth, share, width, height)
        detections = sequence.scratch / f"shrunk-{share}.jsonl"
        process.run([setting.program(), "run", film if share > 1 else source, "--detections", detections])
        yield share, detections, truth, INPUT / width


def judge(sequence) -> list[Count]:
    counts = []
    for share, detections, truth, scale in shrunk(sequence):
        setting.say(f"{sequence.name}, {share} times smaller")
        true_path = sequence.scratch / "true.jsonl"
        derive = ["eval", "crossings", "--from-gt", truth, "--fps", sequence.frame_rate]
        lines = within(truth)
        true = certainty.crossings([*derive, *certainty.options(lines), "--write-gt", true_path], true_path)
        lines = certainty.most_crossed(lines, true)
        for stride in sorted({rates.stride_of(sequence.frame_rate, rate) for rate in RATES}):
            for start in sorted({0, stride // 2}):
                counts += count(sequence, detections, (stride, start), lines, true, scale, share)
    return counts


def within(truth: Path) -> list[certainty.Line]:
    """Lines over where people are."""
    boxes = np.array([[float(value) for value in row.split(",")[2:6]] for row in truth.read_text().splitlines()])
    left, top = boxes[:, 0].min(), boxes[:, 1].min()
    right, bottom = certainty.extent(truth)
    move = [(left, (right - left) / right), (top, (bottom - top) / bottom)]
    place = lambda points: [move[n % 2][0] + move[n % 2][1] * value for n, value in enumerate(points)]  # noqa: E731
    return [(name, place(points)) for name, points in certainty.candidates(right, bottom)]


def count(sequence, detections: Path, thinned: tuple[int, int], lines, true, scale, share) -> list[Count]:
    stride, start = thinned
    source, crossings = sequence.scratch / f"thin{detections.suffix}", sequence.scratch / "crossings.jsonl"
    rates.thin(detections, source, stride, start)
    ranges = sequence.scratch / "ranges.json"
    options = ["--stride", stride, *certainty.options(lines)]
    options += [] if detections.suffix == ".jsonl" else ["--fps", sequence.frame_rate]
    options += ["--input-scale", f"{scale:.4f}"] if scale else []
    files = ["--tracks", sequence.scratch / "tracks.txt", "--crossings", crossings, "--ranges", ranges]
    counted = certainty.crossings(["track", source, *options, *files], crossings)
    told = json.loads(ranges.read_text())
    why = "too few frames" if told["rate_too_low"] else (told["uncountable"] or {}).get("because", "")
    rows = []
    for index, (truly, passed) in enumerate(certainty.by_line(lines, true, counted)):
        line = told["lines"][index // 2]
        own = None if why else line[("in_interval", "out_interval")[index % 2]]
        usual = certainty.interval(len(passed), sum(1 - row["confidence"] for row in passed))
        span = (own["low"], own["high"]) if own else None
        rate = sequence.frame_rate / stride
        rows.append(Count(sequence.name, rate, share, len(passed), len(truly), span, usual, why))
    return rows


def cells(counts: list[Count]) -> list[str]:
    """Counts, those without a range; of the others those that hold, the mean width, and both of today's."""
    if not counts:
        return ["0"] + ["-"] * 6
    ranged = [one for one in counts if one.range]
    none = 100 * (len(counts) - len(ranged)) / len(counts)
    usual_all = 100 * np.mean([one.usual[0] <= one.truly <= one.usual[1] for one in counts])
    if not ranged:
        return [str(len(counts)), f"{none:.0f}", "-", "-", "-", "-", f"{usual_all:.1f}"]
    held = 100 * np.mean([one.range[0] <= one.truly <= one.range[1] for one in ranged])
    width = np.mean([one.range[1] - one.range[0] for one in ranged])
    usual_width = np.mean([one.usual[1] - one.usual[0] for one in ranged])
    figures = [f"{held:.1f}", f"{width:.1f}", f"{usual_width:.1f}", f"{width / usual_width:.2f}", f"{usual_all:.1f}"]
    return [str(len(counts)), f"{none:.0f}", *figures]


def page(counts: list[Count]) -> str:
    heads = ["counts", "uncountable, %", "range holds, %", "width", "today's width", "ratio", "today's holds, %"]
    spans = [(0, 1.7), (1.7, 2.7), (2.7, 3.9), (3.9, 5.5), (5.5, 9), (9, 40)]
    by_rate = [[f"{a:g} to {b:g}", *cells([c for c in counts if a <= c.rate < b])] for a, b in spans]
    pixels = {one.sequence for one in counts if one.shrunk > 1}
    of_size = lambda share: [c for c in counts if c.sequence in pixels and c.shrunk == share and c.rate >= 3.9]  # noqa: E731
    by_size = [[f"{share:g}", *cells(of_size(share))] for share in SHRUNK]
    well = [c for c in counts if c.rate >= 9 and c.shrunk == 1]
    names = sorted({one.sequence for one in counts})
    return "\n\n".join(
        [
            "# What ranges are worth where people are hard to follow",
            f"{setting.version()}, preset `best`. A count is that of one line in one direction. `today's` is the range "
            "of the crossings alone.",
            "## By the rate of frames",
            setting.table(["frames a second", *heads], by_rate),
            "## By the size of people",
            "Of the sequences with pixels, at 4 frames a second or more: how many times smaller they are.",
            setting.table(["smaller", *heads], by_size),
            "## Where all is well",
            "At 9 frames a second or more, nobody made smaller.",
            setting.table(["sequence", *heads], [[n, *cells([c for c in well if c.sequence == n])] for n in names]
                          + [["all", *cells(well)]]),
        ]
    )  # fmt: skip
