#!/usr/bin/env python3
"""One tracker's own Python calls over a crowd, in the environment that has it.

    frame.py TRACKER DETECTIONS LIMIT

Each starts from what a detector gives, arrays of corners, scores and embeddings, and ends with arrays of ids and
boxes: what its call wants and gives in between is converted within the time. Prints the milliseconds of processor
time of each frame as a JSON list. Ends early, after a whole frame, once it has worked for LIMIT seconds.

DETECTIONS are scripts/peers/workload.py's.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

import workload

Found = tuple[np.ndarray, np.ndarray]
Step = Callable[[np.ndarray, np.ndarray, np.ndarray], Found]
"""Corners (n, 4), scores (n,) and embeddings (n, d) to ids (k,) and corners (k, 4)."""


def footfall(preset: str, looks: bool = True) -> Step:
    import footfall

    # The workload's people are closer to themselves than to others at this distance; the others have the same.
    tracker = footfall.Tracker(preset, workload.FRAME_RATE, max_cosine_distance=0.2)

    def step(boxes, scores, embeddings):
        tracks = tracker.update(boxes, scores, embeddings if looks else None)
        return tracks.ids, tracks.boxes

    return step


def planned() -> Step:
    """With the embeddings alone that are asked for."""
    import footfall

    tracker = footfall.Tracker("best", workload.FRAME_RATE, max_cosine_distance=0.2)

    def step(boxes, scores, embeddings):
        wanted = tracker.plan(boxes, scores)
        tracks = tracker.update(boxes, scores, embeddings[wanted], embedded=wanted)
        return tracks.ids, tracks.boxes

    return step


def supervision() -> Step:
    import supervision as sv

    return over_detections(sv.ByteTrack(frame_rate=workload.FRAME_RATE).update_with_detections)


def trackers(name: str, **settings: object) -> Step:
    import trackers

    return over_detections(getattr(trackers, name)(**settings).update)


def over_detections(update: Callable) -> Step:
    import supervision as sv

    def step(boxes, scores, embeddings):
        found = update(sv.Detections(xyxy=boxes, confidence=scores, class_id=np.zeros(len(boxes), int)))
        return found.tracker_id, found.xyxy

    return step


def norfair() -> Step:
    import norfair

    tracker = norfair.Tracker(distance_function="iou", distance_threshold=0.7)

    def step(boxes, scores, embeddings):
        seen = [
            norfair.Detection(points=box.reshape(2, 2), scores=np.repeat(score, 2))
            for box, score in zip(boxes, scores, strict=True)
        ]
        found = tracker.update(detections=seen)
        return np.array([one.id for one in found]), np.array([one.estimate.ravel() for one in found])

    return step


def trackforge(name: str, **settings: object) -> Step:
    import trackforge

    tracker = getattr(trackforge, name)(**settings)
    looks = name not in ("BYTETRACK", "OCSORT", "SORT")

    def step(boxes, scores, embeddings):
        sizes = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
        seen = [(box, score, 0) for box, score in zip(sizes.tolist(), scores.tolist(), strict=True)]
        found = tracker.update(seen, embeddings.tolist()) if looks else tracker.update(seen)
        boxes = np.array([row[1] for row in found]).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        return np.array([row[0] for row in found]), boxes

    return step


def boxmot(name: str, looks: bool) -> Step:
    import torch
    from boxmot.structures import Boxes, Detections
    from boxmot.trackers.factory import create_tracker
    from boxmot.trackers.specs import TrackerSpec

    torch.set_num_threads(1)
    options = {} if name in ("bytetrack", "ocsort") else {"use_cmc": False, "use_embeddings": looks}
    tracker = create_tracker(TrackerSpec(name, options=tuple(sorted(options.items()))))

    def step(boxes, scores, embeddings):
        found = tracker.update(
            Detections(
                geometry=Boxes(torch.from_numpy(boxes)),
                scores=torch.from_numpy(scores),
                class_ids=torch.zeros(len(boxes), dtype=torch.int64),
                sample_id="crowd",
                embeddings=torch.from_numpy(embeddings) if looks else None,
            ),
            None,
        )
        return found.track_ids.numpy(), found.geometry.values.numpy()

    return step


def deep_sort_realtime() -> Step:
    from deep_sort_realtime.deepsort_tracker import DeepSort

    tracker = DeepSort(nn_budget=100, embedder=None)

    def step(boxes, scores, embeddings):
        sizes = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
        seen = [(box, score, 0) for box, score in zip(sizes.tolist(), scores.tolist(), strict=True)]
        found = [t for t in tracker.update_tracks(seen, embeds=list(embeddings)) if t.is_confirmed()]
        return np.array([int(t.track_id) for t in found]), np.array([t.to_ltrb() for t in found])

    return step


TRACKERS: dict[str, Callable[[], Step]] = {
    "footfall-best": lambda: footfall("best"),
    "footfall-planned": planned,
    "footfall-deepsort": lambda: footfall("deepsort"),
    "footfall-motion": lambda: footfall("best", looks=False),
    "supervision-bytetrack": supervision,
    "trackers-bytetrack": lambda: trackers("ByteTrackTracker"),
    "trackers-ocsort": lambda: trackers("OCSORTTracker"),
    "trackers-botsort": lambda: trackers("BoTSORTTracker", enable_cmc=False),
    "norfair": norfair,
    "trackforge-bytetrack": lambda: trackforge("BYTETRACK"),
    "trackforge-tracktrack": lambda: trackforge("TRACKTRACK"),
    "trackforge-botsort": lambda: trackforge("BOTSORT"),
    "trackforge-deepsort": lambda: trackforge("DEEPSORT"),
    "trackforge-deepocsort": lambda: trackforge("DEEPOCSORT"),
    "boxmot-bytetrack": lambda: boxmot("bytetrack", looks=False),
    "boxmot-botsort": lambda: boxmot("botsort", looks=True),
    "boxmot-boosttrack": lambda: boxmot("boosttrack", looks=True),
    "deep-sort-realtime": deep_sort_realtime,
}


def main() -> None:
    name, source, limit = sys.argv[1:]
    warnings.filterwarnings("ignore")
    step, times = TRACKERS[name](), []
    for rows in workload.read(Path(source)):
        corners = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]]).astype(np.float32)
        scores, embeddings = rows[:, 4].copy(), np.ascontiguousarray(rows[:, 5:])
        start = time.process_time_ns()
        step(corners, scores, embeddings)
        times.append((time.process_time_ns() - start) / 1e6)
        if sum(times) > 1e3 * float(limit):
            break
    print(json.dumps(times))


if __name__ == "__main__":
    main()
