"""MobileNetV2 for small crops, warm-started from ImageNet, with a head that looks at parts.

Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks"
(2018), Table 2, changed in two places for a crop of 3x128x64 (C x H x W):

- The stage of 64 channels keeps its input's size (stride 1 for 2): people are
  a quarter of ImageNet's pictures in height and width, and their clothes' detail would be gone.
- In place of the last 1x1 convolution to 1,280 channels, the final map
  (320 x 8 x 4) is averaged as a whole, as `PARTS` stripes from head to feet
  (Sun et al., "Beyond Part Models", 2018), and its maximum is taken; one
  matrix brings these six 320-vectors down to 128 numbers.

    name            expansion  repeats  stride   output
    conv 3x3            -         1        2     32 x 64 x 32
    inverted residual   1         1        1     16 x 64 x 32
    inverted residual   6         2        2     24 x 32 x 16
    inverted residual   6         3        2     32 x 16 x  8
    inverted residual   6         4        1     64 x 16 x  8
    inverted residual   6         3        1     96 x 16 x  8
    inverted residual   6         3        2    160 x  8 x  4
    inverted residual   6         1        1    320 x  8 x  4
    pool, dense, batch norm, L2 norm             128

2.1 million weights, 125 million multiply-adds.
"""

import copy
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from reid.networks.common import DIMENSION, Features
from reid.networks.depthwise import Depthwise

# (expansion, output channels, repeats, stride of the first).
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 1), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
STEM_CHANNELS = 32
# Layers that rest when `train_stem` is off: the first convolution and the stages of 16 and 24 channels.
STEM = 4
PARTS = 4


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> list:
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]


def relu6() -> nn.ReLU6:
    return nn.ReLU6(inplace=True)


class InvertedResidual(nn.Module):
    """Widened by `expansion`, filtered a channel at a time, narrowed without activation; around it a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int):
        super().__init__()
        wide = inputs * expansion
        self.shortcut = stride == 1 and inputs == outputs
        widen = [*conv(inputs, wide), relu6()] if expansion > 1 else []
        filtered = [Depthwise(wide, stride), nn.BatchNorm2d(wide), relu6()]
        self.conv = nn.Sequential(*widen, *filtered, *conv(wide, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv(x) if self.shortcut else self.conv(x)


class MobileNet(nn.Module):
    """[N, 3, H, W] crops, normalised, to [N, 128]: `Features` in training, unit vectors in evaluation.

    H x W is 128x64; any size of that aspect passes. With `train_stem` off no
    gradient enters the first `STEM` layers.
    """

    def __init__(self):
        super().__init__()
        layers, channels = [nn.Sequential(*conv(3, STEM_CHANNELS, 3, 2), relu6())], STEM_CHANNELS
        for expansion, outputs, repeats, stride in STAGES:
            for repeat in range(repeats):
                layers.append(InvertedResidual(channels, outputs, stride if repeat == 0 else 1, expansion))
                channels = outputs
        self.layers = nn.Sequential(*layers)
        self.train_stem = True
        self.dense = nn.Linear(channels * (PARTS + 2), DIMENSION, bias=False)
        self.norm = nn.BatchNorm1d(DIMENSION)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="linear")

    def warm_start(self, path: Path):
        """Takes the layers from ImageNet weights whose tensors are called `features.LAYER...`."""
        theirs = torch.load(path, map_location="cpu")
        ours = self.layers.state_dict()
        self.layers.load_state_dict({name: theirs[f"features.{name}"] for name in ours})

    def features(self, x: torch.Tensor) -> Features:
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.train_stem):
            x = self.layers[:STEM](x)
        x = self.layers[STEM:](x)
        pooled = [x.mean((2, 3)), x.amax((2, 3)), functional.adaptive_avg_pool2d(x, (PARTS, 1)).flatten(1)]
        raw = self.dense(torch.cat(pooled, 1))
        return Features(raw, self.norm(raw))

    def forward(self, x: torch.Tensor):
        features = self.features(x)
        return features if self.training else functional.normalize(features.normed)

    def folded(self) -> "MobileNet":
        """A copy that embeds alike in evaluation, with every batch norm merged into the layer before it."""
        folded = copy.deepcopy(self).eval()
        for module in folded.layers.modules():
            if isinstance(module, nn.Sequential):
                for i in range(len(module) - 1):
                    if isinstance(module[i], nn.Conv2d) and isinstance(module[i + 1], nn.BatchNorm2d):
                        module[i], module[i + 1] = fuse_conv_bn_eval(module[i], module[i + 1]), nn.Identity()
        folded.dense, folded.norm = fuse_linear_bn_eval(folded.dense, folded.norm), nn.Identity()
        return folded
