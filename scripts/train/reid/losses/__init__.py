"""The losses that can be trained with, by name: each a weighted sum of terms on a batch.

strong       label-smoothed or cosine softmax, batch-hard triplet, and centre or circle loss where
             they have a weight: Luo et al., "Bag of Tricks and a Strong Baseline for Deep Person
             Re-identification" (2019); He et al., "FastReID" (2020)
softmax      identification alone, as the first half of Parkhi, Vedaldi, Zisserman, "Deep Face
             Recognition" (2015); the second is a later phase with another loss
contrastive  pairs: Chopra, Hadsell, LeCun, "Learning a Similarity Metric Discriminatively" (2005)
deepid2      identification and verification jointly: Sun et al., "Deep Learning Face
             Representation by Joint Identification-Verification" (2014)
triplet      Schroff, Kalenichenko, Philbin, "FaceNet" (2015), with the recipe's `mining`
ratio        d(a, p) / d(a, n), without a margin
pull         d(a, p) alone: the negative control, which nothing keeps from putting all crops on one point
"""

from reid.losses.losses import LOSSES, Losses
from reid.losses.triplets import MINING

__all__ = ["LOSSES", "MINING", "Losses"]
