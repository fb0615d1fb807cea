"""The wide residual network of DeepSORT, as a PyTorch module.

Wojke, Bewley, Paulus, "Simple Online and Realtime Tracking with a Deep
Association Metric" (2017), Table 1. For a crop of 3x128x64 (C x H x W):

    name        patch / stride   output
    conv 1      3x3 / 1          32 x 128 x 64
    conv 2      3x3 / 1          32 x 128 x 64
    max pool    3x3 / 2          32 x  64 x 32
    residual 4  3x3 / 1          32 x  64 x 32
    residual 5  3x3 / 1          32 x  64 x 32
    residual 6  3x3 / 2          64 x  32 x 16
    residual 7  3x3 / 1          64 x  32 x 16
    residual 8  3x3 / 2         128 x  16 x  8
    residual 9  3x3 / 1         128 x  16 x  8
    dense 10                    128
    batch norm, L2 norm         128

The residual blocks are pre-activated (He et al. 2016) as in Zagoruyko and
Komodakis's wide residual networks; the activation is the exponential linear
unit throughout.
"""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from reid.networks.common import HEIGHT, WIDTH, Embedder

# (input channels, output channels, stride) of residual 4 to residual 9.
BLOCKS = ((32, 32, 1), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 128, 2), (128, 128, 1))
# Height and width of the last residual block's map.
MAP = (HEIGHT // 8, WIDTH // 8)


def conv3x3(inputs: int, outputs: int, stride: int = 1, bias: bool = False) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=bias)


class Residual(nn.Module):
    """x + conv(elu(bn(conv(elu(bn(x)))))), with a 1x1 projection of x where the shape changes.

    The first block follows an activation already, and does not repeat it.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, first: bool):
        super().__init__()
        self.pre = nn.Identity() if first else nn.Sequential(nn.BatchNorm2d(inputs), nn.ELU(inplace=True))
        self.conv1 = conv3x3(inputs, outputs, stride)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.act1 = nn.ELU(inplace=True)
        self.conv2 = conv3x3(outputs, outputs, bias=True)
        same = inputs == outputs and stride == 1
        self.project = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.act1(self.norm1(self.conv1(self.pre(x))))
        return self.project(x) + self.conv2(inner)


class DeepSortNet(Embedder):
    """The whole network.

    Smaller crops have a smaller last map, which is then stretched to 16x8, so
    the dense layer keeps its shape. The stem is all before residual 4.
    """

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            *(conv3x3(3, 32), nn.BatchNorm2d(32), nn.ELU(inplace=True)),
            *(conv3x3(32, 32), nn.BatchNorm2d(32), nn.ELU(inplace=True)),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        self.blocks = nn.Sequential(*(Residual(*shape, first=i == 0) for i, shape in enumerate(BLOCKS)))
        self.finish(BLOCKS[-1][1] * MAP[0] * MAP[1], mode="fan_in")

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        with torch.set_grad_enabled(self.learning()):
            x = self.stem(x)
        x = self.blocks(self.mixed(x))
        if x.shape[2:] != MAP:
            x = functional.interpolate(x, size=MAP, mode="bilinear", align_corners=False)
        return x.flatten(1)

    def folded(self) -> "DeepSortNet":
        """As `Embedder.folded`, and the norm inside each block.

        The norms that open residual 5 to residual 9 stay: the block's input
        goes around them on the shortcut too.
        """
        folded = super().folded()
        for block in filter(lambda block: isinstance(block.norm1, nn.BatchNorm2d), folded.blocks):
            block.conv1, block.norm1 = fuse_conv_bn_eval(block.conv1, block.norm1), nn.Identity()
        return folded
