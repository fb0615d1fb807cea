#!/usr/bin/env python3
"""Association alone: the processor time of a frame, beside other trackers.

The workload is made here (workload.py): people in full HD at 30 frames a second, with embeddings of 128 numbers.
Everyone runs on one core, one after the other, in rounds, so that whatever else the machine does meets all of
them; a figure is the median of the rounds, and ratios are taken within a round. Who is who is scored by
`footfall eval mot`: people who were missed count, so that MOTA cannot reach 1.

    scripts/measure peers-speed

In the environment: PACE, the built pace/, and DEEPSORT_PYTHON, a Python with deep-sort-realtime.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import process
import setting
import workload

PEOPLE = (10, 50, 100, 200, 500)


@dataclass
class Contestant:
    """A tracker in the race, and what it took."""

    name: str
    title: str
    command: list[object]
    rival: str | None = None
    """Whose time ours is divided by."""
    medians: dict[int, list[float]] = field(default_factory=dict)
    """Milliseconds of a frame, of each round, by the number of people."""
    slow: dict[int, list[float]] = field(default_factory=dict)
    """The same for the 99th percentile."""
    frames: dict[int, int] = field(default_factory=dict)
    scores: dict[int, dict] = field(default_factory=dict)


def contestants(pace: Path, python: Path, deepsort: Path, limit: float) -> list[Contestant]:
    timed = Path(__file__).with_name("timed.py")
    return [
        Contestant("footfall-best", "**footfall best**", [pace], "trackforge-tracktrack"),
        Contestant("trackforge-tracktrack", "trackforge 0.5.1 TrackTrack", [pace]),
        Contestant("footfall-deepsort", "**footfall deepsort**, gallery 100", [pace], "deep-sort-realtime"),
        Contestant("deep-sort-realtime", "deep-sort-realtime 1.3.2, gallery 100", [deepsort, timed, limit]),
        Contestant("footfall-best-motion", "**footfall best**, boxes only", [pace], "norfair-rs"),
        Contestant("norfair-rs", "norfair-rs 0.5.2, boxes only", [pace]),
        Contestant("pyxtrackers-bytetrack", "pyxtrackers 2026.3.3 ByteTrack, boxes only", [python, timed, limit]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=PEOPLE, metavar="N")
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=10, metavar="SECONDS", help="of work, for peers in Python (10)")
    arguments = parser.parse_args()
    pace, deepsort = (Path(os.environ[name]) for name in ("PACE", "DEEPSORT_PYTHON"))
    everyone = contestants(pace, Path(sys.executable), deepsort, arguments.limit)
    machine = setting.machine()
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    with tempfile.TemporaryDirectory() as folder:
        for people in arguments.people:
            crowd = Path(folder, str(people))
            workload.write(crowd, people, arguments.frames, arguments.seed)
            for number in range(arguments.rounds):
                setting.say(f"{people} people, round {number + 1} of {arguments.rounds}")
                for contestant in everyone:
                    race(contestant, crowd, people)
            (crowd / workload.DETECTIONS).unlink()
    setting.publish("\n\n".join(report(everyone, arguments, machine)))


def race(contestant: Contestant, crowd: Path, people: int) -> None:
    """One round of one tracker; its tracks are scored in the first, and are the same in all."""
    tracks = crowd / contestant.name / "crowd.txt"
    tracks.parent.mkdir(exist_ok=True)
    program, *rest = contestant.command
    script, limit = rest[:1], rest[1:]
    command = [program, *script, contestant.name, crowd / workload.DETECTIONS, tracks, *limit]
    times = json.loads(process.run(command).stdout)
    contestant.medians.setdefault(people, []).append(statistics.median(times))
    contestant.slow.setdefault(people, []).append(percentile(times, 0.99))
    if people not in contestant.scores:
        contestant.frames[people] = len(times)
        options = ["--frames", f"1-{len(times)}", "--json", "-"]
        command = [setting.program(), "eval", "mot", "--gt", crowd / "truth", "--tracks", tracks.parent, *options]
        contestant.scores[people] = json.loads(process.run(command).stdout)["combined"]


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[round(share * (len(values) - 1))]


def report(everyone: list[Contestant], arguments: argparse.Namespace, machine: str) -> list[str]:
    people = arguments.people
    heads = [f"{n} people" for n in people]
    by_name = {contestant.name: contestant for contestant in everyone}
    times = [
        [c.title, *(f"{milliseconds(c.medians[n])} / {milliseconds(c.slow[n])}" for n in people)] for c in everyone
    ]
    ratios = [
        [f"{c.title} : {by_name[c.rival].title}", *(ratio(c, by_name[c.rival], n) for n in people)]
        for c in everyone
        if c.rival
    ]
    quality = [[c.title, *(who(c, n, arguments.frames) for n in people)] for c in everyone]
    return [
        "# Speed beside other trackers",
        f"{setting.version()}. Milliseconds of processor time that an update takes, median / 99th percentile of "
        f"{arguments.frames} frames, median of {arguments.rounds} rounds in which all took turns on one core. Those "
        "in Python are stopped after a while: see the last table for how many frames they saw. "
        f"Machine: {machine}.",
        setting.table(["tracker", *heads], times),
        "Footfall's median over the other's, lowest and highest of the rounds:",
        setting.table(["", *heads], ratios),
        "IDF1 / ID switches:",
        setting.table(["tracker", *heads], quality),
    ]


def took(contestant: Contestant, people: int) -> str:
    return f"{milliseconds(contestant.medians[people])} / {milliseconds(contestant.slow[people])}"


def milliseconds(values: list[float]) -> str:
    value = statistics.median(values)
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 10 else f"{value:.0f}"


def ratio(own: Contestant, rival: Contestant, people: int) -> str:
    found = sorted(mine / theirs for mine, theirs in zip(own.medians[people], rival.medians[people], strict=True))
    return f"{found[0]:.2g} to {found[-1]:.2g}"


def who(contestant: Contestant, people: int, frames: int) -> str:
    scores = contestant.scores[people]
    seen = contestant.frames[people]
    short = "" if seen == frames else f" ({seen} frames)"
    return f"{scores['IDF1']:.3f} / {scores['IDSW']}{short}"


if __name__ == "__main__":
    main()
