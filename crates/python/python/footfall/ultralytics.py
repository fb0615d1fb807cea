"""ultralytics: its Results in and out. The package itself is never imported; what has its attributes will do.

for result in model.predict(source, stream=True, conf=0.1):
    result = footfall.ultralytics.update(tracker, result)
    print(result.boxes.id)
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from ._footfall import Tracker, Tracks

PERSON = 0
"""The class of people in COCO, and so in the networks that come with the package."""


def arrays(result: Any, classes: Collection[int] = (PERSON,)) -> tuple[Any, Any, Any]:
    """Boxes (n, 4) as left, top, right, bottom in pixels, scores (n,), and their indices in result.boxes."""
    boxes = result.boxes
    xyxy, scores, labels = (_numpy(part) for part in (boxes.xyxy, boxes.conf, boxes.cls))
    indices = np.flatnonzero(np.isin(labels.astype(int), list(classes)))
    return xyxy[indices], scores[indices], indices


def track(tracker: Tracker, result: Any, embeddings: Any = None, classes: Collection[int] = (PERSON,)) -> Tracks:
    """Takes the next frame; gives its tracks, whose `detections` are indices of those of the given classes.

    tracker: of box_format "xyxy". embeddings: a row for each detection of the given classes.
    """
    boxes, scores, _ = arrays(result, classes)
    return tracker.update(boxes, scores, embeddings)


def update(tracker: Tracker, result: Any, embeddings: Any = None, classes: Collection[int] = (PERSON,)) -> Any:
    """Takes the next frame; gives its Results with those who belong to a track alone, and their boxes.id.

    Arguments as in track(). Other classes are left out, as are masks and keypoints of whoever is.
    """
    boxes, scores, indices = arrays(result, classes)
    tracks = tracker.update(boxes, scores, embeddings)
    order = np.argsort(tracks.detections)
    chosen = indices[tracks.detections[order]]
    kept = result[chosen]
    if not len(chosen):
        return kept
    data = _numpy(result.boxes.data)[chosen]
    # Left, top, right, bottom, id, score, class: the package tells ids by the seventh column.
    rows = np.column_stack([data[:, :4], tracks.ids[order], data[:, -2:]]).astype(data.dtype)
    like = result.boxes.data
    kept.update(boxes=like.new_tensor(rows) if hasattr(like, "new_tensor") else rows)
    return kept


def _numpy(values: Any) -> Any:
    """An array of a tensor, wherever it is."""
    return np.asarray(values.cpu() if hasattr(values, "cpu") else values)
