"""A scene at random: a camera, a place, light, people and things."""

import numpy as np

from .camera import EQUIDISTANT, EQUISOLID, PINHOLE, STEREOGRAPHIC, Camera
from .compose import Look, Stage, Subject
from .damage import Sensor
from .light import Lamp
from .person import Person, Posed, chair
from .pose import Pose
from .room import Room, Stock
from .style import Style
from .things import Thing
from .turns import about_y

VIEWS = ("side", "high", "steep", "down")  # tilt 0-30, 30-55, 55-78, 78-90 degrees
TILTS = {"side": (0, 30), "high": (30, 55), "steep": (55, 78), "down": (78, 90)}
BELT = 1.0  # metres: where people are aimed at


def camera(draw: np.random.Generator, view: str, size: tuple[int, int]) -> Camera:
    """A camera of that view; one in four sees as a wide or fisheye lens does."""
    tilt = draw.uniform(*TILTS[view])
    height = draw.uniform(1.2, 4.0) if view == "side" else draw.uniform(2.3, 3.4 if draw.random() < 0.4 else 6.0)
    lens, wide = PINHOLE, draw.uniform(42, 105)
    if draw.random() < 0.25:
        lens = int(draw.choice([STEREOGRAPHIC, EQUIDISTANT, EQUISOLID]))
        wide = draw.uniform(90, 180 if view in ("down", "steep") else 140)
    roll = draw.normal(0, 4) if draw.random() < 0.9 else draw.uniform(-25, 25)
    return Camera.looking(height, tilt, roll, lens, wide, size)


def light(draw: np.random.Generator, style: Style, cam: Camera) -> Look:
    """A lamp above or the sun, and what comes from all around."""
    middle = cam.floor((cam.size[1] / 2, cam.size[0] / 2))
    target = np.array([0, 0, 5.0]) if middle is None or np.hypot(middle[0], middle[2]) > 9 else middle
    if draw.random() < style.sun:
        place = target + np.array([draw.normal(0, 22), 40.0, draw.normal(0, 22)])
        reach = 14.0
    else:
        place = np.array([draw.normal(0, 3), draw.uniform(*style.lamps), target[2] + draw.normal(0, 3)])
        target, reach = place * [1, 0, 1], 60.0
    sky = draw.uniform(*style.ambient) * (1 + draw.normal(0, 0.05, 3))
    sun = draw.uniform(0.1, 1.1) * (1 + np.array([0.05, 0, -0.06]) * draw.normal())
    level = draw.uniform(1.0, 1.6) / (sky.mean() + 0.55 * sun.mean())
    lamp = Lamp(place, target, reach, sun * level, draw.uniform(0.5, 3.5))
    glare = draw.uniform(0.1, 0.8) if draw.random() < 0.25 else 0.0
    seed = int(draw.integers(1 << 40))
    return Look(lamp, (sky * level).astype(np.float32), draw.uniform(0, 0.9), glare, draw.uniform(0.3, 0.9), seed)


class Places:
    """Free spots of the floor that the camera sees."""

    def __init__(self, draw: np.random.Generator, cam: Camera, room: Room, side_view: bool):
        self.draw, self.camera, self.room, self.side_view = draw, cam, room, side_view
        self.taken: list[np.ndarray] = []

    def _aimed(self) -> np.ndarray | None:
        draw, (height, width) = self.draw, self.camera.size
        if self.side_view or (self.camera.tilt < 50 and draw.random() < 0.4):
            far = np.exp(draw.uniform(np.log(1.6), np.log(18)))
            half = np.arctan(width / 2 / self.camera.focal)
            angle = draw.uniform(-1.05, 1.05) * half
            return np.array([far * np.sin(angle), 0, far * np.cos(angle)])
        pixel = draw.uniform(-0.07, 1.07, 2)
        if draw.random() < 0.3:  # at an edge, where people come in
            pixel[draw.integers(2)] = draw.choice([draw.uniform(-0.12, 0.06), draw.uniform(0.94, 1.12)])
        return self.camera.floor(pixel * [width, height], BELT)

    def find(self, near: float = 0.38, close: float = 0.3) -> np.ndarray | None:
        """A spot at least `near` metres from others, sometimes right beside one; None after many tries."""
        for _ in range(60):
            spot = self._aimed()
            if self.taken and self.draw.random() < close:
                angle, apart = self.draw.random() * 2 * np.pi, self.draw.uniform(0.4, 0.9)
                spot = self.taken[self.draw.integers(len(self.taken))]
                spot = spot + apart * np.array([np.cos(angle), 0, np.sin(angle)])
            if spot is None or np.hypot(spot[0], spot[2]) > 18 or not self.room.holds(spot[0], spot[2]):
                continue
            spot = spot * [1, 0, 1]
            if self._shown(spot) and all(np.linalg.norm(spot - other) > near for other in self.taken):
                return spot
        return None

    def _shown(self, spot: np.ndarray) -> bool:
        body = np.stack([spot + np.array([0, h, 0]) for h in (0.1, BELT, 1.6)])
        pixels, far = self.camera.project(body)
        if far.min() < (1.5 if self.side_view else 0.45):
            return False
        height, width = self.camera.size
        return bool(((np.abs(pixels / [width, height] - 0.5) < 0.56).all(1) & (far > 0)).any())


