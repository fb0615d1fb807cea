"""The evaluator beside TrackEval and motmetrics: the same scores, in how much time and memory."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import datasets
import setting
from referee import COUNTED

PEOPLE = 10


@dataclass(frozen=True)
class Judged:
    """One set, by each evaluator."""

    title: str
    seconds: dict[str, list[float]]
    """Of processor time, of each round."""
    peak: dict[str, float]
    trackeval: float
    """Largest difference of any score from TrackEval's."""
    motmetrics: dict[str, float]
    """Largest difference of each figure of motmetrics' summary."""


def check(data: Path, package: Path, rounds: int, frames: int) -> Iterator[Judged]:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for number, dataset in enumerate([datasets.mot15(data), datasets.mot17_halves(data, scratch)]):
            out = scratch / str(number)
            list(dataset.track(out))
            gt = scratch / f"gt{number}"
            if number:
                halves(dataset, out / "tracks", gt)
            else:
                shutil.copytree(dataset.truth, gt, ignore=shutil.ignore_patterns("det", "img1"))
            yield judge(dataset.title, gt, out / "tracks", ["MOT15", "MOT17"][number], package, rounds)
        long = scratch / "long"
        made_up(long, frames)
        title = f"made up, {frames} frames of {PEOPLE} people"
        yield judge(title, long / "gt", long / "tracks", "MOT15", package, 1)


def halves(dataset: datasets.Dataset, tracks: Path, gt: Path) -> None:
    """Second halves as sequences of their own, numbered from 1 as the tracks are."""
    for path in tracks.glob("*.txt"):
        source, target = dataset.truth / path.stem, gt / path.stem
        (target / "gt").mkdir(parents=True)
        count = int(datasets.sequence_info(source)["seqLength"])
        datasets.write_from(source / "gt/gt.txt", target / "gt/gt.txt", count // 2 + 1)
        (target / "seqinfo.ini").write_text(f"[Sequence]\nname={path.stem}\nseqLength={count - count // 2 - 1}\n")


def made_up(folder: Path, frames: int) -> None:
    """People who walk in circles, each half a minute long, and tracks of them with faults."""
    random = np.random.default_rng(7)
    gt, tracks = folder / "gt/long/gt/gt.txt", folder / "tracks/long.txt"
    gt.parent.mkdir(parents=True)
    tracks.parent.mkdir(parents=True)
    with gt.open("w") as truth, tracks.open("w") as found:
        for frame in range(1, frames + 1):
            stay, angle = divmod(frame, 900)
            for person in range(PEOPLE):
                turn = 2 * np.pi * (angle / 900 + person / PEOPLE)
                left, top = 900 + 700 * np.cos(turn), 500 + 400 * np.sin(turn)
                identity = stay * PEOPLE + person + 1
                truth.write(f"{frame},{identity},{left:.2f},{top:.2f},60,150,1,-1,-1,-1\n")
                if random.random() > 0.05:
                    x, y = random.normal((left, top), 3)
                    other = identity if angle < 800 else identity + 100_000
                    found.write(f"{frame},{other},{x:.2f},{y:.2f},60,150,0.9,-1,-1,-1\n")


def judge(title: str, gt: Path, tracks: Path, rules: str, package: Path, rounds: int) -> Judged:
    answers: dict[str, list[dict]] = {"footfall": [], "trackeval": [], "motmetrics": []}
    for number in range(rounds):
        for name, said in answers.items():
            setting.say(f"{title}: {name}, round {number + 1} of {rounds}")
            said.append(ask(name, gt, tracks, rules, package))
    ours, theirs = answers["footfall"][0], answers["trackeval"][0]["trackeval"]
    differences = [abs(v - ours["trackeval"][s][f]) for s, row in theirs.items() for f, v in row.items()]
    summary = answers["motmetrics"][0]["motmetrics"]
    return Judged(
        title,
        {name: [one["seconds"] for one in said] for name, said in answers.items()},
        {name: said[0]["peak_mb"] for name, said in answers.items()},
        max(differences),
        {f: largest(summary, ours["motmetrics"], f) for f in COUNTED} if rules == "MOT15" else {},
    )


def largest(theirs: dict, ours: dict, field: str) -> float:
    return max(abs(row[field] - ours[sequence][field]) for sequence, row in theirs.items())


def ask(name: str, gt: Path, tracks: Path, rules: str, package: Path) -> dict:
    here = Path(__file__)
    places = [package, here.parents[1] / "eval"]
    done = subprocess.run(
        [sys.executable, here.with_name("referee.py"), name, gt, tracks, rules],
        env={"PYTHONPATH": ":".join(map(str, places)), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def report(found: list[Judged]) -> Iterator[str]:
    names = {"footfall": "footfall", "trackeval": "TrackEval", "motmetrics": "motmetrics"}
    rows = []
    for one in found:
        middle = {name: statistics.median(one.seconds[name]) for name in names}
        ratios = [f"{middle[name] / middle['footfall']:.0f}" for name in names if name != "footfall"]
        rows.append([one.title, *[f"{seconds:.3f}" for seconds in middle.values()], *ratios])
    heads = [f"{title}, s" for title in names.values()]
    yield setting.table(["set", *heads, "TrackEval : footfall", "motmetrics : footfall"], rows)
    rows = [[one.title, *[f"{one.peak[name]:.0f}" for name in names]] for one in found]
    yield setting.table(["set", *[f"{title}, MB" for title in names.values()]], rows)
    rows = [
        [one.title, f"{one.trackeval:.1e}", *[f"{one.motmetrics[f]:.1e}" if one.motmetrics else "" for f in COUNTED]]
        for one in found
    ]
    yield setting.table(["set", "any of TrackEval's", *[f"motmetrics' {name}" for name in COUNTED]], rows)
