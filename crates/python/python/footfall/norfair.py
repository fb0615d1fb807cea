"""norfair's style: objects in, objects out.

    - tracker = norfair.Tracker(distance_function="iou", distance_threshold=0.7)
    + tracker = footfall.norfair.Tracker(frame_rate=25)

Detections are norfair's own, or anything with their `points`; the package itself is never imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _footfall


@dataclass
class TrackedObject:
    """Somebody who was seen in this frame."""

    id: int
    """From 1, given once."""
    estimate: Any
    """Left, top and right, bottom, (2, 2) in pixels."""
    last_detection: Any
    """The detection that it was matched with."""
    label: Any = None
    """That of the detection."""

    @property
    def live_points(self) -> Any:
        """Which of the points were seen: both."""
        return np.ones(2, bool)


class Tracker:
    """The tracker, called as norfair's is. `settings` are those of footfall.Tracker."""

    def __init__(self, frame_rate: float = 30.0, **settings: Any) -> None:
        self.tracker = _footfall.Tracker(frame_rate=frame_rate, **settings)
        self._frame = 0

    def update(self, detections: Sequence[Any] | None = None, period: int = 1) -> list[TrackedObject]:
        """Takes the next frame, `period` frames after the last one; gives who is in it.

        A detection has `points`, (2, 2): left, top and right, bottom in pixels; it may have `scores` (by default
        1), an `embedding` and a `label`. Raises ValueError that names the detection.
        """
        seen = list(detections or ())
        boxes = [_corners(index, detection) for index, detection in enumerate(seen)]
        scores = [_score(detection) for detection in seen]
        looks = {index: one.embedding for index, one in enumerate(seen) if getattr(one, "embedding", None) is not None}
        vectors, embedded = (np.stack(list(looks.values())), list(looks)) if looks else (None, None)
        frame = self._frame + period
        tracks = self.tracker.update(np.reshape(boxes, (-1, 4)), scores, vectors, frame=frame, embedded=embedded)
        self._frame = frame
        return [
            TrackedObject(int(who), box.reshape(2, 2), seen[index], getattr(seen[index], "label", None))
            for who, box, index in zip(tracks.ids, tracks.boxes, tracks.detections, strict=True)
        ]


def _corners(index: int, detection: Any) -> Any:
    points = np.asarray(detection.points, float)
    if points.shape != (2, 2):
        raise ValueError(f"detections[{index}] has points of shape {points.shape}; expected (2, 2), a box's corners")
    return points.ravel()


def _score(detection: Any) -> float:
    scores = getattr(detection, "scores", None)
    return 1.0 if scores is None else float(np.mean(scores))
