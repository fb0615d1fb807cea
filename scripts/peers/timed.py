#!/usr/bin/env python3
"""The processor time that a tracker of the Python world takes for each frame of a workload.

    timed.py TRACKER WORKLOAD TRACKS LIMIT

Reads detections (workload.py), writes MOT text, and prints the milliseconds of each frame as a JSON list. Only
the tracker's own update is timed, not making its input or reading its outcome. Ends early, after a whole
frame, once it has worked for LIMIT seconds.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import workload

Row = tuple[int, float, float, float, float]


@dataclass(frozen=True)
class Contestant:
    """A tracker in the race: of these only `update` is timed."""

    prepare: Callable[[np.ndarray], object]
    update: Callable[[object], object]
    tracks: Callable[[object], Iterable[Row]]
    """Identity, left, top, width, height of those tracked in the frame."""


def pyxtrackers_bytetrack() -> Contestant:
    import pyxtrackers

    tracker = pyxtrackers.BYTETracker()

    def prepare(rows: np.ndarray) -> np.ndarray:
        corners = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4], rows[:, 4:5]])
        return np.ascontiguousarray(corners, float)

    def tracks(found: np.ndarray) -> Iterable[Row]:
        for left, top, right, bottom, identity in np.reshape(found, (-1, 5)):
            yield int(identity), left, top, right - left, bottom - top

    return Contestant(prepare, tracker.update, tracks)


def deep_sort_realtime() -> Contestant:
    """Its gallery would grow without end by default: 100 embeddings a track, as footfall's preset has."""
    from deep_sort_realtime.deepsort_tracker import DeepSort

    tracker = DeepSort(nn_budget=100, embedder=None)

    def prepare(rows: np.ndarray) -> tuple[list, list]:
        return [(row[:4].tolist(), float(row[4]), 0) for row in rows], list(rows[:, 5:])

    def tracks(found: list) -> Iterable[Row]:
        for track in found:
            if track.is_confirmed() and track.time_since_update == 0:
                yield int(track.track_id), *track.to_ltwh()

    return Contestant(prepare, lambda seen: tracker.update_tracks(seen[0], embeds=seen[1]), tracks)


CONTESTANTS = {"pyxtrackers-bytetrack": pyxtrackers_bytetrack, "deep-sort-realtime": deep_sort_realtime}


def main() -> None:
    name, source, target, limit = sys.argv[1:]
    contestant = CONTESTANTS[name]()
    times = []
    with Path(target).open("w") as text:
        for number, rows in enumerate(workload.read(Path(source)), 1):
            seen = contestant.prepare(rows)
            start = time.process_time_ns()
            found = contestant.update(seen)
            times.append((time.process_time_ns() - start) / 1e6)
            for identity, left, top, width, height in contestant.tracks(found):
                box = f"{left:.3f},{top:.3f},{width:.3f},{height:.3f}"
                text.write(f"{number},{identity},{box},1,-1,-1,-1\n")
            if sum(times) > 1e3 * float(limit):
                break
    print(json.dumps(times))


if __name__ == "__main__":
    main()
