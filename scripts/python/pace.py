"""A frame's time of each package's own Python calls, in rounds that alternate."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import setting
import workload

LIMIT = 2
"""Seconds of work of one tracker in one round."""


@dataclass
class Contestant:
    """A tracker, the environment that has it, and what it took."""

    name: str
    title: str
    environment: str
    package: str
    looks: bool
    """Whether it uses appearance."""
    medians: dict[int, list[float]] = field(default_factory=dict)
    frames: dict[int, int] = field(default_factory=dict)


OWN = "python-env"
CONTESTANTS = [
    ("footfall-best", "**footfall** best", OWN, "", True),
    ("footfall-planned", "**footfall** best, only the embeddings that plan() asks for", OWN, "", True),
    ("footfall-deepsort", "**footfall** deepsort", OWN, "", True),
    ("trackforge-tracktrack", "trackforge TrackTrack", "peers/trackforge", "trackforge", True),
    ("trackforge-botsort", "trackforge BoT-SORT", "peers/trackforge", "trackforge", True),
    ("trackforge-deepsort", "trackforge DeepSORT", "peers/trackforge", "trackforge", True),
    ("trackforge-deepocsort", "trackforge Deep OC-SORT", "peers/trackforge", "trackforge", True),
    ("boxmot-botsort", "BoxMOT BoT-SORT", "peers/boxmot", "boxmot", True),
    ("boxmot-boosttrack", "BoxMOT BoostTrack", "peers/boxmot", "boxmot", True),
    ("footfall-motion", "**footfall** best, boxes only", OWN, "", False),
    ("trackforge-bytetrack", "trackforge ByteTrack", "peers/trackforge", "trackforge", False),
    ("supervision-bytetrack", "supervision ByteTrack", "peers/supervision", "supervision", False),
    ("trackers-bytetrack", "trackers ByteTrack", "peers/trackers", "trackers", False),
    ("trackers-ocsort", "trackers OC-SORT", "peers/trackers", "trackers", False),
    ("trackers-botsort", "trackers BoT-SORT (motion)", "peers/trackers", "trackers", False),
    ("boxmot-bytetrack", "BoxMOT ByteTrack", "peers/boxmot", "boxmot", False),
    ("norfair", "norfair", "peers/norfair", "norfair", False),
]


def race(package: Path, sizes: list[int], rounds: int, without: list[str]) -> list[Contestant]:
    """Everyone over the same crowds, one after the other. `package` is where `import footfall` finds it."""
    everyone = [Contestant(*row) for row in CONTESTANTS if row[2] not in without]
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            crowd = Path(scratch, str(size))
            workload.write(crowd, size, frames=300, seed=7)
            for number in range(rounds):
                setting.say(f"{size} people, round {number + 1} of {rounds}")
                for contestant in everyone:
                    times = run(contestant, package, crowd / workload.DETECTIONS)
                    # The first frames begin what the others go on with.
                    settled = times[min(30, len(times) // 2) :]
                    contestant.medians.setdefault(size, []).append(statistics.median(settled))
                    contestant.frames[size] = len(times)
            (crowd / workload.DETECTIONS).unlink()
    return everyone


def run(contestant: Contestant, package: Path, detections: Path) -> list[float]:
    python = setting.cached(f"{contestant.environment}/bin/python")
    script = Path(__file__).with_name("frame.py")
    places = [package, Path(workload.__file__).parent]
    done = subprocess.run(
        [python, script, contestant.name, detections, str(LIMIT)],
        env={"PYTHONPATH": ":".join(map(str, places)), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{contestant.name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def report(everyone: list[Contestant], sizes: list[int]) -> Iterator[str]:
    versions = {one.name: version(one) for one in everyone}
    for looks, what in [(True, "With appearance"), (False, "Boxes alone")]:
        group = [one for one in everyone if one.looks == looks]
        rows = [[f"{one.title} {versions[one.name]}".strip(), *cells(one, sizes)] for one in group]
        yield setting.table([what, *[f"{size} people" for size in sizes]], rows)
        yield fastest(group, sizes)


def cells(one: Contestant, sizes: list[int]) -> list[str]:
    def cell(size: int) -> str:
        middle = statistics.median(one.medians[size])
        cut = f" ({one.frames[size]} frames)" if one.frames[size] < 300 else ""
        return f"{middle:.{4 if middle < 0.1 else 3 if middle < 10 else 0}f}{cut}"

    return [cell(size) for size in sizes]


def fastest(group: list[Contestant], sizes: list[int]) -> str:
    ours, others = group[0], [one for one in group if not one.name.startswith("footfall")]
    words = []
    for size in sizes:
        rounds = range(len(ours.medians[size]))
        ratios = [min(one.medians[size][i] for one in others) / ours.medians[size][i] for i in rounds]
        rival = min(others, key=lambda one: statistics.median(one.medians[size]))
        words.append(f"{min(ratios):.1f} to {max(ratios):.1f} at {size} ({rival.title})")
    title = ours.title.replace("*", "")
    return f"{title} is as many times as fast as the fastest other one: {', '.join(words)}."


def version(one: Contestant) -> str:
    if not one.package:
        return ""
    python = setting.cached(f"{one.environment}/bin/python")
    code = f"import importlib.metadata as m; print(m.version({one.package!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
