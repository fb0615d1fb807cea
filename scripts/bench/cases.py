#!/usr/bin/env python3
"""Runs the program over small inputs that once gave a wrong result without a word.

    scripts/measure cases DATA

DATA is the folder with the inputs (phone-rot90.mp4, stride2.txt and so on; inputs that are not there are left
out). The table has a row a case: what an earlier PROGRAM says of it where one is given, what this one says, and
what is right. Ends with 1 where a case is not as it should be.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import setting

STANDING = "door:0,318,768,318"
"""Across the knees of whoever stands in legs-hidden.mp4."""


@dataclass(frozen=True)
class Told:
    """What a run of the program left."""

    status: int
    words: str
    """Everything on stderr."""
    counts: tuple[int, int]
    """Crossings in and out."""
    rows: int
    """Lines of the tracks file."""
    latest: float
    """When the last crossing was, in seconds from the start of the source."""

    def says(self, *words: str) -> bool:
        return any(word in self.words for word in words)

    def __str__(self) -> str:
        return f"in {self.counts[0]}, out {self.counts[1]}"


class Bench:
    """One program over the inputs, in a folder of its own."""

    def __init__(self, program: Path, data: Path, work: Path):
        self.program, self.data, self.work = program, data, work

    def call(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = [str(self.program), *map(str, words)]
        return subprocess.run(command, cwd=self.work, capture_output=True, text=True, timeout=600)

    def count(self, command: str, source: str, *words: object, line: str = setting.DOOR) -> Told:
        """`run`, `track` or `count` over an input, with its crossings and tracks."""
        crossings, tracks = self.work / "crossings.jsonl", self.work / "tracks.txt"
        for path in (crossings, tracks):
            path.unlink(missing_ok=True)
        outputs = ["--crossings", crossings] + (["--tracks", tracks] if command != "count" else [])
        done = self.call(command, self.data / source, "--line", line, *outputs, *words)
        events = [json.loads(row) for row in read(crossings).splitlines()]
        ways = [event["direction"] for event in events]
        latest = max((event["time"] for event in events), default=0.0)
        counts = (ways.count("in"), ways.count("out"))
        return Told(done.returncode, done.stderr, counts, len(read(tracks).splitlines()), latest)


def read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


@dataclass(frozen=True)
class Case:
    """An input, what is right for it, and how to see whether it is."""

    name: str
    needs: str
    right: str
    see: Callable[[Bench], tuple[str, bool]]
    """What the program says of it, and whether that is right."""


def turned(bench: Bench) -> tuple[str, bool]:
    told, upright = bench.count("run", "phone-rot90.mp4"), bench.count("run", "upright-control.mp4")
    # Another encoding of the same pixels: a box more or less at the threshold is none of orientation's.
    is_near = abs(told.rows - upright.rows) <= 0.02 * upright.rows
    right = told.counts == upright.counts == (1, 0) and is_near
    return f"{told}, {told.rows} track rows", right


def stride(preset: str) -> Callable[[Bench], tuple[str, bool]]:
    def see(bench: Bench) -> tuple[str, bool]:
        told = bench.count("track", "stride2.txt", "--fps", 30, "--preset", preset)
        return str(told), told.counts == (4, 4) and told.says("every 2")

    return see


def late(source: str) -> Callable[[Bench], tuple[str, bool]]:
    def see(bench: Bench) -> tuple[str, bool]:
        told, control = bench.count("run", source), bench.count("run", "pts-control.mp4")
        word = "told" if told.says("time", "dated") else "not told"
        near = told.latest < 3600 and abs(told.latest - control.latest) < 1
        return (
            f"{told}, the last at {told.latest:.1f} s, {word}",
            near and told.counts == control.counts and word == "told",
        )

    return see


def slow(bench: Bench) -> tuple[str, bool]:
    told = bench.count("run", "fps1.mp4")
    is_told = told.says("too low", "too few frames", "too slow")
    return f"{told}, {'told' if is_told else 'not told'}", is_told


def standing(bench: Bench) -> tuple[str, bool]:
    told = bench.count("run", "legs-hidden.mp4", line=STANDING)
    return str(told), told.counts == (0, 0)


def standing_tracks(bench: Bench) -> tuple[str, bool]:
    told = bench.count("count", "legs-hidden-tracks.txt", "--fps", 10, line="door:0,300,768,300")
    return str(told), told.counts == (0, 0)


def twice(bench: Bench) -> tuple[str, bool]:
    told = bench.count("count", "same-id-twice.txt", "--fps", 10)
    if told.status == 0:
        return str(told), False
    return f"refused, status {told.status}", told.says("line 2")


def nothing_left(bench: Bench) -> tuple[str, bool]:
    folder = bench.data / "gt-own-tracks"
    done = bench.call("eval", "mot", "--gt", folder / "gt", "--tracks", folder / "res")
    is_told = any(word in done.stderr for word in ("left out", "nothing is left"))
    return f"status {done.returncode}, {'told' if is_told else 'not told'}", is_told


def named_apart(file: str) -> Callable[[Bench], tuple[str, bool]]:
    """Whether `check` tells a name of its own for every line; the brokers themselves are tried by the tests."""

    def see(bench: Bench) -> tuple[str, bool]:
        path = bench.data / "mqtt-names" / file
        names = [line["name"] for line in tomllib.loads(path.read_text())["line"]]
        done = bench.call("check", path)
        rows = [row.strip() for row in (done.stdout + done.stderr).splitlines()]
        ids = [row.removeprefix(name).strip() for name in names for row in rows if row.startswith(f"{name} ")]
        told = {id for id in ids if id}
        return f"{len(names)} lines, {len(told)} ids", len(told) == len(names)

    return see


def cover(bench: Bench) -> tuple[str, bool]:
    told = bench.count("run", "cover.mkv")
    frames = re.search(r"(\d+) frames of", told.words)
    return f"{frames[1] if frames else 'no'} frames", told.status == 0 and frames is not None and int(frames[1]) > 1


CASES = [
    Case("turned video", "phone-rot90.mp4", "as the upright one: in 1, about 245 track rows", turned),
    Case("every second frame, best", "stride2.txt", "in 4, out 4, told", stride("best")),
    Case("every second frame, deepsort", "stride2.txt", "in 4, out 4, told", stride("deepsort")),
    Case(
        "a tick apart after a spike",
        "pts-after-spike-copied.mp4",
        "in 2, out 1, told",
        late("pts-after-spike-copied.mp4"),
    ),
    Case("one frame dated 10 h ahead", "pts-spike.mkv", "as without it, told", late("pts-spike.mkv")),
    Case("one frame a second", "fps1.mp4", "told that nobody can be counted", slow),
    Case("hidden legs, video", "legs-hidden.mp4", "in 0, out 0", standing),
    Case("hidden legs, tracks", "legs-hidden-tracks.txt", "in 0, out 0", standing_tracks),
    Case("one id twice in a frame", "same-id-twice.txt", "refused with line numbers", twice),
    Case("truth of which nothing is left", "gt-own-tracks", "told why", nothing_left),
    Case("names that fall together", "mqtt-names", "each its own name, told by check", named_apart("mq.toml")),
    Case("names and a prefix", "mqtt-names", "the prefix is refused, or names told", named_apart("mq2.toml")),
    Case("a cover picture first", "cover.mkv", "the moving picture is read", cover),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", metavar="DATA")
    parser.add_argument("--before", type=Path, metavar="PROGRAM", help="an earlier program, for the left column")
    parser.add_argument("--only", metavar="NAME", help="cases with NAME in their name")
    arguments = parser.parse_args()
    if arguments.data is None or not arguments.data.is_dir():
        sys.exit("the folder with the inputs is needed; see --help")
    data = arguments.data.resolve()
    chosen = [case for case in CASES if (data / case.needs).exists() and (arguments.only or "") in case.name]
    if not chosen:
        sys.exit(f"none of the inputs is in {arguments.data}")
    rows, wrong = [], 0
    for case in chosen:
        setting.say(case.name)
        before = [seen(case, arguments.before.resolve(), data)[0]] if arguments.before else []
        now, is_right = seen(case, setting.program(), data)
        wrong += not is_right
        rows.append([case.name, *before, now, case.right, "yes" if is_right else "NO"])
    heads = ["case", *(["before"] if arguments.before else []), "now", "right", "as it should be"]
    about = f"{setting.version()}, over small inputs that once gave a wrong result without a word."
    setting.publish("\n\n".join(["# Cases", about, setting.table(heads, rows)]))
    sys.exit(1 if wrong else 0)


def seen(case: Case, program: Path, data: Path) -> tuple[str, bool]:
    with tempfile.TemporaryDirectory() as work:
        return case.see(Bench(program, data, Path(work)))


if __name__ == "__main__":
    main()
