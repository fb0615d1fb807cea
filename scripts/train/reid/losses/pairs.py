"""Terms on pairs of crops: a siamese network is one network that sees both, so every pair of a batch counts."""

import torch
from torch.nn import functional


def euclidean(x: torch.Tensor) -> torch.Tensor:
    """[N, D] to [N, N] distances; never quite 0, where the root has no slope."""
    square = (x * x).sum(1)
    return (square[:, None] + square[None, :] - 2.0 * x @ x.T).clamp(min=1e-8).sqrt()


def split_pairs(distances: torch.Tensor, labels: torch.Tensor):
    """(same, different): the distances of all unordered pairs of two crops, by whether they show one person."""
    same = labels[:, None] == labels[None, :]
    upper = torch.ones_like(same).triu(1)
    return distances[same & upper], distances[~same & upper]


def mean(values: torch.Tensor) -> torch.Tensor:
    """Their mean; 0, with a gradient of 0, where there are none."""
    return values.sum() / max(1, values.numel())


def contrastive(x: torch.Tensor, labels: torch.Tensor, margin: float) -> torch.Tensor:
    """mean_same d^2 / 2 + mean_different max(0, m - d)^2 / 2.

    Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant
    Mapping" (2006), eq. 4, both kinds of pairs weighing the same. `x` [N, D],
    `labels` [N].
    """
    same, different = split_pairs(euclidean(x), labels)
    return mean(same.square()) / 2 + mean(functional.relu(margin - different).square()) / 2


def pull(x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """mean_same d."""
    return mean(split_pairs(euclidean(x), labels)[0])
