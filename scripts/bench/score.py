#!/usr/bin/env python3
"""Scores footfall's tracks and crossings against ground truth, with `footfall eval`.

DATA is a folder of your own: ground truth is not part of this repository. What is there of it is scored:

  DATA/mot15/SEQ/gt/gt.txt, det/det.txt          MOTChallenge 2015
  DATA/mot17/SEQ/gt/gt.txt, det/yolox_x.txt      MOTChallenge 2017 with seqinfo.ini; second halves
  DATA/video/SEQ.avi                             pixels of sequences of mot15
  DATA/crossings/{video,mot15,mot17half}.json    true crossings of lines

The sample clip is PETS09-S2L1. Without embeddings in the files, mot15 and mot17 are tracked by motion
alone.

    scripts/measure sample-clip DATA, and likewise mot15, mot17
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import datasets
import process
import setting

# Of the sample clip: its name in the data, frames a second, and the crossings of the line x = 384 in its
# ground truth by bottom centre with a hysteresis of 15 pixels.
CLIP, CLIP_RATE = "PETS09-S2L1", 10
TRUE_IN, TRUE_OUT = 12, 17

PERCENT = ("HOTA", "DetA", "AssA", "MOTA", "IDF1")
COUNTS = ("IDSW", "CLR_FP", "CLR_FN", "Frag")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", metavar="DATA")
    parser.add_argument("--only", choices=["video", "mot15", "mot17"], action="append", help="may be repeated")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep tracks and crossings there")
    arguments = parser.parse_args()
    check(arguments.data)
    if arguments.keep and arguments.keep.is_dir() and any(arguments.keep.iterdir()):
        sys.exit(f"--keep {arguments.keep}: it is not empty")
    wanted = arguments.only or ["video", "mot15", "mot17"]
    with tempfile.TemporaryDirectory() as scratch:
        work = arguments.keep or Path(scratch, "results")
        halves = Path(scratch, "halves")
        halves.mkdir()
        found = {
            "video": datasets.video(arguments.data),
            "mot15": datasets.mot15(arguments.data),
            "mot17": datasets.mot17_halves(arguments.data, halves),
        }
        for name in wanted:
            if not found[name].sequences:
                setting.say(f"{found[name].title}: nothing of it in {arguments.data}")
                continue
            parts = report(found[name], work / name)
            if name == "video":
                parts += sample_clip(arguments.data, work / "clip")
            setting.publish("\n\n".join(parts))


def check(data: Path | None) -> None:
    """Ends with words for people where there is no data."""
    if data is None:
        sys.exit(
            "a folder with ground truth is needed. It is not part of this repository; MOTChallenge\n"
            "(https://motchallenge.net) has it under terms of its own. For the layout see --help."
        )
    if not any((data / name).is_dir() for name in ("mot15", "mot17")):
        sys.exit(f"{data} has neither mot15/ nor mot17/: for the layout see --help")


def report(dataset: datasets.Dataset, work: Path) -> list[str]:
    """Tracks and scores a data set; the paragraphs of the result."""
    networks = list(dataset.track(work))
    scores = evaluate("mot", "--gt", dataset.truth, "--tracks", work / "tracks", *dataset.options)
    parts = [f"# {dataset.title}", f"{setting.version()}. {dataset.about}"]
    if networks:
        parts.append(f"Detector: {networks[0]['detector']}. Embedder: {networks[0]['embedder']}.")
    parts += ["## Tracks", tracks_table(scores)]
    if any((work / "crossings").iterdir()):
        found = evaluate("crossings", "--gt", dataset.crossings, "--crossings", work / "crossings")
        about = f"Of the lines in crossings/{dataset.crossings.name}, matched within {found['tolerance']:.0f} s."
        parts += ["## Crossings", about, crossings_table(found)]
    return parts


def sample_clip(data: Path, work: Path) -> list[str]:
    """The clip of scripts/demo: tracks, and who passed its middle."""
    work.mkdir(parents=True)
    truth = data / "mot15" / CLIP / "gt" / "gt.txt"
    if not truth.is_file():
        return []
    setting.say("sample clip")
    tracks, crossings, summary = work / f"{CLIP}.txt", work / "crossings.jsonl", work / "summary.json"
    files = ["--tracks", tracks, "--crossings", crossings, "--summary", summary]
    process.run([setting.program(), "run", setting.clip(), "--line", setting.DOOR, *files])
    run = json.loads(summary.read_text())
    line = run["lines"][0]
    error = abs(line["in"] - TRUE_IN) + abs(line["out"] - TRUE_OUT)
    derived = ["--from-gt", truth, "--fps", CLIP_RATE, "--line", setting.DOOR, "--crossings", crossings]
    return [
        "# Sample clip",
        f"The pixels of {CLIP}, {run['frames']['processed']} frames; `--line {setting.DOOR}` is its middle, and `in` "
        "is from left to right.",
        "## Tracks",
        tracks_table(evaluate("mot", "--gt", data / "mot15", "--tracks", work, "--sequence", CLIP)),
        "## Crossings",
        f"Counted {line['in']} in and {line['out']} out; the ground truth has {TRUE_IN} and {TRUE_OUT} "
        f"(hysteresis of 15 pixels): total error {error}.",
        "Event by event, against the ground truth by the counter's own rule (dead band of 0.1 heights), within 1 s:",
        crossings_table(evaluate("crossings", *derived)),
    ]


def evaluate(what: str, *arguments: object) -> dict:
    """The JSON of `footfall eval`."""
    return json.loads(process.run([setting.program(), "eval", what, *arguments, "--json", "-"]).stdout)


def tracks_table(scores: dict) -> str:
    def row(name: str, score: dict) -> list[str]:
        return [name, *(f"{100 * score[key]:.2f}" for key in PERCENT), *(f"{score[key]:.0f}" for key in COUNTS)]

    rows = [row(name, score) for name, score in scores["sequences"].items()]
    if len(rows) > 1:
        rows.append(row("all", scores["combined"]))
    return setting.table(["sequence", *PERCENT, "ID switches", "FP", "FN", "fragments"], rows)


def crossings_table(scores: dict) -> str:
    def row(name: str, score: dict) -> list[str]:
        counted, true = score["counted"], score["truth"]
        counts = [f"{counted[side]} ({true[side]})" for side in ("in", "out")]
        ratios = [f"{100 * score[key]:.1f}" for key in ("precision", "recall", "f1")]
        return [name, *counts, str(score["count_error"]), str(score["missed"]), str(score["false"]), *ratios]

    rows = [row(f"{score['sequence']} {score['line']}", score) for score in scores["lines"]]
    if len(rows) > 1:
        rows.append(row("all", scores["total"]))
    heads = ["line", "in (true)", "out (true)", "count error", "missed", "false", "precision", "recall", "F1"]
    return setting.table(heads, rows)


if __name__ == "__main__":
    main()
