#!/usr/bin/env python3
"""Writes the golden files of crates/eval: random scenes, and what TrackEval says about them.

    make_goldens.py [--out crates/eval/tests/golden]

Every group of scenes is one file: {"benchmark", "scenes": [{"name", "length", "truth", "tracks",
"expected"}], "combined"}. Truth rows are frame, id, x, y, width, height, mark, class; track rows end
after the height. A scene that TrackEval refuses has "refused" in place of "expected", and is left
out of the combined scores.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

import reference

FRAMES = 25
Rows = list[list[float]]
Scene = tuple[str, Rows, Rows]


def walk(rng: np.random.Generator, people: int, classes: list[int]) -> Rows:
    """People who walk through a narrow picture, so that they often hide each other."""
    rows = []
    for person in range(1, people + 1):
        start, end = sorted(rng.integers(1, FRAMES + 1, 2))
        position, step = rng.uniform(0, 300, 2), rng.normal(0, 4, 2)
        size = rng.uniform([20, 50], [40, 110])
        mark = int(rng.random() > 0.1)
        for frame in range(start, end + 1):
            box = [*(position + step * (frame - start)), *size]
            rows.append([frame, person, *rounded(box), mark, int(rng.choice(classes))])
    return rows


def track(rng: np.random.Generator, truth: Rows, noise: float, lost: float, switch: float) -> Rows:
    """The truth as a tracker with faults sees it, and some boxes of nobody."""
    rows, ids, last = [], {}, 100
    for frame, person, *box in (row[:6] for row in truth):
        if rng.random() < lost:
            continue
        if person not in ids or rng.random() < switch:
            last += 1
            ids[person] = last
        rows.append([frame, ids[person], *rounded(box + rng.normal(0, noise, 4))])
    ghosts = [
        [int(f), 1000 + i, *rounded([*rng.uniform(0, 300, 2), 30, 80])]
        for i, f in enumerate(rng.integers(1, FRAMES + 1, 15))
    ]
    return sorted(rows + ghosts, key=lambda row: row[0])


def rounded(box: list[float]) -> list[float]:
    return [round(float(v), 2) for v in box]


def random_scenes(seed: int, classes: list[int]) -> list[Scene]:
    rng = np.random.default_rng(seed)
    faults = [(1, 0.05, 0.01), (4, 0.2, 0.05), (8, 0.4, 0.2), (15, 0.1, 0.0)]
    scenes = []
    for people, (noise, lost, switch) in zip((3, 8, 12, 20), faults, strict=True):
        truth = walk(rng, people, classes)
        scenes.append((f"random-{people}", truth, track(rng, truth, noise, lost, switch)))
    return scenes


def odd_scenes(seed: int, classes: list[int]) -> list[Scene]:
    """Empty, broken and ambiguous files."""
    rng = np.random.default_rng(seed)
    truth = walk(rng, 5, classes)
    tracks = track(rng, truth, 2, 0.1, 0.05)
    whole = [[*row[:6], 1, 1] for row in truth]
    strange = [[*whole[0][:7], 99], *whole[1:]]
    return [
        ("no-tracks", whole, []),
        ("no-truth", [], tracks),
        ("nothing", [], []),
        ("all-zero-marked", [[*row[:6], 0, 1] for row in truth], tracks),
        ("strangers", whole, [[row[0], row[1], row[2] + 5000, *row[3:]] for row in tracks]),
        ("perfect", whole, [row[:6] for row in whole]),
        ("twins", whole, [r for row in whole for r in (row[:6], [row[0], row[1] + 500, *row[2:6]])]),
        ("twin-truth", [r for row in whole for r in (row, [row[0], row[1] + 50, *row[2:]])], tracks),
        ("flat-boxes", whole, [[*row[:5], 0 if i % 3 else row[5]] for i, row in enumerate(tracks)]),
        ("turned-boxes", whole, [[*row[:4], -row[4], -row[5]] for row in tracks]),
        ("unsorted", whole[::-1], tracks[::-1]),
        ("duplicate-track-id", whole, [*tracks, tracks[0]]),
        ("duplicate-truth-id", [*whole, whole[0]], tracks),
        ("track-after-the-end", whole, [*tracks, [FRAMES + 1, *tracks[0][1:]]]),
        ("truth-after-the-end", [*whole, [FRAMES + 1, *whole[0][1:]]], tracks),
        ("unknown-class", strange, [*tracks, [whole[0][0], 999, 0, 0, 9, 9]]),
    ]


def scored(benchmark: str, scenes: list[Scene]) -> dict:
    written, kept = [], {}
    with tempfile.TemporaryDirectory() as scratch:
        gt, tracks = Path(scratch, "gt"), Path(scratch, "tracks")
        tracks.mkdir()
        for name, truth, found in scenes:
            (gt / name / "gt").mkdir(parents=True)
            save(gt / name / "gt" / "gt.txt", [[*row, *([-1, -1] if benchmark == "MOT15" else [1])] for row in truth])
            save(tracks / f"{name}.txt", [[*row, 1, -1, -1, -1] for row in found])
            scene = {"name": name, "length": FRAMES, "truth": truth, "tracks": found}
            try:
                scene["expected"] = reference.score(gt, tracks, {name: FRAMES}, benchmark)[name]
                kept[name] = FRAMES
            except reference.TrackEvalException as refusal:
                scene["refused"] = str(refusal)
            written.append(scene)
        combined = reference.score(gt, tracks, kept, benchmark)["COMBINED"]
    return {"benchmark": benchmark, "scenes": written, "combined": combined}


def save(path: Path, rows: Rows) -> None:
    path.write_text("".join(",".join(str(v) for v in row) + "\n" for row in rows))


def dump(document: dict) -> str:
    """JSON with a row of boxes a line, so that changes can be read."""
    text = json.dumps(document)
    return text.replace("]], ", "]],\n").replace("], [", "],\n[").replace('{"name"', '\n{"name"') + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    root = Path(__file__).resolve().parents[2]
    parser.add_argument("--out", type=Path, default=root / "crates/eval/tests/golden")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    crowd = [1] * 6 + [2, 4, 6, 7, 8, 12]
    groups = {
        "mot15": ("MOT15", random_scenes(15, [1])),
        "mot17": ("MOT17", random_scenes(17, crowd)),
        "mot20": ("MOT20", random_scenes(20, crowd)),
        "odd": ("MOT17", odd_scenes(3, crowd)),
    }
    for name, (benchmark, scenes) in groups.items():
        (out / f"{name}.json").write_text(dump(scored(benchmark, scenes)))


if __name__ == "__main__":
    main()
