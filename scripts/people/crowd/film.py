"""A film of an entrance: people who walk over a line, with every box, every identity and every passage.

A film is a folder: `film.avi` (motion JPEG), `gt.txt` (MOT ground truth: frame from 1, identity, left, top, width,
height, counted, class 1, visible share), `truth.json` (the camera, the line in pixels as `footfall run --line` takes
it, and the passages with their seconds). A passage is when the middle between the feet passes the line on the floor.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from . import carried
from .camera import Camera
from .company import gather
from .damage import Sensor
from .person import Person
from .pictures import stage, stock
from .pose import Pose
from .room import Room
from .scene import Places, camera, light, subject, things
from .style import STYLES
from .walk import Crowd, Passages, Walker

VIEWS = {"side": 15.0, "high": 45.0, "steep": 65.0, "down": 88.0}


@dataclass(frozen=True)
class Entrance:
    """What film to make."""

    seed: int
    view: str = "steep"
    seconds: float = 20.0
    rate: float = 10.0  # frames a second
    people: int = 6
    size: tuple[int, int] = (336, 448)
    style: str = "street"
    returns: float = 0.1  # share of those who turn back
    waits: float = 0.15  # share of those who stand still on their way
    together: float = 0.0  # share of those who come with others


class Walks:
    """Who walks where in a film."""

    def __init__(self, draw: np.random.Generator, entrance: Entrance, cam: Camera):
        height, width = entrance.size
        ends = [cam.floor((x * width, 0.55 * height)) for x in (0.04, 0.96)]
        if any(e is None for e in ends):
            raise ValueError("the line of this camera is above its horizon")
        self.line = [(round(x * width), round(0.55 * height)) for x in (0.04, 0.96)]
        self.passages = Passages(*(e[[0, 2]] for e in ends))
        along = self.passages.b - self.passages.a
        self.across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
        self.reach = float(np.clip(0.6 * np.linalg.norm(along), 2.5, 7.0))
        self.people = [Person(int(draw.integers(1 << 40)), STYLES[entrance.style]) for _ in range(entrance.people)]
        walkers = [self._walker(draw, entrance, p) for p in self.people]
        # By a draw of its own: a film in which nobody comes with others stays what it was.
        own = np.random.default_rng([entrance.seed, 56])
        self.companies = gather(own, walkers, entrance.together) if entrance.together > 0 else []
        self.crowd = Crowd(walkers)

    def _walker(self, draw: np.random.Generator, entrance: Entrance, person: Person) -> Walker:
        way = draw.choice([-1, 1])
        a, b = self.passages.a, self.passages.b
        begin, middle, end = (a + (b - a) * draw.uniform(0.15, 0.85) for _ in range(3))
        goals = [middle, end + way * self.across * self.reach]
        pauses = {}
        if draw.random() < entrance.returns:  # turns back a little before or behind the line
            goals = [middle + way * self.across * draw.uniform(-0.5, 0.7), begin - way * self.across * self.reach]
        if draw.random() < entrance.waits:
            pauses[0] = float(draw.uniform(1, 4))
        start = float(draw.uniform(0, max(0.1, entrance.seconds * 0.7)))
        height = person.posed(Pose("stand")).height
        at = begin - way * self.across * self.reach
        return Walker(at, goals, float(draw.uniform(0.8, 1.6)), start, height, pauses)


def make(folder: Path, entrance: Entrance) -> dict:
    """Makes a film; returns what is written to `truth.json`."""
    draw = np.random.default_rng([entrance.seed, STYLES[entrance.style].number, 55])
    cam = _camera(draw, entrance)
    things_ = stock(entrance.seed, entrance.style, 0)
    room = Room(draw, things_, entrance.view == "side")
    room.walls[:4] = np.array([-1, 1, -1, 1]) * np.maximum(np.abs(room.walls[:4]), 14.0)
    look, sensor = light(draw, things_.style, cam), Sensor.look(draw)
    walks = Walks(draw, entrance, cam)
    clutter = things(draw, things_.style, Places(draw, cam, room, False), int(draw.integers(0, 4)))
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "film.part.avi"
    height, width = entrance.size
    film = cv2.VideoWriter(str(partial), cv2.VideoWriter_fourcc(*"MJPG"), entrance.rate, (width, height))
    if not film.isOpened():
        raise OSError(f"{partial} cannot be written")
    rows = []
    shadowless = look.lamp.map.copy()
    for frame in range(round(entrance.seconds * entrance.rate)):
        look.lamp.map[:] = shadowless
        walks.crowd.advance(frame / entrance.rate)
        subjects = [*clutter, *_subjects(walks, frame / entrance.rate)]
        linear, labels = stage(entrance.size).picture(cam, room, look, subjects)
        film.write(np.ascontiguousarray(sensor.picture(draw, linear)[..., ::-1]))
        rows += [_row(frame + 1, label) for label in sorted(labels, key=lambda label: label["id"])]
    film.release()
    partial.replace(folder / "film.avi")
    (folder / "gt.txt").write_text("".join(rows))
    truth = _truth(entrance, cam, walks)
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    return truth


def _camera(draw: np.random.Generator, entrance: Entrance) -> Camera:
    """A steady camera of that view, not rolled much and not too wide: as one is hung up to count with."""
    drawn = camera(draw, entrance.view, entrance.size)
    tilt, height = VIEWS[entrance.view] + draw.uniform(-2, 2), float(draw.uniform(2.8, 4.2))
    wide = draw.uniform(55, 85)
    return Camera.looking(height, min(90, tilt), draw.normal(0, 1), 0, wide, drawn.size)


def _subjects(walks: Walks, seconds: float) -> list:
    found = []
    for who in walks.crowd.present():
        walker, person = walks.crowd.walkers[who], walks.people[who]
        walks.passages.see(who, walker.at, seconds)
        arms = carried.ARMS.get(person.bag, "swing")
        pose = Pose(
            "walk" if walker.moving else "stand", walker.phase % 1, person.reach, arms, person.swing, person.hang,
            side=person.side,
        )  # fmt: skip
        at = np.array([walker.at[0], 0.0, walker.at[1]])
        found.append(subject(who + 1, person.posed(pose), walker.heading, at, {}))
    return found


def _row(frame: int, label: dict) -> str:
    left, top, right, bottom = label["box"]
    return f"{frame},{label['id']},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},1,1,{label['visible']}\n"


def _truth(entrance: Entrance, cam: Camera, walks: Walks) -> dict:
    passages = [{"time": round(t, 3), "id": who + 1, "direction": way} for t, who, way in walks.passages.found]
    (ax, ay), (bx, by) = walks.line
    together = {"companies": [[who + 1 for who in company] for company in walks.companies]} if walks.companies else {}
    return {
        "made_up": True, "seed": entrance.seed, "style": entrance.style, "view": entrance.view,
        "tilt": round(cam.tilt, 1), "height": round(float(cam.position[1]), 2), "rate": entrance.rate,
        "people": entrance.people, "line": f"door:{ax},{ay},{bx},{by}", "passages": passages, **together,
    }  # fmt: skip
