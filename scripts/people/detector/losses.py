"""Losses: quality focal for scores, GIoU and distribution focal for boxes (Li et al. 2020), and distillation."""

import numpy as np
import torch
import torch.nn.functional as F

from .assign import assign
from .boxes import BINS, area, common, decode, giou, iou

SUPPRESSED = 0.6  # IoU above which suppression removes the weaker of two boxes
NESTED = 3.0  # weight of a cell whose box would stay as a second one of somebody


class Truth:
    """The people of one picture: `boxes` to be found, `ignored` where nothing is said either way."""

    def __init__(self, boxes: np.ndarray, ignored: np.ndarray):
        self.boxes = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
        self.ignored = torch.tensor(ignored, dtype=torch.float32).reshape(-1, 4)


def second_boxes(boxes: torch.Tensor, truth: torch.Tensor, owner: torch.Tensor) -> torch.Tensor:
    """Cells [n] that answer for nobody and whose box lies mostly on one person without being theirs."""
    if not len(truth):
        return torch.zeros(len(boxes), dtype=torch.bool)
    shared = common(boxes[:, None], truth[None]) / area(boxes)[:, None].clamp(min=1e-6)
    person = shared.argmax(1)
    on_person = shared.amax(1) > 0.6
    return (owner < 0) & on_person & (iou(boxes, truth[person]) < SUPPRESSED)


def supervised(logit: torch.Tensor, dist: torch.Tensor, truths: list[Truth], at: torch.Tensor):
    """Score, box and distribution losses of a batch, and each picture's highest score on nobody."""
    boxes = decode(dist, at)
    target, weight = torch.zeros_like(logit), torch.ones_like(logit)
    chosen, wanted = [], []
    with torch.no_grad():
        for b, truth in enumerate(truths):
            if len(truth.ignored):
                low, high = truth.ignored[:, :2], truth.ignored[:, 2:]
                weight[b, ((at[None, :, :2] > low[:, None]) & (at[None, :, :2] < high[:, None])).all(-1).any(0)] = 0
            owner, overlap = assign(logit[b], boxes[b], truth.boxes, at)
            on = (owner >= 0).nonzero()[:, 0]
            weight[b, second_boxes(boxes[b], truth.boxes, owner)] *= NESTED
            target[b, on], weight[b, on] = overlap[on], 1
            chosen.append(on + b * len(at))
            wanted.append(truth.boxes[owner[on]])
        phantom = ((target == 0) * (weight > 0) * logit.sigmoid()).amax(1)
    chosen, wanted = torch.cat(chosen), torch.cat(wanted)
    score = logit.sigmoid()
    quality = F.binary_cross_entropy_with_logits(logit, target, reduction="none") * (target - score).abs() ** 2 * weight
    quality = quality.sum() / max(1.0, float(target.sum()))
    if not len(chosen):
        return quality, logit.sum() * 0, logit.sum() * 0, phantom
    certain = score.detach().flatten()[chosen].clamp(min=0.1)
    total = certain.sum()
    box = ((1 - giou(boxes.flatten(0, 1)[chosen], wanted)) * certain).sum() / total
    side = _distribution(dist.flatten(0, 1)[chosen], at.repeat(len(truths), 1)[chosen], wanted)
    return quality, 2 * box, (side * certain).sum() / total, phantom


def _distribution(logits: torch.Tensor, at: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """Distribution focal loss [n]: the two bins beside each true distance share its probability."""
    side = torch.cat([at[:, :2] - boxes[:, :2], boxes[:, 2:] - at[:, :2]], 1) / at[:, 2:]
    side = side.clamp(0, BINS - 1.01)
    low = side.floor()
    log = logits.reshape(-1, 4, BINS).log_softmax(-1)
    lower = log.gather(-1, low.long()[..., None])[..., 0]
    upper = log.gather(-1, low.long()[..., None] + 1)[..., 0]
    return -(lower * (low + 1 - side) + upper * (side - low)).mean(-1)


def distilled(logit, dist, taught_logit, taught_dist) -> torch.Tensor:
    """How far scores, and boxes where there is somebody, are from those of the network that teaches."""
    wanted = taught_logit.sigmoid()
    somebody = wanted > 0.1
    apart = (wanted - logit.sigmoid()).abs()
    scores = F.binary_cross_entropy_with_logits(logit, wanted, reduction="none") * apart
    loss = scores.sum() / wanted[somebody].sum().clamp(min=1)
    if somebody.any():
        taught = taught_dist[somebody].reshape(-1, 4, BINS).softmax(-1)
        log = dist[somebody].reshape(-1, 4, BINS).log_softmax(-1)
        apart = F.kl_div(log, taught, reduction="none").sum(-1).mean(-1)
        loss = loss + 4 * (apart * wanted[somebody]).sum() / wanted[somebody].sum()
    return loss
