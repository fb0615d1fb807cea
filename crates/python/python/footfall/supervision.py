"""supervision: Detections in and out, in the place of its ByteTrack and its LineZone.

    - tracker = sv.ByteTrack(frame_rate=25)
    + tracker = footfall.supervision.ByteTrack(frame_rate=25)

Track people alone: `detections = detections[detections.class_id == 0]`. Give weak detections too (confidence from
0.1): the tracker knows what for.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ._footfall import Counter, Crossing, Tracker

if TYPE_CHECKING:
    import supervision as sv
    from numpy.typing import NDArray


def update(tracker: Tracker, detections: sv.Detections, embeddings: Any = None, **when: Any) -> sv.Detections:
    """Takes the next frame's detections; gives those that belong to a track, in their order, with its tracker_id.

    tracker: of box_format "xyxy". embeddings, when (time, frame, embedded): as in Tracker.update().
    """
    if detections.confidence is None and len(detections):
        raise ValueError("detections have no confidence, and a tracker needs it; pass what the detector says")
    scores = np.zeros(0) if detections.confidence is None else detections.confidence
    tracks = tracker.update(detections.xyxy, scores, embeddings, **when)
    order = np.argsort(tracks.detections)
    found = cast("sv.Detections", detections[tracks.detections[order]])
    found.tracker_id = tracks.ids[order].astype(int)
    return found


class ByteTrack:
    """The tracker, called as sv.ByteTrack is.

    What is None keeps this tracker's own default, which fits more detectors. lost_track_buffer (thirtieths of a
    second, as there) becomes max_age, minimum_consecutive_frames n_init, and track_activation_threshold
    new_confidence; there is nothing here that minimum_matching_threshold could be. `settings` are a Tracker's.
    """

    def __init__(
        self,
        track_activation_threshold: float | None = None,
        lost_track_buffer: int | None = None,
        minimum_matching_threshold: float | None = None,
        frame_rate: float = 30,
        minimum_consecutive_frames: int | None = None,
        **settings: Any,
    ) -> None:
        if minimum_matching_threshold is not None:
            warnings.warn("minimum_matching_threshold is not used: pairs are rated otherwise here", stacklevel=2)
        told = {
            "new_confidence": track_activation_threshold,
            "max_age": None if lost_track_buffer is None else lost_track_buffer / 30,
            "n_init": minimum_consecutive_frames,
        }
        self._settings = {name: value for name, value in told.items() if value is not None} | settings
        self._frame_rate = frame_rate
        self.reset()

    def reset(self) -> None:
        """Forgets everybody; ids begin at 1 again."""
        self.tracker = Tracker(frame_rate=self._frame_rate, **self._settings)

    def update_with_detections(self, detections: sv.Detections, embeddings: Any = None) -> sv.Detections:
        """Takes the next frame's detections; gives those that belong to a track, with its tracker_id."""
        return update(self.tracker, detections, embeddings)


class LineZone:
    """The counter, called as sv.LineZone is. `in` and `out` are as there.

    People are counted by where they stand, the middle of the box's lower edge, whatever triggering_anchors says. A
    crossing is decided some frames after it happened: trigger() marks whoever is there then, and finish() decides
    the rest. `settings` are a Counter's.
    """

    def __init__(
        self,
        start: sv.Point,
        end: sv.Point,
        triggering_anchors: Iterable[Any] | None = None,
        minimum_crossing_threshold: int = 1,
        *,
        frame_rate: float = 30,
        **settings: Any,
    ) -> None:
        anchors = [getattr(anchor, "value", anchor) for anchor in triggering_anchors or ()]
        if anchors not in ([], ["BOTTOM_CENTER"]):
            warnings.warn("people are counted by BOTTOM_CENTER, whatever triggering_anchors says", stacklevel=2)
        del minimum_crossing_threshold  # what it is for, the counter does by time and place
        self.start, self.end = start, end
        # What is `in` there is to the left hand of who walks from start to end.
        line = {"line": [(end.x, end.y), (start.x, start.y)]}
        self.counter = Counter(line, frame_rate=frame_rate, **settings)
        self.crossings: list[Crossing] = []

    @property
    def vector(self) -> Any:
        """For LineZoneAnnotator."""
        from supervision.geometry.core import Vector

        return Vector(start=self.start, end=self.end)

    @property
    def in_count(self) -> int:
        """Crossings inwards so far."""
        return self.counter.counts["line"]["in"]

    @property
    def out_count(self) -> int:
        """Crossings outwards so far."""
        return self.counter.counts["line"]["out"]

    def trigger(self, detections: sv.Detections) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Takes the next frame's tracked detections; gives whose crossing inwards, and outwards, was decided."""
        ids = detections.tracker_id
        if ids is None:
            if len(detections):
                raise ValueError("detections have no tracker_id; track them first")
            ids = np.zeros(0, int)
        decided = self.counter.update_boxes(detections.xyxy, ids, detections.confidence)
        self.crossings += decided
        sides = [[c.track for c in decided if c.direction == direction] for direction in ("in", "out")]
        return np.isin(ids, sides[0]), np.isin(ids, sides[1])

    def finish(self) -> list[Crossing]:
        """Decides what is still open at the video's end; gives the crossings."""
        decided = self.counter.finish()
        self.crossings += decided
        return decided
