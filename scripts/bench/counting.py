#!/usr/bin/env python3
"""Counts people over lines, event by event, beside supervision's LineZone.

    scripts/measure counting DATA, and likewise certainty, rates, cuts, doubles

DATA is laid out as score.py says; its crossings/{video,mot15,mot17half}.json say which lines of which
sequences are watched. The true crossings are derived from the ground truth by `footfall eval crossings
--from-gt`: side changes of the bottom centre of a person's box, with a dead band.

Everybody counts over the same lines and is matched within a second. Peers count over footfall's tracks, and
over supervision's own ByteTrack on the same detections.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import datasets
import process
import setting

BANDS = (0.05, 0.1, 0.15, 0.2)
DERIVED = 0.1
"""The dead band of the truth in the main tables: that of the files in crossings/."""

# The counter's bare rule, without anything that looks past faults of tracks.
PLAIN = "[counter]\nmax_gap = 1.0\nsmoothing = 0.0\njoin_gap = 0.0\nemergence = 0.0\nhidden_feet = 0.0\n"

OURS, BARE, OWN = "footfall", "plain dead band, footfall's tracks", "footfall, ground-truth tracks"
COUNTERS = [
    OURS,
    BARE,
    "LineZone tuned, footfall's tracks",
    "LineZone, footfall's tracks",
    "LineZone tuned, ByteTrack",
    "LineZone, ByteTrack",
    "plain dead band, ByteTrack",
    OWN,
    "LineZone tuned, ground-truth tracks",
]


@dataclass
class Sequence:
    """One sequence with its lines, its truth as tracks, and where its results go."""

    name: str
    command: list[object]
    """`run` or `track`, and the source."""
    frame_rate: float
    length: int
    lines: list[tuple[str, list[float]]]
    truth: Path
    """Ground-truth tracks: frame, id, x, y, w, h, and so on, frames as in the source."""
    scratch: Path
    events: dict[str, Path] = field(default_factory=dict)
    """Crossings by counter."""

    def options(self) -> list[str]:
        return [word for name, points in self.lines for word in ("--line", f"{name}:{','.join(map(str, points))}")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", metavar="DATA")
    parser.add_argument("--only", choices=["video", "mot15", "mot17half"], action="append", help="may be repeated")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep tracks and crossings there")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--certainty", action="store_true", help="what confidences and intervals are worth, instead")
    instead.add_argument("--rates", action="store_true", help="what is counted at which rate of frames, instead")
    instead.add_argument("--conditions", action="store_true", help="ranges where people are hard to follow, instead")
    instead.add_argument("--cuts", action="store_true", help="every sequence, also from its middle on, instead")
    instead.add_argument("--doubles", action="store_true", help="people with two tracks, tracks of two people, instead")
    arguments = parser.parse_args()
    if arguments.data is None or not (arguments.data / "crossings").is_dir():
        sys.exit("a folder with ground truth and crossings/ is needed; see --help")
    import certainty  # by numpy, which --help does without
    import conditions
    import cuts
    import doubles
    import rates

    with tempfile.TemporaryDirectory() as folder:
        work = arguments.keep or Path(folder)
        if arguments.cuts:
            setting.publish(cuts.run(arguments.data, work))
            return
        if arguments.doubles:
            setting.publish(doubles.run(arguments.data, work))
            return
        names = arguments.only or ["video", "mot15", "mot17half"]
        found = {name: list(sequences(name, arguments.data, work / name)) for name in names}
        judged, by_rate, hard = [], {}, []
        for sequence in (one for watched in found.values() for one in watched):
            setting.say(sequence.name)
            if arguments.certainty:
                judged += certainty.judge(sequence, footfall(sequence, sequence.scratch / "tracks.txt"))
            elif arguments.conditions:
                hard += conditions.judge(sequence)
            elif arguments.rates:
                by_rate[sequence.name] = rates.judge(sequence, footfall(sequence, sequence.scratch / "tracks.txt"))
            else:
                count(sequence)
        if arguments.certainty:
            setting.publish(certainty.page(judged))
            return
        if arguments.conditions:
            setting.publish(conditions.page(hard))
            return
        if arguments.rates:
            setting.publish(rates.page(by_rate))
            return
        watched = {name: sequences for name, sequences in found.items() if sequences}
        setting.publish(page(watched, work))


def sequences(name: str, data: Path, work: Path) -> Iterable[Sequence]:
    """The sequences of crossings/NAME.json that are in the data."""
    work.mkdir(parents=True)
    found = {"video": datasets.video, "mot15": datasets.mot15}
    dataset = found[name](data) if name in found else datasets.mot17_halves(data, work)
    commands = {sequence.name: sequence.command for sequence in dataset.sequences}
    path = data / "crossings" / f"{name}.json"
    for entry in json.loads(path.read_text())["sequences"] if path.is_file() else []:
        if entry["sequence"] not in commands:
            continue
        scratch = work / entry["sequence"]
        scratch.mkdir()
        folder = dataset.truth / entry["sequence"]
        skipped = int(datasets.sequence_info(folder)["seqLength"]) // 2 + 1 if dataset.options else 0
        truth = scratch / "truth.txt"
        write_people(folder / "gt/gt.txt", truth, skipped)
        lines = [(line["name"], [*line["a"], *line["b"]]) for line in entry["lines"]]
        command = commands[entry["sequence"]]
        yield Sequence(entry["sequence"], command, entry["fps"], entry["frames"], lines, truth, scratch)


def write_people(source: Path, target: Path, skipped: int) -> None:
    """Copies the people of a gt.txt that are scored, from after the skipped frames, numbered from 1."""
    with open(source) as rows, open(target, "w") as out:
        for row in rows:
            values = row.strip().split(",")
            scored = len(values) >= 7 and float(values[6]) != 0 and (len(values) != 9 or int(values[7]) == 1)
            if scored and int(values[0]) > skipped:
                out.write(",".join([str(int(values[0]) - skipped), *values[1:6], "1,-1,-1,-1"]) + "\n")


def count(sequence: Sequence) -> None:
    """Tracks, and lets everybody count."""
    import linezone

    tracks, byte_tracks = sequence.scratch / "tracks.txt", sequence.scratch / "bytetrack.txt"
    detections = footfall(sequence, tracks)
    seen = linezone.detections_of(detections, sequence.length)
    tracked = list(linezone.byte_track(seen, sequence.frame_rate))
    with byte_tracks.open("w") as out:
        for frame, rows in tracked:
            out.writelines(f"{frame},{int(i)},{x},{y},{w},{h},1,-1,-1,-1\n" for x, y, w, h, i in rows)
    config = sequence.scratch / "plain.toml"
    config.write_text(PLAIN)
    count_tracks(sequence, BARE, tracks, ["--config", config])
    count_tracks(sequence, "plain dead band, ByteTrack", byte_tracks, ["--config", config])
    count_tracks(sequence, OWN, sequence.truth, [])
    for whose, path in [
        ("footfall's tracks", tracks),
        ("ByteTrack", byte_tracks),
        ("ground-truth tracks", sequence.truth),
    ]:
        frames = linezone.tracks_of(path, sequence.length)
        for name, tuned in [("LineZone tuned", True), ("LineZone", False)]:
            crossings = linezone.line_zone(frames, sequence.lines, tuned)
            rows = (
                json.dumps({"frame": frame, "line": line, "direction": direction, "track": track})
                for frame, line, direction, track in crossings
            )
            events(sequence, f"{name}, {whose}").write_text("".join(row + "\n" for row in rows))


def footfall(sequence: Sequence, tracks: Path) -> Path:
    """Runs footfall; the detections that it tracked."""
    what, source, *more = sequence.command
    files = [*sequence.options(), "--tracks", tracks, "--crossings", events(sequence, OURS)]
    detections = source
    if what == "run":
        detections = sequence.scratch / "detections.jsonl"
        files += ["--detections", detections]
    process.run([setting.program(), what, source, *more, *files])
    return Path(detections)


def count_tracks(sequence: Sequence, counter: str, tracks: Path, options: list[object]) -> None:
    files = ["--fps", sequence.frame_rate, *sequence.options(), "--crossings", events(sequence, counter)]
    process.run([setting.program(), "count", tracks, *files, *options])


def events(sequence: Sequence, counter: str) -> Path:
    path = sequence.scratch / f"{counter.replace(' ', '-').replace(',', '')}.jsonl"
    sequence.events[counter] = path
    return path


def truth(watched: list[Sequence], band: float, work: Path) -> Path:
    """The true crossings of sequences, as a file for `footfall eval crossings`."""
    entries = []
    for sequence in watched:
        rows = sequence.scratch / "true.jsonl"
        derive = ["--from-gt", sequence.truth, "--fps", sequence.frame_rate, *sequence.options()]
        process.run([setting.program(), "eval", "crossings", *derive, "--dead-band", band, "--write-gt", rows])
        lines = [{"name": name, "a": points[:2], "b": points[2:]} for name, points in sequence.lines]
        entries.append(
            {
                "sequence": sequence.name,
                "fps": sequence.frame_rate,
                "lines": lines,
                "events": [json.loads(row) for row in rows.read_text().splitlines()],
            }
        )
    path = work / f"true-{band}.json"
    path.write_text(json.dumps({"sequences": entries}))
    return path


def evaluate(watched: list[Sequence], counter: str, true: Path, work: Path) -> dict:
    """The JSON of `footfall eval crossings` for one counter."""
    folder = work / "counted"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for sequence in watched:
        (folder / f"{sequence.name}.jsonl").write_bytes(sequence.events[counter].read_bytes())
    command = [setting.program(), "eval", "crossings", "--gt", true, "--crossings", folder, "--json", "-"]
    return json.loads(process.run(command).stdout)


def page(found: dict[str, list[Sequence]], work: Path) -> str:
    """The tables."""
    titles = {"video": "Clips with pixels", "mot15": "MOT15", "mot17half": "MOT17, second halves"}
    parts = [
        "# Counting",
        f"{setting.version()}, one configuration for all: the default. `tuned` is LineZone with the bottom centre "
        "as its anchor and three frames on the other side; ByteTrack is supervision's, with its defaults. A count's "
        "error is that of each line and direction, added up; its net error lets lines of one data set cancel out.",
    ]
    for name, watched in found.items():
        true = truth(watched, DERIVED, work)
        results = {counter: evaluate(watched, counter, true, work) for counter in COUNTERS}
        number = sum(results[OURS]["total"]["truth"].values())
        where = ", ".join(sequence.name for sequence in watched)
        parts += [f"## {titles[name]}", f"{number} true crossings: {where}.", totals(results)]
        parts += ["Line by line:", by_line(results[OURS])]
    parts += ["## F1 by the dead band of the truth", by_band(found, titles, work)]
    return "\n\n".join(parts)


def totals(results: dict[str, dict]) -> str:
    heads = ["counter", "in (true)", "out (true)", "error", "net error", "precision", "recall", "F1", "95%"]
    return setting.table(heads, [[counter, *cells(result["total"])] for counter, result in results.items()])


def by_line(result: dict) -> str:
    heads = ["line", "in (true)", "out (true)", "error", "net error", "precision", "recall", "F1", "95%"]
    return setting.table(heads, [[f"{row['sequence']} {row['line']}", *cells(row)] for row in result["lines"]])


def cells(score: dict) -> list[str]:
    counts = [f"{score['counted'][side]} ({score['truth'][side]})" for side in ("in", "out")]
    errors = [str(score["count_error"]), str(score["net_error"])]
    ratios = [f"{100 * score[key]:.1f}" for key in ("precision", "recall", "f1")]
    interval = score["intervals"]["f1"]
    return [*counts, *errors, *ratios, f"{100 * interval['low']:.1f} to {100 * interval['high']:.1f}"]


def by_band(found: dict[str, list[Sequence]], titles: dict[str, str], work: Path) -> str:
    rows = []
    for name, watched in found.items():
        trues = [truth(watched, band, work) for band in BANDS]
        for counter in COUNTERS:
            scores = [evaluate(watched, counter, true, work)["total"]["f1"] for true in trues]
            rows.append([f"{titles[name]}: {counter}", *(f"{100 * score:.1f}" for score in scores)])
    return setting.table(["", *(f"{band:.2f}" for band in BANDS)], rows)


if __name__ == "__main__":
    main()
