import pytest
import torch
from torch.nn import functional

from reid.config import Config
from reid.losses import Recipe, batch_hard_triplet
from reid.networks import Features


def test_batch_hard_is_the_worst_triplet_of_each_anchor():
    torch.manual_seed(0)
    unit = functional.normalize(torch.randn(9, 5))
    labels = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2])
    worst = []
    for a in range(9):
        triplets = [
            0.3 + (unit[a] - unit[p]).norm() - (unit[a] - unit[n]).norm()
            for p in range(9)
            for n in range(9)
            if p != a and labels[p] == labels[a] and labels[n] != labels[a]
        ]
        worst.append(max(0.0, max(t.item() for t in triplets)))
    assert abs(batch_hard_triplet(unit, labels, 0.3).item() - sum(worst) / 9) < 1e-4


def test_no_loss_once_people_are_a_margin_apart():
    unit = torch.eye(3).repeat_interleave(2, 0)
    assert batch_hard_triplet(unit, torch.tensor([0, 0, 1, 1, 2, 2]), 0.3).item() == 0.0


@pytest.mark.parametrize("scale", [0.0, 24.0])
def test_gradients_are_finite_for_identical_crops(scale):
    raw = torch.ones(4, 128, requires_grad=True)
    loss, _ = Recipe(2, Config(cosine_scale=scale, cosine_margin=0.15))(Features(raw, raw), torch.tensor([0, 0, 1, 1]))
    loss.backward()
    assert torch.isfinite(raw.grad).all()


def test_the_cosine_margin_is_taken_off_the_right_identity_alone():
    torch.manual_seed(0)
    recipe = Recipe(3, Config(cosine_scale=10.0, cosine_margin=0.2, label_smoothing=0.0, triplet_weight=0.0))
    normed, labels = torch.randn(5, 128), torch.tensor([0, 1, 2, 1, 0])
    cosines = functional.normalize(normed) @ functional.normalize(recipe.classify.weight).T
    cosines[torch.arange(5), labels] -= 0.2
    expected = functional.cross_entropy(10 * cosines, labels)
    torch.testing.assert_close(recipe(Features(normed, normed), labels)[0], expected)
