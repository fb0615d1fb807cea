"""MOT text, as MOTChallenge and most trackers have it: frame,id,left,top,width,height,score,-1,-1,-1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

import numpy as np

from ._footfall import DetectionFile, Tracker, Tracks, read_tracks

__all__ = ["read_tracks", "track", "write_tracks"]

# After so many frames in a row without anybody nothing changes any more.
_LONGEST_GAP = 1000


def track(path: str | PathLike[str], tracker: Tracker) -> Iterator[Tracks]:
    """Tracks the detections of a file, frame by frame, as `footfall track` does.

    path: MOT text, or JSON lines with embeddings. Frames that MOT text leaves out are taken as without anybody, but
        for those between the steps of a file whose frames are all a whole number of steps apart; those that JSON
        lines leave out were not looked at.
    tracker: with the file's frame rate. With box_format="tlwh", as the file has its boxes, the tracks are those of
        `footfall track` to the last bit.
    """
    file = DetectionFile(path, box_format=tracker.box_format)
    nothing, last = np.zeros((0, 4)), None
    for seen in file:
        if file.stride is not None and last is not None:
            end = min(seen.frame, last + file.stride * (_LONGEST_GAP + 1))
            for missing in range(last + file.stride, end, file.stride):
                yield tracker.update(nothing, [], frame=missing)
        boxes, scores = seen.boxes, seen.scores
        sizes = boxes[:, 2:] - boxes[:, :2] if tracker.box_format == "xyxy" else boxes[:, 2:]
        if (sizes < 0).any():
            boxes = np.where(sizes.min(axis=1, keepdims=True) < 0, 0, boxes)  # without a size: looked at by nobody
        looks, whose = (seen.embeddings, seen.embedded) if len(seen.embedded) else (None, None)
        scores = np.clip(scores, 0, None)
        yield tracker.update(boxes, scores, looks, time=seen.time, frame=seen.frame, embedded=whose)
        last = seen.frame


def write_tracks(path: str | PathLike[str], frames: Iterable[Tracks]) -> None:
    """Writes what a Tracker said, frame by frame: the bytes of `footfall track --tracks`."""
    with Path(path).open("w", encoding="ascii", newline="\n") as text:
        for tracks in frames:
            text.write(tracks.to_mot())
