"""What telling visitors apart by their looks costs, on people that the embedder never saw.

    scripts/measure visitors DATA

Takes tars of crops that the recipe of the shipped embedder holds people out of, called by the sets' names
(market1501.tar, cuhk03.tar), unpacks those who were held out, and lets `footfall reid visitors` measure.
"""

import argparse
import json
import os
import random
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "scripts/train/configs/mobilenet.toml"
SIZES = [10, 20, 40, 90, 200, 500]
DISTANCES = [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]


NOTES = [
    "`counter.visitors` in the configuration (or `footfall run --visitors HOURS`) counts different visitors: who",
    "comes in is compared with everybody who came in within the window. New taken for old: the share of new visitors",
    "who are taken for somebody of the window, by how many people that is. Old taken for new: the share of those who",
    "come again and are not known. A visit is what one camera saw of a person, averaged over ten crops at most, and",
    "they come again before another camera, so from another side and in other light: at one door less is missed.",
    "People are drawn fifty times over. \\*: too few people were held out for this window; the share follows from that",
    "of pairs, taken to be independent of each other.",
]


def held_out(identities, name, recipe):
    """Those of a set's identities that were not trained on: as scripts/train/reid/split.py draws them."""
    count = recipe["hold_out"].get(name)
    if not count:
        raise SystemExit(f"nobody of {name} is held out by {RECIPE.name}: name the tar as the recipe does")
    order = list(range(len(identities)))
    random.Random(f"{recipe['seed']}/{name}").shuffle(order)
    return [identities[index] for index in sorted(order[:count])]


def unpack(path, recipe, folder):
    """Unpacks the held-out people of a tar; gives the folder of their folders, and how many they are."""
    name = path.name.split(".")[0]
    with tarfile.open(path) as tar:
        files = [member for member in tar.getmembers() if member.isfile() and len(Path(member.name).parts) > 1]
        people = held_out(sorted({Path(member.name).parts[-2] for member in files}), name, recipe)
        chosen = set(people)
        kept = [member for member in files if Path(member.name).parts[-2] in chosen]
        tar.extractall(folder, members=kept, filter="data")
    return Path(folder) / Path(kept[0].name).parts[0], len(people)


def measure(folder, default):
    command = [os.environ["FOOTFALL"], "reid", "visitors", folder, "--json", "-"]
    command += ["--sizes", ",".join(map(str, SIZES))]
    distances = sorted({*DISTANCES, default})
    command += ["--max-cosine-distance", ",".join(map(str, distances))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def default_distance():
    """The counter's, from the example that a test holds to the defaults."""
    example = tomllib.loads((ROOT / "assets/footfall.toml").read_text())
    return example["counter"]["visitors"]["max_cosine_distance"]


def percent(share):
    return "-" if share is None else f"{100 * share:.1f}"


def table(reports, sizes, distances):
    head = "| greatest distance | " + " | ".join(f"{size} people" for size in sizes) + " |"
    lines = [head, "| --- |" + " --- |" * len(sizes)]
    for report in reports:
        if report["max_cosine_distance"] not in distances:
            continue
        windows = {window["size"]: window for window in report["windows"]}
        cells = []
        for size in sizes:
            window = windows[size]
            mark = "\\*" if window["from_pairs"] else ""
            cells.append(f"{percent(window['false_merges'])} / {percent(window['missed'])}{mark}")
        lines.append(f"| {report['max_cosine_distance']} | " + " | ".join(cells) + " |")
    return lines


def section(name, people, document, default):
    """One set's part of the page."""
    reports = document["reports"]
    seen = reports[0]["people"]
    chosen = next(report for report in reports if report["max_cosine_distance"] == default)
    rows = ["| window | new taken for old | old taken for new | old taken for another |", "| --- |" + " --- |" * 3]
    for window in chosen["windows"]:
        mark = "\\*" if window["from_pairs"] else ""
        rows.append(
            f"| {window['size']} people{mark} | {percent(window['false_merges'])} | {percent(window['missed'])}"
            f" | {percent(window['mistaken'])} |"
        )
    return [
        f"## {name}",
        "",
        f"{people} people who were not trained on, {seen} of them seen by two cameras. At the default distance of"
        f" {default}:",
        "",
        *rows,
        "",
        "At other distances, new taken for old / old taken for new:",
        "",
        *table(reports, SIZES, {report["max_cosine_distance"] for report in reports}),
        "",
        f"Staff, {document['staff'][0]['size']} enrolled by what one camera saw of them:",
        "",
        "| greatest distance | others taken for staff | staff taken for others, at another camera |",
        "| --- | --- | --- |",
        *[
            f"| {row['max_cosine_distance']} | {percent(row['false_staff'])} | {percent(row['missed'])} |"
            for row in document["staff"]
        ],
        "",
    ]


def page(sections, embedder):
    return "\n".join(
        [
            "# Telling visitors and staff apart",
            "",
            f"Embedder: {embedder}. Per cent.",
            "",
            *NOTES,
            "",
            *[line for lines in sections for line in lines],
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tars", nargs="+", type=Path, metavar="TAR", help="market1501.tar, cuhk03.tar")
    arguments = parser.parse_args()
    recipe = tomllib.loads(RECIPE.read_text())
    default = default_distance()
    sections, embedder = [], ""
    for path in arguments.tars:
        with tempfile.TemporaryDirectory() as folder:
            people_folder, people = unpack(path, recipe, folder)
            document = measure(people_folder, default)
        embedder = document["embedder"]
        sections.append(section(path.name.split(".")[0], people, document, default))
    print(page(sections, embedder), end="")


if __name__ == "__main__":
    main()
