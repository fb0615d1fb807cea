#!/usr/bin/env python3
"""What of made-up people teaches an embedder to tell people apart: one thing changed at a time, three seeds each.

    scripts/measure made-up-people DATA

Every row is a short training on made-up people (scripts/people, style `town`), judged by made-up people of the style
`other`, who share no colours, textures, places or cameras with them, and by crops of real tracks: the sequences of DATA
with pixels. Neither is trained on. Sets and results are kept in --work: what is there is not made again.
"""

import argparse
import copy
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from reid import data
from reid.config import Config, read_config
from reid.embedding import embed
from reid.judge import judge
from reid.markdown import table
from reid.train import Run

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, IMAGES, CAMERAS = 80, 8, 160
COMMON = [
    "--people",
    PEOPLE,
    "--images",
    IMAGES,
    "--cameras",
    CAMERAS,
    "--style",
    "town",
    "--seed",
    31,
    "--twins",
    0.25,
]
SETS = {
    "base": [],
    "cameras": ["--cameras", 6],
    "street": ["--style", "street"],
    "twins": ["--twins", 0],
    **{name: ["--without", name] for name in ("occluders", "damage", "patterns", "poses")},
}
"""What `python -m crowd crops` is asked for, beside `COMMON`."""
JUDGED = 60
JUDGES = ["--people", JUDGED, "--images", 8, "--cameras", 24, "--seed", 3, "--style", "other"]

