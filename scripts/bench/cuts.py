"""How counting holds on every sequence, also where films begin in the middle.

    scripts/measure cuts DATA

Each sequence that has ground truth is begun anew after each fifth of it, where people are in the middle of the picture
and tracks have no past. Over the most crossed lines of each direction every true crossing is looked for, matched within
a second. So it is without each idea that it could be done without, and with each alone.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import certainty
import datasets
import process
import setting

CUTS = (0.0, 0.2, 0.4, 0.6, 0.8)
IDEAS = {
    "hidden feet": ("counter", "hidden_feet"),
    "emergence": ("counter", "emergence"),
    "joining": ("counter", "join_gap"),
    "smoothing": ("counter", "smoothing"),
    "looking back": ("tracker.best", "look_back"),
    "parts of people": ("tracker.best", "part_share"),
}
"""What could be done without, and the setting that is 0 then."""
ALL, NONE = "all", "none"
KINDS = ("pixels", "MOT15", "MOT17")


@dataclass
class Cut:
    """A sequence from some frame on: its detections, its lines, and who truly crossed them."""

    sequence: str
    begins: float
    rate: float
    detections: Path
    lines: list[certainty.Line]
    true: list[dict]


@dataclass
class Sums:
    """Crossings: matched, counted and true ones."""

    matched: int = 0
    counted: int = 0
    true: int = 0

    def add(self, other: "Sums") -> None:
        self.matched += other.matched
        self.counted += other.counted
        self.true += other.true

    def cells(self) -> str:
        precision, recall = self.matched / max(self.counted, 1), self.matched / max(self.true, 1)
        return f"{100 * precision:.1f} | {100 * recall:.1f} | {100 * self.f1():.1f}"

    def f1(self) -> float:
        return 2 * self.matched / max(self.counted + self.true, 1)


@dataclass
class Result:
    """By sequence, whole and cut."""

    whole: dict[str, Sums] = field(default_factory=dict)
    cut: dict[str, Sums] = field(default_factory=dict)

    def all(self, kind: str = "") -> Sums:
        """Of all sequences of a kind, whole and cut."""
        sums = Sums()
        for name, one in (*self.whole.items(), *self.cut.items()):
            if name.endswith(kind):
                sums.add(one)
        return sums


def sequences(data: Path, work: Path) -> Iterable[tuple[str, list[object], float, Path, int]]:
    """Name, command, frames a second, ground truth, and how many of its frames come before."""
    halves = work / "halves"
    halves.mkdir()
    for dataset in (datasets.video(data), datasets.mot15(data), datasets.mot17_halves(data, halves)):
        for one in dataset.sequences:
            folder = dataset.truth / one.name
            skipped = int(datasets.sequence_info(folder)["seqLength"]) // 2 + 1 if dataset.options else 0
            kind = "pixels" if one.command[0] == "run" else dataset.title.split(",")[0]
            yield f"{one.name}, {kind}", one.command, datasets.frame_rate(folder), folder / "gt/gt.txt", skipped


def cuts(data: Path, work: Path) -> Iterable[Cut]:
    """Every sequence, whole and begun later."""
    from counting import write_people

    for number, (name, command, rate, truth, skipped) in enumerate(sequences(data, work)):
        setting.say(name)
        folder = work / str(number)
        folder.mkdir()
        detections = Path(command[1])
        if command[0] == "run":
            detections = folder / "detections.jsonl"
            process.run([setting.program(), *command, "--detections", detections])
        people = folder / "people.txt"
        write_people(truth, people, skipped)
        length = max(int(row.partition(",")[0]) for row in people.read_text().splitlines())
        for share in CUTS:
            first = int(share * length)
            part = folder / f"{share}{detections.suffix}"
            begin_at(detections, part, first)
            own = folder / f"true-{share}.txt"
            datasets.write_from(people, own, first)
            yield Cut(name, share, rate, part, *crossed(own, rate, folder, certainty.extent(people)))


def begin_at(detections: Path, target: Path, skipped: int) -> None:
    """Copies detections without their first frames."""
    if detections.suffix != ".jsonl":
        datasets.write_from(detections, target, skipped)
        return
    rows = [json.loads(row) for row in detections.read_text().splitlines()]
    rows = [row for row in rows if row["frame"] > skipped]
    began = rows[0]["time"] if rows else 0.0
    with target.open("w") as out:
        for row in rows:
            frame, time = row["frame"] - skipped, round(row["time"] - began, 6)
            out.write(json.dumps({**row, "frame": frame, "time": time}) + "\n")


def crossed(truth: Path, rate: float, folder: Path, extent: tuple[float, float]) -> tuple[list[certainty.Line], list]:
    """The most crossed lines of each direction, and their true crossings."""
    path = folder / "true.jsonl"
    derive = ["eval", "crossings", "--from-gt", truth, "--fps", rate, "--write-gt", path]
    lines = [*certainty.candidates(*extent)]
    true = certainty.crossings([*derive, *certainty.options(lines)], path)
    picked = certainty.most_crossed(lines, true)
    names = {name for name, _ in picked}
    return picked, [row for row in true if row["line"] in names]


def judge(cut: Cut, work: Path, more: list[object]) -> Sums:
    """Counts, and matches what was counted with the truth, line by line and direction by direction."""
    path = work / "counted.jsonl"
    rate = [] if cut.detections.suffix == ".jsonl" else ["--fps", cut.rate]
    files = ["--tracks", work / "tracks.txt", "--crossings", path]
    counted = certainty.crossings(["track", cut.detections, *rate, *certainty.options(cut.lines), *files, *more], path)
    sums = Sums(counted=len(counted), true=len(cut.true))
    for rows in certainty.by_line(cut.lines, cut.true, counted):
        sums.matched += sum(certainty.paired(*map(certainty.frames, rows), certainty.TOLERANCE * cut.rate))
    return sums


def run(data: Path, work: Path) -> str:
    """The page."""
    found = [*cuts(data, work)]
    variants = {ALL: set(IDEAS), **{f"without {idea}": set(IDEAS) - {idea} for idea in IDEAS}}
    variants |= {NONE: set(), **{f"{idea} alone": {idea} for idea in IDEAS}}
    results = {}
    for name, ideas in variants.items():
        setting.say(name)
        more = with_ideas(ideas, work)
        result = results[name] = Result()
        for cut in found:
            side = result.whole if cut.begins == 0 else result.cut
            side.setdefault(cut.sequence, Sums()).add(judge(cut, work, more))
    return page(results)


def with_ideas(ideas: set[str], work: Path) -> list[object]:
    """The options that leave all others out."""
    config = work / "ideas.toml"
    left_out = [key for idea, key in IDEAS.items() if idea not in ideas]
    config.write_text("".join(f"[{part}]\n{lines(part, left_out)}" for part in sorted({part for part, _ in left_out})))
    return ["--config", config]


def lines(part: str, left_out: list[tuple[str, str]]) -> str:
    return "".join(f"{name} = 0.0\n" for owner, name in left_out if owner == part)


def page(results: dict[str, Result]) -> str:
    own = results[ALL]
    total = own.all()
    rows = [
        "# Counting on every sequence, and from its middle on",
        "",
        f"{setting.version()}, preset `best`. {total.true} true crossings of {4 * certainty.WATCHED_PER_KIND} lines in "
        f"{len(own.whole)} sequences, each whole and begun at {len(CUTS) - 1} later frames. All in %.",
        "",
        "| sequence | true | whole: precision | recall | F1 | begun later: precision | recall | F1 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, whole in own.whole.items():
        cut = own.cut[name]
        rows.append(f"| {name} | {whole.true + cut.true} | {whole.cells()} | {cut.cells()} |")
    rows += ["", "## What each idea brings", "", EXPLAINED, ""]
    rows += [f"| | F1 {' | F1 '.join(KINDS)} | F1 all | found | false |", "|---|" + "--:|" * (len(KINDS) + 3)]
    for name, result in results.items():
        f1 = " | ".join(f"{100 * result.all(kind).f1():.1f}" for kind in (*KINDS, ""))
        base = results[NONE] if name == NONE or name.endswith(" alone") else results[ALL]
        rows.append(f"| {name} | {f1} | {told(result.all(), base.all())} |")
    return "\n".join(rows) + "\n"


EXPLAINED = (
    "All of them, and all but one; none, and one alone. `found` are true crossings that are counted, `false` those "
    "that nobody made, in all cuts together; behind them what is more or less than with all, or with none."
)


def told(sums: Sums, base: Sums) -> str:
    """Found and false ones, and by how many they differ from those of another variant."""
    pairs = ((sums.matched, base.matched), (sums.counted - sums.matched, base.counted - base.matched))
    return " | ".join(f"{own}" if own == other else f"{own} ({own - other:+d})" for own, other in pairs)
