"""GoogLeNet sized for a phone and for small crops.

Szegedy et al., "Going Deeper with Convolutions" (2015), Table 1, with batch
norm (Ioffe and Szegedy 2015) and changed for a crop of 3x128x64 (C x H x W):
every layer has half the channels, the first convolution is 3x3 for 7x7, and
one pooling between inception modules is left out, so that people keep a map
of 8x4 where ImageNet's pictures end with 7x7.

    name             stride   output
    conv 3x3            2      32 x 64 x 32
    max pool            2      32 x 32 x 16
    conv 1x1, 3x3       1      96 x 32 x 16
    max pool            2      96 x 16 x  8
    inception 3a-3b     1     240 x 16 x  8
    inception 4a-4e     1     416 x 16 x  8
    max pool            2     416 x  8 x  4
    inception 5a-5b     1     512 x  8 x  4
    mean, dense, batch norm, L2 norm   128
"""

import torch
from torch import nn

from reid.networks.common import Embedder, conv

# Channels of the four branches: 1x1; 1x1 before 3x3, 3x3; 1x1 before 5x5, 5x5; 1x1 after the pooling.
MODULES = {
    "3a": (32, 48, 64, 8, 16, 16),
    "3b": (64, 64, 96, 16, 48, 32),
    "4a": (96, 48, 104, 8, 24, 32),
    "4b": (80, 56, 112, 12, 32, 32),
    "4c": (64, 64, 128, 12, 32, 32),
    "4d": (56, 72, 144, 16, 32, 32),
    "4e": (128, 80, 160, 16, 64, 64),
    "5a": (128, 80, 160, 16, 64, 64),
    "5b": (192, 96, 192, 24, 64, 64),
}
POOL_BEFORE = ("3a", "5a")
# Layers that rest when `train_stem` is off: the convolutions before the inception modules.
STEM = 4


def layer(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(*conv(inputs, outputs, kernel, stride), nn.ReLU(inplace=True))


class Inception(nn.Module):
    """Four looks at one map, of 1, 3 and 5 pixels and its maximum, side by side."""

    def __init__(self, inputs: int, one: int, before3: int, three: int, before5: int, five: int, pooled: int):
        super().__init__()
        self.branches = nn.ModuleList([
            layer(inputs, one),
            nn.Sequential(layer(inputs, before3), layer(before3, three, 3)),
            nn.Sequential(layer(inputs, before5), layer(before5, five, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), layer(inputs, pooled)),
        ])  # fmt: skip
        self.outputs = one + three + five + pooled

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


class GoogLeNet(Embedder):
    """The whole network; its stem is what comes before the first inception module."""

    def __init__(self):
        super().__init__()
        layers = [layer(3, 32, 3, 2), nn.MaxPool2d(3, 2, 1), layer(32, 32), layer(32, 96, 3)]
        channels = 96
        for name, branches in MODULES.items():
            if name in POOL_BEFORE:
                layers.append(nn.MaxPool2d(3, 2, 1))
            layers.append(Inception(channels, *branches))
            channels = layers[-1].outputs
        self.layers = nn.Sequential(*layers)
        self.finish(channels)

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        with torch.set_grad_enabled(self.learning()):
            x = self.layers[:STEM](x)
        return self.layers[STEM:](self.mixed(x)).mean((2, 3))
