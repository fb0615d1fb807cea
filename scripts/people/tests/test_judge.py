"""Scores: agreement with the plain protocol, what is not counted, and boxes a person."""

import numpy as np
import pytest

from detector.judge import Score, measure, within

PERSON = np.array([[10.0, 10, 50, 110]])
YES = np.array([True])


def test_without_anything_left_out_it_is_the_plain_average_precision():
    draw = np.random.default_rng(2)
    score, found, truth = Score(), {}, {}
    for frame in range(25):
        people = draw.integers(0, 5)
        low = draw.uniform(0, 200, (people, 2))
        boxes = np.concatenate([low, low + draw.uniform(20, 80, (people, 2))], 1)
        guess = np.concatenate(
            [boxes + draw.normal(0, 5, boxes.shape), draw.uniform(0, 90, (2, 4)) + np.array([0, 0, 90, 90])]
        )
        scores = draw.random(len(guess))
        order = np.argsort(-scores)
        found[frame], truth[frame] = (guess[order], scores[order]), boxes
        score.add(guess, scores, boxes, np.ones(people, bool))
    assert score.summary()["ap"] == pytest.approx(measure.average_precision(found, truth), abs=1e-9)


def test_who_is_not_counted_is_neither_right_nor_wrong():
    score = Score()
    hidden = np.array([[200.0, 10, 240, 110]])
    both, counted = np.concatenate([PERSON, hidden]), np.array([True, False])
    score.add(both, np.array([0.9, 0.95]), both, counted)
    assert score.summary()["ap"] == 1 and score.summary()["precision"] == 1 and score.people == 1


def test_a_second_box_inside_a_person_is_told():
    score = Score()
    legs = np.array([[15.0, 60, 45, 110]])
    score.add(np.concatenate([PERSON, legs]), np.array([0.9, 0.6]), PERSON, YES)
    score.add(PERSON, np.array([0.9]), PERSON, YES)
    assert score.summary()["boxes"] == 1.5
    assert within(legs[0], PERSON) and not within(PERSON[0], legs)


def test_phantoms_are_told_of_empty_pictures():
    score = Score()
    score.add(PERSON, np.array([0.9]), np.zeros((0, 4)), np.zeros(0, bool))
    score.add(PERSON, np.array([0.2]), np.zeros((0, 4)), np.zeros(0, bool))
    assert score.summary()["phantoms"] == 0.5
