"""Crops of made-up people for an embedder: the same ones before many cameras.

A set is a folder of `PERSON/PERSON_cCAMERAs1_IMAGE_00.jpg`, 128x64 pixels (height x width), as
scripts/train reads it. A camera keeps its place, light and sensor; a person keeps clothes and what they carry.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from .camera import PINHOLE, Camera
from .compose import Stage
from .damage import Sensor
from .person import Person
from .pictures import each, stock
from .room import Room
from .scene import Places, light, subject, things
from .style import STYLES

SIZE = (128, 64)
FRAME = (192, 144)


@cache
def camera(seed: int, style: str, number: int):
    """Camera, room, light, sensor and clutter of a number: the same whoever walks by."""
    draw = np.random.default_rng([seed, STYLES[style].number, 31, number])
    tilt = draw.uniform(0, 25) if draw.random() < 0.7 else draw.uniform(25, 60)
    cam = Camera.looking(draw.uniform(1.5, 4.0), tilt, draw.normal(0, 3), PINHOLE, draw.uniform(35, 70), FRAME)
    room = Room(draw, stock(seed, style, 0), tilt < 25)
    room.walls[:4] = np.sign(room.walls[:4]) * np.maximum(np.abs(room.walls[:4]), 7.0)
    look, sensor = light(draw, STYLES[style], cam), Sensor.look(draw)
    clutter = things(draw, STYLES[style], Places(draw, cam, room, tilt < 25), int(draw.integers(0, 3)))
    return cam, room, look, sensor, clutter


@cache
def person(seed: int, style: str, number: int) -> Person:
    person.cache_clear()
    return Person(seed * 1_000_003 + number, STYLES[style])


@cache
def frame() -> Stage:
    return Stage(FRAME)


def one(task: tuple) -> tuple[str, bytes] | None:
    """Path within the set and JPEG of one crop, or None where no place was free: task = seed, style, person, camera,
    image."""
    seed, style, who, where, image = task
    cam, room, look, sensor, clutter = camera(seed, style, where)
    draw = np.random.default_rng([seed, STYLES[style].number, who, where, image])
    somebody = person(seed, style, who)
    for _ in range(20):
        at = _spot(draw, cam)
        if at is None:
            continue
        posed = somebody.posed(somebody.pose(draw, str(draw.choice(["walk", "stand"], p=[0.8, 0.2]))))
        around = [subject(0, posed, draw.random() * 2 * np.pi, at, {}), *clutter]
        if draw.random() < 0.3:
            other = Person(int(draw.integers(1 << 40)), STYLES[style])
            beside = at + np.array([draw.choice([-1, 1]) * draw.uniform(0.4, 0.8), 0, draw.uniform(-0.6, 0.9)])
            around.append(subject(1, other.posed(other.pose(draw)), draw.random() * 6.3, beside, {}))
        look.lamp.map.fill(1e9)
        linear, labels = frame().picture(cam, room, look, around)
        label = next((label for label in labels if label["id"] == 0), None)
        if label is None or label["visible"] < 0.5 or label["box"][3] - label["box"][1] < 50:
            continue
        crop = _cut(draw, sensor.picture(draw, linear), label["box"])
        name = f"{who:05}"
        return f"{name}/{name}_c{where + 1}s1_{image:06}_00.jpg", sensor.jpeg(crop)
    return None


def _spot(draw: np.random.Generator, cam: Camera) -> np.ndarray | None:
    """A place of the floor at which somebody fills much of the frame."""
    far = draw.uniform(2.2, 6.0)
    middle = cam.floor((draw.uniform(0.3, 0.7) * FRAME[1], draw.uniform(0.45, 0.6) * FRAME[0]), 0.9)
    if middle is None or np.linalg.norm(middle - cam.position) > far * 1.6:
        ahead = cam.axes[2] * [1, 0, 1]
        middle = cam.position + ahead / np.linalg.norm(ahead) * far
    return middle * [1, 0, 1]


def _cut(draw: np.random.Generator, picture: np.ndarray, box: list[float]) -> np.ndarray:
    """The box, a little off as a detector's boxes are, at the crops' size."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    jitter = draw.normal(0, 0.04, 4) * [wide, high, wide, high]
    x0, y0, x1, y1 = np.array(box) + jitter
    x0, y0 = int(max(0, x0)), int(max(0, y0))
    x1, y1 = int(min(picture.shape[1], max(x0 + 8, x1))), int(min(picture.shape[0], max(y0 + 16, y1)))
    return cv2.resize(picture[y0:y1, x0:x1], SIZE[::-1], interpolation=cv2.INTER_AREA)


def make(folder: Path, seed: int, style: str, people: int, images: int, cameras: int, jobs: int = 1) -> Iterator[int]:
    """Adds crops of `people`, `images` each, at random ones of `cameras`; yields how many are done."""
    tasks = []
    for who in range(people):
        draw = np.random.default_rng([seed, STYLES[style].number, who, 8])
        seen_by = draw.choice(cameras, min(cameras, max(2, images // 2)), replace=False)
        tasks += [(seed, style, who, int(seen_by[i % len(seen_by)]), i) for i in range(images)]
    for done, crop in enumerate(each(one, tasks, jobs), 1):
        if crop is not None:
            path = folder / crop[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(crop[1])
        yield done
