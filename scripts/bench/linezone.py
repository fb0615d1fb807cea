"""supervision's ByteTrack and LineZone over files, as its documentation shows their use."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import supervision as sv

Line = tuple[str, list[float]]
"""A name, and x1, y1, x2, y2 from a to b in pixels."""


def byte_track(frames: Iterable[tuple[int, np.ndarray]], frame_rate: float) -> Iterator[tuple[int, np.ndarray]]:
    """Tracks with the defaults, from detections to tracks: rows of x, y, w, h, score, to x, y, w, h, id."""
    tracker = sv.ByteTrack(frame_rate=round(frame_rate))
    for frame, rows in frames:
        seen = sv.Detections(xyxy=corners(rows), confidence=rows[:, 4], class_id=np.zeros(len(rows), dtype=int))
        tracked = tracker.update_with_detections(seen)
        boxes = tracked.xyxy
        sizes = np.column_stack([boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]])
        yield frame, np.column_stack([boxes[:, :2], sizes, tracked.tracker_id]).reshape(-1, 5)


def line_zone(
    frames: Iterable[tuple[int, np.ndarray]], lines: list[Line], tuned: bool
) -> Iterator[tuple[int, str, str, int]]:
    """Counts tracks, rows of x, y, w, h, id: (frame, line, direction, id) of each crossing.

    Tuned: bottom anchor, counted after three frames on the other side. Its `in` is our `out`, so lines
    are given to it from b to a.
    """
    options = {"triggering_anchors": [sv.Position.BOTTOM_CENTER], "minimum_crossing_threshold": 3} if tuned else {}
    zones = {
        name: sv.LineZone(start=sv.Point(x2, y2), end=sv.Point(x1, y1), **options) for name, (x1, y1, x2, y2) in lines
    }
    for frame, rows in frames:
        people = sv.Detections(
            xyxy=corners(rows), tracker_id=rows[:, 4].astype(int), class_id=np.zeros(len(rows), dtype=int)
        )
        for name, zone in zones.items():
            entered, left = zone.trigger(people)
            yield from ((frame, name, "in", int(who)) for who in people.tracker_id[entered])
            yield from ((frame, name, "out", int(who)) for who in people.tracker_id[left])


def corners(rows: np.ndarray) -> np.ndarray:
    """Boxes as x1, y1, x2, y2."""
    return np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:4]]).reshape(-1, 4)


def tracks_of(path: Path, length: int) -> list[tuple[int, np.ndarray]]:
    """MOT text, frame by frame, empty ones too: x, y, w, h, id."""
    return by_frame(path, length, [2, 3, 4, 5, 1])


def detections_of(path: Path, length: int) -> list[tuple[int, np.ndarray]]:
    """MOT text or JSON lines, frame by frame, empty ones too: x, y, w, h, score."""
    if path.suffix != ".jsonl":
        return by_frame(path, length, [2, 3, 4, 5, 6])
    frames = []
    for row in path.read_text().splitlines():
        frame = json.loads(row)
        people = [[*one["bbox"], one["confidence"]] for one in frame["detections"]]
        frames.append((frame["frame"], np.array(people, dtype=float).reshape(-1, 5)))
    return frames


def by_frame(path: Path, length: int, columns: list[int]) -> list[tuple[int, np.ndarray]]:
    rows = [[float(value) for value in row.split(",")] for row in path.read_text().splitlines() if row.strip()]
    of_frame: dict[int, list[list[float]]] = {}
    for row in rows:
        of_frame.setdefault(int(row[0]), []).append([row[column] for column in columns])
    last = max([length, *of_frame])
    return [(frame, np.array(of_frame.get(frame, []), dtype=float).reshape(-1, 5)) for frame in range(1, last + 1)]