def subject(identity: int, posed: Posed, turn: float, at: np.ndarray, about: dict) -> Subject:
    """A posed person put into the world, facing `turn` radians from z towards x."""
    q = about_y(turn)
    placed = [s.placed(q, at) for s in posed.surfaces]
    return Subject(identity, placed, q @ posed.foot + at, q @ posed.head + at, about)


def people(draw: np.random.Generator, style: Style, places: Places, count: int, stock: Stock) -> list[Subject]:
    """So many people, some in pairs that walk together, some with a child by the hand."""
    found: list[Subject] = []
    heading = draw.random() * 2 * np.pi
    while len(found) < count:
        at = places.find()
        if at is None:
            break
        heading = draw.random() * 2 * np.pi if draw.random() < 0.8 else heading
        person = Person(int(draw.integers(1 << 40)), style)
        pose = person.pose(draw)
        found += _put(draw, person, pose, heading, at, len(found))
        places.taken.append(at)
        if draw.random() < 0.1 and len(found) < count:  # somebody by their side, going the same way
            side = about_y(heading) @ np.array([draw.choice([-1, 1]) * draw.uniform(0.4, 0.65), 0, draw.normal(0, 0.1)])
            other = Person(int(draw.integers(1 << 40)), style)
            if places.room.holds(*(at + side)[[0, 2]]):
                found += _put(draw, other, other.pose(draw, pose.legs), heading, at + side, len(found))
                places.taken.append(at + side)
    return found


def _put(draw, person: Person, pose: Pose, heading: float, at: np.ndarray, identity: int) -> list[Subject]:
    posed = person.posed(pose)
    about = {"child": person.child, "legs": pose.legs, "bag": person.bag, "height": round(posed.height, 2)}
    put = [subject(identity, posed, heading, at, about)]
    if pose.legs == "sit":
        q = about_y(heading)
        parts = [s.placed(q, at) for s in chair(posed, person.bag_row)]
        put.append(Subject(-1, parts, at, at, {}))
    return put


def things(draw: np.random.Generator, style: Style, places: Places, count: int) -> list[Subject]:
    """So many things that are no people."""
    found = []
    for _ in range(count):
        at = places.find(0.5, close=0.1)
        if at is None:
            break
        if draw.random() < 0.5:
            places.taken.append(at)
        q = about_y(draw.random() * 2 * np.pi)
        found.append(Subject(-1, [s.placed(q, at) for s in Thing(draw, style).parts], at, at, {}))
    return found


def scene(seed: tuple[int, ...], view: str, stock: Stock, stage: Stage, crowd: int = -1):
    """A picture [h, w, 3] of 8-bit red, green, blue, its sensor, and what is true of it. `crowd`: how many people."""
    style = stock.style
    draw = np.random.default_rng([*seed, style.number, VIEWS.index(view)])
    cam = camera(draw, view, stage.size)
    room = Room(draw, stock, view == "side")
    look = light(draw, style, cam)
    places = Places(draw, cam, room, view == "side")
    empty = draw.random() < 0.12
    wanted = int(draw.choice([1, 2, 3, 4, 5, 6, 8], p=[0.24, 0.22, 0.2, 0.13, 0.1, 0.07, 0.04]))
    wanted = crowd if crowd >= 0 else (0 if empty else wanted)
    subjects = people(draw, style, places, wanted, stock)
    clutter = int(draw.choice([0, 1, 2, 4, 7, 10], p=[0.24, 0.2, 0.2, 0.18, 0.12, 0.06]))
    subjects += things(draw, style, places, clutter + (4 if empty else 0))
    linear, labels = stage.picture(cam, room, look, subjects)
    sensor = Sensor.look(draw)
    about = {
        "view": view, "tilt": round(cam.tilt, 1), "height": round(float(cam.position[1]), 2), "lens": cam.lens,
        "focal": round(cam.focal, 1), "people": labels,
    }  # fmt: skip
    return sensor.picture(draw, linear), sensor, about
