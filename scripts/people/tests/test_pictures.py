"""Pictures: the same bytes by seed, and labels that what is drawn agrees with."""

import json
import os
import signal

import cv2
import numpy as np
import pytest

from crowd import pictures
from crowd.camera import PINHOLE, Camera
from crowd.compose import Look, Stage
from crowd.light import Lamp
from crowd.person import Person
from crowd.pose import Pose
from crowd.room import Room
from crowd.scene import subject
from crowd.style import STREET

SIZE = (96, 128)


def files(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_processes(tmp_path):
    for name, jobs in (("one", 1), ("two", 2)):
        list(pictures.make(tmp_path / name, 9, "street", 0, 3, SIZE, jobs=jobs))
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert len(one) == 4 and one == two
    list(pictures.make(tmp_path / "other", 10, "street", 0, 1, SIZE))
    assert not set(one.values()) & set(files(tmp_path / "other").values())


def dies_once(task):
    """The number of a task; the process that is first asked for the second one is killed."""
    number, mark = task
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_process_that_is_killed_takes_nothing_with_it(tmp_path):
    tasks = [(number, tmp_path / "mark") for number in range(25)]
    assert list(pictures.each(dies_once, tasks, 2)) == list(range(25))


def test_labels_are_within_the_picture(tmp_path):
    list(pictures.make(tmp_path, 3, "street", 0, 6, SIZE))
    rows = pictures.labels(tmp_path)
    assert len(rows) == 6 and any(row["people"] for row in rows)
    for row in rows:
        height, width = cv2.imread(str(tmp_path / row["file"])).shape[:2]
        assert (height, width) == SIZE
        for person in row["people"]:
            left, top, right, bottom = person["box"]
            assert 0 <= left < right <= width and 0 <= top < bottom <= height
            assert 0 <= person["visible"] <= 1 and 0 <= person["hidden"] <= 1
    assert json.dumps(rows)


def picture(stock, who, tilt=40.0):
    """A bare picture of some people seen from 3 m up."""
    draw = np.random.default_rng(0)
    camera = Camera.looking(3.0, tilt, 0.0, PINHOLE, 60, SIZE)
    lamp = Lamp(np.array([0, 40.0, 0.1]), np.zeros(3), 14.0, np.full(3, 1e-6), 1.0)  # too dim for shadows
    look = Look(lamp, np.ones(3, np.float32), 0.0, 0.0, 0.0, 1)
    return Stage(SIZE).picture(camera, Room(draw, stock, False), look, who)


def standing(seed, at):
    person = Person(seed, STREET)
    person.bag = "none"
    return subject(seed, person.posed(Pose("stand")), 1.0, np.array(at), {})


@pytest.mark.parametrize("tilt", [25.0, 60.0, 90.0])
def test_a_box_is_where_a_person_changes_the_picture(stock, tilt):
    camera = Camera.looking(3.0, tilt, 0.0, PINHOLE, 60, SIZE)
    at = camera.floor((64, 55)) if tilt > 30 else np.array([0.2, 0, 4.5])
    light, labels = picture(stock, [standing(1, at)], tilt)
    bare, none = picture(stock, [], tilt)
    assert not none and len(labels) == 1 and labels[0]["visible"] > 0.99
    y, x = np.nonzero(np.abs(light - bare).max(-1) > 0.01)
    np.testing.assert_allclose(labels[0]["box"], [x.min(), y.min(), x.max() + 1, y.max() + 1], atol=2.0)
    for point in ("head", "foot"):
        px, py = labels[0][point]
        left, top, right, bottom = labels[0]["box"]
        assert left - 2 <= px <= right + 2 and top - 2 <= py <= bottom + 2


def test_who_stands_behind_is_less_visible(stock):
    near, far = standing(1, (0.0, 0, 3.0)), standing(2, (0.0, 0, 4.0))
    _, alone = picture(stock, [far], 20.0)
    _, both = picture(stock, [near, far], 20.0)
    hidden = {label["id"]: label["hidden"] for label in both}
    assert alone[0]["hidden"] < 0.01 < 0.3 < hidden[2] and hidden[1] < 0.01
