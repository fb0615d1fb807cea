"""Whether tracks and crossings through Python are the program's, byte for byte."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import footfall
import footfall.mot

import datasets
import process
import setting


@dataclass(frozen=True)
class Same:
    """What was compared of one set."""

    title: str
    sequences: int
    tracks: int
    """Rows."""
    crossings: int
    different: list[str]
    """Sequences in which something differs."""


def check(data: Path) -> Iterator[Same]:
    """Every set of detections, with each preset, and in the second pass."""
    with tempfile.TemporaryDirectory() as scratch:
        boxes = [datasets.mot15(data), datasets.mot17_halves(data, Path(scratch))]
        for dataset in boxes:
            for options in ([], ["--preset", "deepsort"], ["--offline"]):
                yield compare(dataset, options, Path(scratch))
        looks = with_embeddings(datasets.video(data), Path(scratch))
        for options in ([], ["--preset", "deepsort"]):
            yield compare(looks, options, Path(scratch))


def with_embeddings(video: datasets.Dataset, scratch: Path) -> datasets.Dataset:
    """Detections of the clips by this program's networks, with the embeddings that were asked for."""
    sequences = []
    for sequence in video.sequences:
        file = scratch / f"{sequence.name}.jsonl"
        setting.say(f"detections of {sequence.name}")
        process.run([setting.program(), *sequence.command, "--detections", file])
        sequences.append(datasets.Sequence(sequence.name, ["track", file]))
    return datasets.Dataset(**(vars(video) | {"title": "Clips, with embeddings", "sequences": sequences}))


def compare(dataset: datasets.Dataset, options: list[str], scratch: Path) -> Same:
    title = " ".join([dataset.title, *options])
    tracks = crossings = 0
    different = []
    for sequence in dataset.sequences:
        setting.say(f"{title}: {sequence.name}")
        files = scratch / "tracks.txt", scratch / "crossings.jsonl"
        lines = dataset.lines(sequence.name)
        command = [setting.program(), *sequence.command, *options, *lines]
        process.run([*command, "--tracks", files[0], "--crossings", files[1]])
        ours = through_python(sequence, options, [word for word in lines if word != "--line"])
        if ours != tuple(path.read_text() for path in files):
            different.append(sequence.name)
        tracks += ours[0].count("\n")
        crossings += ours[1].count("\n")
    return Same(title, len(dataset.sequences), tracks, crossings, different)


def through_python(sequence: datasets.Sequence, options: list[str], lines: list[str]) -> tuple[str, str]:
    source = str(sequence.command[1])
    file = footfall.DetectionFile(source)
    rate = file.frame_rate or float(sequence.command[sequence.command.index("--fps") + 1])
    known = {} if file.max_cosine_distance is None else {"max_cosine_distance": file.max_cosine_distance}
    preset, offline = "deepsort" if "deepsort" in options else "best", "--offline" in options
    tracker = footfall.Tracker(preset, rate, box_format="tlwh", record=offline, **known)
    counter = footfall.Counter(lines)
    frames = list(footfall.mot.track(source, tracker))
    if offline:
        frames = tracker.offline()
    crossings = [crossing for tracks in frames for crossing in counter.update(tracks)] + counter.finish()
    texts = [tracks.to_mot() for tracks in frames], [crossing.to_json(source) + "\n" for crossing in crossings]
    return "".join(texts[0]), "".join(texts[1])


def report(found: list[Same]) -> str:
    rows = [[one.title, one.sequences, one.tracks, one.crossings, ", ".join(one.different) or "none"] for one in found]
    return setting.table(["set", "sequences", "rows of tracks", "crossings", "different"], rows)
