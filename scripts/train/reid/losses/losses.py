"""A run's losses: the terms, what they share, and which of them each loss sums."""

import torch
from pytorch_metric_learning.losses import CircleLoss
from torch import nn
from torch.nn import functional

from reid.config import Config
from reid.losses.pairs import contrastive, pull
from reid.losses.triplets import Triplet, ratio
from reid.networks import DIMENSION, Features

LOSSES = {
    "strong": ("identity", "triplet", "centre", "circle"),
    "softmax": ("identity",),
    "contrastive": ("verification",),
    "deepid2": ("identity", "verification"),
    "triplet": ("triplet",),
    "ratio": ("ratio",),
    "pull": ("pull",),
}
# FastReID's, for cosines.
CIRCLE_MARGIN, CIRCLE_SCALE = 0.25, 64


class Losses(nn.Module):
    """All losses of a run, with the identification weights and centres that its phases share.

    Identification reads the embedding after its batch norm; the metric terms
    read the same on the unit sphere, which is where the tracker compares, or
    as it is where the recipe's `output` is raw.
    """

    def __init__(self, people: int, config: Config):
        super().__init__()
        self.config, self.people = config, people
        self.classify = nn.Linear(DIMENSION, people, bias=False)
        nn.init.normal_(self.classify.weight, std=0.01)
        if config.centre_weight:
            self.centres = nn.Parameter(torch.randn(people, DIMENSION))
        self.triplets = Triplet(config.margin, config.mining)
        self.circle = CircleLoss(CIRCLE_MARGIN, CIRCLE_SCALE)
        self.weights = {
            "triplet": config.triplet_weight,
            "centre": config.centre_weight,
            "circle": config.circle_weight,
            "verification": config.verification_weight,
        }

    def on_sphere(self, x: torch.Tensor) -> torch.Tensor:
        return functional.normalize(x) if self.config.output == "unit" else x

    def scores(self, features: Features) -> torch.Tensor:
        """[N, people]: products with each identity's weights, or `cosine_scale` times their cosines."""
        if not self.config.cosine_scale:
            return self.classify(features.normed)
        unit = functional.normalize(features.normed)
        return self.config.cosine_scale * functional.linear(unit, functional.normalize(self.classify.weight))

    def identity(self, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Label-smoothed cross entropy.

        With a `cosine_scale` s the right identity's score is s (cos - m), the
        others' s cos, as in CosFace (Wang et al. 2018, eq. 4): the network
        learns on the sphere only.
        """
        offset = self.config.cosine_margin * self.config.cosine_scale * functional.one_hot(labels, self.people)
        return functional.cross_entropy(scores - offset, labels, label_smoothing=self.config.label_smoothing)

    def centre(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """mean |x - c_y|^2 / 2, the centres c learnt beside the network (Wen et al. 2016, eq. 2)."""
        return (x - self.on_sphere(self.centres)[labels]).square().sum(1).mean() / 2

    def term(self, name: str, x: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if name == "identity":
            return self.identity(scores, labels)
        if name == "verification":
            return contrastive(x, labels, self.config.verification_margin)
        return {
            "triplet": self.triplets,
            "centre": self.centre,
            "circle": self.circle,
            "ratio": ratio,
            "pull": pull,
        }[name](x, labels)

    def forward(self, loss: str, features: Features, labels: torch.Tensor):
        """(total, {term: value}) of a batch under the loss of that name."""
        total, parts = 0.0, {}
        x, scores = self.on_sphere(features.normed), self.scores(features)
        for name in LOSSES[loss]:
            weight = self.weights.get(name, 1.0)
            if weight:
                value = self.term(name, x, scores, labels)
                total, parts[name] = total + weight * value, value.item()
        if "identity" in parts:
            parts["accuracy"] = (scores.detach().argmax(1) == labels).float().mean().item()
        return total, parts
