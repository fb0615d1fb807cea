#!/usr/bin/env python3
"""The figures of an embedder that was not trained on real people: people never seen, tracks and crossings, visitors.

    scripts/measure embedder DATA -- --embedder FILE --made-up CROPS

DATA is laid out as score.py says, with reid/market1501.tar and cuhk03.tar. Of those it takes the
people whom scripts/train/configs/deepsort.toml holds out, 93 and 366: nothing is to be chosen by them. CROPS is a set
of made-up people.
"""

import argparse
import dataclasses
import json
import tempfile
import tomllib
from pathlib import Path

import datasets
import process
import score
import setting
import visitors

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "scripts/train/configs/deepsort.toml"
SIZES = (10, 90)
"""People within the window of a visit."""


def asked(*words: object) -> dict:
    """The JSON of a command of the program."""
    return json.loads(process.run([setting.program(), *words, "--json", "-"]).stdout)


def percent(*shares: float | None) -> list[str]:
    return ["-" if share is None else f"{100 * share:.1f}" for share in shares]


def known(title: str, folder: Path, embedder: Path) -> list[str]:
    """How well people of a folder are told apart: a row."""
    told = asked("reid", "eval", folder, "--embedder", embedder)
    within, across = told.get("within"), told.get("across")
    ranking, centres = told["ranking"], told["centres"]
    pairs = [within[key] if within else None for key in ("accepts", "rare_accepts", "rare_threshold")]
    farther = [across["rare_accepts"] if across else None]
    cells = percent(ranking["rank-1"], ranking["mAP"], centres["accuracy"], *pairs[:2], *farther)
    return [title, *cells, f"{pairs[2]:.3f}" if within else "-"]


def visits(title: str, folder: Path, embedder: Path, distances: list[float]) -> list[list[str]]:
    """What telling visitors and staff apart costs, by greatest distance: rows."""
    words = ["--sizes", ",".join(map(str, SIZES)), "--max-cosine-distance", ",".join(map(str, distances))]
    told, rows = asked("reid", "visitors", folder, "--embedder", embedder, *words), []
    for report, staff in zip(told["reports"], told["staff"], strict=True):
        windows = {window["size"]: window for window in report["windows"]}
        cells = [windows[size][key] for size in SIZES for key in ("false_merges", "missed")]
        rows.append(
            [title, f"{report['max_cosine_distance']:g}", *percent(*cells, staff["false_staff"], staff["missed"])]
        )
    return rows


def people(data: Path, made_up: list[Path], scratch: Path) -> dict[str, Path]:
    """Folders of people whom the embedder never saw, by what to call them."""
    recipe, found = tomllib.loads(RECIPE.read_text()), {f"made-up people, {path.name}": path for path in made_up}
    for name, title in (("market1501", "Market-1501"), ("cuhk03", "CUHK03")):
        tar = data / "reid" / f"{name}.tar"
        if tar.is_file():
            folder, count = visitors.unpack(tar, recipe, scratch / name)
            found[f"{count} people of {title}"] = folder
    return found


def films(data: Path, embedder: Path, work: Path) -> list[str]:
    """Tracks and crossings of the sequences with pixels."""
    dataset = datasets.video(data)
    runs = [dataclasses.replace(s, command=[*s.command, "--embedder", embedder]) for s in dataset.sequences]
    return score.report(dataclasses.replace(dataset, sequences=runs), work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", type=Path, required=True, help="an ONNX file, or `clean`")
    parser.add_argument("--made-up", type=Path, action="append", default=[], help="a set of crops (repeatable)")
    parser.add_argument("--distances", default="0.15,0.2,0.25,0.3,0.35,0.4", help="of visitors and staff")
    parser.add_argument("--films-only", action="store_true", help="tracks and crossings alone")
    arguments = parser.parse_args()
    distances = [float(word) for word in arguments.distances.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        parts = films(arguments.data, arguments.embedder, scratch / "films")
        if not arguments.films_only:
            found = people(arguments.data, arguments.made_up, scratch)
            heads = ["people never seen", "rank-1", "mAP", "nearest centre"]
            heads += ["within a camera at 1%", "at 0.1%", "across at 0.1%", "distance of 0.1% within"]
            rows = [known(title, path, arguments.embedder) for title, path in found.items()]
            parts += ["# People", setting.table(heads, rows)]
            heads = ["people never seen", "greatest distance"]
            heads += [f"{what}, of {size}" for size in SIZES for what in ("new taken for old", "old taken for new")]
            rows = [row for title, path in found.items() for row in visits(title, path, arguments.embedder, distances)]
            parts += ["# Visitors and staff", setting.table([*heads, "others taken for staff", "staff missed"], rows)]
    setting.publish("\n\n".join(parts))


if __name__ == "__main__":
    main()
