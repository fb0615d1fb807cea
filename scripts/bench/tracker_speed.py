#!/usr/bin/env python3
"""What a step of the tracker costs, and how much of it is distances and assignment.

    scripts/measure tracker-speed

Runs `cargo bench -p footfall-track`: a frame of a scattered crowd, embeddings of 128 numbers, galleries of 100, one
core. A figure is the least median of the rounds: what else the machine does only ever adds.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
UNITS = {"ns": 1e-6, "µs": 1e-3, "ms": 1.0, "s": 1e3}
GROUP = re.compile(r"[├╰]─ (\w+)")
ROW = re.compile(r"[│ ]  [├╰]─ (\d+) +(.+)")
TIME = re.compile(r"([\d.]+) (ns|µs|ms|s)\b")
MEDIAN = 2
"""Place among a row's times: fastest, slowest, median, mean."""

HEAD = """# What a step of the tracker costs

Median milliseconds of a frame on one core, the least of {rounds} rounds: people apart from each other, embeddings of
128 numbers, galleries of 100 for preset `deepsort`. Distances and assignment are those of the same frame by themselves:
appearance distances of the pairs that pass the gate, and the optimal assignment over them.

| people | deepsort | of it distances | of it assignment | deepsort, boxes only | best | best, boxes only |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def measure() -> dict[str, dict[int, float]]:
    """Medians in milliseconds by bench and number of people."""
    command = ["cargo", "bench", "--locked", "--quiet", "-p", "footfall-track"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    found: dict[str, dict[int, float]] = {}
    for line in done.stdout.splitlines():
        if group := GROUP.match(line):
            found[group[1]] = rows = {}
        elif row := ROW.match(line):
            number, unit = TIME.findall(row[2])[MEDIAN]
            rows[int(row[1])] = float(number) * UNITS[unit]
    return found


def table(rounds: list[dict[str, dict[int, float]]]) -> str:
    """One row for each number of people."""
    least = {name: {n: min(found[name][n] for found in rounds) for n in rows} for name, rows in rounds[0].items()}
    lines = []
    for people, step in least["step"].items():
        shares = [
            f"{least[part][people]:.4f} ({least[part][people] / step:.0%})" for part in ("distances", "assignment")
        ]
        others = ("step_without_appearance", "step_of_best", "step_of_best_without_appearance")
        cells = [f"{step:.4f}", *shares, *(f"{least[name][people]:.4f}" for name in others)]
        lines.append(f"| {people} | {' | '.join(cells)} |\n")
    return "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(HEAD.format(rounds=args.rounds) + table([measure() for _ in range(args.rounds)]), end="")


if __name__ == "__main__":
    main()
