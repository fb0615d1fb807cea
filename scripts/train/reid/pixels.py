"""What the network is fed: pixels of zero mean and unit deviation, at one of a few sizes."""

import numpy as np
import torch
from torch.nn import functional

# RGB, 0-255 scale, of ImageNet's pictures; the exported file tells the program these.
MEAN = (123.675, 116.28, 103.53)
STD = (58.395, 57.12, 57.375)
# Luma weights of ITU-R BT.601.
LUMA = (0.299, 0.587, 0.114)


def planes(values) -> torch.Tensor:
    """Three numbers as [1, 3, 1, 1]."""
    return torch.tensor(values, dtype=torch.float32).view(1, 3, 1, 1)


def normalise(pixels: np.ndarray) -> torch.Tensor:
    """[N, H, W, 3] uint8 RGB to [N, 3, H, W] float32 of zero mean, unit deviation, channels last in memory."""
    x = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float()
    return (x - planes(MEAN)) / planes(STD)


def resize(x: torch.Tensor, height: int) -> torch.Tensor:
    """[N, 3, H, W] to [N, 3, height, height/2], smoothed before it is made smaller."""
    if x.shape[2] == height:
        return x
    return functional.interpolate(x, size=(height, height // 2), mode="bilinear", align_corners=False, antialias=True)
