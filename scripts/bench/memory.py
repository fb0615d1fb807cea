#!/usr/bin/env python3
"""Watches footfall's memory over ten loops of the sample clip, with the annotated video written.

The loops are one video of ten times the length, made once and kept in the cache. Memory is read from
/proc while tracks come out of the program; RSS is what is resident, anonymous the part of it that the
program allocated (the rest is code and mapped files). Flat: the median RSS of the last loop is within 3 %
or 8 MB of the second loop's; the first fills caches and pools.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import setting

LOOPS = 10
FRAMES = 795
# Frames between two samples.
STEP = 15
TOLERANCE_RATIO, TOLERANCE_MB = 0.03, 8.0


@dataclass(frozen=True)
class Sample:
    """Memory in units of 10^6 bytes when the tracks of `frame` came out."""

    frame: int
    resident: float
    anonymous: float


def long_clip() -> Path:
    """The sample clip ten times in a row."""
    path = setting.cached(f"clips/vtest-{LOOPS}-loops.mp4")
    if not path.exists():
        setting.say(f"making {path}")
        unfinished = path.with_name(f".{path.name}")
        script = Path(__file__).with_name("long_clip.py")
        subprocess.run([sys.executable, script, setting.clip(), unfinished, "--loops", str(LOOPS)], check=True)
        unfinished.rename(path)
    return path


def watch(command: list[object]) -> Iterator[Sample]:
    """Runs a command that writes MOT text to its standard output, and samples its memory on the way."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as complaints:
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=complaints, text=True) as child:
            due = STEP
            for row in child.stdout:
                frame = int(row.partition(",")[0])
                if frame >= due:
                    due = frame + STEP
                    yield sample(child.pid, frame)
        if child.returncode:
            complaints.seek(0)
            sys.exit(f"{complaints.read()}\nended with status {child.returncode}: {' '.join(words)}")


def sample(pid: int, frame: int) -> Sample:
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = {row.partition(":")[0]: int(row.split()[1]) * 1024 / 1e6 for row in rows if row.endswith("kB")}
    return Sample(frame, sizes["VmRSS"], sizes["RssAnon"])


def slope(samples: list[Sample]) -> float:
    """Of the least-squares line through resident memory, in MB a 1000 frames."""
    frames, sizes = [s.frame / 1000 for s in samples], [s.resident for s in samples]
    return statistics.linear_regression(frames, sizes).slope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, help="end after so many (all ten loops)")
    parser.add_argument("--out", type=Path, help="file for the result (scores/memory.md; with --frames none)")
    arguments = parser.parse_args()
    limit = ["--max-frames", arguments.frames] if arguments.frames else []
    total = arguments.frames or LOOPS * FRAMES
    with tempfile.TemporaryDirectory() as folder:
        files = ["--tracks", "-", "--crossings", Path(folder, "c.jsonl"), "--output", Path(folder, "out.mp4")]
        command = [setting.program(), "run", long_clip(), "--line", setting.DOOR, *files, *limit]
        samples = list(watch(command))
    tenths = [[s for s in samples if (s.frame - 1) * LOOPS // total == tenth] for tenth in range(LOOPS)]
    if not all(tenths):
        sys.exit("too few frames: each tenth needs samples")
    out = arguments.out or (None if arguments.frames else setting.SCORES / "memory.md")
    setting.publish(report(tenths, total), out)


def report(tenths: list[list[Sample]], total: int) -> str:
    medians = [statistics.median(s.resident for s in tenth) for tenth in tenths]
    later = [s for tenth in tenths[1:] for s in tenth]
    growth = medians[-1] - medians[1]
    flat = abs(growth) <= max(TOLERANCE_RATIO * medians[1], TOLERANCE_MB)
    rows = (
        [number, tenth[-1].frame, f"{tenth[-1].resident:.1f}", f"{tenth[-1].anonymous:.1f}", f"{middle:.1f}"]
        for number, (tenth, middle) in enumerate(zip(tenths, medians, strict=True), 1)
    )
    parts = [
        "# Memory",
        f"```\n{setting.command()}\n```",
        f"{setting.version()}, `footfall run` over {total} frames (768x576) with video, tracks and crossings written. "
        "Sizes in MB of 10^6 bytes.",
        setting.table(["tenth", "frame", "RSS at its end", "anonymous at its end", "median RSS"], rows),
        f"From the second tenth to the last: {growth:+.1f} MB ({100 * growth / medians[1]:+.1f} %), "
        f"slope {slope(later):+.2f} MB a 1000 frames, peak {max(s.resident for s in later):.1f} MB: "
        f"**{'flat' if flat else 'not flat'}** (within {100 * TOLERANCE_RATIO:.0f} % or {TOLERANCE_MB:.0f} MB).",
        f"Machine: {setting.machine()}",
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
