"""A light network of several scales at once, after OSNet.

Zhou et al., "Omni-Scale Feature Learning for Person Re-Identification" (2019):
a block looks at a map through four streams of one to four light 3x3
convolutions (receptive fields of 3, 5, 7 and 9 pixels), and one small gate,
shared by the streams, weighs each channel of each by the picture at hand.
Sized for a crop of 3x128x64 (C x H x W), half of OSNet's width:

    name              stride   output
    conv 3x3             2      32 x 64 x 32
    max pool             2      32 x 32 x 16
    2 blocks             1     128 x 32 x 16
    conv 1x1, mean       2     128 x 16 x  8
    2 blocks             1     192 x 16 x  8
    conv 1x1, mean       2     192 x  8 x  4
    2 blocks, conv 1x1   1     256 x  8 x  4
    mean, dense, batch norm, L2 norm   128
"""

import torch
from torch import nn

from reid.networks.common import Embedder, conv

WIDTHS = (128, 192, 256)
STEM_CHANNELS = 32
# A block's streams have a quarter of its channels, its gate a sixteenth of theirs.
NARROW, GATE = 4, 16
STREAMS = 4


def relu() -> nn.ReLU:
    return nn.ReLU(inplace=True)


def light(channels: int) -> nn.Sequential:
    """A 1x1 and a depthwise 3x3 in place of a full 3x3."""
    depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
    pointwise = nn.Conv2d(channels, channels, 1, bias=False)
    return nn.Sequential(pointwise, depthwise, nn.BatchNorm2d(channels), relu())


class OmniScale(nn.Module):
    """x + expand(sum of gated streams of reduce(x)), with a 1x1 projection of x where the width changes."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        narrow = outputs // NARROW
        self.reduce = nn.Sequential(*conv(inputs, narrow), relu())
        self.streams = nn.ModuleList(nn.Sequential(*(light(narrow) for _ in range(n + 1))) for n in range(STREAMS))
        hidden = max(4, narrow // GATE)
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(narrow, hidden, 1), relu(), nn.Conv2d(hidden, narrow, 1), nn.Sigmoid()
        )
        self.expand = nn.Sequential(*conv(narrow, outputs))
        self.project = nn.Identity() if inputs == outputs else nn.Sequential(*conv(inputs, outputs))
        self.act = relu()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        narrow = self.reduce(x)
        mixed = 0
        for stream in self.streams:
            seen = stream(narrow)
            mixed = mixed + self.gate(seen) * seen
        return self.act(self.project(x) + self.expand(mixed))


class OsNet(Embedder):
    """The whole network; its stem is what comes before the first block."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(*conv(3, STEM_CHANNELS, 3, 2), relu(), nn.MaxPool2d(3, 2, 1))
        layers, channels = [], STEM_CHANNELS
        for width in WIDTHS:
            layers += [OmniScale(channels, width), OmniScale(width, width), *conv(width, width), relu()]
            if width != WIDTHS[-1]:
                layers.append(nn.AvgPool2d(2))
            channels = width
        self.layers = nn.Sequential(*layers)
        self.finish(channels)

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        with torch.set_grad_enabled(self.learning()):
            x = self.stem(x)
        return self.layers(self.mixed(x)).mean((2, 3))
