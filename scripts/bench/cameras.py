"""What taking passages of several cameras together is worth, on people that the embedder never saw.

    scripts/measure cameras DATA

Scenes are composed, and not filmed: people walk in over a line and out again later, alone, in pairs or in
threes, at times that are drawn; two cameras over each door see them, each a moment later and some of them not
at all. How somebody looks to a camera is real: crops of a person of market1501.tar or cuhk03.tar whom the
recipe of the shipped embedder holds out, of another real camera for each. `footfall reid cameras` takes the
passages together, and knows whose they are.
"""

import argparse
import json
import os
import random
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

from visitors import RECIPE, percent, rows, unpack

SCENES = 12
# Comings a minute.
RATES = {"quiet, 1 a minute": 1.0, "busy, 6 a minute": 6.0, "crowded, 20 a minute": 20.0}
# Cameras over each door.
SITES = {"two cameras over one door": [["a", "b"]], "four cameras over two doors": [["a", "b"], ["c", "d"]]}
DISTANCES = [0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7]
# Share of passages that a camera misses, and of all passages as many as pass one camera's line alone.
MISSED = 0.03
ALONE = 0.1
# Seconds from one camera's line to another's: the least and greatest mean, and the deviation from walk to walk.
LAG = (-1.5, 1.5)
WALK = 0.35
# Size of groups, with how many are so large, and seconds from one to the next in a group.
GROUPS = {1: 0.6, 2: 0.28, 3: 0.12}
WITHIN_GROUP = 0.7
# A stay's median in seconds, and the deviation of its logarithm.
STAY = (240.0, 0.6)
CROPS = 5
EMBEDDERS = {"research": "research weights, the default", "clean": "`--embedder clean`"}

NOTES = [
    "Composed, not filmed: known walks, with crops of real people whom the embedder was not trained on",
    f"(Market-1501 and CUHK03). Each camera has {CROPS} crops at most of a person at a passage, of another",
    f"real camera than the next one where the set has one. A camera misses {MISSED:.0%} of all passages; as",
    f"many as {ALONE:.0%} of all people pass one camera's line alone. The lines of a door are up to {LAG[1]} s",
    f"apart, with a deviation of {WALK} s from walk to walk. Two parties in five are pairs or threes,",
    f"{WITHIN_GROUP} s apart on average.",
    "",
    "Twice: the share of true passages that are counted more than once. Lost: that are not counted, since",
    "they are taken for those of somebody else. Mixed: of which a camera's passage is said to be another's",
    "(in a pair, each may be taken for the other, and the count is right). IDF1 over all cameras, where each",
    "true passage is one identity; and where each person is one, from coming to leaving. Stays: of those who",
    "leave and were seen to come, how many have their stay, and how many of these are right. Nearest: whoever",
    "looks most like somebody whom another camera of the door saw within 4 s is the same, within the distance",
    f"that gives the best IDF1 of {', '.join(str(distance) for distance in DISTANCES)}.",
]


