"""The loss: an anchor's farthest crop of its own track must be nearer than its nearest certain stranger."""

import torch


def batch_hard(x: torch.Tensor, tracks: torch.Tensor, apart: torch.Tensor, margin: float) -> tuple[torch.Tensor, int]:
    """(mean of max(0, margin + d(a, p) - d(a, n)), anchors counted), d Euclidean on the unit sphere.

    `x` [N, D] unit rows, `tracks` [N], `apart` [N, N] whether two crops are of certain strangers. An anchor without
    another crop of its track, or without a stranger, counts for nothing.
    """
    distance = (2 - 2 * x @ x.T).clamp(min=1e-8).sqrt()
    own = (tracks[:, None] == tracks[None, :]) & ~torch.eye(len(x), dtype=torch.bool)
    asked = own.any(1) & apart.any(1)
    if not asked.any():
        return x.sum() * 0, 0
    farthest = distance.masked_fill(~own, -1).amax(1)[asked]
    nearest = distance.masked_fill(~apart, 9).amin(1)[asked]
    return (margin + farthest - nearest).clamp(min=0).mean(), int(asked.sum())
