#!/usr/bin/env python3
"""Counts people at made-up entrances, whose passages are known exactly.

    scripts/measure made-up

Films are made with `python -m crowd film` where the folder lacks them; fewer frames a second are every second or third
of a film's. A crossing is right within a second of a true one in its direction. What is counted here is of people who
do not exist: it is never added to what was counted on real footage.
"""

import argparse
import json
import math
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import process
import setting

DETECTORS = {"usual": [], "overhead": ["--detector", "overhead"]}
DARK = 80  # mean of the first picture's levels below which it is called dark
HIGH = 3.5  # metres from which a camera is called high
LATE = 1.0  # seconds between a true and a counted passage, at most


@dataclass(frozen=True)
class Film:
    """A film at one rate of frames."""

    folder: Path
    truth: dict
    rate: float
    level: float
    """Mean level of its first picture, 0 to 255."""
    file: Path

    @property
    def name(self) -> str:
        return f"{self.folder.name}-{self.rate:g}"


@dataclass(frozen=True)
class Counted:
    """What one detector's run made of a film."""

    film: Film
    detector: str
    right: int
    wrong: int
    missed: int
    covered: int
    """Counts (in, out) whose range holds the truth."""
    ranges: int
    """Counts of which a range is given: of what is uncountable there is none."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = Path(os.environ["FOOTFALL_CACHE"], "made-up")
    parser.add_argument("--films", type=Path, default=cache, metavar="DIR", help="VIEW-SEED folders (the cache's)")
    parser.add_argument("--views", default="down,steep,high,side")
    parser.add_argument("--seeds", default="201-203", help="FIRST-LAST")
    parser.add_argument("--people", type=int, default=10, help="in a film")
    parser.add_argument("--seconds", type=float, default=30, help="of a film")
    parser.add_argument("--rates", default="10,5", help="frames a second, of the films' 10")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    names = [(v, s) for s in range(int(first), int(last or first) + 1) for v in arguments.views.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for view, seed in names:
            made = film(arguments, view, seed)
            for rate in map(float, arguments.rates.split(",")):
                slowed = at_rate(made, rate, Path(folder))
                for detector in DETECTORS:
                    setting.say(f"{slowed.name}, {detector}")
                    results.append(count(slowed, detector, Path(folder)))
    setting.publish(page(results))


def film(arguments: argparse.Namespace, view: str, seed: int) -> Path:
    """The folder of a film, which is made where it is not there."""
    folder = arguments.films / f"{view}-{seed}"
    if not (folder / "truth.json").is_file():
        setting.say(f"making {folder.name}")
        command = [sys.executable, "-m", "crowd", "film", "--out", folder, "--view", view, "--seed", seed]
        process.run([*command, "--people", arguments.people, "--seconds", arguments.seconds])
    return folder


def at_rate(folder: Path, rate: float, work: Path) -> Film:
    """The film with so many of its frames a second."""
    import cv2

    truth = json.loads((folder / "truth.json").read_text())
    step = round(truth["rate"] / rate)
    if step < 1 or not math.isclose(truth["rate"] / rate, step, rel_tol=1e-6):
        sys.exit(f"{folder.name} has {truth['rate']:g} frames a second: {rate:g} is no part of it")
    source = cv2.VideoCapture(str(folder / "film.avi"))
    done, picture = source.read()
    if not done:
        sys.exit(f"{folder / 'film.avi'} cannot be read")
    level, file = float(picture.mean()), folder / "film.avi"
    if step > 1:
        file = work / f"{folder.name}-{step}.avi"
        size = (picture.shape[1], picture.shape[0])
        target = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*"MJPG"), rate, size)
        number = 0
        while done:
            if number % step == 0:
                target.write(picture)
            number += 1
            done, picture = source.read()
        target.release()
    return Film(folder, truth, rate, level, file)


def count(film: Film, detector: str, work: Path) -> Counted:
    """Runs the program on a film, and compares."""
    crossings, summary = work / "crossings.jsonl", work / "summary.json"
    command = [setting.program(), "run", film.file, "--line", film.truth["line"], *DETECTORS[detector]]
    process.run([*command, "--crossings", crossings, "--summary", summary])
    counted = [json.loads(row) for row in crossings.read_text().splitlines()]
    line = json.loads(summary.read_text())["lines"][0]
    right = covered = ranges = 0
    for way in ("in", "out"):
        true = [p["time"] for p in film.truth["passages"] if p["direction"] == way]
        right += paired(true, [c["time"] for c in counted if c["direction"] == way])
        if interval := line.get(f"{way}_interval"):
            ranges += 1
            covered += interval["low"] <= len(true) <= interval["high"]
    missed = len(film.truth["passages"]) - right
    return Counted(film, detector, right, len(counted) - right, missed, covered, ranges)


def paired(true: list[float], counted: list[float]) -> int:
    """How many pairs within `LATE` seconds: taken in the order of time, which is the most there can be."""
    left, pairs = sorted(counted), 0
    for time in sorted(true):
        while left and left[0] < time - LATE:
            left.pop(0)
        if left and left[0] <= time + LATE:
            left.pop(0)
            pairs += 1
    return pairs


def page(results: list[Counted]) -> str:
    """The tables."""
    films = {result.film.folder.name: result.film for result in results}.values()
    passages = sum(len(film.truth["passages"]) for film in films)
    first = next(iter(films)).truth
    parts = [
        "# Counting at made-up entrances",
        f"Everything on this page is of people who do not exist ({len(films)} films with {passages} passages of "
        f"{first['people']} people, style {first['style']}, which the detector `overhead` was trained on with other "
        "seeds): it ranks cameras and detectors, and says little of how well a real door is counted.",
        f"{setting.version()}, default settings. F1 of crossings within a second of the true ones, in their direction; "
        "covered: of the ranges of a line and direction those that hold the true count; where people are uncountable "
        "there is none. "
        f"Dark: the first picture's mean level is below {DARK}. Per cent.",
    ]
    by: dict[str, Callable[[Film], str]] = {
        "view": lambda film: film.truth["view"],
        "height of the camera": lambda film: (
            f"{HIGH:g} m and more" if film.truth["height"] >= HIGH else f"below {HIGH:g} m"
        ),
        "light": lambda film: "dark" if film.level < DARK else "bright",
        "passages a minute": crowding,
        "frames a second": lambda film: f"{film.rate:g}",
    }
    for factor, of in by.items():
        groups: dict[str, list[Counted]] = defaultdict(list)
        for result in results:
            groups[of(result.film)].append(result)
        rows = [[name, *cells(groups[name])] for name in sorted(groups)]
        heads = [factor, "passages", *(f"{what}, {name}" for name in DETECTORS for what in ("F1", "covered"))]
        parts += [f"## By {factor}", setting.table(heads, rows)]
    rows = [
        [name, *cells([r for r in results if r.film.name == name])] for name in sorted({r.film.name for r in results})
    ]
    parts += ["## Film by film", "Name: view, seed, frames a second.", setting.table(["film", *heads[1:]], rows)]
    return "\n\n".join(parts)


def crowding(film: Film) -> str:
    """How busy an entrance is."""
    times = [passage["time"] for passage in film.truth["passages"]]
    busy = len(times) / max(max(times) - min(times), 1.0) * 60
    return "below 30" if busy < 30 else "30 and more"


def cells(results: list[Counted]) -> list[str]:
    """Passages, and for each detector F1 and the share of ranges that hold the truth."""
    one = [r for r in results if r.detector == results[0].detector]
    row = [str(sum(r.right + r.missed for r in one))]
    for detector in DETECTORS:
        own = [r for r in results if r.detector == detector]
        right, errors = sum(r.right for r in own), sum(r.wrong + r.missed for r in own)
        ranges, covered = sum(r.ranges for r in own), sum(r.covered for r in own)
        row += [
            f"{200 * right / max(2 * right + errors, 1):.1f}",
            f"{100 * covered / ranges:.0f} of {ranges}" if ranges else "none",
        ]
    return row


if __name__ == "__main__":
    main()
