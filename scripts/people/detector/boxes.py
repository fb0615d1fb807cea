"""Boxes as (left, top, right, bottom) in pixels, and the cells that predict them."""

import torch

STRIDES, BINS = (8, 16, 32), 11


def cells(height: int, width: int) -> torch.Tensor:
    """Middle (x, y) and stride of every cell [n, 3], stride by stride, row by row."""
    rows = []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        middle = [(x.flatten() + 0.5) * stride, (y.flatten() + 0.5) * stride]
        rows.append(torch.stack([*middle, torch.full((x.numel(),), float(stride))], 1))
    return torch.cat(rows)


def decode(logits: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
    """Box logits [..., n, 4 * BINS] of cells `at` [n, 3] to boxes [..., n, 4]: the expected bin, in strides."""
    share = logits.reshape(*logits.shape[:-1], 4, BINS).float().softmax(-1)
    side = (share @ torch.arange(BINS, dtype=torch.float32)) * at[:, 2:3]
    x, y = at[:, 0], at[:, 1]
    return torch.stack([x - side[..., 0], y - side[..., 1], x + side[..., 2], y + side[..., 3]], -1)


def area(boxes: torch.Tensor) -> torch.Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def common(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Area of the intersection."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    return (high - low).clamp(min=0).prod(-1)


def iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Intersection over union."""
    both = common(a, b)
    return both / (area(a) + area(b) - both).clamp(min=1e-6)


def giou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Generalised IoU (Rezatofighi et al. 2019)."""
    both = common(a, b)
    union = area(a) + area(b) - both
    low, high = torch.minimum(a[..., :2], b[..., :2]), torch.maximum(a[..., 2:], b[..., 2:])
    hull = (high - low).clamp(min=0).prod(-1)
    return both / union.clamp(min=1e-6) - (hull - union) / hull.clamp(min=1e-6)
