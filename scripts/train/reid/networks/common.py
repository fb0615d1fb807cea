"""What every network shares: sizes, what a pass yields, and the end from one 128-vector to the embedding."""

import copy
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

HEIGHT, WIDTH = 128, 64
DIMENSION = 128


class Features(NamedTuple):
    """What one pass yields, each [N, DIMENSION]: before and after batch norm."""

    raw: torch.Tensor
    normed: torch.Tensor


class Embedder(nn.Module):
    """Normalised crops [N, 3, H, W] to [N, DIMENSION]; H x W is 128x64, and smaller crops of that aspect pass.

    A subclass calls `finish` once its own layers are made, and maps crops to
    vectors in `pooled`. With `train_stem` off no gradient enters its first
    layers; with `unit` off the embedding is not brought to the unit sphere.
    `mix_style` is how often crops of a batch mix their styles (`mix_styles`).
    With `seen`, higher crops are first brought down to `seen` x `seen`/2.
    """

    first_in_float = 2
    """Convolutions at the start that an int8 file computes in float."""

    def __init__(self):
        super().__init__()
        self.train_stem, self.unit = True, True
        self.mix_style = 0.0
        self.seen = 0

    def finish(self, inputs: int, mode: str = "fan_out"):
        """The dense layer from `inputs` numbers and its batch norm; fresh weights everywhere."""
        self.dense = nn.Linear(inputs, DIMENSION, bias=False)
        self.norm = nn.BatchNorm1d(DIMENSION)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight, mode=mode, nonlinearity="linear")

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        """[N, 3, H, W] to what the dense layer reads."""
        raise NotImplementedError

    def shrunk(self, x: torch.Tensor) -> torch.Tensor:
        """Crops [N, 3, H, W] as the first layer sees them."""
        height, width = int(x.shape[2]), int(x.shape[3])
        if not self.seen or height <= self.seen:
            return x
        rows = torch.from_numpy(shrinking(height, self.seen)).to(x)
        columns = torch.from_numpy(shrinking(width, width * self.seen // height)).to(x)
        return rows @ x @ columns.T

    def mixed(self, x: torch.Tensor) -> torch.Tensor:
        """In training, a share `mix_style` of batches of maps [N, C, H, W] with styles of other crops in part."""
        chosen = self.training and self.mix_style and torch.rand(()) < self.mix_style
        return mix_styles(x) if chosen else x

    def learning(self) -> bool:
        """Whether gradients are wanted in the first layers."""
        return torch.is_grad_enabled() and self.train_stem

    def features(self, x: torch.Tensor) -> Features:
        raw = self.dense(self.pooled(self.shrunk(x)))
        return Features(raw, self.norm(raw))

    def embedding(self, features: Features) -> torch.Tensor:
        """What crops are compared by: [N, DIMENSION], of unit length where `unit` says so."""
        return functional.normalize(features.normed) if self.unit else features.normed

    def forward(self, x: torch.Tensor):
        """`Features` in training, the embedding in evaluation."""
        features = self.features(x)
        return features if self.training else self.embedding(features)

    def folded(self) -> "Embedder":
        """A copy that embeds alike in evaluation, each batch norm that follows a layer in a sequence merged into it."""
        folded = copy.deepcopy(self).eval()
        for module in folded.modules():
            if isinstance(module, nn.Sequential):
                for i in range(len(module) - 1):
                    if isinstance(module[i], nn.Conv2d) and isinstance(module[i + 1], nn.BatchNorm2d):
                        module[i], module[i + 1] = fuse_conv_bn_eval(module[i], module[i + 1]), nn.Identity()
        if isinstance(folded.norm, nn.BatchNorm1d):  # else it is folded already
            folded.dense, folded.norm = fuse_linear_bn_eval(folded.dense, folded.norm), nn.Identity()
        return folded


def shrinking(long: int, short: int) -> np.ndarray:
    """The matrix [short, long] that brings so many pixels in a row down to fewer, as `pixels.resize` does it.

    Each is the mean under a triangle over its own place, twice as wide as it is
    itself. Products of matrices can be exported, where that function cannot.
    """
    scale = long / short
    places, centres = np.arange(long) + 0.5, (np.arange(short) + 0.5) * scale
    weights = np.maximum(0, 1 - np.abs(places[None, :] - centres[:, None]) / scale)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def mix_styles(x: torch.Tensor) -> torch.Tensor:
    """Each of maps [N, C, H, W] with its mean and deviation partly replaced by another's of the batch.

    Zhou et al., "Domain Generalization with MixStyle" (2021), eq. 3 to 5: the share kept is Beta(0.1, 0.1).
    """
    mean = x.mean((2, 3), keepdim=True).detach()
    deviation = (x.var((2, 3), keepdim=True, unbiased=False) + 1e-6).sqrt().detach()
    kept = torch.distributions.Beta(0.1, 0.1).sample((len(x), 1, 1, 1)).to(x)
    other = torch.randperm(len(x), device=x.device)
    place = kept * mean + (1 - kept) * mean[other]
    spread = kept * deviation + (1 - kept) * deviation[other]
    return (x - mean) / deviation * spread + place


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> list:
    """A convolution that keeps the size (but for its stride), and its batch norm."""
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]
