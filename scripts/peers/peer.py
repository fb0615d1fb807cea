"""The peers, and one way to call them all. Each is imported only when it is started: they live in different
environments, because they do not agree on their own dependencies.

Every peer has the parameters that its package gives it. What has none is named beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Track = tuple[int, float, float, float, float]
"""Identity, then x and y of the top left and the bottom right corner, in pixels."""
Step = Callable[["np.ndarray"], Iterable[Track]]
"""Takes a frame's detections, n rows of x1, y1, x2, y2 in pixels and confidence; gives its tracks."""

# Trackers without a threshold for confidence of their own are given what the others begin with.
CONFIDENT = 0.5


@dataclass(frozen=True)
class Peer:
    """A tracker of another project."""

    title: str
    environment: str
    """Of environments.sh."""
    package: str
    start: Callable[[], Step]


def roboflow(name: str, **settings: object) -> Callable[[], Step]:
    """A tracker of the package `trackers`."""

    def start() -> Step:
        import supervision
        import trackers

        tracker = getattr(trackers, name)(**settings)

        def step(detections: np.ndarray) -> Iterable[Track]:
            found = tracker.update(supervision_detections(supervision, detections))
            if found.tracker_id is None:
                return
            for identity, corners in zip(found.tracker_id, found.xyxy, strict=True):
                if identity >= 0:  # not confirmed yet
                    yield int(identity), *map(float, corners)

        return step

    return start


def supervision_bytetrack() -> Step:
    import supervision

    tracker = supervision.ByteTrack()

    def step(detections: np.ndarray) -> Iterable[Track]:
        found = tracker.update_with_detections(supervision_detections(supervision, detections))
        for identity, corners in zip(found.tracker_id, found.xyxy, strict=True):
            yield int(identity), *map(float, corners)

    return step


def supervision_detections(supervision, detections: np.ndarray):
    import numpy as np

    corners = np.ascontiguousarray(detections[:, :4], np.float32)
    people = np.zeros(len(detections), int)
    return supervision.Detections(xyxy=corners, confidence=detections[:, 4].astype(np.float32), class_id=people)


def pyxtrackers(name: str, *arguments: float, least: float = 0.0) -> Callable[[], Step]:
    """A tracker of the package `pyxtrackers`, which sees detections of confidence `least` and above."""

    def start() -> Step:
        import numpy as np
        import pyxtrackers as package

        tracker = getattr(package, name)(*arguments)

        def step(detections: np.ndarray) -> Iterable[Track]:
            confident = detections[detections[:, 4] >= least]
            for row in np.reshape(tracker.update(np.ascontiguousarray(confident, float)), (-1, 5)):
                yield int(row[4]) + 1, *map(float, row[:4])

        return step

    return start


def norfair() -> Step:
    """As its documentation pairs boxes: IoU distance up to 0.7. Tracks that were not seen in a frame are left out:
    their predicted boxes cost it a point of HOTA."""
    import norfair as package
    import numpy as np

    tracker = package.Tracker(distance_function="iou", distance_threshold=0.7)
    frame = 0

    def step(detections: np.ndarray) -> Iterable[Track]:
        nonlocal frame
        frame += 1
        confident = detections[detections[:, 4] >= CONFIDENT]
        seen = [
            package.Detection(points=row[:4].reshape(2, 2), scores=np.repeat(row[4], 2), data=frame)
            for row in confident
        ]
        for track in tracker.update(detections=seen):
            if track.last_detection.data == frame:
                yield int(track.id), *map(float, track.estimate.ravel())

    return step


def boxmot(name: str, **settings: object) -> Callable[[], Step]:
    """A tracker of the package `boxmot`. There are no pixels to measure camera motion or appearance from, so these
    parts are off in trackers that have them."""

    def start() -> Step:
        import numpy as np
        import torch
        from boxmot.structures import Boxes, Detections
        from boxmot.trackers.factory import create_tracker
        from boxmot.trackers.specs import TrackerSpec

        tracker = create_tracker(TrackerSpec(name, options=tuple(sorted(settings.items()))))

        def step(detections: np.ndarray) -> Iterable[Track]:
            rows = torch.from_numpy(np.ascontiguousarray(detections, np.float32))
            found = tracker.update(
                Detections(
                    geometry=Boxes(rows[:, :4].contiguous()),
                    scores=rows[:, 4].contiguous(),
                    class_ids=torch.zeros(len(rows), dtype=torch.int64),
                    sample_id="sequence",
                    embeddings=None,
                ),
                None,
            )
            for identity, corners in zip(found.track_ids.tolist(), found.geometry.values.tolist(), strict=True):
                yield identity + 1, *corners

        return step

    return start


def without_pixels(name: str) -> Callable[[], Step]:
    return boxmot(name, use_cmc=False, use_embeddings=False)


PEERS = {
    "boxmot-bytetrack": Peer("ByteTrack", "boxmot", "boxmot", boxmot("bytetrack")),
    "boxmot-ocsort": Peer("OC-SORT", "boxmot", "boxmot", boxmot("ocsort")),
    "boxmot-botsort": Peer("BoT-SORT (motion)", "boxmot", "boxmot", without_pixels("botsort")),
    "boxmot-boosttrack": Peer("BoostTrack", "boxmot", "boxmot", without_pixels("boosttrack")),
    "boxmot-occluboost": Peer("OccluBoost", "boxmot", "boxmot", without_pixels("occluboost")),
    "trackers-sort": Peer("SORT", "trackers", "trackers", roboflow("SORTTracker")),
    "trackers-bytetrack": Peer("ByteTrack", "trackers", "trackers", roboflow("ByteTrackTracker")),
    "trackers-ocsort": Peer("OC-SORT", "trackers", "trackers", roboflow("OCSORTTracker")),
    "trackers-botsort": Peer("BoT-SORT (motion)", "trackers", "trackers", roboflow("BoTSORTTracker", enable_cmc=False)),
    "trackers-cbiou": Peer("C-BIoU", "trackers", "trackers", roboflow("CBIoUTracker")),
    "pyxtrackers-sort": Peer("SORT", "trackers", "pyxtrackers", pyxtrackers("Sort", least=CONFIDENT)),
    "pyxtrackers-bytetrack": Peer("ByteTrack", "trackers", "pyxtrackers", pyxtrackers("BYTETracker")),
    "pyxtrackers-ocsort": Peer("OC-SORT", "trackers", "pyxtrackers", pyxtrackers("OCSort", CONFIDENT)),
    "supervision-bytetrack": Peer("ByteTrack", "supervision", "supervision", supervision_bytetrack),
    "norfair": Peer("norfair", "norfair", "norfair", norfair),
}
