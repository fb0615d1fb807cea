"""Sets of pictures by seed, on several processes; the same seed gives the same bytes.

A set is a folder of JPEG files with one line of JSON each in `labels.jsonl`: the view, the camera, and for
every person box (pixels: left, top, right, bottom, clipped to the picture), identity, visible share,
the point between the feet on the floor and the middle of the head.
"""

import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

import cv2

from .compose import Stage
from .room import Stock
from .scene import VIEWS, scene
from .style import STYLES

cv2.setNumThreads(1)  # processes, not threads, share the work
DEATHS = 3  # of processes are got over
FRESH = 250  # pictures that share one stock of textures
SHARES = {"side": 0.2, "high": 0.2, "steep": 0.28, "down": 0.32}


@cache
def stock(seed: int, style: str, part: int) -> Stock:
    """The textures of `FRESH` pictures in a row; kept while they are being made."""
    stock.cache_clear()
    return Stock(seed * 1009 + part, STYLES[style])


@cache
def stage(size: tuple[int, int]) -> Stage:
    return Stage(size)


def view_of(number: int) -> str:
    """The views take turns with their shares, the same for every seed."""
    at, total = (number * 0.6180339887498949) % 1.0, 0.0
    for view in VIEWS:
        total += SHARES[view]
        if at < total:
            return view
    return VIEWS[-1]


def one(task: tuple) -> tuple[str, bytes, dict]:
    """Name, JPEG and label of one picture: task = seed, style, number, size, how many people (-1: by chance)."""
    seed, style, number, size, crowd = task
    picture, sensor, about = scene(
        (seed, number), view_of(number), stock(seed, style, number // FRESH), stage(size), crowd
    )
    name = f"{style}-{seed}-{number:06}.jpg"
    return name, sensor.jpeg(picture), {"file": name, **about}


def make(
    folder: Path, seed: int, style: str, first: int, count: int, size=(336, 448), crowd=-1, jobs=1
) -> Iterator[int]:
    """Adds pictures `first` .. to a folder; yields how many are done. Labels appear after their picture."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(seed, style, n, size, crowd) for n in range(first, first + count)]
    labels = folder / f"labels-{style}-{seed}-{first:06}.jsonl"
    partial = labels.with_suffix(".part")
    with partial.open("w") as file:
        for done, (name, data, about) in enumerate(each(one, tasks, jobs), 1):
            (folder / name).write_bytes(data)
            file.write(json.dumps(about) + "\n")
            file.flush()
            yield done
    os.replace(partial, labels)


def each(make_one, tasks: list, jobs: int) -> Iterator:
    """The results of all tasks in order, made by so many processes."""
    if jobs == 1:
        yield from map(make_one, tasks)
        return
    done, deaths = 0, 0
    while done < len(tasks):
        try:
            with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
                for result in pool.map(make_one, tasks[done:], chunksize=10):
                    yield result
                    done += 1
        except BrokenProcessPool:  # one was killed, for want of memory mostly; its share is made anew
            deaths += 1
            if deaths > DEATHS:
                raise


def labels(folder: Path) -> list[dict]:
    """All labels of a set in the order of their names, also of files still being made."""
    rows = []
    for file in sorted([*folder.glob("labels-*.jsonl"), *folder.glob("labels-*.part")]):
        rows += [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
    return sorted(rows, key=lambda row: row["file"])
