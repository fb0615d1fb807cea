#!/usr/bin/env python3
"""What a site's own footage brings an embedder: sequences with pixels, each as if it were a site.

    python scripts/bench/site.py DATA        as scripts/measuring/prepared sets things up for `crowd`

DATA is laid out as score.py says. Of each sequence the first half is harvested, `python -m reid adapt` goes on from the
weights on those tracks alone, without labels, and everything is measured on the second half: tracks against ground
truth, and pairs of crops of people of the ground truth. The program tracks the whole sequence, once with each file.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import process
import setting
from films import FILMS

ROOT = Path(__file__).resolve().parents[2]
CLEAN, RESEARCH = (ROOT / "models" / f"reid-{name}-128.onnx" for name in ("clean", "mobilenet"))


def evaluate(what: str, *arguments: object) -> dict:
    """The JSON of a judging command of the program."""
    return json.loads(process.run([setting.program(), *what.split(), *arguments, "--json", "-"]).stdout)


def adapted(harvest: Path, out: Path, batches: int, seed: int) -> Path:
    """The clean weights after the tracks of a harvest."""
    command = [sys.executable, "-m", "reid", "adapt", "--crops", harvest, "--model", CLEAN, "--output", out]
    command += ["--batches", batches, "--seed", seed, "--threads", 1]
    subprocess.run([str(word) for word in command], cwd=ROOT / "scripts/train", check=True, stdout=sys.stderr)
    return out


def figures(film: Path, model: Path, truth: Path, crops: Path, frames: str, work: Path) -> list[float]:
    """HOTA and IDF1 of the frames, mAP, and pairs accepted at 1% false accepts, of the crops; per cent."""
    tracks = work / "tracks"
    tracks.mkdir(exist_ok=True)
    process.run([setting.program(), "run", film, "--embedder", model, "--tracks", tracks / f"{film.stem}.txt"])
    only = ["--sequence", film.stem, "--frames", frames]
    score = evaluate("eval mot", "--gt", truth, "--tracks", tracks, *only)["sequences"][film.stem]
    known = evaluate("reid eval", crops, "--embedder", model)
    return [
        100 * value for value in (score["HOTA"], score["IDF1"], known["ranking"]["mAP"], known["within"]["accepts"])
    ]


def rows_of(name: str, data: Path, work: Path, batches: int, seeds: int) -> list[list[str]]:
    """The rows of one sequence."""
    film, frames_in_all = data / "video" / FILMS[name][0], FILMS[name][2]
    half = frames_in_all // 2
    harvest, crops = work / "harvest", work / "crops"
    process.run([setting.program(), "harvest", film, "--embedder", CLEAN, "--output", harvest, "--max-frames", half])
    folders = [path for path in harvest.iterdir() if path.is_dir()]
    judges = [os.environ["PEOPLE_PYTHON"], str(ROOT / "scripts/bench/track_crops.py"), str(data), str(crops)]
    subprocess.run([*judges, "--only", name, "--from", str(half + 1)], check=True, stdout=sys.stderr)
    told = (data / "mot15", crops / name, f"{half + 1}-{frames_in_all}", work)
    rows = [[name, "clean, as it ships", figures(film, CLEAN, *told)]]
    many = [figures(film, adapted(harvest, work / f"{s}.onnx", batches, s), *told) for s in range(1, seeds + 1)]
    rows.append([name, f"clean, after {half} frames ({len(folders)} tracks)", many])
    rows.append([name, "research weights", figures(film, RESEARCH, *told)])
    told = [[place, what, *cells(values)] for place, what, values in rows]
    for row in told:
        setting.say(", ".join(row))
    return told


def cells(values: list) -> list[str]:
    """A row's figures, with their spread where there are several."""
    if not isinstance(values[0], list):
        return [f"{value:.1f}" for value in values]
    columns = list(zip(*values, strict=True))
    if len(values) == 1:
        return cells(values[0])
    return [f"{statistics.mean(c):.1f} ± {statistics.stdev(c):.1f}" for c in columns]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--batches", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    rows = []
    for name in FILMS:
        with tempfile.TemporaryDirectory() as scratch:
            rows += rows_of(name, arguments.data.resolve(), Path(scratch), arguments.batches, arguments.seeds)
    header = ["second half of", "embedder", "HOTA", "IDF1", "mAP", "accepted at 1% false accepts"]
    about = (
        f"Fine-tuned by `python -m reid adapt` for {arguments.batches} batches on the tracks of the first half, which "
        f"nobody labelled; {arguments.seeds} seeds. HOTA and IDF1 are of `footfall run` over the whole sequence, "
        "scored on the second half; mAP and pairs are of crops of the ground truth there, all of one camera."
    )
    setting.publish("\n\n".join(["# What a site's own footage brings", about, setting.table(header, rows)]))


if __name__ == "__main__":
    main()
