#!/usr/bin/env python3
"""How often the interval of an audit has the truth, and how much narrower it is than the sample's alone.

    scripts/measure audit DATA

A month of a line whose truth is known is audited a thousand times: each time minutes are drawn by another seed, as
footfall draws them (crates/audit), and what truly passed in them is the auditor's answer. Months are made up, each
with another kind of error, or dealt from ten-second pieces of sequences with ground truth, as footfall counted them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import certainty
import counting
import setting

AUDITS = 1000
DAYS, HOURS = 30, 12
BUSY = np.array([0.3, 0.6, 1, 1.3, 1.6, 1.4, 1, 1, 1.3, 1.6, 1.2, 0.5])
"""How busy each hour is, as a share of a usual one."""
PIECE = 10.0
"""Seconds of a sequence that stand for a minute."""
SHOPS = {
    "careful": "misses 6%, counts 2% too often",
    "quiet": "the same with 12 people an hour",
    "biased": "misses 25%, counts 2% too often",
    "drifting": "misses 2% at first and 32% in the end",
    "crowding": "misses more the more people there are, up to 70%, many of one minute together",
    "bursts": "in 3% of minutes misses everybody, in 3% counts four too many",
    "bad": "misses 45%, counts 30% that nobody made",
    "half blind": "in spells of 20 minutes, 15% of the time, misses 60%",
}


def shop(kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People at once, counted and true crossings of each minute of a made-up month."""
    rng = np.random.default_rng(1)
    minutes = DAYS * HOURS * 60
    minute = np.arange(minutes)
    passing = 2.0 * BUSY[minute // 60 % HOURS] * rng.gamma(4, 0.25, minutes)
    passing *= np.where(minute // (HOURS * 60) % 7 > 4, 1.5, 1.0) * (0.1 if kind == "quiet" else 1.0)
    truly = rng.poisson(passing)
    counted = with_errors(kind, rng, truly, passing, minute)
    # Of those who were missed every other one was at least seen.
    people = counted + rng.binomial(np.maximum(truly - counted, 0), 0.5)
    return people, counted, truly


def with_errors(kind: str, rng, truly: np.ndarray, passing: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """What is counted of those who truly passed."""
    twice = rng.poisson(0.02 * passing)
    match kind:
        case "careful" | "quiet":
            return rng.binomial(truly, 0.94) + twice
        case "biased":
            return rng.binomial(truly, 0.75) + twice
        case "drifting":
            return rng.binomial(truly, 0.98 - 0.3 * minute / len(minute)) + twice
        case "crowding":
            found = np.clip(0.99 - 0.06 * passing, 0.3, 1.0)
            return rng.binomial(truly, rng.beta(8 * found, 8 * (1 - found)))
        case "bursts":
            counted = rng.binomial(truly, 0.96) + np.where(
                rng.random(len(minute)) < 0.03, rng.poisson(4, len(minute)), 0
            )
            return np.where(rng.random(len(minute)) < 0.03, 0, counted)
        case "bad":
            return rng.binomial(truly, 0.55) + rng.poisson(0.3 * passing)
        case "half blind":
            blind = np.repeat(rng.random(len(minute) // 20) < 0.15, 20)
            return rng.binomial(truly, np.where(blind, 0.4, 0.96)) + twice
    raise ValueError(kind)


def pieces(data: Path, work: Path) -> dict[str, list[tuple[int, int, int]]]:
    """People at once, counted and true crossings in each piece, for each line and direction; by sequence."""
    found = {}
    for name in ("video", "mot15", "mot17half"):
        for sequence in counting.sequences(name, data, work / name):
            setting.say(sequence.name)
            tracks = sequence.scratch / "many.txt"
            watched = certainty.judge(sequence, counting.footfall(sequence, sequence.scratch / "tracks.txt"))
            length = round(PIECE * sequence.frame_rate)
            number = max(sequence.length // length, 1)
            people = most_at_once(tracks, length, number)
            rows = found.setdefault(sequence.name, [])
            for one in watched:
                at = [[0] * number for _ in range(2)]
                for which, frames in enumerate(([r["frame"] for r in one.crossings], one.true_frames)):
                    for frame in frames:
                        at[which][min((frame - 1) // length, number - 1)] += 1
                rows += zip(people, *at, strict=True)
    return found


def most_at_once(tracks: Path, length: int, number: int) -> list[int]:
    frames: dict[int, int] = {}
    for row in tracks.read_text().splitlines():
        frame = int(row.partition(",")[0])
        frames[frame] = frames.get(frame, 0) + 1
    most = [0] * number
    for frame, people in frames.items():
        piece = min((frame - 1) // length, number - 1)
        most[piece] = max(most[piece], people)
    return most


def months(data: Path, work: Path) -> Iterable[tuple[str, str, np.ndarray]]:
    """Name, what it is, and [minutes, 3] of each month."""
    for kind, about in SHOPS.items():
        yield kind, f"made up: {about}", np.stack(shop(kind), axis=1)
    found = pieces(data, work)
    everything = [row for rows in found.values() for row in rows]
    for name, rows in {"all sequences": everything, **found}.items():
        dealt = np.random.default_rng(1).integers(len(rows), size=DAYS * HOURS * 60)
        yield name, f"dealt from {len(rows)} pieces of ten seconds", np.array(rows)[dealt]


def audit(shops: list[tuple[str, str, np.ndarray]], audits: int) -> list[dict]:
    rows = [json.dumps({"name": name, "minutes": minutes.tolist()}) for name, _, minutes in shops]
    command = ["cargo", "run", "--release", "--locked", "--quiet", "-p", "footfall-audit", "--example", "coverage"]
    done = subprocess.run(
        [*command, str(audits)], cwd=setting.ROOT, input="\n".join(rows), stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(row) for row in done.stdout.splitlines()]


def page(shops: list[tuple[str, str, np.ndarray]], results: list[dict], audits: int) -> str:
    rows = []
    for name, about, _ in shops:
        of = [row for row in results if row["name"] == name]
        share = f"{100 * of[0]['counted'] / of[0]['truly']:.0f}"
        rows.append([name, about, share, *(f"{100 * row['held']:.1f}" for row in of)])
    widths = []
    for name, _, _ in shops:
        of = [row for row in results if row["name"] == name]
        cells = [f"{100 * row['margin']:.0f} ({100 * row['alone']:.0f})" for row in of]
        widths.append([name, *cells, *(f"{100 * row['bias']:+.1f}" for row in of)])
    numbers = sorted({row["looked_at"] for row in results})
    minutes = [f"{number} minutes" for number in numbers]
    held = [100 * row["held"] for row in results]
    exact = sum(93 <= share <= 97 for share in held)
    above = sum(share > 97 for share in held)
    return "\n\n".join(
        [
            "# What an audit is worth",
            f"{audits} audits of each month of {DAYS} days with {HOURS} hours, whose truth is known. `counted` is what "
            "the program counts, in % of the truth.",
            "## Whether the interval has the truth",
            f"In % of audits, for a promised 95%. Of {len(held)} shares {exact} are from 93 to 97, {above} above and "
            f"{len(held) - exact - above} below; the mean is {np.mean(held):.1f}. Where a sample holds next to no "
            "errors, the interval must leave room for one that was not met, and holds more often than promised.",
            setting.table(["month", "", "counted", *minutes], rows),
            "## How wide it is",
            "Half the interval's width, in % of the truth, on average; in brackets that of the sample alone, without "
            "the program's counts. `off` is how far the estimate is from the truth on average.",
            setting.table(["month", *minutes, *(f"off, {number}" for number in numbers)], widths),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--audits", type=int, default=AUDITS)
    arguments = parser.parse_args()
    if not (arguments.data / "crossings").is_dir():
        sys.exit("a folder with ground truth and crossings/ is needed; see --help")
    with tempfile.TemporaryDirectory() as folder:
        shops = list(months(arguments.data, Path(folder)))
        setting.publish(page(shops, audit(shops, arguments.audits), arguments.audits))


if __name__ == "__main__":
    main()
