"""The networks that can be trained, by name, and what all of them have in common.

Each maps normalised crops [N, 3, H, W] to `DIMENSION` numbers, and has

    features(x)   `Features` of one pass, what the losses read
    forward(x)    `Features` in training, unit rows [N, DIMENSION] in evaluation
    train_stem    off: no gradient enters its first layers
    folded()      a copy for inference, batch norms merged where they can be
"""

from torch import nn

from reid.networks.common import DIMENSION, HEIGHT, WIDTH, Features
from reid.networks.deepsort import DeepSortNet
from reid.networks.mobilenet import MobileNet

__all__ = ["DIMENSION", "HEIGHT", "NETWORKS", "WIDTH", "Features", "build"]

NETWORKS = {"deepsort": DeepSortNet, "mobilenet": MobileNet}


def build(name: str) -> nn.Module:
    """A network of fresh weights."""
    return NETWORKS[name]()
