#!/usr/bin/env python3
"""Tells who comes in together at made-up doors, whose groups are known exactly.

    scripts/measure groups

People walk by the social force model, half of them in pairs and families (scripts/people/crowd/walks.py); their
boxes, with jitter and misses, are counted by `footfall count --groups`. A pair of people is right if they truly came
together and both are told to be of one group. Other settings than the defaults are tried on the seeds of
`--tuned-on`. All of it is of people who do not exist.
Walks are made with `python -m crowd walks` where the folder lacks them.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import process
import setting

VIEWS = 4
CROWDING = (6, 20, 45)
"""People a minute, both ways."""
FROM_ABOVE = {"steep", "down"}
"""Views in which lines are passed by the middle of a box, as docs/running says."""
APART, DISTANCE, DRIFT = (1.5, 2.0, 2.5), (0.9, 1.1), (0.35, 0.45, 0.6)
GAPS = (0.5, 1.0, 2.0)
"""Seconds, of those who go by time alone."""


@dataclass(frozen=True)
class Walks:
    """Boxes of one door in a file, and what is true of them."""

    name: str
    tracks: Path
    truth: dict


@dataclass
class Score:
    """Pairs and groups, told and true."""

    right: int = 0
    told: int = 0
    true: int = 0
    groups: int = 0
    true_groups: int = 0
    off: int = 0
    """By how many groups each door is off, added up."""
    people: int = 0
    true_people: int = 0

    def add(self, told: list[list[int]], true: list[list[int]]) -> None:
        """The groups of one door."""
        told_pairs, true_pairs = pairs(told), pairs(true)
        self.right += len(told_pairs & true_pairs)
        self.told += len(told_pairs)
        self.true += len(true_pairs)
        self.groups += len(told)
        self.true_groups += len(true)
        self.off += abs(len(told) - len(true))
        self.people += sum(map(len, told))
        self.true_people += sum(map(len, true))

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.told + self.true, 1)

    def cells(self) -> list[str]:
        precision, recall = self.right / max(self.told, 1), self.right / max(self.true, 1)
        sizes = [self.true_people / max(self.true_groups, 1), self.people / max(self.groups, 1)]
        return [
            str(self.true_people), str(self.true_groups), str(self.groups),
            f"{100 * (self.groups - self.true_groups) / max(self.true_groups, 1):+.1f}",
            f"{100 * self.off / max(self.true_groups, 1):.1f}", *(f"{size:.2f}" for size in sizes),
            *(f"{100 * share:.1f}" for share in (precision, recall, self.f1)),
        ]  # fmt: skip


HEADS = ["people", "groups", "told", "error %", "error a door %", "mean size", "told ", "precision", "recall", "F1"]


def pairs(groups: list[list[int]]) -> set[tuple[int, int]]:
    """Who is with whom."""
    return {pair for members in groups for pair in itertools.combinations(sorted(set(members)), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = Path(os.environ["FOOTFALL_CACHE"], "walks")
    parser.add_argument("--walks", type=Path, default=cache, metavar="DIR", help="folders of walks (the cache's)")
    parser.add_argument("--seeds", default="101-106", help="FIRST-LAST, that are told of")
    parser.add_argument("--tuned-on", default="1-4", metavar="FIRST-LAST", help="seeds of the table of settings")
    parser.add_argument("--seconds", type=float, default=180, help="of each door's walks")
    arguments = parser.parse_args()
    setting.say("making up walks")
    folder = arguments.walks / f"{arguments.seconds:g}"
    tuned, judged = (walks(seeds, arguments.seconds, folder) for seeds in (arguments.tuned_on, arguments.seeds))
    setting.say("trying settings")
    tried = {settings: total(tuned, settings).f1 for settings in itertools.product(APART, DISTANCE, DRIFT)}
    usual = {one.name: tell(one) for one in judged}
    setting.publish(page(arguments, tried, judged, usual))


def walks(seeds: str, seconds: float, folder: Path) -> list[Walks]:
    """Each view at each crowding, with each seed."""
    first, _, last = seeds.partition("-")
    wanted = [str(seed) for seed in range(int(first), int(last or first) + 1)]
    for seed in wanted:
        if len(list(folder.glob(f"*-{seed}/truth.json"))) < VIEWS * len(CROWDING):
            command = [sys.executable, "-m", "crowd", "walks", "--out", folder, "--seeds", seed, "--seconds", seconds]
            process.run([*command, "--people-a-minute", ",".join(map(str, CROWDING))])
    folders = sorted(made for made in folder.iterdir() if made.name.rpartition("-")[2] in wanted)
    return [Walks(m.name, m / "tracks.txt", json.loads((m / "truth.json").read_text())) for m in folders]


def total(doors: list[Walks], settings: tuple[float, ...]) -> Score:
    """What these settings come to."""
    score = Score()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for door, told in zip(doors, pool.map(lambda door: tell(door, settings), doors), strict=True):
            score.add(told[0], true_groups(door.truth))
    return score


def tell(door: Walks, settings: tuple[float, ...] = ()) -> tuple[list[list[int]], list[dict]]:
    """The groups that the program tells, and its crossings; with its default settings where none are given."""
    with tempfile.TemporaryDirectory() as folder:
        groups, crossings, config = Path(folder, "groups"), Path(folder, "crossings"), Path(folder, "config.toml")
        names = ("apart", "distance", "drift") if settings else ()
        lines = [f"{name} = {value}" for name, value in zip(names, settings, strict=True)]
        config.write_text("\n".join(["[counter.groups]", "enabled = true", *lines]) + "\n")
        anchor = "centre" if door.truth["view"] in FROM_ABOVE else "feet"
        command = [setting.program(), "count", door.tracks, "--fps", door.truth["rate"], "--line", door.truth["line"]]
        files = ["--config", config, "--crossings", crossings, "--groups", groups]
        process.run([*command, "--anchor", anchor, *files])
        told = [json.loads(row)["tracks"] for row in groups.read_text().splitlines()]
        return told, [json.loads(row) for row in crossings.read_text().splitlines()]


def true_groups(truth: dict) -> list[list[int]]:
    """Who truly came in together."""
    came = {passage["id"] for passage in truth["passages"] if passage["direction"] == "in"}
    members = ([who for who in company if who in came] for company in truth["companies"])
    return [company for company in members if company]


def by_time(crossings: list[dict], gap: float) -> list[list[int]]:
    """Groups of those who come in within so many seconds of the one before."""
    groups: list[list[int]] = []
    last = -1e9
    for crossing in sorted((c for c in crossings if c["direction"] == "in"), key=lambda c: (c["time"], c["track"])):
        if crossing["time"] - last > gap:
            groups.append([])
        groups[-1].append(crossing["track"])
        last = crossing["time"]
    return groups


def page(arguments: argparse.Namespace, tried: dict, judged: list[Walks], usual: dict) -> str:
    """The tables."""
    everything, alone = Score(), {gap: Score() for gap in GAPS}
    parts_of: dict[str, dict[str, Score]] = {"view": {}, "people a minute": {}}
    for door in judged:
        told, crossings = usual[door.name]
        true = true_groups(door.truth)
        for score in (
            everything,
            parts_of["view"].setdefault(door.truth["view"], Score()),
            parts_of["people a minute"].setdefault(f"{door.truth['a_minute']:g}", Score()),
        ):
            score.add(told, true)
        for gap, score in alone.items():
            score.add(by_time(crossings, gap), true)
    best = max(tried, key=lambda settings: tried[settings])
    rows = [["footfall", *everything.cells()]]
    rows += [[f"by time alone, {gap:g} s", *score.cells()] for gap, score in alone.items()]
    parts = [
        "# Who comes in together",
        f"{setting.version()}, default settings. {len(judged)} made-up doors of {arguments.seconds:g} seconds (seeds "
        f"{arguments.seeds}): people who do not exist, of whom half come in pairs and families, from four views, their "
        "boxes with jitter and misses and their true identities. Real families stray, wait and meet; no footage of "
        "them with true groups was at hand, so take these figures for the best that there is to be had.",
        "Whoever comes alone is a group of one. Error: of the number of groups, over all doors and door by door. "
        "Precision, recall and F1: of pairs of people who came in together. Per cent. By time alone: whoever comes in "
        "within so many seconds of the one before is of their group.",
        setting.table(["", *HEADS], rows),
    ]
    for name, scores in parts_of.items():
        rows = [[part, *score.cells()] for part, score in sorted(scores.items(), key=lambda item: item[0].zfill(9))]
        parts += [f"## By {name}", setting.table([name, *HEADS], rows)]
    shown = [(d, r) for d in DISTANCE for r in DRIFT]
    rows = [[f"{a:g} s", *(f"{100 * tried[a, *both]:.1f}" for both in shown)] for a in APART]
    parts += [
        "## Settings",
        "F1 of pairs by `apart`, and `distance` and `drift` in heights, of `[counter.groups]`, on other walks (seeds "
        f"{arguments.tuned_on}); the best is {best[0]:g} s, {best[1]:g} and {best[2]:g}.",
        setting.table(["apart", *(f"{d:g}, {r:g}" for d, r in shown)], rows),
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}")
