"""Crops of made-up people for an embedder: the same ones before many cameras.

A set is a folder of `PERSON/PERSON_cCAMERAs1_IMAGE_00.jpg`, 128x64 pixels (height x width), as
scripts/train reads it. A camera keeps its place, light and sensor; a person keeps clothes and what they carry, and
half of the crops show a moment that another camera saw too. What is left out of a set (`LEFT_OUT`) shows what it is
good for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np

from .camera import PINHOLE, Camera
from .compose import Look, Stage, Subject
from .damage import Sensor
from .material import PLAIN
from .person import Person, Posed
from .pictures import each, stock
from .room import Room
from .scene import Places, light, subject, things
from .style import STYLES

SIZE = (128, 64)
FRAME = (480, 640)  # pixels of a camera's whole picture
WINDOW = (160, 112)  # what is drawn of it: height, width
TALL = (56, 128)  # pixels: people in the window
NEAR, FAR = 1.8, 14.0  # metres
WALLS = 7.0  # metres off at least, so that there is room to walk
TRIES = 40
METERED = (0.3, 0.5)  # the mean a camera that meters aims at, of light in 0..1
# What a set may be made without: things and people around and before somebody; what a camera does to a picture;
# patterns and prints of clothes; all poses but one.
LEFT_OUT = ("occluders", "damage", "patterns", "poses")


@dataclass(frozen=True)
class Made:
    """How a set is made: by which seed, in what style, what is left out, and the share of people who are dressed as
    somebody else but for one thing."""

    seed: int
    style: str
    without: frozenset = frozenset()
    twins: float = 0.0


@dataclass(frozen=True)
class Site:
    """One camera with its place: the same whoever walks by."""

    camera: Camera
    room: Room
    look: Look
    sensor: Sensor
    clutter: list[Subject]
    sharpness: float  # pixels of the sensor for each of FRAME's
    metered: float  # the mean that exposure aims at; 0: it is fixed


@cache
def site(made: Made, number: int) -> Site:
    """The camera of a number."""
    style = STYLES[made.style]
    draw = np.random.default_rng([made.seed, style.number, 31, number])
    tilt = draw.uniform(2, 28) if draw.random() < 0.7 else draw.uniform(28, 60)
    high = draw.uniform(1.4, 3.2) if tilt < 28 else draw.uniform(2.4, 4.5)
    cam = Camera.looking(high, tilt, draw.normal(0, 3), PINHOLE, draw.uniform(45, 85), FRAME)
    room = Room(draw, stock(made.seed, made.style, 0), tilt < 25)
    room.walls[:4] = np.sign(room.walls[:4]) * np.maximum(np.abs(room.walls[:4]), WALLS)
    look, sensor = light(draw, style, cam), Sensor.look(draw)
    # People far away are coarse already: what is drawn is at the sensor's own size.
    sensor = replace(sensor, detail=max(0.6, sensor.detail), blur=sensor.blur * 0.7)
    clutter = things(draw, style, Places(draw, cam, room, tilt < 25), int(draw.integers(0, 5)))
    sharpness, metered = draw.uniform(0.9, 2.5), 0.0
    if style.crisp:
        clutter += things(draw, style, Places(draw, cam, room, tilt < 25), int(draw.integers(0, 8)))
        metered = draw.uniform(*METERED)
    if draw.random() < style.crisp:
        sharpness = draw.uniform(1.5, 4.0)
        sharpened = draw.uniform(0.3, 2.2) if draw.random() < 0.7 else 0.0
        sensor = replace(sensor, detail=1.0, blur=0.0, sharpen=sharpened, lift=sensor.lift + 0.02)
    if "damage" in made.without:
        sensor = Sensor(quality=95)
    if "occluders" in made.without:
        clutter = []
    return Site(cam, room, look, sensor, clutter, sharpness, metered)


@cache
def person(made: Made, number: int) -> Person:
    """Somebody, in the clothes of the one before them if they are twins."""
    person.cache_clear()
    style = STYLES[made.style]
    if "patterns" in made.without:
        style = replace(style, patterns={PLAIN: 1.0})
    somebody = Person(made.seed * 1_000_003 + number, style)
    draw = np.random.default_rng([made.seed, style.number, number, 9])
    if number and draw.random() < made.twins:
        somebody.dress_as(Person(made.seed * 1_000_003 + number - 1, style), draw, style)
    return somebody


@lru_cache(4)
def moment(made: Made, number: int, at: int) -> Posed:
    """A person in the pose of a moment."""
    draw = np.random.default_rng([made.seed, STYLES[made.style].number, number, 5, at])
    somebody = person(made, number)
    if "poses" in made.without:
        return somebody.posed(somebody.pose(np.random.default_rng(1), "stand"))
    return somebody.posed(somebody.pose(draw, str(draw.choice(["walk", "stand"], p=[0.75, 0.25]))))


@lru_cache(40)
def passer_by(seed: int, style: str, number: int) -> Posed:
    """Somebody else, who comes into the picture."""
    draw = np.random.default_rng([seed, STYLES[style].number, 6, number])
    other = Person(int(draw.integers(1 << 40)), STYLES[style])
    return other.posed(other.pose(draw))


@cache
def stage() -> Stage:
    return Stage(WINDOW)


def one(task: tuple) -> tuple[str, bytes] | None:
    """Path within the set and JPEG of one crop, or None where no place was free: task = how it is made, person,
    camera, image."""
    made, who, where, image = task
    at = site(made, where)
    draw = np.random.default_rng([made.seed, STYLES[made.style].number, who, where, image])
    posed = moment(made, who, image // 2)
    for _ in range(4):
        found = _placed(draw, at, posed)
        if found is None:
            return None
        shown, window = found
        look = replace(at.look, seed=int(draw.integers(1 << 40)))
        look.lamp.map.fill(1e9)
        around = [] if "occluders" in made.without else _around(draw, made, at, shown, window)
        linear, labels = stage().picture(window, at.room, look, [shown, *around])
        label = next((label for label in labels if label["id"] == 0), None)
        if label is None or label["visible"] < 0.5:
            continue
        crop = _cut(draw, _exposed(at, linear, draw), label["box"])
        name = f"{who:05}"
        return f"{name}/{name}_c{where + 1}s1_{image:06}_00.jpg", at.sensor.jpeg(crop)
    return None


def _exposed(at: Site, linear: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """What the site's sensor makes of light: a camera that meters takes most of what is too dark or too bright back."""
    sensor = at.sensor
    if at.metered:
        gain = (at.metered / (1e-3 + float(np.clip(np.nan_to_num(linear), 0, 1.6).mean()))) ** 0.8
        sensor = replace(sensor, exposure=float(np.clip(gain, 0.3, 4.0)))
    return sensor.picture(draw, linear)


