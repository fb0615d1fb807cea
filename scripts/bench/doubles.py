"""Two boxes, one person; one box, two people: how often the tracker errs in either way.

    scripts/measure doubles DATA

Every sequence that has ground truth is tracked, with and without `part_share`, and its tracks are matched with the
people in each frame (IoU of 0.5 at least, one to one, as many as can be).

- A *double* is a box of a track that is matched with nobody, of which 70% or more lies in a matched one's, or the other
  way round: somebody has two tracks.
- Somebody is *merged* who has a detection but no track, while half of them or more lies in a matched track's box:
  two people have one track.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

import cuts
import process
import setting

SAME = 0.5
"""IoU from which on two boxes are one."""
WITHIN_DOUBLE, WITHIN_MERGED = 0.7, 0.5
TAKEN = 0.7
"""IoU with a matched track's box from which on a detection is that track's."""
CLEAR = 0.3
"""Least confidence of a detection that could have been tracked."""
LEAST = 0.5
"""Seconds of either error from which on a person or a track counts as one that has it."""


@dataclass
class Errors:
    """Of one run over one sequence: boxes, and tracks or people that have the error for half a second or more."""

    double_boxes: int = 0
    doubles: int = 0
    merged_boxes: int = 0
    merged: int = 0
    people: int = 0
    tracks: int = 0

    def add(self, other: "Errors") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def cells(self) -> list[object]:
        return [self.tracks, self.double_boxes, self.doubles, self.merged_boxes, self.merged]


def shares(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """IoU, and the common area over the smaller box's, of boxes [n, 4] and [m, 4] as x, y, width, height."""
    near = np.maximum(a[:, None, :2], b[None, :, :2])
    far = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    common = np.clip(far - near, 0, None).prod(axis=2)
    areas = a[:, 2:].prod(axis=1)[:, None], b[:, 2:].prod(axis=1)[None]
    return common / (areas[0] + areas[1] - common), common / np.minimum(*areas)


def rows(path: Path) -> dict[int, np.ndarray]:
    """By frame [n, 6]: id, x, y, width, height, confidence; of MOT text, or of JSON lines of detections."""
    found = defaultdict(list)
    for line in path.read_text().splitlines():
        if path.suffix == ".jsonl":
            row = json.loads(line)
            found[row["frame"]] += [[-1, *one["bbox"], one["confidence"]] for one in row["detections"]]
        else:
            frame, *values = map(float, line.split(",")[:7])
            found[int(frame)].append(values)
    return {frame: np.array(values) for frame, values in found.items() if values}


def judge(cut: cuts.Cut, people: Path, work: Path, more: list[object]) -> Errors:
    """Tracks a sequence, and counts both errors."""
    path = work / "tracks.txt"
    rate = [] if cut.detections.suffix == ".jsonl" else ["--fps", cut.rate]
    process.run([setting.program(), "track", cut.detections, *rate, "--tracks", path, *more])
    truth, tracks, detections = rows(people), rows(path), rows(cut.detections)
    nothing = np.zeros((0, 6))
    lengths = Counter(int(row[0]) for frame in tracks.values() for row in frame)
    errors = Errors(people=sum(map(len, truth.values())), tracks=len(lengths))
    double, merged = Counter(), Counter()
    for frame, true in truth.items():
        tracked, seen = tracks.get(frame, nothing), detections.get(frame, nothing)
        iou, _ = shares(tracked[:, 1:5], true[:, 1:5])
        who, whom = linear_sum_assignment(-iou)
        good = iou[who, whom] >= SAME
        who, whom = who[good], whom[good]
        if not len(who):
            continue
        held = tracked[who, 1:5]
        for row in np.delete(tracked, who, axis=0):
            if shares(row[None, 1:5], held)[1].max() >= WITHIN_DOUBLE:
                double[int(row[0])] += 1
        seen = seen[seen[:, 5] >= CLEAR]
        for row in np.delete(true, whom, axis=0):
            if is_merged(row[None, 1:5], seen[:, 1:5], held):
                merged[int(row[0])] += 1
    errors.double_boxes, errors.merged_boxes = sum(double.values()), sum(merged.values())
    least = LEAST * cut.rate
    errors.doubles = sum(count >= max(least, 0.5 * lengths[track]) for track, count in double.items())
    errors.merged = sum(count >= least for count in merged.values())
    return errors


def is_merged(person: np.ndarray, seen: np.ndarray, held: np.ndarray) -> bool:
    """Whether somebody without a track was seen, by a detection of their own, within another one's box."""
    if not len(seen) or shares(person, held)[1].max() < WITHIN_MERGED:
        return False
    iou = shares(person, seen)[0][0]
    best = iou.argmax()
    return iou[best] >= SAME and shares(seen[best][None], held)[0].max() < TAKEN


def run(data: Path, work: Path) -> str:
    """The page."""
    config = work / "without.toml"
    config.write_text("[tracker.best]\npart_share = 0.0\n")
    sums, table = [Errors(), Errors()], []
    for number, cut in enumerate(one for one in cuts.cuts(data, work) if one.begins == 0):
        setting.say(cut.sequence)
        people = work / str(number) / "people.txt"
        both = [judge(cut, people, work, more) for more in (["--config", config], [])]
        for errors, total in zip(both, sums, strict=True):
            total.add(errors)
        table.append([cut.sequence, both[0].people, *both[0].cells(), *both[1].cells()])
    table.append(["all", sums[0].people, *sums[0].cells(), *sums[1].cells()])
    kinds = ["tracks", "double boxes", "double tracks", "merged boxes", "merged people"]
    heads = [*(f"without: {kind}" for kind in kinds), *(f"with: {kind}" for kind in kinds)]
    return "\n\n".join(
        [
            "# Two boxes on one person, two people in one box",
            f"{setting.version()}, preset `best`, without and with `part_share`: whether a new box within somebody's "
            "is held back until they part. A double track is one for half of its time and half a second or more; a "
            "merged person is one for half a second or more.",
            setting.table(["sequence", "people's boxes", *heads], table),
        ]
    )
