"""How good a detector file is: by tilt on made-up pictures, and on films with ground truth.

A person counts where enough of them is to be seen; the rest is neither right nor wrong to find. *Boxes a person*: of
the boxes at the program's threshold that lie mostly on somebody who was found, how many there are for each.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from crowd.pictures import labels
from crowd.scene import TILTS

sys.path.append(str(Path(__file__).resolve().parents[2] / "models"))
import detect
import measure

MATCH, THRESHOLD, SHOWN, SMALLEST = 0.5, 0.45, 0.4, 10.0


@dataclass
class Score:
    """What was found in the pictures of one group."""

    people: int = 0
    rows: list[tuple[float, bool]] = field(default_factory=list)  # score, right
    on_found: int = 0
    found: int = 0
    empty: int = 0
    phantoms: int = 0

    def add(self, boxes: np.ndarray, scores: np.ndarray, truth: np.ndarray, counted: np.ndarray) -> None:
        """Boxes [n, 4] with scores against true boxes [m, 4], of which some count."""
        self.people += int(counted.sum())
        overlap = detect.iou(boxes, truth) if len(truth) else np.zeros((len(boxes), 0))
        free, owner = counted.copy(), np.full(len(truth), -1)
        for k in np.argsort(-scores, kind="stable"):
            match = np.where(free, overlap[k], 0)
            if match.size and match.max() >= MATCH:
                free[match.argmax()], owner[match.argmax()] = False, k
                self.rows.append((float(scores[k]), True))
            elif not len(truth) or not within(boxes[k], truth[~counted]):
                self.rows.append((float(scores[k]), False))
        sure = scores >= THRESHOLD
        self.empty += not len(truth)
        self.phantoms += int(sure.sum()) if not len(truth) else 0
        for person in np.flatnonzero((owner >= 0) & counted):
            if sure[owner[person]]:
                self.found += 1
                alone = [within(box, truth[person][None]) and not _better(box, truth, person) for box in boxes[sure]]
                self.on_found += max(1, sum(alone))

    def summary(self) -> dict[str, float]:
        """Average precision, recall and precision at the threshold, boxes a person, phantoms an empty picture."""
        rows = sorted(self.rows, key=lambda r: -r[0])
        right = np.cumsum([r[1] for r in rows]) if rows else np.zeros(0)
        recall = right / max(1, self.people)
        precision = right / np.arange(1, len(right) + 1)
        hull = np.maximum.accumulate(precision[::-1])[::-1]
        sure = sum(r[0] >= THRESHOLD for r in rows)
        return {
            "people": self.people,
            "ap": float(np.diff(recall, prepend=0) @ hull),
            "recall": float(recall[sure - 1]) if sure else 0.0,
            "precision": float(precision[sure - 1]) if sure else 0.0,
            "boxes": self.on_found / max(1, self.found),
            "phantoms": self.phantoms / max(1, self.empty),
        }


def within(box: np.ndarray, others: np.ndarray) -> bool:
    """Whether most of a box lies on one of the others."""
    if not len(others):
        return False
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(1)
    return bool(shared.max() > 0.6 * max((box[2:] - box[:2]).prod(), 1e-9))


def _better(box: np.ndarray, truth: np.ndarray, person: int) -> bool:
    """Whether a box fits another person better than this one."""
    overlap = detect.iou(box[None], truth)[0]
    return bool(overlap.argmax() != person and overlap.max() > 0.3)


def judge_set(detector: detect.Detector, folder: Path, limit: int = 0) -> dict[str, dict]:
    """Scores by view, of lenses that are not pinholes, and of people half hidden."""
    groups = {name: Score() for name in [*TILTS, "fisheye", "half hidden"]}
    for row in labels(folder)[: limit or None]:
        picture = cv2.imread(str(folder / row["file"]))
        boxes, scores = detector(picture)
        truth = np.array([p["box"] for p in row["people"]]).reshape(-1, 4)
        hidden = np.array([p["hidden"] for p in row["people"]])
        visible = np.array([p["visible"] for p in row["people"]])
        large = (truth[:, 2:] - truth[:, :2]).min(1) >= SMALLEST if len(truth) else np.zeros(0, bool)
        counted = (visible >= SHOWN) & large
        groups[row["view"]].add(boxes, scores, truth, counted)
        if row.get("lens", 0):
            groups["fisheye"].add(boxes, scores, truth, counted)
        half = counted & (hidden > 0.25)
        if half.any():
            groups["half hidden"].add(boxes, scores, truth, half)
    return {name: score.summary() for name, score in groups.items() if score.people}


def judge_film(detector: detect.Detector, film: Path, truth: Path, every: int) -> float:
    """Average precision as scripts/models/measure.py has it."""
    sequence = measure.read_sequence(film, truth, every)
    return measure.average_precision({n: detector(p) for n, p in sequence.frames.items()}, sequence.truth)
