"""How counts fall off with the rate of frames.

    scripts/measure rates DATA

Every sequence that counting.py watches is thinned to each rate, from several first frames, and tracked and
counted as footfall does it. What is left is compared with what the same sequence gives with all its frames:
`health.rate` is by default the least rate at which that holds (a test keeps it so).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import process
import setting

RATES = (15, 10, 7.5, 6, 5, 4, 3, 2.5, 2, 1.5, 1, 0.5)
STARTS = 3
"""Thinned sequences of one rate, at most: each begins at another frame."""
HOLDS = 0.85
"""Counts hold where this share of a sequence's F1 is left, on average over sequences."""


@dataclass
class Thinned:
    """What came of a sequence at one rate, added up over the frames to begin with."""

    rate: float
    truly: int
    counted: int
    matched: int

    def f1(self) -> float:
        return 2 * self.matched / (self.truly + self.counted)

    def share(self) -> float:
        return self.counted / self.truly


def thin(detections: Path, target: Path, stride: int, start: int) -> None:
    """Copies each stride-th frame from frame start + 1 on."""
    with detections.open() as rows, target.open("w") as out:
        for row in rows:
            frame = json.loads(row)["frame"] if row.startswith("{") else int(float(row.split(",")[0]))
            if (frame - 1) % stride == start:
                out.write(row)


def judge(sequence, detections: Path) -> dict[int, Thinned]:
    """A sequence by its stride, 1 among them."""
    from counting import evaluate, truth

    scratch = sequence.scratch
    true = truth([sequence], 0.1, scratch)
    results = {}
    for stride in sorted({1, *(stride_of(sequence.frame_rate, rate) for rate in RATES)}):
        scores = []
        for start in range(0, stride, max(1, -(-stride // STARTS))):
            source, path = scratch / f"thin{detections.suffix}", scratch / f"rate-{stride}-{start}.jsonl"
            thin(detections, source, stride, start)
            files = ["--tracks", scratch / "thin-tracks.txt", "--crossings", path]
            options = ["--fps", sequence.frame_rate, "--stride", stride, *sequence.options()]
            process.run([setting.program(), "track", source, *options, *files])
            sequence.events["rate"] = path
            scores.append(evaluate([sequence], "rate", true, scratch)["total"])
        truly, counted = (sum(sum(score[key].values()) for score in scores) for key in ("truth", "counted"))
        results[stride] = Thinned(sequence.frame_rate / stride, truly, counted, sum(s["matched"] for s in scores))
    return results


def stride_of(frame_rate: float, rate: float) -> int:
    """The one that comes nearest to a rate from above."""
    return max(1, int(frame_rate / rate + 1e-9))


def page(judged: dict[str, dict[int, Thinned]]) -> str:
    names = list(judged)
    whole = {name: judged[name][1] for name in names}
    rows, each = [], []
    for rate in RATES:
        found = {n: judged[n][stride_of(whole[n].rate, rate)] for n in names if whole[n].rate > rate}
        shares = [thinned.f1() / whole[name].f1() for name, thinned in found.items()]
        counted = sum(t.share() / whole[n].share() for n, t in found.items()) / len(found)
        mean = sum(shares) / len(shares)
        cells = [f"{100 * share:.0f}" for share in (mean, min(shares), counted)]
        rows.append([f"{rate:g}", len(found), *cells, "yes" if mean >= HOLDS else "no"])
        each.append([f"{rate:g}", *(cell(found[n]) if n in found else "" for n in names)])
    each.insert(0, ["all frames", *(cell(whole[name]) for name in names)])
    return "\n\n".join(
        [
            "# Counting by the rate of frames",
            f"{setting.version()}, preset `best`. Each sequence of [counting.md](counting.md) that has more frames a "
            "second is thinned to a rate, or the next one above that its own allows, from up to "
            f"{STARTS} first frames each, and compared with itself with all its frames.",
            "## What is left",
            f"F1 and counted crossings, in % of those with all frames. Counts hold where {100 * HOLDS:.0f}% of F1 is "
            "left on average.",
            setting.table(["frames a second", "sequences", "F1, mean", "F1, least", "counted, mean", "holds"], rows),
            "## Each sequence",
            "Frames a second: F1 in %, and in brackets the crossings that were counted, in % of the true ones.",
            setting.table(["frames a second", *names], each),
        ]
    )


def cell(thinned: Thinned) -> str:
    return f"{thinned.rate:.3g}: {100 * thinned.f1():.0f} ({100 * thinned.share():.0f})"
