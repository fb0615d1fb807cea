import numpy as np
import pytest

from reid.data import Crops
from reid.judge import pairs, rank
from reid.metrics import ranking, verification


def test_ranking_by_hand():
    # Query of person 1: wrong, right, wrong, right -> precision 1/2 and 2/4, all found in 4.
    # Query of person 2: right first, then two wrong; its other right one is masked.
    distances = np.array([[0.1, 0.2, 0.3, 0.4, 9.0], [0.5, 0.6, 0.7, 0.8, 0.1]])
    gallery = np.array([2, 1, 2, 1, 2])
    usable = np.array([[True] * 4 + [False], [False, True, False, True, True]])
    figures = ranking(distances, np.array([1, 2]), gallery, usable, ranks=(1, 2))
    assert figures == {"rank-1": 0.5, "rank-2": 1.0, "mAP": pytest.approx(0.75), "mINP": 0.75, "queries": 2}


def test_a_query_without_a_right_answer_does_not_count():
    figures = ranking(np.array([[0.1], [0.1]]), np.array([1, 2]), np.array([1]), np.ones((2, 1), bool), ranks=(1,))
    assert figures["queries"] == 1


def test_verification_of_normal_distances():
    # Two unit normals 2 apart: d' = 2, equal error = Phi(-1), accepts at 1% = Phi(2 - 2.326).
    draw = np.random.default_rng(0)
    figures = verification(draw.normal(0, 1, 200_000), draw.normal(2, 1, 200_000))
    assert figures["separation"] == pytest.approx(2.0, abs=0.02)
    assert figures["eer"] == pytest.approx(0.1587, abs=0.003)
    assert figures["threshold"] == pytest.approx(2 - 2.326, abs=0.03)
    assert figures["accepts"] == pytest.approx(0.3722, abs=0.01)


def test_perfect_separation():
    figures = verification(np.array([0.1, 0.2]), np.array([0.8, 0.9]))
    assert figures["eer"] == 0.0 and figures["accepts"] == 1.0


def crops_of(identities, cameras) -> Crops:
    count = len(identities)
    return Crops(np.zeros((count, 1, 1, 3)), np.array(identities), np.array(cameras), np.zeros(count, int), ["x"])


def test_the_same_camera_is_no_answer():
    # The nearest crop of person 0 is from its own camera: only the other camera's counts.
    crops = crops_of([0, 0, 0, 1], [1, 1, 2, 1])
    angles = np.array([0.0, 0.01, 1.0, 0.5])
    vectors = np.stack([np.cos(angles), np.sin(angles)], 1)
    figures = rank(crops, np.array([0, 1, 2, 3]), vectors, views=False)
    assert figures["queries"] == 3
    assert figures["rank-1"] == 0.0
    same, different = pairs(crops, np.arange(4), vectors, across=False)
    assert len(same) == 1 and len(different) == 2


def test_without_cameras_only_the_crop_itself_is_left_out():
    crops = crops_of([0, 0, 1, 1], [-1] * 4)
    angles = np.array([0.0, 0.1, 1.0, 1.1])
    vectors = np.stack([np.cos(angles), np.sin(angles)], 1)
    assert rank(crops, np.arange(4), vectors, views=False) == {
        "rank-1": 1.0, "rank-5": 1.0, "rank-10": 1.0, "mAP": 1.0, "mINP": 1.0, "queries": 4,
    }  # fmt: skip
