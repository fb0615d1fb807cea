"""Which cells answer for which person: SimOTA (Ge et al. 2021, YOLOX), as the detector was trained."""

import torch
import torch.nn.functional as F

from .boxes import BINS, iou

NEAR = 2.5  # cells whose middle is so many strides from a person's may answer
MOST = 10  # cells a person


def assign(logit: torch.Tensor, boxes: torch.Tensor, people: torch.Tensor, at: torch.Tensor):
    """For each cell [n] the person it answers for or -1, and the IoU of its box with theirs.

    Each person takes the cells of the least cost near its middle, as many as the IoUs of its best ten add up to.
    """
    owner, overlap = torch.full((len(at),), -1), torch.zeros(len(at))
    if not len(people):
        return owner, overlap
    allowed = _allowed(people, at)
    match = iou(boxes[None], people[:, None])
    score = logit.sigmoid()
    wanted = match.clamp(0, 1)
    shown = score[None].expand(len(people), -1).clamp(1e-6, 1 - 1e-6)
    cost = F.binary_cross_entropy(shown, wanted, reduction="none") * (wanted - score[None]).abs() ** 2
    cost = cost - 3 * match.clamp(min=1e-6).log() + (~allowed) * 1e5
    count = (match * allowed).topk(MOST, 1)[0].sum(1).int().clamp(1, MOST)
    taken = torch.zeros_like(allowed)
    for person in range(len(people)):
        best = cost[person].topk(int(count[person]), largest=False)[1]
        taken[person, best[cost[person, best] < 1e4]] = True
    twice = taken.sum(0) > 1
    if twice.any():
        keep = cost[:, twice].argmin(0)
        taken[:, twice] = False
        taken[keep, twice.nonzero()[:, 0]] = True
    on = taken.any(0)
    owner[on] = taken[:, on].float().argmax(0)
    overlap[on] = match[owner[on], on.nonzero()[:, 0]]
    return owner, overlap


def _allowed(people: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
    """Cells [people, n] that lie in a person's box, near its middle, and whose bins reach its sides."""
    middle, stride = at[:, :2], at[:, 2]
    inside = ((middle[None] > people[:, None, :2]) & (middle[None] < people[:, None, 2:])).all(-1)
    centre = (people[:, None, :2] + people[:, None, 2:]) / 2
    near = ((middle[None] - centre).abs() < NEAR * stride[None, :, None]).all(-1)
    away = torch.maximum(people[:, None, 2:] - middle[None], middle[None] - people[:, None, :2]).amax(-1)
    reach = away < (BINS - 1.01) * stride[None]
    allowed = near & inside & reach
    none = ~allowed.any(1)
    if none.any():
        allowed[none] = (near & reach)[none]
    return allowed
