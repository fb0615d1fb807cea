"""Whether ranges hold where people are hard to follow: fewer frames, smaller people, less light, no focus.

    scripts/measure conditions DATA

Every sequence that counting.py watches is thinned to each rate. Those with pixels are also shrunk (the picture is
made smaller in the middle of a grey one of the same size), darkened, with a sensor's noise, and blurred. Counts of
many lines are compared with the truth. A range is that of the program's model (hidden.py) with constants that were
fitted on the other sequences alone. `former` is the range of the crossings alone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import certainty
import hidden
import process
import rates
import setting

RATES = (1, 2, 3, 4, 5, 7.5, 10, 15, 30)
SHRUNK = (1, 1.5, 2, 3, 4)
DARKENED = (0.4, 0.2, 0.1)
"""Shares of the light."""
BLURRED = (1.5, 3, 5)
"""Standard deviations in pixels."""
NOISE = 4
"""Standard deviation of a dark picture's noise, in grey levels."""
INPUT = 416
"""Pixels that the detector's input is wide."""
GREY = 110


@dataclass
class Count:
    """A line's count in one direction."""

    sequence: str
    rate: float
    kind: str
    """What was done to the pictures: shrunk, darkened or blurred."""
    amount: float
    counted: int
    truly: int
    doubt: float
    signs: dict[str, float]
    why: str
    """Why it is uncountable; empty where it is not."""
    own: tuple[int, int] | None
    """The program's range."""
    former: tuple[int, int]
    range: tuple[int, int] | None = None
    """By constants that others were fitted on; None where it is uncountable."""

    def is_well(self) -> bool:
        return self.rate >= 9 and (self.kind, self.amount) == ("shrunk", 1)


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


def degrade(source: Path, target: Path, kind: str, amount: float) -> None:
    """A film that is darker, or not sharp."""
    import cv2

    film = cv2.VideoCapture(str(source))
    size = int(film.get(3)), int(film.get(4))
    out = cv2.VideoWriter(str(target), cv2.VideoWriter_fourcc(*"MJPG"), film.get(5), size)
    noise = np.random.default_rng(1)
    while True:
        read, picture = film.read()
        if not read:
            break
        if kind == "darkened":
            dark = picture.astype(np.float32) * amount + noise.normal(0, NOISE, picture.shape)
            out.write(np.clip(dark, 0, 255).astype(np.uint8))
        else:
            out.write(cv2.GaussianBlur(picture, (0, 0), amount))
    out.release()


def altered(sequence) -> Iterable[tuple[str, float, Path, Path, float | None]]:
    """What was done and how much of it, detections, truth, and how many times as large pictures are for the network."""
    what, source, *_ = sequence.command
    if what != "run":
        yield "shrunk", 1, Path(source), sequence.truth, None
        return
    film, width = sequence.scratch / "altered.avi", 0
    detect = lambda film, found: process.run([setting.program(), "run", film, "--detections", found])  # noqa: E731
    for share in SHRUNK:
        truth, found = sequence.scratch / f"shrunk-{share}.txt", sequence.scratch / f"shrunk-{share}.jsonl"
        width, height, _ = shrink(Path(source), film, share)
        shrink_truth(sequence.truth, truth, share, width, height)
        detect(film if share > 1 else source, found)
        yield "shrunk", share, found, truth, INPUT / width
    for kind, amounts in (("darkened", DARKENED), ("blurred", BLURRED)):
        for amount in amounts:
            found = sequence.scratch / f"{kind}-{amount}.jsonl"
            degrade(Path(source), film, kind, amount)
            detect(film, found)
            yield kind, amount, found, sequence.truth, INPUT / width


