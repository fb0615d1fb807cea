#!/usr/bin/env python3
"""The Python package beside the program, and beside other packages.

Tracks and crossings of every set of DATA are compared with the program's, byte for byte. A frame's time is that of
each package's own Python calls, conversion from and to arrays included, in processor time on one core, in rounds in
which all take turns. Evaluators run over the same files, each as a process of its own. BoxMOT (AGPL) runs in an
environment and a process of its own.

    scripts/measure python DATA
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import footfall

import equality
import pace
import referees
import setting


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA", help="laid out as scripts/bench/score.py says")
    parser.add_argument("--people", type=int, nargs="+", default=[10, 50, 100, 500], metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=100_000, help="of the long sequence (100000)")
    parser.add_argument("--without", nargs="*", default=[], metavar="ENVIRONMENT", help="as in peers/boxmot")
    arguments = parser.parse_args()
    package = Path(footfall.__file__).parents[1]
    machine, core = setting.machine(), min(os.sched_getaffinity(0))
    same = list(equality.check(arguments.data))
    os.sched_setaffinity(0, {core})
    judged = list(referees.check(arguments.data, package, arguments.rounds, arguments.frames))
    raced = pace.race(package, arguments.people, arguments.rounds, arguments.without)
    setting.publish("\n\n".join(report(arguments, machine, same, judged, raced)))
    return int(any(one.different for one in same) or any(one.trackeval > 1e-9 for one in judged))


def report(arguments, machine: str, same, judged, raced) -> Iterator[str]:
    yield "# The Python package"
    versions = setting.packages("numpy", "trackeval", "motmetrics", "supervision")
    yield f"{setting.version()}, {versions}. Machine: {machine}."
    yield "## Beside the program"
    yield "Tracks and crossings through Python, and those of `footfall track` over the same files, byte for byte."
    yield equality.report(same)
    yield "## A frame"
    yield (
        "Milliseconds of processor time of each package's own Python calls, from arrays of corners, scores and "
        "embeddings of 128 numbers to arrays of ids and corners: medians of 300 frames, after the first 30, and of "
        f"{arguments.rounds} rounds. The crowd is made up (scripts/peers/workload.py). Who takes too long is stopped, "
        "after as many frames as stand beside it."
    )
    yield from pace.report(raced, arguments.people)
    yield "## Evaluation"
    yield (
        "Seconds of processor time from files to scores, median of the rounds (one round of what is made up), each as "
        "a process of its own whose imports are not counted."
    )
    times, memory, differences = referees.report(judged)
    yield times
    yield "Memory at its peak, above that of the imports:"
    yield memory
    yield (
        "Largest difference of any score from TrackEval's, and of figures of motmetrics' summary. motmetrics goes on "
        "with a match after a gap, where CLEAR as TrackEval has it begins anew, so that some matches are others; "
        "and it knows no classes, so that it is not compared on MOT17."
    )
    yield differences


if __name__ == "__main__":
    sys.exit(main())
