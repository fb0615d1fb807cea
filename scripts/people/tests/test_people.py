"""Bodies of plausible size, the same person every time, poses that keep bones as long as they are."""

import numpy as np
import pytest

from crowd.body import BODY_VERTICES, body
from crowd.person import Person
from crowd.pose import Pose, turns
from crowd.style import OTHER, STREET


def test_the_rest_pose_is_the_shape():
    vertices = body().shape(0.5, 0.5, 0.5, 0.5, 0.0, (0.3, 0.3, 0.4))
    posed, _, _ = body().pose(vertices, {})
    np.testing.assert_allclose(posed, vertices, atol=1e-4)


@pytest.mark.parametrize("legs", ["walk", "stand", "sit"])
def test_bones_keep_their_length(legs):
    vertices = body().shape(1.0, 0.5, 0.5, 0.5, 0.2, (0, 0, 1))
    _, _, heads = body().pose(vertices, turns(Pose(legs, 0.4)))
    rest = body().joints(vertices)
    for bone, parent in enumerate(body().parents):
        if parent >= 0:
            before = np.linalg.norm(rest[bone] - rest[parent])
            assert np.linalg.norm(heads[bone] - heads[parent]) == pytest.approx(before, abs=1e-3)


def test_a_stride_brings_each_foot_forward_once():
    person = Person(3, STREET)
    ahead = []
    for phase in np.linspace(0, 1, 12, endpoint=False):
        _, _, heads = body().pose(person.rest, turns(Pose("walk", phase)))
        ahead.append(heads[body().bone["foot_l"], 2] - heads[body().bone["foot_r"], 2])
    signs = np.sign(ahead)
    assert ahead[0] > 2 and min(ahead) < -2
    assert (signs != np.roll(signs, 1)).sum() == 2


def test_people_are_as_tall_as_people():
    heights = {True: [], False: []}
    for seed in range(40):
        person = Person(seed, STREET)
        heights[person.child].append(person.posed(Pose("stand")).height)
    assert min(heights[False]) > 1.4 and max(heights[False]) < 2.15
    assert np.mean(heights[False]) == pytest.approx(1.7, abs=0.1)
    assert heights[True] and max(heights[True]) < min(1.7, np.mean(heights[False]))


def test_a_seed_is_one_person_and_another_seed_or_style_another():
    first, again, other, style = Person(1, STREET), Person(1, STREET), Person(2, STREET), Person(1, OTHER)
    pose = Pose("walk", 0.3)
    a, b = first.posed(pose), again.posed(pose)
    assert len(a.surfaces) == len(b.surfaces)
    for one, two in zip(a.surfaces, b.surfaces, strict=True):
        assert one.vertices.tobytes() == two.vertices.tobytes() and one.material.tobytes() == two.material.tobytes()
    assert not np.array_equal(first.rest, other.rest)
    assert not np.array_equal(first.rest, style.rest)


def test_who_sits_is_lower_and_feet_are_on_the_floor():
    person = Person(4, STREET)
    standing, sitting = person.posed(Pose("stand")), person.posed(Pose("sit"))
    assert sitting.height < 0.85 * standing.height
    for posed in (standing, sitting):
        skin = posed.surfaces[0].vertices
        assert abs(skin[:BODY_VERTICES, 1].min()) < 0.02 and posed.foot[1] == 0
        assert posed.head[1] == pytest.approx(posed.height - 0.1, abs=0.1)
