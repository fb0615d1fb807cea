"""Walkers reach their goals at their pace, keep apart, and pass lines when a plain look at their way says so."""

import numpy as np
import pytest

from crowd.walk import STEP, Crowd, Passages, Walker


def walker(at, goal, pace=1.3, start=0.0, **more):
    return Walker(np.array(at, float), [np.array(goal, float)], pace, start, 1.7, **more)


def test_one_alone_walks_straight_at_their_pace_and_leaves():
    crowd = Crowd([walker((0, 0), (0, 6))])
    crowd.advance(3.0)
    assert abs(crowd.walkers[0].at[0]) < 1e-6
    assert crowd.walkers[0].at[1] == pytest.approx(1.3 * (3.0 - 0.5), abs=0.1)
    crowd.advance(6.0)
    assert crowd.present() == []


def test_two_who_meet_keep_out_of_each_other_s_way():
    crowd = Crowd([walker((0.05, 0), (0, 6)), walker((-0.05, 6), (0, 0))])
    nearest = 9.0
    while len(crowd.present()) == 2:
        crowd.advance(crowd.now + STEP)
        nearest = min(nearest, float(np.linalg.norm(crowd.walkers[0].at - crowd.walkers[1].at)))
        assert crowd.now < 20
    assert nearest > 0.3


def test_the_frame_rate_changes_nothing():
    ways = []
    for rate in (5, 20):
        crowd = Crowd([walker((0.1, 0), (0, 6)), walker((0, 6), (0.3, 0), start=0.4)])
        for frame in range(2 * rate + 1):
            crowd.advance(frame / rate)
        ways.append([w.at for w in crowd.walkers])
    np.testing.assert_array_equal(ways[0], ways[1])


def test_who_waits_stands_still_for_that_long():
    crowd = Crowd([Walker(np.zeros(2), [np.array([0, 2.0]), np.array([0, 5.0])], 1.2, 0.0, 1.7, {0: 3.0})])
    still = 0
    while crowd.present():
        crowd.advance(crowd.now + STEP)
        still += not crowd.walkers[0].moving
        assert crowd.now < 20
    assert 2.0 < still * STEP < 4.5


def test_passages_are_those_of_a_plain_look_at_the_way():
    """Random ways over a line from (0, 0) to (4, 0): `in` is from positive z, which a picture has above the line."""
    draw = np.random.default_rng(4)
    for _ in range(30):
        way = np.cumsum(draw.normal(0, 0.7, (40, 2)), 0) + np.array([2, 0])
        passages = Passages(np.zeros(2), np.array([4.0, 0]))
        for second, at in enumerate(way):
            passages.see(1, at, second)
        plain = []
        for second in range(1, 40):
            before, after = way[second - 1, 1], way[second, 1]
            if before * after < 0 and min(abs(before), abs(after)) >= 0.02 and 0 <= way[second, 0] <= 4:
                plain.append((second, 1, "in" if after < 0 else "out"))
        close = np.abs(way[:, 1]).min() < 0.02
        assert close or passages.found == plain
