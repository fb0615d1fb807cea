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

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from reid.networks.common import Embedder, conv
from reid.networks.depthwise import Depthwise

# (expansion, output channels, repeats, stride of the first).
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 1), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
STEM_CHANNELS = 32
# Layers that rest when `train_stem` is off: the first convolution and the stages of 16 and 24 channels.
STEM = 4
PARTS = 4


class _Clamped(torch.autograd.Function):
    """min(max(x, 0), 6), whose gradient is found from y = f(x): where y (6 - y) > 0 it passes.

    PyTorch's own gradient of a clamp compares each element twice, in bfloat16 without vector instructions.
    """

    @staticmethod
    def forward(context, x):
        y = x.clamp(0.0, 6.0)
        context.save_for_backward(y)
        return y

    @staticmethod
    def backward(context, gradient):
        (y,) = context.saved_tensors
        return torch.ops.aten.threshold_backward(gradient, (6 - y).mul_(y), 0)


class Relu6(nn.Module):
    """min(max(x, 0), 6), by a clamp: PyTorch 1.13 has no gradient of its own ReLU6 in bfloat16."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _Clamped.apply(x) if x.requires_grad else x.clamp(0.0, 6.0)


class InvertedResidual(nn.Module):
    """Widened by `expansion`, filtered a channel at a time, narrowed without activation; around it a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int):
        super().__init__()
        wide = inputs * expansion
        self.shortcut = stride == 1 and inputs == outputs
        widen = [*conv(inputs, wide), Relu6()] if expansion > 1 else []
        filtered = [Depthwise(wide, stride), nn.BatchNorm2d(wide), Relu6()]
        self.conv = nn.Sequential(*widen, *filtered, *conv(wide, outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv(x) if self.shortcut else self.conv(x)


def inverted_residuals(channels: int, stages) -> list:
    """The blocks of `stages`, as `STAGES` has them, after a map of `channels`."""
    layers = []
    for expansion, outputs, repeats, stride in stages:
        for repeat in range(repeats):
            layers.append(InvertedResidual(channels, outputs, stride if repeat == 0 else 1, expansion))
            channels = outputs
    return layers


def stem() -> nn.Sequential:
    return nn.Sequential(*conv(3, STEM_CHANNELS, 3, 2), Relu6())


def take_layers(layers: nn.Sequential, path: Path):
    """Sets `layers` from ImageNet weights whose tensors are called `features.LAYER...`."""
    theirs = torch.load(path, map_location="cpu")
    layers.load_state_dict({name: theirs[f"features.{name}"] for name in layers.state_dict()})


class MobileNet(Embedder):
    """The whole network; its stem is the first `STEM` layers."""

    # The stem but for its last convolution. With two in float the error is three times that, for a tenth more speed.
    first_in_float = 8

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(stem(), *inverted_residuals(STEM_CHANNELS, STAGES))
        self.finish(STAGES[-1][1] * (PARTS + 2))

    def warm_start(self, path: Path):
        """Begins with the ImageNet weights at `path`; the dense layer stays fresh."""
        take_layers(self.layers, path)

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        with torch.set_grad_enabled(self.learning()):
            x = self.layers[:STEM](x)
        x = self.layers[STEM:](self.mixed(x))
        return torch.cat([x.mean((2, 3)), x.amax((2, 3)), stripes(x)], 1)


def stripes(x: torch.Tensor) -> torch.Tensor:
    """Maps [N, C, H, W] as means of `PARTS` stripes from head to feet [N, C x PARTS], which overlap where H is no
    multiple of their number: a product of matrices then, since that cannot be exported otherwise."""
    height = int(x.shape[2])
    if height % PARTS == 0:
        return functional.adaptive_avg_pool2d(x, (PARTS, 1)).flatten(1)
    share = np.zeros((height, PARTS), np.float32)
    for part in range(PARTS):
        first, end = part * height // PARTS, -(-(part + 1) * height // PARTS)
        share[first:end, part] = 1 / (end - first)
    return (x.mean(3) @ torch.from_numpy(share).to(x)).flatten(1)


class ImageNetMobileNet(nn.Module):
    """MobileNetV2 as it was trained on ImageNet, up to its mean of 1,280 numbers: a baseline that has seen no re-ID."""

    def __init__(self, path: Path):
        super().__init__()
        stages = [(*stage[:3], 2 if stage[1] == 64 else stage[3]) for stage in STAGES]
        last = nn.Sequential(*conv(STAGES[-1][1], 1280), Relu6())
        self.layers = nn.Sequential(stem(), *inverted_residuals(STEM_CHANNELS, stages), last)
        take_layers(self.layers, path)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[N, 3, H, W] crops, normalised, to unit rows [N, 1280]."""
        return functional.normalize(self.layers(x).mean((2, 3)))