def crops_of(folder):
    """Of each person, the pictures by real camera: the camera of Market-1501's names, the view of CUHK03's."""
    people = {}
    for path in sorted(folder.glob("*/*")):
        name = path.stem
        market = re.search(r"_c(\d)s", name)
        camera = market[1] if market else str(int(name.split("_")[-1]) // 5)
        person = f"{folder.name}/{path.parent.name}"
        people.setdefault(person, {}).setdefault(camera, []).append(str(path))
    return {person: cameras for person, cameras in people.items() if len(cameras) > 1}


class Scene:
    """One hour and less at a shop: passages of its cameras, with what is true of them."""

    def __init__(self, number, people, doors, rate):
        self.number = number
        self.people = people
        self.doors = doors
        self.random = random.Random(f"cameras/{number}/{len(doors)}/{rate}")
        self.rate = rate / 60.0
        self.events = 0
        self.rows = []
        self.lags = {camera: self.random.uniform(*LAG) / 2 for door in doors for camera in door}
        # Site cameras look as real ones: another for each, as far as there are any.
        self.looks = {}
        for person, cameras in people.items():
            order = self.random.sample(sorted(cameras), len(cameras))
            names = [camera for door in doors for camera in door]
            self.looks[person] = {name: cameras[order[index % len(order)]] for index, name in enumerate(names)}

    def see(self, camera, person, event, time, direction):
        pictures = self.looks[person][camera]
        chosen = self.random.sample(pictures, min(CROPS, len(pictures)))
        at = time + self.lags[camera] + self.random.gauss(0, WALK / 2**0.5)
        decided = at + self.random.uniform(0.4, 1.4)
        self.rows.append(
            {
                "scene": self.number,
                "source": camera,
                "line": "door",
                "direction": direction,
                "time": round(at, 3),
                "decided": round(decided, 3),
                "person": person,
                "event": event,
                "crops": chosen,
            }
        )

    def walk(self, person, time, direction):
        """Somebody passes a door: all its cameras see it, but for those that miss it."""
        self.events += 1
        for camera in self.random.choice(self.doors):
            if self.random.random() >= MISSED:
                self.see(camera, person, self.events, time, direction)

    def make(self):
        names = self.random.sample(sorted(self.people), len(self.people))
        alone = [names.pop() for _ in range(int(len(names) * ALONE))]
        time = 60.0
        while names:
            size = self.random.choices(list(GROUPS), GROUPS.values())[0]
            time += self.random.expovariate(self.rate / 1.52)
            stay = self.random.lognormvariate(0, STAY[1]) * STAY[0]
            at = time
            for _ in range(min(size, len(names))):
                person = names.pop()
                self.walk(person, at, "in")
                self.walk(person, at + stay + self.random.gauss(0, 0.5), "out")
                at += self.random.expovariate(1 / WITHIN_GROUP)
        for person in alone:
            self.events += 1
            camera = self.random.choice(self.random.choice(self.doors))
            self.see(camera, person, self.events, self.random.uniform(60, time), self.random.choice(["in", "out"]))
        return self.rows


def judge(passages, doors, embedder, folder):
    """The reports of `footfall reid cameras` on these passages."""
    lines, config = Path(folder) / "passages.jsonl", Path(folder) / "site.toml"
    lines.write_text("".join(json.dumps(row) + "\n" for row in passages))
    every = [camera for door in doors for camera in door]
    config.write_text(
        f"[site]\noverlap = {json.dumps(doors)}\ndoors = {json.dumps([every])}\n[counter.visitors]\nwindow = 6\n"
    )
    command = [os.environ["FOOTFALL"], "reid", "cameras", lines, "--config", config, "--json", "-"]
    command += ["--max-cosine-distance", ",".join(map(str, DISTANCES))]
    if embedder != "research":
        command += ["--embedder", embedder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    reports = json.loads(done.stdout)["reports"]
    plain = max((r for r in reports if r["rule"].startswith("nearest")), key=lambda report: report["idf1"])
    return [reports[0], reports[1], plain]


def body(kind, reports):
    keys = ["twice", "lost", "mixed", "idf1", "idf1_people", "stays_known", "stays_right"]
    return [
        [kind, report["rule"], report["events"], report["counted"], *(percent(report[key]) for key in keys)]
        for report in reports
    ]


HEADS = ["passages", "rule", "true", "counted", "twice", "lost", "mixed", "IDF1", "IDF1, people", "stays", "right"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tars", nargs="+", type=Path, metavar="TAR", help="market1501.tar, cuhk03.tar")
    parser.add_argument("--scenes", type=int, default=SCENES, help=f"scenes of each kind [default: {SCENES}]")
    parser.add_argument("--seed", type=int, default=1000, help="number of the first scene [default: 1000]")
    parser.add_argument("--embedder", choices=EMBEDDERS, help="this one alone [default: each]")
    arguments = parser.parse_args()
    recipe = tomllib.loads(RECIPE.read_text())
    print("\n".join(["# One person at several cameras", "", "Per cent.", "", *NOTES]))
    with tempfile.TemporaryDirectory() as folder:
        people = {}
        for path in arguments.tars:
            people |= crops_of(unpack(path, recipe, folder)[0])
        for embedder in [arguments.embedder] if arguments.embedder else EMBEDDERS:
            for site, doors in SITES.items():
                print(f"\n## {site.capitalize()}, {EMBEDDERS[embedder]}\n")
                table = []
                for kind, rate in RATES.items():
                    numbers = range(arguments.seed, arguments.seed + arguments.scenes)
                    passages = [row for number in numbers for row in Scene(number, people, doors, rate).make()]
                    table += body(kind, judge(passages, doors, embedder, folder))
                print("\n".join(rows(HEADS, table)), flush=True)


if __name__ == "__main__":
    main()
