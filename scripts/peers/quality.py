#!/usr/bin/env python3
"""Tracks of other trackers beside footfall's, over the same detections, by the same referee.

DATA is a folder of your own: ground truth is not part of this repository.

  DATA/mot15/SEQ/gt/gt.txt, det/det.txt          MOTChallenge 2015
  DATA/mot17/SEQ/gt/gt.txt, det/yolox_x.txt      MOTChallenge 2017 with seqinfo.ini; second halves

Every tracker has its package's default parameters, sees the same files and begins cold at their first frame;
there are no pixels, so no camera motion is measured and nobody has an appearance. README.md beside this says
what the peers are.

    scripts/measure peers DATA
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import datasets
import process
import setting
from peer import PEERS

ALL = ", ".join(PEERS)
FIGURES = ("HOTA", "IDF1", "MOTA")


@dataclass(frozen=True)
class Contestant:
    """A tracker with its scores, as `footfall eval mot --json` gives them."""

    title: str
    package: str
    scores: dict

    def figure(self, name: str, sequence: str | None = None) -> float:
        """In percent; of all sequences together, or of one."""
        scores = self.scores["sequences"][sequence] if sequence else self.scores["combined"]
        return 100 * scores[name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument(
        "--peer", action="append", choices=PEERS, metavar="NAME", help=f"may be repeated: {list(PEERS)}"
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the tracks there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        halves = scratch / "halves"
        halves.mkdir()
        found = [datasets.mot17_halves(arguments.data, halves), datasets.mot15(arguments.data)]
        found = [dataset for dataset in found if dataset.sequences]
        if not found:
            sys.exit(f"{arguments.data} has neither mot17/ nor mot15/ with detections: for the layout see --help")
        parts = ["# Beside other trackers", ABOUT.format(setting.version())]
        for number, dataset in enumerate(found):
            work = (arguments.keep or scratch / "results") / str(number)
            contestants = list(measure(dataset, arguments.peer or list(PEERS), work))
            parts += report(dataset.title, contestants)
    setting.publish("\n\n".join(parts))


ABOUT = (
    "{}. One configuration each, its own default, over the same detections without pixels; scored by "
    "`footfall eval mot`. `best` is what `footfall track` does by default; `--offline` goes over the tracks again."
)


def measure(dataset: datasets.Dataset, peers: list[str], work: Path):
    """Every tracker's scores on a data set."""
    detections = work / "detections"
    detections.mkdir(parents=True)
    for sequence in dataset.sequences:
        os.symlink(Path(sequence.command[1]).resolve(), detections / f"{sequence.name}.txt")
    own = {"best": [], "best, --offline": ["--offline"], "deepsort": ["--preset", "deepsort"]}
    for title, options in own.items():
        setting.say(f"{dataset.title}: footfall {title}")
        tracks = fresh(work / title)
        for sequence in dataset.sequences:
            files = ["--tracks", tracks / f"{sequence.name}.txt"]
            process.run([setting.program(), *sequence.command, *options, *files])
        yield Contestant(f"**footfall {title}**", setting.version(), scores(dataset, tracks))
    for name in peers:
        peer = PEERS[name]
        setting.say(f"{dataset.title}: {name}")
        tracks = fresh(work / name)
        python = setting.cached(f"peers/{peer.environment}/bin/python")
        follow = Path(__file__).with_name("follow.py")
        version = process.run([python, follow, name, detections, tracks]).stdout.split()[-1]
        yield Contestant(peer.title, f"{peer.package} {version}", scores(dataset, tracks))


def fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


def scores(dataset: datasets.Dataset, tracks: Path) -> dict:
    command = [setting.program(), "eval", "mot", "--gt", dataset.truth, "--tracks", tracks, *dataset.options]
    return json.loads(process.run([*command, "--json", "-"]).stdout)


def report(title: str, contestants: list[Contestant]) -> list[str]:
    """Everyone on all sequences together, then the first of them beside the best peer on each."""
    ranked = sorted(contestants, key=lambda contestant: -contestant.figure("HOTA"))
    rows = [
        [c.title, c.package, *(f"{c.figure(name):.1f}" for name in FIGURES), c.scores["combined"]["IDSW"]]
        for c in ranked
    ]
    own, peers = contestants[0], [c for c in contestants if not c.title.startswith("**")]
    parts = [f"## {title}", setting.table(["tracker", "package", *FIGURES, "ID switches"], rows)]
    if not peers:
        return parts
    heads = ["sequence", *(head for name in FIGURES for head in (name, "best peer", "ahead by"))]
    rows = [
        [sequence, *(cell for name in FIGURES for cell in beside(own, peers, name, sequence))]
        for sequence in own.scores["sequences"]
    ]
    return [
        *parts,
        "Sequence by sequence, footfall's `best` beside whichever peer is best there:",
        setting.table(heads, rows),
    ]


def beside(own: Contestant, peers: list[Contestant], name: str, sequence: str) -> list[str]:
    """Own figure, the best peer's, and the difference."""
    best = max(peers, key=lambda peer: peer.figure(name, sequence))
    mine, theirs = own.figure(name, sequence), best.figure(name, sequence)
    package = best.package.split()[0]
    return [f"{mine:.1f}", f"{theirs:.1f} {best.title} ({package})", f"{mine - theirs:+.1f}"]


if __name__ == "__main__":
    main()
