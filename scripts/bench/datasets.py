"""How a data folder is laid out, and how footfall is run over each kind of data in it.

- DATA/mot15/SEQ/gt/gt.txt, det/det.txt: MOTChallenge 2015; seqinfo.ini where there is one.
- DATA/mot17/SEQ/gt/gt.txt, seqinfo.ini, det/yolox_x.txt: MOTChallenge 2017, scored on second halves, since
  the detector was trained on first halves.
- DATA/video/SEQ.avi (or another ending): pixels; frame n is frame n of mot15/SEQ.
- DATA/crossings/video.json, mot15.json, mot17half.json: lines, and who truly crossed them.
"""

import configparser
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import process
import setting

# Frames a second of MOTChallenge 2015, whose sequences may lack seqinfo.ini; by the name's beginning.
FRAME_RATES = {"PETS09-S2L1": 10, "TUD-Stadtmitte": 25, "ADL-Rundle-6": 30, "ETH-": 14, "KITTI-": 10}


@dataclass(frozen=True)
class Sequence:
    """One run of footfall: a source, and arguments that say what it is."""

    name: str
    command: list[object]


@dataclass(frozen=True)
class Dataset:
    """Sequences that are scored together."""

    title: str
    about: str
    truth: Path
    """Folder of SEQ/gt/gt.txt."""
    crossings: Path
    """True crossings, as JSON; may not exist."""
    sequences: list[Sequence]
    options: list[str] = field(default_factory=list)
    """Further ones for `footfall eval mot`."""

    def lines(self, sequence: str) -> list[str]:
        """--line arguments for the lines of the true crossings."""
        if not self.crossings.is_file():
            return []
        found = [s for s in json.loads(self.crossings.read_text())["sequences"] if s["sequence"] == sequence]
        lines = [line for s in found for line in s["lines"]]
        return [word for line in lines for word in ("--line", f"{line['name']}:{points(line)}")]

    def track(self, out: Path) -> Iterator[dict]:
        """Runs footfall over every sequence: out/tracks/SEQ.txt, and out/crossings/SEQ.jsonl where there are
        lines. Gives the networks of each run that had any."""
        for folder in ("tracks", "crossings"):
            (out / folder).mkdir(parents=True)
        for sequence in self.sequences:
            setting.say(f"{self.title}: {sequence.name}")
            summary = out / "summary.json"
            files = ["--tracks", out / "tracks" / f"{sequence.name}.txt"]
            lines = self.lines(sequence.name)
            if lines:
                files += [*lines, "--crossings", out / "crossings" / f"{sequence.name}.jsonl"]
            if sequence.command[0] == "run":
                files += ["--summary", summary]
            process.run([setting.program(), *sequence.command, *files])
            if summary.exists():
                yield json.loads(summary.read_text())["networks"]


def points(line: dict) -> str:
    return ",".join(str(number) for number in (*line["a"], *line["b"]))


def video(data: Path) -> Dataset:
    """Everything from pixels."""
    clips = sorted(p for p in (data / "video").glob("*") if (data / "mot15" / p.stem / "gt" / "gt.txt").is_file())
    return Dataset(
        title="Video",
        about="`footfall run`: this program's detector, embedder and tracker on the pixels.",
        truth=data / "mot15",
        crossings=data / "crossings" / "video.json",
        sequences=[Sequence(clip.stem, ["run", clip]) for clip in clips],
    )


def mot15(data: Path) -> Dataset:
    """Association alone."""
    folders = with_file(data / "mot15", "det/det.txt")
    return Dataset(
        title="MOT15",
        about="`footfall track` on the detections of det/det.txt, without appearance.",
        truth=data / "mot15",
        crossings=data / "crossings" / "mot15.json",
        sequences=[
            Sequence(folder.name, ["track", folder / "det/det.txt", "--fps", frame_rate(folder)]) for folder in folders
        ],
    )


def mot17_halves(data: Path, scratch: Path) -> Dataset:
    """Association alone, on second halves: frames N/2 + 2 to N, renumbered from 1, the tracker started there."""
    sequences = []
    for folder in with_file(data / "mot17", "det/yolox_x.txt"):
        half = scratch / f"{folder.name}.txt"
        skipped = int(sequence_info(folder)["seqLength"]) // 2 + 1
        write_from(folder / "det/yolox_x.txt", half, skipped)
        sequences.append(Sequence(folder.name, ["track", half, "--fps", frame_rate(folder)]))
    return Dataset(
        title="MOT17, second halves",
        about="`footfall track` on the detections of det/yolox_x.txt, without appearance.",
        truth=data / "mot17",
        crossings=data / "crossings" / "mot17half.json",
        sequences=sequences,
        options=["--frames", "second-half"],
    )


def with_file(folder: Path, name: str) -> list[Path]:
    """Sequences that have ground truth and this file."""
    return sorted(p for p in folder.glob("*") if (p / name).is_file() and (p / "gt/gt.txt").is_file())


def sequence_info(folder: Path) -> dict[str, str]:
    """The entries of seqinfo.ini; none where there is no such file."""
    ini = configparser.ConfigParser()
    ini.optionxform = str
    ini.read(folder / "seqinfo.ini")
    return dict(ini["Sequence"]) if ini.has_section("Sequence") else {}


def frame_rate(folder: Path) -> float:
    own = sequence_info(folder).get("frameRate")
    if own:
        return float(own)
    for name, rate in FRAME_RATES.items():
        if folder.name.startswith(name):
            return rate
    raise SystemExit(f"{folder}: no seqinfo.ini says how many frames a second it has")


def write_from(detections: Path, output: Path, skipped: int) -> None:
    """Copies MOT text without its first frames, and numbers the others from 1."""
    with open(detections) as rows, open(output, "w") as out:
        for row in rows:
            frame, comma, rest = row.partition(",")
            if comma and int(frame) > skipped:
                out.write(f"{int(frame) - skipped},{rest}")
