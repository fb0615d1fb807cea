"""Terms on triplets (anchor, positive, negative) of a batch, by pytorch-metric-learning.

A batch of P identities x K images holds PK (K - 1) (P - 1) K of them, one for
each ordered pair of an identity and each crop of another.
"""

import torch
from pytorch_metric_learning import losses, miners, reducers
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.utils.loss_and_miner_utils import get_all_triplets_indices
from torch import nn

from reid.losses.pairs import mean

# Which triplets of a batch count: every one; FaceNet's, whose negative is farther than the positive but
# within the margin; each anchor's worst (Hermans, Beyer, Leibe, "In Defense of the Triplet Loss", 2017).
MINING = ("all", "semi-hard", "batch-hard")


class Triplet(nn.Module):
    """mean over triplets of max(0, margin + d(a, p) - d(a, n)), d Euclidean.

    With `all` and `semi-hard` the mean is over those above 0 alone: most
    triplets are soon satisfied, and would drown the others.
    """

    def __init__(self, margin: float, mining: str):
        super().__init__()
        distance = LpDistance(normalize_embeddings=False)
        self.miner = {
            "all": None,
            "semi-hard": miners.TripletMarginMiner(margin, "semihard", distance=distance),
            "batch-hard": miners.BatchHardMiner(distance=distance),
        }[mining]
        reducer = reducers.MeanReducer() if mining == "batch-hard" else reducers.AvgNonZeroReducer()
        self.loss = losses.TripletMarginLoss(margin, distance=distance, reducer=reducer)

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """`x` [N, D], `labels` [N]."""
        return self.loss(x, labels, self.miner(x, labels) if self.miner else None)


def ratio(x: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """mean over all triplets of d(a, p) / d(a, n): no margin to choose, and no triplet is ever done with."""
    anchors, positives, negatives = get_all_triplets_indices(labels)
    to_positive = (x[anchors] - x[positives]).square().sum(1).clamp(min=1e-8).sqrt()
    to_negative = (x[anchors] - x[negatives]).square().sum(1).clamp(min=1e-4).sqrt()
    return mean(to_positive / to_negative)