PLAIN = {key: 0.0 for key in ("box", "cover", "tone", "balance", "sharpen", "noise", "compress")}
ROWS = {
    "as it is": {},
    "from no weights": {"warm_start": ""},
    "a quarter of the people": {"people": 0.25},
    "half of the pictures of each": {"images": IMAGES // 2},
    f"6 cameras for {CAMERAS}": {"set": "cameras"},
    "crops as they are: no other boxes, tones, noise and so on": {"augment": PLAIN},
    "no near twins": {"set": "twins"},
    "nothing before or behind anybody": {"set": "occluders"},
    "pictures as sharp and clean as they are drawn": {"set": "damage"},
    "loss: identities alone": {"loss": "softmax"},
    "loss: triplets alone": {"loss": "triplet"},
    "one pose": {"set": "poses"},
    "clothes without patterns": {"set": "patterns"},
    "crops' styles mixed (MixStyle)": {"mix_style": 0.5},
    "loss: with circle loss for triplets": {"triplet_weight": 0.0, "circle_weight": 0.02},
    "clothes, places and cameras of `street`": {"set": "street"},
    "half of the people": {"people": 0.5},
    "loss: cosines with a margin": {"cosine_scale": 24.0, "cosine_margin": 0.15},
}
"""What is changed in each row; `set`, `people` (a share) and `images` are of the crops, the rest of the recipe."""
SEEDS = (1, 2, 3)
FIGURES = (("rank-1", "ranking", "rank-1"), ("mAP", "ranking", "mAP"), ("at 0.1%", "within", "rare_accepts"))


def made(work: Path, name: str, wanted: list) -> Path:
    """A set of crops, made by the generator where it is not there yet."""
    folder, partial = work / name, work / f"{name}.partial"
    if not folder.is_dir():
        python = os.environ.get("PEOPLE_PYTHON") or sys.exit("PEOPLE_PYTHON is not set: scripts/measure sets it")
        command = [python, "-m", "crowd", "crops", "--out", partial, *wanted]
        subprocess.run([str(word) for word in command], cwd=ROOT / "scripts/people", check=True, stdout=sys.stderr)
        partial.rename(folder)
    return folder


def tracks(work: Path, source: Path) -> dict[str, Path]:
    """Crops of the sequences with pixels, by name."""
    if not (work / "tracks").is_dir():
        python = os.environ.get("PEOPLE_PYTHON") or sys.exit("PEOPLE_PYTHON is not set: scripts/measure sets it")
        script = ROOT / "scripts/bench/track_crops.py"
        subprocess.run([python, str(script), str(source), str(work / "tracks")], check=True, stdout=sys.stderr)
    return {path.name: path for path in sorted((work / "tracks").iterdir())}


def kept(crops: data.Crops, people: float, images: int) -> data.Crops:
    """The first share of the training people (the set `made`), so many crops of each; all of the others."""
    rows, training = np.arange(len(crops)), crops.of_set("made")
    order = np.unique(crops.identities[training])
    chosen = order[: round(people * len(order))]
    keep = [row for who in chosen for row in training[crops.identities[training] == who][:images]]
    rows = np.concatenate([keep, rows[~np.isin(rows, training)]])
    parts = (crops.pixels, crops.identities, crops.cameras, crops.sets)
    return data.Crops(*(part[rows] for part in parts), crops.names)


def recipe(changes: dict, seed: int) -> Config:
    """The short recipe, changed."""
    config = read_config(ROOT / "scripts/train/configs/made-up.toml")
    changes = {key: value for key, value in changes.items() if key not in ("set", "people", "images")}
    augment = replace(config.augment, **changes.pop("augment", {}))
    return replace(copy.deepcopy(config), **changes, augment=augment, seed=seed)


def attempt(changes: dict, seed: int, sets: dict[str, Path], cache: Path) -> dict:
    """Figures of one training, in per cent, by who judges."""
    crops = kept(data.load(sets, cache), changes.get("people", 1.0), changes.get("images", IMAGES))
    began, config = time.process_time(), recipe(changes, seed)
    run = Run(config, crops, Path(), "cpu")
    for _ in range(config.batches):
        run.step()
    judged = np.flatnonzero(crops.sets > 0)
    vectors = embed(run.result.eval(), crops.pixels[judged], "cpu", config.phases[-1].height)
    report = judge(crops, judged, vectors)
    told = {name: {label: 100 * r[part][key] for label, part, key in FIGURES} for name, r in report.items()}
    return {"figures": told, "minutes": (time.process_time() - began) / 60}


def attempts(work: Path, sets: dict[str, Path], judges: dict[str, Path]) -> list[dict]:
    """All rows with all seeds, one after the other; those of trials.jsonl are not run again."""
    file = work / "trials.jsonl"
    found = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    have = {(trial["row"], trial["seed"]) for trial in found}
    for name, changes in ROWS.items():
        for seed in SEEDS:
            if (name, seed) in have:
                continue
            trained = {"made": sets[changes.get("set", "base")], **judges}
            found.append({"row": name, "seed": seed, **attempt(changes, seed, trained, work / "cache")})
            with open(file, "a", encoding="utf-8") as log:
                log.write(json.dumps(found[-1]) + "\n")
            print(f"{name}, seed {seed}: {found[-1]['minutes']:.1f} CPU min", file=sys.stderr, flush=True)
    return found


def spread(values: list[float]) -> str:
    """Mean and standard deviation over seeds."""
    return f"{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def page(found: list[dict], judges: list[str]) -> str:
    """The table with what it means."""
    header, rows = ["trained with"], []
    for judge_ in judges:
        header += [f"{judge_} {label}" for label, *_ in (FIGURES if judge_ == "other" else FIGURES[1:])]
    for name in ROWS:
        trials = [trial for trial in found if trial["row"] == name]
        if trials:
            cells = [
                spread([trial["figures"][judge_][label] for trial in trials])
                for judge_ in judges
                for label, *_ in (FIGURES if judge_ == "other" else FIGURES[1:])
            ]
            rows.append([name, *cells])
    config = recipe({}, 1)
    seeds = sorted({trial["seed"] for trial in found})
    words = (
        f"Each row is {config.batches} batches of {config.people} people x {config.images} crops at "
        f"{config.phases[0].height}x{config.phases[0].height // 2}, by scripts/train/configs/made-up.toml, on "
        f"{PEOPLE} people with {IMAGES} crops each, but for what it says. Per cent, mean and standard deviation over "
        f"{len(seeds)} seeds of the training; the people are the same. `other` is {JUDGED} made-up people of another "
        "style, before other cameras; the others are crops of real tracks (`track_crops.py`), "
        "where every pair is of one camera. "
        "`at 0.1%`: pairs within a camera that are accepted where one in a thousand of strangers is."
    )
    return "\n".join(["# What made-up people teach an embedder", "", words, "", *table(header, rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    judges = {"other": made(work, "other", JUDGES), **tracks(work, arguments.data.resolve())}
    sets = {name: made(work, name, [*COMMON, *extra]) for name, extra in SETS.items()}
    print(page(attempts(work, sets, judges), list(judges)))


if __name__ == "__main__":
    main()
