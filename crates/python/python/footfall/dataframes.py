"""pandas: a row for each box."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ._footfall import Crossing, Tracker, Tracks

if TYPE_CHECKING:
    import pandas


def from_tracks(frames: Iterable[Tracks]) -> pandas.DataFrame:
    """Tracks as columns frame, time (seconds), id, left, top, width, height (pixels), score, detection."""
    import numpy as np
    import pandas

    columns: dict[str, list[Any]] = {name: [] for name in ("frame", "time", "id", "box", "score", "detection")}
    for tracks in frames:
        boxes = tracks.boxes
        if tracks.box_format == "xyxy":
            boxes[:, 2:] -= boxes[:, :2]
        columns["frame"].append(np.full(len(tracks), tracks.frame))
        columns["time"].append(np.full(len(tracks), tracks.time))
        columns["id"].append(tracks.ids)
        columns["box"].append(boxes)
        columns["score"].append(tracks.scores)
        columns["detection"].append(tracks.detections)
    flat = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in columns.items()}
    boxes = flat.pop("box").reshape(-1, 4)
    table = pandas.DataFrame(flat)
    for place, name in enumerate(("left", "top", "width", "height")):
        table.insert(3 + place, name, boxes[:, place])
    return table


def from_crossings(crossings: Iterable[Crossing]) -> pandas.DataFrame:
    """Crossings, a row each, with the columns of Crossing.to_dict()."""
    import pandas

    return pandas.DataFrame([crossing.to_dict() for crossing in crossings])


def track(detections: pandas.DataFrame, tracker: Tracker) -> pandas.DataFrame:
    """Tracks detections, rows with frame, left, top, width, height and score (motmetrics' names FrameId, X, Y,
    Width, Height and Confidence do too); as from_tracks() gives them.

    Frames between the first and the last that have no row are taken as empty.
    """
    names = {"FrameId": "frame", "X": "left", "Y": "top", "Width": "width", "Height": "height", "Confidence": "score"}
    rows = detections.reset_index().rename(columns=names)
    needed = ["frame", "left", "top", "width", "height", "score"]
    if missing := [name for name in needed if name not in rows]:
        raise ValueError(f"detections has no column {missing[0]!r}; expected {', '.join(needed)}")
    rows = rows.sort_values("frame", kind="stable")
    numbers = rows["frame"].to_numpy()
    boxes = rows[needed[1:5]].to_numpy(float, copy=True)
    if tracker.box_format == "xyxy":
        boxes[:, 2:] += boxes[:, :2]
    scores = rows["score"].to_numpy(float)
    frames = []
    if len(numbers):
        for number in range(int(numbers[0]), int(numbers[-1]) + 1):
            here = slice(*numbers.searchsorted([number, number + 1]))
            frames.append(tracker.update(boxes[here], scores[here], frame=number))
    return from_tracks(frames)
