"""Each term beside the paper's equation, written out as loops over pairs and triplets."""

import itertools

import pytest
import torch
from torch.nn import functional

from reid.config import CHOICES, Config
from reid.losses import LOSSES, MINING, Losses
from reid.losses.pairs import contrastive, pull
from reid.losses.triplets import Triplet, ratio
from reid.networks import NETWORKS, Features

LABELS = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2])


def points(seed: int = 0) -> torch.Tensor:
    torch.manual_seed(seed)
    return functional.normalize(torch.randn(9, 5))


def triplets(x: torch.Tensor) -> list:
    """(anchor, d(a, p), d(a, n)) of every triplet."""
    return [
        (a, (x[a] - x[p]).norm().item(), (x[a] - x[n]).norm().item())
        for a, p, n in itertools.product(range(9), repeat=3)
        if p != a and LABELS[p] == LABELS[a] and LABELS[n] != LABELS[a]
    ]


def mined(x: torch.Tensor, mining: str, margin: float) -> float:
    if mining == "batch-hard":
        worst = [max(margin + p - n for anchor, p, n in triplets(x) if anchor == a) for a in range(9)]
        return sum(max(0.0, w) for w in worst) / 9
    wanted = [margin + p - n for _, p, n in triplets(x) if mining == "all" or p < n]
    above = [v for v in wanted if v > 0]
    return sum(above) / len(above)


@pytest.mark.parametrize("mining", MINING)
def test_triplets_are_mined_as_said(mining):
    for seed in range(5):
        x = points(seed)
        assert Triplet(0.3, mining)(x, LABELS).item() == pytest.approx(mined(x, mining, 0.3), abs=1e-4)


@pytest.mark.parametrize("mining", MINING)
def test_no_loss_once_people_are_a_margin_apart(mining):
    unit = torch.eye(3).repeat_interleave(2, 0)
    assert Triplet(0.3, mining)(unit, torch.tensor([0, 0, 1, 1, 2, 2])).item() == 0.0


def test_all_triplets_of_a_batch_count():
    # P = 3 people, K = 3 crops: 9 anchors x 2 positives x 6 negatives.
    x = points()
    ratios = [p / n for _, p, n in triplets(x)]
    assert len(ratios) == 108
    assert ratio(x, LABELS).item() == pytest.approx(sum(ratios) / 108, rel=1e-4)


def test_pairs_pull_together_and_push_apart():
    x, margin = points(), 1.2
    same, different = [], []
    for i, j in itertools.combinations(range(9), 2):
        d = (x[i] - x[j]).norm().item()
        (same if LABELS[i] == LABELS[j] else different).append(d)
    pushed = [max(0.0, margin - d) ** 2 / 2 for d in different]
    expected = sum(d * d / 2 for d in same) / len(same) + sum(pushed) / len(pushed)
    assert contrastive(x, LABELS, margin).item() == pytest.approx(expected, rel=1e-4)
    assert pull(x, LABELS).item() == pytest.approx(sum(same) / len(same), rel=1e-4)


def test_the_cosine_margin_is_taken_off_the_right_identity_alone():
    torch.manual_seed(0)
    losses = Losses(3, Config(cosine_scale=10.0, cosine_margin=0.2, label_smoothing=0.0))
    normed, labels = torch.randn(5, 128), torch.tensor([0, 1, 2, 1, 0])
    cosines = functional.normalize(normed) @ functional.normalize(losses.classify.weight).T
    cosines[torch.arange(5), labels] -= 0.2
    expected = functional.cross_entropy(10 * cosines, labels)
    torch.testing.assert_close(losses("softmax", Features(normed, normed), labels)[0], expected)


def test_a_loss_is_the_weighted_sum_of_its_terms():
    torch.manual_seed(0)
    x, labels = torch.randn(9, 128), LABELS
    losses = Losses(3, Config(triplet_weight=0.5, centre_weight=0.1, circle_weight=0.01, verification_weight=0.2))
    total, parts = losses("strong", Features(x, x), labels)
    named = parts["identity"] + 0.5 * parts["triplet"] + 0.1 * parts["centre"] + 0.01 * parts["circle"]
    assert total.item() == pytest.approx(named, rel=1e-5)
    total, parts = losses("deepid2", Features(x, x), labels)
    assert total.item() == pytest.approx(parts["identity"] + 0.2 * parts["verification"], rel=1e-5)
    assert "centre" not in Losses(3, Config())("strong", Features(x, x), labels)[1]


def test_centres_are_a_person_s_own():
    losses = Losses(3, Config(centre_weight=1.0))
    with torch.no_grad():
        losses.centres.copy_(torch.eye(3, 128))
    x = torch.eye(3, 128)[LABELS]
    assert losses.centre(x, LABELS).item() == 0.0
    assert losses.centre(x.roll(3, 0), LABELS).item() == pytest.approx(1.0)


@pytest.mark.parametrize("output", ["unit", "raw"])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_are_finite_for_identical_crops(loss, output):
    raw = torch.ones(4, 128, requires_grad=True)
    config = Config(output=output, centre_weight=0.1, circle_weight=0.1, cosine_scale=24.0, cosine_margin=0.15)
    total, _ = Losses(2, config)(loss, Features(raw, raw), torch.tensor([0, 0, 1, 1]))
    total.backward()
    assert torch.isfinite(raw.grad).all()


def test_only_raw_outputs_feel_their_length():
    x, labels = torch.randn(9, 128), LABELS
    for output, alike in (("unit", True), ("raw", False)):
        losses = Losses(3, Config(output=output))
        once, twice = (losses("triplet", Features(x * k, x * k), labels)[0].item() for k in (1, 2))
        assert (abs(once - twice) < 1e-4) == alike


def test_the_names_in_a_recipe_are_those_that_exist():
    assert CHOICES["loss"] == tuple(LOSSES)
    assert CHOICES["mining"] == MINING
    assert CHOICES["network"] == tuple(NETWORKS)
