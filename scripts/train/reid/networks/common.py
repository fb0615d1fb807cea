"""What every network shares: sizes, and what a pass yields."""

from typing import NamedTuple

import torch

HEIGHT, WIDTH = 128, 64
DIMENSION = 128


class Features(NamedTuple):
    """What one pass yields, each [N, DIMENSION]: before and after batch norm."""

    raw: torch.Tensor
    normed: torch.Tensor