def judge(sequence) -> list[Count]:
    counts = []
    for kind, amount, detections, truth, scale in altered(sequence):
        setting.say(f"{sequence.name}, {kind}: {amount}")
        true_path = sequence.scratch / "true.jsonl"
        derive = ["eval", "crossings", "--from-gt", truth, "--fps", sequence.frame_rate]
        lines = within(truth)
        true = certainty.crossings([*derive, *certainty.options(lines), "--write-gt", true_path], true_path)
        lines = certainty.most_crossed(lines, true)
        for stride in sorted({rates.stride_of(sequence.frame_rate, rate) for rate in RATES}):
            for start in sorted({0, stride // 2}):
                counts += count(sequence, detections, (stride, start), lines, true, scale, (kind, amount))
    return counts


def within(truth: Path) -> list[certainty.Line]:
    """Lines over where people are."""
    boxes = np.array([[float(value) for value in row.split(",")[2:6]] for row in truth.read_text().splitlines()])
    left, top = boxes[:, 0].min(), boxes[:, 1].min()
    right, bottom = certainty.extent(truth)
    move = [(left, (right - left) / right), (top, (bottom - top) / bottom)]
    place = lambda points: [move[n % 2][0] + move[n % 2][1] * value for n, value in enumerate(points)]  # noqa: E731
    return [(name, place(points)) for name, points in certainty.candidates(right, bottom)]


def count(sequence, detections: Path, thinned: tuple[int, int], lines, true, scale, altered) -> list[Count]:
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
    why = (told["uncountable"] or {}).get("because", "")
    rows = []
    for index, (truly, passed) in enumerate(certainty.by_line(lines, true, counted)):
        own = told["lines"][index // 2][("in_interval", "out_interval")[index % 2]]
        doubt = sum(1 - row["confidence"] for row in passed)
        rows.append(
            Count(
                sequence=sequence.name,
                rate=sequence.frame_rate / stride,
                kind=altered[0],
                amount=altered[1],
                counted=len(passed),
                truly=len(truly),
                doubt=doubt,
                signs=told["signs"],
                why=why,
                own=(own["low"], own["high"]) if own else None,
                former=certainty.interval(len(passed), doubt),
            )
        )
    return rows


def leave_one_out(counts: list[Count]) -> None:
    """Gives each count its range, by constants that were fitted on the other sequences."""
    for name in sorted({one.sequence for one in counts}):
        constants = hidden.fit([one for one in counts if one.sequence != name and not one.why])
        for one in counts:
            if one.sequence == name and not one.why:
                one.range = hidden.interval(one, constants)


def cells(counts: list[Count]) -> list[str]:
    """Counts, those without a range; of the others those that hold, the mean width, and both of the former range."""
    if not counts:
        return ["0"] + ["-"] * 7
    ranged = [one for one in counts if one.range]
    none = 100 * (len(counts) - len(ranged)) / len(counts)
    former_all = 100 * np.mean([one.former[0] <= one.truly <= one.former[1] for one in counts])
    if not ranged:
        return [str(len(counts)), f"{none:.0f}", "-", "-", "-", "-", "-", f"{former_all:.1f}"]
    held = 100 * np.mean([one.range[0] <= one.truly <= one.range[1] for one in ranged])
    own = 100 * np.mean([one.own[0] <= one.truly <= one.own[1] for one in ranged])
    width = np.mean([one.range[1] - one.range[0] for one in ranged])
    former_width = np.mean([one.former[1] - one.former[0] for one in ranged])
    figures = [f"{figure:.1f}" for figure in (held, own, width, former_width)]
    return [str(len(counts)), f"{none:.0f}", *figures, f"{width / former_width:.2f}", f"{former_all:.1f}"]


def page(counts: list[Count]) -> str:
    leave_one_out(counts)
    heads = ["counts", "uncountable, %", "holds, %", "program's, %", "width", "former width", "ratio", "former, %"]
    spans = [(0, 1.7), (1.7, 2.7), (2.7, 3.9), (3.9, 5.5), (5.5, 9), (9, 40)]
    plain = [c for c in counts if (c.kind, c.amount) == ("shrunk", 1)]
    by_rate = [[f"{a:g} to {b:g}", *cells([c for c in plain if a <= c.rate < b])] for a, b in spans]
    enough = [c for c in counts if c.rate >= 3.9]
    pixels = {one.sequence for one in counts if one.amount != 1}
    of = lambda kind, amount: [  # noqa: E731
        c for c in enough if c.sequence in pixels and (c.kind, c.amount) == (kind, amount)
    ]
    kinds = {"shrunk": SHRUNK, "darkened": DARKENED, "blurred": BLURRED}
    altered = [(kind, amount) for kind, amounts in kinds.items() for amount in amounts]
    names = sorted({one.sequence for one in counts})
    each = lambda chosen: [  # noqa: E731
        *([n, *cells([c for c in chosen if c.sequence == n])] for n in names),
        ["all", *cells(chosen)],
    ]
    fitted, shipped = hidden.fit([one for one in counts if not one.why]), hidden.shipped()
    return "\n\n".join(
        [
            "# What ranges are worth where people are hard to follow",
            f"{setting.version()}, preset `best`. A count is that of one line in one direction. A range holds where "
            "the true count is in it; its constants were fitted on the other sequences alone. `program's` is that with "
            "the program's constants, which were fitted on all. `former` is the range of the crossings alone. At fewer "
            "than 4 frames a second everything is uncountable.",
            "## Each sequence",
            "At 4 frames a second or more, whatever was done to the pictures.",
            setting.table(["sequence", *heads], each(enough)),
            "## Where all is well",
            "At 9 frames a second or more, with pictures as they are.",
            setting.table(["sequence", *heads], each([c for c in counts if c.is_well()])),
            "## By the rate of frames",
            "With pictures as they are.",
            setting.table(["frames a second", *heads], by_rate),
            "## By what was done to the pictures",
            "Of the sequences with pixels, at 4 frames a second or more: how many times smaller people are, which "
            "share of the light is left, by how many pixels it is blurred (standard deviation).",
            setting.table(["pictures", *heads], [[f"{k} {a:g}", *cells(of(k, a))] for k, a in altered]),
            "## The constants",
            setting.table(
                ["constant", "fitted on all", "the program's"],
                [[name, f"{fitted[name]:.2f}", f"{shipped[name]:g}"] for name in shipped],
            ),
        ]
    )
