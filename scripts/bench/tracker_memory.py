#!/usr/bin/env python3
"""Whether the tracker's memory grows with the number of frames.

    scripts/measure tracker-memory

Runs the test of crates/track/tests/memory.rs over a million frames.
"""

import argparse
import os
import re
import subprocess
import sys

import setting

ROW = re.compile(r"(\w+), (\d+) frames, (\d+) people: KiB in RAM by tenth \[(.+)\]")
TEST = ["cargo", "test", "--locked", "--quiet", "-p", "footfall-track", "--test", "memory", "--", "--nocapture"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1_000_000)
    arguments = parser.parse_args()
    environment = os.environ | {"FOOTFALL_FRAMES": str(arguments.frames)}
    done = subprocess.run(TEST, cwd=setting.ROOT, env=environment, capture_output=True, text=True)
    rows = [[preset.lower(), people, *tenths.split(", ")] for preset, _, people, tenths in ROW.findall(done.stdout)]
    if done.returncode or not rows:
        sys.exit(f"{' '.join(TEST)} failed:\n{done.stdout}{done.stderr}")
    about = (
        f"{arguments.frames:,} frames of a crowd of ten in which people come and go all the time: greatest memory in "
        "RAM, in KiB, in each tenth. The suite does the same with 20,000 frames."
    )
    table = setting.table(["preset", "people", *map(str, range(1, 11))], rows)
    setting.publish("\n\n".join(["# Memory of the tracker", about, table]))


if __name__ == "__main__":
    main()
