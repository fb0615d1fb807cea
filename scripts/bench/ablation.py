#!/usr/bin/env python3
"""What each idea of the tracker's preset `best` brings.

    scripts/measure tracker DATA

Every row is the default configuration with one part taken out or put in, over the same files, by `footfall track` and
`footfall eval mot`: the sets mot17 and mot15 of DATA (datasets.py says how it is laid out), and what the program's own
networks see in DATA/video.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import datasets
import process
import setting

# Name of the row, and what it changes in [tracker.best].
VARIANTS = [
    ("best", {}),
    ("without the second association (ByteTrack)", {"low_confidence": 1.0}),
    ("without the detector's score scale", {"scale_memory": 0.0}),
    ("without the crowd's camera motion", {"camera_motion": False}),
    ("without buffered boxes (C-BIoU)", {"box_buffer": 0.0}),
    ("without the IoU of heights (Hybrid-SORT)", {"height_similarity": False}),
    ("without doubt of hidden boxes (OccluBoost)", {"occlusion_noise": 0.0}),
    ("sizes as certain as places", {"size_noise": 1.0}),
    ("without appearance", {"appearance_weight": 0.0}),
    ("the latest embedding instead of the mean", {"feature_momentum": 0.0}),
    ("appearance of weak detections too", {"embedding_confidence": 0.3}),
    ("high_confidence = 0.6 (ByteTrack)", {"high_confidence": 0.6}),
    ("without evidence, beginning at 0.8", {"evidence": 0.0, "new_confidence": 0.8}),
    ("parts of people are people", {"part_share": 0.0}),
    ("n_init = 3 (DeepSORT)", {"n_init": 3}),
    ("max_age = 1 s (ByteTrack)", {"max_age": 1.0}),
    ("max_age = 3 s", {"max_age": 3.0}),
]


def benchmarks(data: Path, scratch: Path) -> list[datasets.Dataset]:
    """What the configurations are compared on; the detections of the pixels are made now, once for all."""
    halves = scratch / "halves"
    halves.mkdir()
    seen = datasets.video(data)
    sequences = []
    for one in seen.sequences:
        setting.say(f"detections of {one.name}")
        detections = scratch / f"{one.name}.jsonl"
        process.run([setting.program(), *one.command, "--detections", detections])
        sequences.append(datasets.Sequence(one.name, ["track", detections]))
    pixels = replace(seen, title="Own detector and embeddings", sequences=sequences)
    return [datasets.mot17_halves(data, halves), datasets.mot15(data), pixels]


def score(benchmark: datasets.Dataset, options: list[object], scratch: Path) -> dict:
    """Tracks and scores; the evaluation as `footfall eval mot --json` gives it."""
    tracks = scratch / "tracks"
    tracks.mkdir(exist_ok=True)
    for old in tracks.iterdir():
        old.unlink()
    for sequence in benchmark.sequences:
        files = ["--tracks", tracks / f"{sequence.name}.txt"]
        process.run([setting.program(), *sequence.command, *options, *files])
    judge = ["eval", "mot", "--gt", benchmark.truth, "--tracks", tracks, *benchmark.options, "--json", "-"]
    return json.loads(process.run([setting.program(), *judge]).stdout)


def toml(settings: dict) -> str:
    """Settings as a configuration file for the tracker."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    return "\n".join(["[tracker.best]", *lines]) + "\n"


def cells(scores: dict) -> str:
    """HOTA, IDF1 and MOTA in percent, and ID switches."""
    return " / ".join(f"{100 * scores[name]:.1f}" for name in ("HOTA", "IDF1", "MOTA")) + f" / {scores['IDSW']}"


def main() -> None:
    """Measures every row on every benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        measured = benchmarks(arguments.data, scratch)
        if not all(benchmark.sequences for benchmark in measured):
            sys.exit(f"{arguments.data} lacks mot15/, mot17/ or video/: datasets.py says how it is laid out")
        config = scratch / "config.toml"
        runs = [(name, ["--preset", "best", "--config", config], settings) for name, settings in VARIANTS]
        runs.append(("best, --offline", ["--preset", "best", "--offline"], {}))
        runs.append(("deepsort", ["--preset", "deepsort"], {}))
        rows, detail = [], []
        for name, options, settings in runs:
            setting.say(name)
            config.write_text(toml(settings))
            results = [score(benchmark, options, scratch) for benchmark in measured]
            rows.append([name, *(cells(result["combined"]) for result in results)])
            if name == "best":
                for benchmark, result in zip(measured, results, strict=True):
                    sequences = sorted(result["sequences"].items())
                    detail += [[benchmark.title, sequence, cells(scores)] for sequence, scores in sequences]
    setting.publish(page([benchmark.title for benchmark in measured], rows, detail))


def page(titles: list[str], rows: list[list[str]], detail: list[list[str]]) -> str:
    return "\n\n".join(
        [
            "# What the parts of preset `best` bring",
            f"{setting.version()}. HOTA / IDF1 / MOTA / ID switches, sequences combined, one configuration for all. "
            "The last column is of the pixels in DATA/video, with the program's own networks. Each row is the default "
            "with one change. Differences under a point on the first two columns, and under five on the last, are "
            "noise: a detection more or less decides them.",
            setting.table(["configuration", *titles], rows),
            "## The default, sequence by sequence",
            setting.table(["benchmark", "sequence", "HOTA / IDF1 / MOTA / ID switches"], detail),
        ]
    )


if __name__ == "__main__":
    main()
