"""Decoding and scoring of detections, on numbers small enough to check by hand."""

import numpy as np
import pytest

import detect
import measure


def test_a_letterboxed_point_finds_its_way_back():
    picture = np.full((50, 200, 3), 255, np.uint8)
    canvas, fit = detect.letterbox(picture, (320, 416))
    rows, columns = np.nonzero(canvas[..., 0])
    assert (columns.min(), columns.max() + 1) == (0, 416)
    assert (rows.min(), rows.max() + 1) == (fit.top, fit.top + 104)
    assert (fit.scale, fit.left, fit.top) == (2.08, 0, 108)


def test_sides_are_expected_bins_times_the_stride():
    strides = [8, 16, 32]
    centres, stride = detect.cells((64, 32), strides)
    assert len(centres) == 8 * 4 + 4 * 2 + 2
    logits = np.full((len(centres), 4, 11), -100.0)
    logits[..., 2] = 0.0
    logits[..., 3] = 0.0
    boxes = detect.decode(logits.reshape(len(centres), -1), (64, 32), strides)
    np.testing.assert_allclose(boxes[0], [4 - 20, 4 - 20, 4 + 20, 4 + 20])
    np.testing.assert_allclose(boxes[:, 2:] - boxes[:, :2], 5.0 * np.repeat(stride[:, None], 2, 1))


def test_suppression_keeps_the_best_of_each_heap():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 0, 60, 10], [0, 0, 10, 10]], float)
    assert detect.suppress(boxes, np.array([0.5, 0.9, 0.1, 0.5]), 0.6) == [1, 2]
    assert detect.suppress(boxes, np.array([0.5, 0.4, 0.1, 0.5]), 0.95) == [0, 1, 2]


def test_average_precision_by_hand():
    truth = {1: np.array([[0, 0, 10, 10], [20, 0, 30, 10]], float), 2: np.zeros((0, 4))}
    right, wrong = truth[1], np.array([[70, 0, 80, 10]], float)
    perfect = {1: (right, np.array([0.9, 0.8])), 2: (np.zeros((0, 4)), np.zeros(0))}
    assert measure.average_precision(perfect, truth) == pytest.approx(1.0)
    mixed = {1: (right, np.array([0.9, 0.3])), 2: (wrong, np.array([0.5]))}
    assert measure.average_precision(mixed, truth) == pytest.approx(0.5 + 0.5 * 2 / 3)
    twice = {1: (right[[0, 0]], np.array([0.9, 0.8])), 2: (wrong[:0], np.zeros(0))}
    assert measure.average_precision(twice, truth) == pytest.approx(0.5)
