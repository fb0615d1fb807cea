"""The figures beside other people's code and beside slow definitions."""

import numpy as np
import pytest
import torch
from pytorch_metric_learning.distances import CosineSimilarity
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from pytorch_metric_learning.utils.inference import CustomKNN
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_curve

from reid import curve
from reid.metrics import cosine_distances, nearest_centre, ranking, unit, verification


def people(seed: int, count: int = 60, identities: int = 8):
    draw = np.random.default_rng(seed)
    ids = draw.integers(0, identities, count)
    return unit(draw.normal(size=(identities, 6))[ids] + draw.normal(size=(count, 6))), ids


def market_oracle(distances, query_ids, query_cameras, gallery_ids, gallery_cameras):
    """Market-1501's protocol as FastReID and torchreid define it, a query at a time: (rank-1, mAP, mINP)."""
    found = []
    for q, row in enumerate(distances):
        matches = []
        for g in sorted(range(len(row)), key=lambda g: row[g]):
            if gallery_ids[g] == query_ids[q] and gallery_cameras[g] == query_cameras[q]:
                continue
            matches.append(int(gallery_ids[g] == query_ids[q]))
        if not any(matches):
            continue
        precisions = [sum(matches[: i + 1]) / (i + 1) for i, hit in enumerate(matches) if hit]
        last = max(i for i, hit in enumerate(matches) if hit)
        found.append((matches[0], sum(precisions) / sum(matches), sum(matches) / (last + 1)))
    return np.mean(found, axis=0)


@pytest.mark.parametrize("seed", range(10))
def test_ranking_is_market_1501_s(seed):
    rows, ids = people(seed)
    cameras = np.random.default_rng(seed + 100).integers(0, 3, len(ids))
    distances = cosine_distances(rows[:20], rows[20:])
    usable = ~((ids[:20, None] == ids[None, 20:]) & (cameras[:20, None] == cameras[None, 20:]))
    ours = ranking(distances, ids[:20], ids[20:], usable)
    theirs = market_oracle(distances, ids[:20], cameras[:20], ids[20:], cameras[20:])
    np.testing.assert_allclose([ours["rank-1"], ours["mAP"], ours["mINP"]], theirs)


def test_ranking_without_cameras_is_pytorch_metric_learning_s():
    rows, ids = people(3)
    everything = np.ones((len(ids), len(ids)), dtype=bool)
    np.fill_diagonal(everything, False)
    ours = ranking(cosine_distances(rows, rows), ids, ids, everything)
    calculator = AccuracyCalculator(
        include=("precision_at_1", "mean_average_precision"), k=len(ids) - 1, knn_func=CustomKNN(CosineSimilarity())
    )
    theirs = calculator.get_accuracy(torch.from_numpy(rows).float(), torch.from_numpy(ids))
    assert ours["rank-1"] == pytest.approx(theirs["precision_at_1"])
    assert ours["mAP"] == pytest.approx(theirs["mean_average_precision"], abs=1e-6)


def test_verification_is_scikit_learn_s_roc():
    draw = np.random.default_rng(0)
    same, different = draw.normal(0.3, 0.1, 3000), draw.normal(0.7, 0.15, 5000)
    figures = verification(same, different)
    labels = np.r_[np.ones(len(same)), np.zeros(len(different))]
    false, true, _ = roc_curve(labels, -np.r_[same, different], drop_intermediate=False)
    for point in figures["roc"]:
        below = true[false <= point["false_accepts"]].max()
        assert point["accepts"] == pytest.approx(below, abs=1e-9)
    assert (
        figures["accepts"] == figures["roc"][6]["accepts"] and figures["rare_accepts"] == figures["roc"][3]["accepts"]
    )
    at = np.argmin(np.abs(false - (1 - true)))
    assert figures["eer"] == pytest.approx((false[at] + 1 - true[at]) / 2, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_a_centre_is_made_without_the_crop_that_is_looked_up(seed):
    rows, ids = people(seed, count=40, identities=15)
    right = asked = 0
    for query in range(len(ids)):
        others = np.arange(len(ids)) != query
        if not (ids[others] == ids[query]).any():
            continue
        names = np.unique(ids)
        centres = [unit(rows[others & (ids == name)].sum(0)[None])[0] for name in names]
        asked += 1
        right += names[np.argmax([rows[query] @ centre for centre in centres])] == ids[query]
    found = nearest_centre(rows, ids)
    assert (found["crops"], found["accuracy"]) == (asked, pytest.approx(right / asked))
    assert found["identities"] == len(np.unique(ids))


def test_the_probability_of_one_person_is_logistic_regression_s():
    draw = np.random.default_rng(1)
    same, different = draw.normal(0.3, 0.1, 4000), draw.normal(0.6, 0.1, 9000)
    midpoint, scale = curve.fit(same, different)
    distances, labels = np.r_[same, different][:, None], np.r_[np.ones(4000), np.zeros(9000)]
    theirs = LogisticRegression(C=1e6, class_weight="balanced").fit(distances, labels)
    assert midpoint == pytest.approx(-theirs.intercept_[0] / theirs.coef_[0, 0], abs=0.005)
    assert scale == pytest.approx(-1 / theirs.coef_[0, 0], rel=0.05)


def test_pairs_without_a_mistake_give_a_finite_curve():
    midpoint, scale = curve.fit(np.array([0.1, 0.2]), np.array([0.8, 0.9, 1.0]))
    assert 0.2 < midpoint < 0.8 and 0 < scale < 0.5
    assert curve.fit(np.array([0.9, 1.0]), np.array([0.1, 0.2]))[1] > 0