def _placed(draw: np.random.Generator, at: Site, posed: Posed) -> tuple[Subject, Camera] | None:
    """Somebody at a spot of the floor, and the part of the picture that they are in; None where none was found."""
    height, width = FRAME
    for _ in range(TRIES):
        pixel = draw.uniform(0.04, 0.96, 2) * [width, height]
        spot = at.camera.floor(pixel, 0.9)
        if spot is None:  # above the horizon: somewhere ahead
            far, aside = np.exp(draw.uniform(np.log(NEAR), np.log(FAR))), draw.uniform(-0.4, 0.4)
            spot = np.array([far * aside, 0, far])
        spot = spot * [1, 0, 1]
        if not NEAR < np.hypot(spot[0], spot[2]) < FAR or not at.room.holds(spot[0], spot[2]):
            continue
        shown = subject(0, posed, draw.random() * 2 * np.pi, spot, {})
        box = _extent(at.camera, shown)
        if box is None:
            continue
        low, high = np.maximum(box[:2], 0), np.minimum(box[2:], [width, height])
        inside = np.prod(np.maximum(high - low, 0)) / np.prod(box[2:] - box[:2])
        tall = high[1] - low[1]
        if inside < (1.0 if draw.random() < 0.85 else 0.7) or tall * at.sharpness < TALL[0]:
            continue
        scale = min(at.sharpness, TALL[1] / tall, (WINDOW[1] - 6) / (high[0] - low[0]))
        corner = (low + high) / 2 - np.array(WINDOW[::-1]) / scale / 2
        return shown, at.camera.window(*corner, scale, WINDOW)
    return None


def _extent(cam: Camera, shown: Subject) -> np.ndarray | None:
    """Left, top, right, bottom of what is boxed of somebody, pixels; None behind the camera."""
    points = np.concatenate([s.vertices[s.inside >= 0] for s in shown.surfaces if s.boxed])
    pixels, far = cam.project(points)
    return None if (far <= 0).any() else np.concatenate([pixels.min(0), pixels.max(0)])


def _around(draw, made: Made, at: Site, shown: Subject, window: Camera) -> list[Subject]:
    """Who and what else is in the window, some of it before the person."""
    found = [thing for thing in at.clutter if _touches(window, thing)]
    found = [t for t in found if np.hypot(*(t.foot - shown.foot)[[0, 2]]) > 0.5]
    if draw.random() < 0.35:
        posed = passer_by(made.seed, made.style, int(draw.integers(40)))
        beside = shown.foot + np.array([draw.choice([-1, 1]) * draw.uniform(0.35, 0.9), 0, draw.uniform(-0.6, 1.2)])
        found.append(subject(1, posed, draw.random() * 6.3, beside * [1, 0, 1], {}))
    return found


def _touches(window: Camera, thing: Subject) -> bool:
    for surface in thing.surfaces:
        pixels, far = window.project(surface.vertices)
        seen = pixels[far > 0]
        if len(seen) and (seen.max(0) > 0).all() and (seen.min(0) < window.size[::-1]).all():
            return True
    return False


def _cut(draw: np.random.Generator, picture: np.ndarray, box: list[float]) -> np.ndarray:
    """The box, a little off as a detector's boxes are, at the crops' size."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    x0, y0, x1, y1 = np.array(box) + draw.normal(0, 0.04, 4) * [wide, high, wide, high]
    x0, y0 = int(max(0, x0)), int(max(0, y0))
    x1, y1 = int(min(picture.shape[1], max(x0 + 8, x1))), int(min(picture.shape[0], max(y0 + 16, y1)))
    return cv2.resize(picture[y0:y1, x0:x1], SIZE[::-1], interpolation=cv2.INTER_AREA)


def make(
    folder: Path, made: Made, people: int, images: int, cameras: int, jobs: int = 1, first: int = 0
) -> Iterator[int]:
    """Adds crops of `people` from number `first` on, `images` each, by random ones of `cameras`; yields how many
    are done."""
    tasks = []
    for who in range(first, first + people):
        draw = np.random.default_rng([made.seed, STYLES[made.style].number, who, 8])
        seen_by = draw.choice(cameras, min(cameras, max(2, images // 2)), replace=False)
        tasks += [(made, who, int(seen_by[i % len(seen_by)]), i) for i in range(images)]
    for done, crop in enumerate(each(one, tasks, jobs), 1):
        if crop is not None:
            path = folder / crop[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(crop[1])
        yield done
