#!/usr/bin/env python3
"""Watches footfall's memory over ten loops of the sample clip, with video, tracks and crossings written.

The loops are one video of ten times the length, made once and kept in the cache. Memory is read from
/proc four times a second. RSS is what is resident, anonymous the part of it that the program allocated;
the rest is code and mapped files. A tenth is one of the run's time: one loop, but for other programs.
Flat: the median RSS of the last tenth is within 3 % or 8 MB of the second's. (The first loads and warms up.)
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import setting

LOOPS = 10
INTERVAL = 0.25
TOLERANCE_RATIO, TOLERANCE_MB = 0.03, 8.0


@dataclass(frozen=True)
class Sample:
    """Memory in units of 10^6 bytes, `seconds` after the start."""

    seconds: float
    resident: float
    anonymous: float


def long_clip(loops: int = LOOPS) -> Path:
    """The sample clip so many times in a row."""
    path = setting.cached(f"clips/vtest-{loops}-loops.mp4")
    if not path.exists():
        setting.say(f"making {path}")
        unfinished = path.with_name(f".{path.name}")
        script = Path(__file__).with_name("long_clip.py")
        subprocess.run([sys.executable, script, setting.clip(), unfinished, "--loops", str(loops)], check=True)
        unfinished.rename(path)
    return path


def watch(command: list[object]) -> list[Sample]:
    """Runs a command to its end and samples its memory on the way."""
    words = [str(word) for word in command]
    samples = []
    with tempfile.TemporaryFile("w+") as complaints:
        start = time.perf_counter()
        child = subprocess.Popen(words, stderr=complaints)
        while child.poll() is None:
            samples += sample(child.pid, time.perf_counter() - start)
            time.sleep(INTERVAL)
        if child.returncode:
            complaints.seek(0)
            sys.exit(f"{complaints.read()}\nended with status {child.returncode}: {' '.join(words)}")
    return samples


def sample(pid: int, seconds: float) -> list[Sample]:
    """One sample; none of a process that has ended but for its entry."""
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = {row.partition(":")[0]: int(row.split()[1]) * 1024 / 1e6 for row in rows if row.endswith("kB")}
    return [Sample(seconds, sizes["VmRSS"], sizes["RssAnon"])] if "VmRSS" in sizes else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, help="end after so many (all ten loops)")
    arguments = parser.parse_args()
    limit = ["--max-frames", arguments.frames] if arguments.frames else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = ["--tracks", folder / "t.txt", "--crossings", folder / "c.jsonl", "--output", folder / "out.mp4"]
        summary = folder / "summary.json"
        line = ["--line", setting.DOOR]
        samples = watch([setting.program(), "run", long_clip(), *line, *files, "--summary", summary, *limit])
        frames = json.loads(summary.read_text())["frames"]["processed"]
    end = samples[-1].seconds * (1 + 1e-9)
    tenths = [[s for s in samples if int(10 * s.seconds / end) == tenth] for tenth in range(10)]
    if not all(tenths):
        sys.exit("the run was too short: each tenth needs samples")
    setting.publish(report(tenths, frames))


def report(tenths: list[list[Sample]], frames: int) -> str:
    medians = [statistics.median(s.resident for s in tenth) for tenth in tenths]
    growth = medians[-1] - medians[1]
    flat = abs(growth) <= max(TOLERANCE_RATIO * medians[1], TOLERANCE_MB)
    later = [s for tenth in tenths[1:] for s in tenth]
    rate = frames / tenths[-1][-1].seconds
    slope = statistics.linear_regression([s.seconds * rate / 1000 for s in later], [s.resident for s in later]).slope
    parts = [
        "# Memory",
        f"{setting.version()}, `footfall run` over {frames} frames (768x576) with video, tracks and crossings written. "
        "MB of 10^6 bytes.",
        setting.table(["tenth", "median RSS", "highest RSS", "median anonymous"], map(row, range(1, 11), tenths)),
        f"From the second tenth to the last: {growth:+.1f} MB ({100 * growth / medians[1]:+.1f} %); "
        f"slope {slope:+.2f} MB a 1000 frames: **{'flat' if flat else 'not flat'}** "
        f"(within {100 * TOLERANCE_RATIO:.0f} % or {TOLERANCE_MB:.0f} MB).",
        f"Machine: {setting.machine()}.",
    ]
    return "\n\n".join(parts)


def row(number: int, tenth: list[Sample]) -> list[str]:
    sizes = [
        statistics.median(s.resident for s in tenth),
        max(s.resident for s in tenth),
        statistics.median(s.anonymous for s in tenth),
    ]
    return [str(number), *(f"{size:.1f}" for size in sizes)]


if __name__ == "__main__":
    main()
