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
POOR = 0.3
STAR = "\\*"
EMBEDDERS = {"research": "research weights, the default", "clean": "`--embedder clean`"}


NOTES = [
    "`counter.visitors` in the configuration (or `footfall run --visitors HOURS`) tells different visitors apart: who",
    "comes in is compared with everybody who came in within the window. New taken for old: the share of new visitors",
    "who are taken for somebody of the window, by how many people that is. Old taken for new: the share of those who",
    "come again and are not known. A visit is what one camera saw of a person, averaged over ten crops at most, and",
    "they come again before another camera, so from another side and in other light: at one door less is missed.",
    "People are drawn fifty times over. \\*: too few people were held out for this window; the share follows from that",
    "of pairs, taken to be independent of each other. `clean` was trained on nobody real: with `--everybody` it is",
    "measured over all people of the sets, in windows of up to 500.",
    "",
    "Estimates: so many comings, of which such a share is of people who came before, drawn sixty times. Off by: the",
    "mean distance of the estimated number of different visitors from the true one. Held: how often its 95% range",
    "holds the true one. Decided: the mean error of the number of those who were recognised as nobody, which is single",
    f"decisions added up. With poor looks: {POOR:.0%} of all crops are far away (a sixth of the pixels each way) or",
    "hidden by half.",
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


def measure(folder, embedder, poor=0.0):
    command = [os.environ["FOOTFALL"], "reid", "visitors", folder, "--json", "-"]
    command += ["--sizes", ",".join(map(str, SIZES)), "--poor", str(poor)]
    command += ["--max-cosine-distance", ",".join(map(str, DISTANCES))]
    if embedder != "research":
        command += ["--embedder", embedder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def percent(share):
    return "-" if share is None else f"{100 * share:.1f}"


def rows(head, body):
    lines = [f"| {' | '.join(head)} |", f"| --- |{' --- |' * (len(head) - 1)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in body)]


def recognition(document):
    """The counter's own rule at the least probabilities."""
    windows = document["recognition"]["windows"]
    points = [[window["points"][index] for window in windows] for index in range(len(windows[0]["points"]))]
    body = [
        [row[0]["probability"], *(f"{percent(p['false_merges'])} / {percent(p['missed'])}" for p in row)]
        for row in points
    ]
    return rows(["least probability", *(f"{window['size']} people" for window in windows)], body)


def equal(document):
    """Both rules, at equal rates."""
    windows = document["recognition"]["windows"]
    body = []
    for index, first in enumerate(windows[0]["equal"]):
        pairs = [window["equal"][index] for window in windows]
        body.append(
            [
                percent(first["false_merges"]),
                *(f"{percent(pair['missed'])} / {percent(pair['missed_by_distance'])}" for pair in pairs),
            ]
        )
    return rows(["new taken for old", *(f"{window['size']} people" for window in windows)], body)


def estimates(document):
    body = [
        [
            report["comings"],
            percent(report["returning"]),
            percent(report["bias"]),
            percent(report["error"]),
            percent(report["held"]),
            percent(report["width"]),
            percent(report["decided_bias"]),
        ]
        for report in document["estimates"]
    ]
    heads = ["comings", "again", "mean error", "off by", "held", "width of the range", "decided"]
    return rows(heads, body)


def distances(document):
    reports = document["reports"]
    body = []
    for report in reports:
        cells = [
            f"{percent(window['false_merges'])} / {percent(window['missed'])}{STAR if window['from_pairs'] else ''}"
            for window in report["windows"]
        ]
        body.append([report["max_cosine_distance"], *cells])
    return rows(["greatest distance", *(f"{size} people" for size in SIZES)], body)


def staff(document):
    body = [
        [row["max_cosine_distance"], percent(row["false_staff"]), percent(row["missed"])] for row in document["staff"]
    ]
    return rows(["greatest distance", "others taken for staff", "staff taken for others, at another camera"], body)


def spread(document):
    """What crates/count/src/visitors/likeness.rs holds of an embedder."""
    spread = document["spread"]
    tail = ", ".join(f"{value:.2f}" for value in spread["tail"])
    return (
        f"Strangers: median {spread['middle']:.3f}, scale {spread['scale']:.3f}, tail {tail}. One person: mean of the"
        f" logarithm {spread['same']:.2f}, deviation {spread['deviation']:.2f}."
    )


def mean(reports, key):
    return percent(sum(abs(report[key]) for report in reports) / max(1, len(reports)))


def section(name, embedder, good, poor):
    """One set's part of the page, with one embedder."""
    sums = [
        [
            kind,
            mean(document["estimates"], "error"),
            mean(document["estimates"], "held"),
            mean(document["estimates"], "width"),
        ]
        for kind, document in (("all", good), ("poor looks mixed in", poor))
    ]
    return [
        f"## {name}, {EMBEDDERS[embedder]}",
        "",
        f"{good['recognition']['people']} people, each seen by two cameras. New taken for old / old taken for new:",
        "",
        *recognition(good),
        "",
        "Old taken for new at equal shares of new taken for old, by probability / by the nearest distance:",
        "",
        *equal(good),
        "",
        "The same with poor looks mixed in:",
        "",
        *equal(poor),
        "",
        "The estimate over all windows below:",
        "",
        *rows(["looks", "off by", "held", "width of the range"], sums),
        "",
        *estimates(good),
        "",
        "By the nearest distance alone, new taken for old / old taken for new:",
        "",
        *distances(good),
        "",
        "Distances of two visits, as the calibration has them:",
        "",
        spread(good),
        "",
        f"Staff, {good['staff'][0]['size']} enrolled by what one camera saw of them:",
        "",
        *staff(good),
        "",
    ]


def page(sections):
    return "\n".join(["# Telling visitors and staff apart", "", "Per cent.", "", *NOTES, "", *sections])


def unpack_all(path, folder):
    """Unpacks everybody of a tar: nobody of them was trained on."""
    with tarfile.open(path) as tar:
        tar.extractall(folder, filter="data")
        return Path(folder) / Path(tar.getnames()[0]).parts[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tars", nargs="+", type=Path, metavar="TAR", help="market1501.tar, cuhk03.tar")
    parser.add_argument("--embedder", choices=EMBEDDERS, help="this one alone [default: each]")
    parser.add_argument("--everybody", action="store_true", help="measure `clean` over all people of the sets")
    arguments = parser.parse_args()
    recipe = tomllib.loads(RECIPE.read_text())
    sections = []
    for embedder in [arguments.embedder] if arguments.embedder else EMBEDDERS:
        for path in arguments.tars:
            with tempfile.TemporaryDirectory() as folder:
                is_all = arguments.everybody and embedder != "research"
                people = unpack_all(path, folder) if is_all else unpack(path, recipe, folder)[0]
                good, poor = measure(people, embedder), measure(people, embedder, POOR)
            sections += section(path.name.split(".")[0], embedder, good, poor)
    print(page(sections), end="")


if __name__ == "__main__":
    main()
