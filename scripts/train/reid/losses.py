"""The two losses of the recipe, on batches of P identities x K images."""

import torch
from torch import nn
from torch.nn import functional

from reid.config import Config
from reid.networks import DIMENSION, Features


def batch_hard_triplet(unit: torch.Tensor, labels: torch.Tensor, margin: float) -> torch.Tensor:
    """mean over anchors a of max(0, margin + max_p |a - p| - min_n |a - n|), distances Euclidean.

    Hermans, Beyer, Leibe, "In Defense of the Triplet Loss" (2017), eq. 5.
    `unit` [N, D] unit rows, `labels` [N].
    """
    distances = (2.0 - 2.0 * unit @ unit.T).clamp(min=1e-8).sqrt()
    same = labels[:, None] == labels[None, :]
    farthest = distances.masked_fill(~same, 0.0).amax(1)
    nearest = distances.masked_fill(same, float("inf")).amin(1)
    return functional.relu(margin + farthest - nearest).mean()


class Recipe(nn.Module):
    """Label-smoothed softmax over training identities, plus weighted batch-hard triplet.

    The softmax reads the embedding after its batch norm, as the neck in Luo et
    al., "Bag of Tricks and a Strong Baseline for Deep Person
    Re-identification" (2019); the triplet reads the same on the unit sphere,
    which is where the tracker compares. With a `cosine_scale` s the softmax
    reads s (cos - m) for the right identity and s cos for the others, as
    CosFace (Wang et al. 2018, eq. 4): the network learns on the sphere only.
    """

    def __init__(self, people: int, config: Config):
        super().__init__()
        self.classify = nn.Linear(DIMENSION, people, bias=False)
        nn.init.normal_(self.classify.weight, std=0.01)
        self.smoothing, self.margin, self.triplet_weight = config.label_smoothing, config.margin, config.triplet_weight
        self.scale, self.cosine_margin = config.cosine_scale, config.cosine_margin

    def scores(self, features: Features) -> torch.Tensor:
        """[N, people]: products with each identity's weights, or `scale` times their cosines."""
        if not self.scale:
            return self.classify(features.normed)
        unit = functional.normalize(features.normed)
        return self.scale * functional.linear(unit, functional.normalize(self.classify.weight))

    def forward(self, features: Features, labels: torch.Tensor):
        """(total, {name: value}) of a batch."""
        scores = self.scores(features)
        offset = self.cosine_margin * self.scale * functional.one_hot(labels, scores.shape[1])
        identity = functional.cross_entropy(scores - offset, labels, label_smoothing=self.smoothing)
        triplet = batch_hard_triplet(functional.normalize(features.normed), labels, self.margin)
        accuracy = (scores.detach().argmax(1) == labels).float().mean()
        parts = {"identity": identity.item(), "triplet": triplet.item(), "accuracy": accuracy.item()}
        return identity + self.triplet_weight * triplet, parts
