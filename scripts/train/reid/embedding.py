"""Embeddings of crops by the network in training."""

import numpy as np
import torch
from torch import nn

from reid.metrics import unit
from reid.networks import HEIGHT
from reid.pixels import normalise, resize


def embed(
    network: nn.Module, pixels: np.ndarray, device: str, height: int = HEIGHT, batch: int = 64, to_unit: bool = True
) -> np.ndarray:
    """[N, 128, 64, 3] uint8 RGB to rows [N, 128], seen `height` pixels high.

    Rows are of unit length, as they are compared; with `to_unit` off, as the network leaves them.
    """
    network.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(pixels), batch):
            x = resize(normalise(pixels[start : start + batch]), height)
            x = x.contiguous(memory_format=torch.channels_last).to(device)
            parts.append(network(x).cpu().numpy())
    rows = np.concatenate(parts)
    return unit(rows) if to_unit else rows
