#!/usr/bin/env python3
"""Scores the same files with TrackEval and with `footfall eval`: differences and times.

    compare.py --footfall target/release/footfall --gt DIR --tracks DIR [--tracks DIR ...]

DIR/SEQUENCE/gt/gt.txt (with seqinfo.ini where there is one) and DIR/SEQUENCE.txt. Both programs
run in turn on one core: footfall as a process of its own, TrackEval within this one, so that its start
is not counted. Times are of the processor, which other programs disturb least. Ends with 1 where a
score differs by more than 1e-9.
"""

import argparse
import configparser
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import reference

TOLERANCE = 1e-9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--footfall", type=Path, required=True)
    parser.add_argument("--gt", type=Path, required=True)
    parser.add_argument("--tracks", type=Path, required=True, action="append")
    parser.add_argument("--runs", type=int, default=3, help="how often footfall is timed a run")
    args = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    worst, ratios = 0.0, []
    for tracks in args.tracks:
        lengths = sequences(args.gt, tracks)
        start = time.process_time()
        expected = reference.score(args.gt, tracks, lengths, benchmark(args.gt, lengths))
        theirs = time.process_time() - start
        ours, actual = footfall(args, tracks)
        difference, where = largest_difference(expected, actual)
        worst = max(worst, difference)
        ratios.append(theirs / ours)
        print(
            f"{tracks}: {len(lengths)} sequences, largest difference {difference:.1e} ({where}), "
            f"TrackEval {theirs:.2f} s, footfall {ours:.3f} s, ratio {ratios[-1]:.0f}"
        )
    print(f"largest difference {worst:.1e}, median ratio {statistics.median(ratios):.0f}")
    return int(worst > TOLERANCE)


def sequences(gt: Path, tracks: Path) -> dict[str, int]:
    """Number of frames of each sequence that has both files."""
    names = sorted(p.parent.parent.name for p in gt.glob("*/gt/gt.txt"))
    return {name: length(gt / name) for name in names if (tracks / f"{name}.txt").is_file()}


def length(sequence: Path) -> int:
    info = sequence / "seqinfo.ini"
    if info.is_file():
        ini = configparser.ConfigParser()
        ini.read(info)
        return int(ini["Sequence"]["seqLength"])
    with open(sequence / "gt" / "gt.txt") as rows:
        return max(int(float(row.split(",")[0])) for row in rows if row.strip())


def benchmark(gt: Path, names: dict[str, int]) -> str:
    name = next(iter(names))
    with open(gt / name / "gt" / "gt.txt") as rows:
        columns = len(rows.readline().rstrip("\n,").split(","))
    if columns not in (8, 9):
        return "MOT15"
    return "MOT20" if name.startswith("MOT20") else "MOT17"


def footfall(args: argparse.Namespace, tracks: Path) -> tuple[float, dict]:
    """Median seconds of a run, its start and all files included, and the scores."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "scores.json")
        command = [args.footfall.resolve(), "eval", "mot", "--gt", args.gt, "--tracks", tracks, "--json", out]
        times = []
        for _ in range(args.runs):
            start = children_time()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(children_time() - start)
        document = json.loads(out.read_text())
    return statistics.median(times), document["sequences"] | {"COMBINED": document["combined"]}


def children_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def largest_difference(expected: dict, actual: dict) -> tuple[float, str]:
    if expected.keys() != actual.keys():
        sys.exit(f"scored {sorted(actual)}, expected {sorted(expected)}")
    return max(
        (abs(value - actual[sequence][name]), f"{sequence} {name}")
        for sequence, row in expected.items()
        for name, value in row.items()
    )


if __name__ == "__main__":
    sys.exit(main())
