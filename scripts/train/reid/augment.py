"""Training crops: [N, 128, 64, 3] uint8 to normalised [N, 3, h, w] float32, changed at random."""

import numpy as np
import torch
from torch.nn import functional

from reid import optics
from reid.config import Augment
from reid.networks import HEIGHT, WIDTH
from reid.pixels import LUMA, MEAN, STD, planes, resize

# Heights that low-resolution crops are brought down to: people far from a camera.
LOW_HEIGHTS = (32, 80)
ERASE_AREA = (0.03, 0.25)
# How much of a crop somebody or something else covers: from below, or from one side.
COVERED = (0.1, 0.45)


def shift_and_flip(pixels: np.ndarray, recipe: Augment, draw) -> np.ndarray:
    """Random crops of each picture after replicating its border by `shift_pixels`, half of them mirrored."""
    pad = recipe.shift_pixels
    padded = np.pad(pixels, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="edge")
    out = np.empty_like(pixels)
    for i, (top, left) in enumerate(draw.integers(0, 2 * pad + 1, (len(pixels), 2))):
        crop = padded[i, top : top + HEIGHT, left : left + WIDTH]
        out[i] = crop[:, ::-1] if draw.random() < recipe.flip else crop
    return out


def other_boxes(x: torch.Tensor, spread: float, draw) -> torch.Tensor:
    """Each crop as a box would show it that is up to `spread` of its size larger, smaller and aside, each side its own
    way; what lies outside repeats the border."""
    size = draw.uniform(1 - spread, 1 + spread, (len(x), 2))
    aside = draw.uniform(-spread, spread, (len(x), 2))
    frames = np.zeros((len(x), 2, 3), np.float32)
    frames[:, 0, 0], frames[:, 1, 1], frames[:, :, 2] = size[:, 0], size[:, 1], aside
    grid = functional.affine_grid(torch.from_numpy(frames), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, padding_mode="border", align_corners=False)


def cover(x: torch.Tensor, probability: float, draw) -> torch.Tensor:
    """Part of some crops behind the same part of another crop of the batch: from below, or from a side."""
    _, _, height, width = x.shape
    before = x.clone()
    for i in np.flatnonzero(draw.random(len(x)) < probability):
        other, share, side = draw.integers(len(x)), draw.uniform(*COVERED), draw.integers(4)
        high, wide = int(height * share), int(width * share)
        if side < 2:
            x[i, :, height - high :] = before[other, :, height - high :]
        elif side == 2:
            x[i, :, :, :wide] = before[other, :, :, :wide]
        else:
            x[i, :, :, width - wide :] = before[other, :, :, width - wide :]
    return x


def lower_resolution(x: torch.Tensor, probability: float, draw) -> torch.Tensor:
    """Some crops brought down to a random height and back up, as small people in a frame are."""
    for i in np.flatnonzero(draw.random(len(x)) < probability):
        height = int(draw.integers(*LOW_HEIGHTS))
        small = resize(x[i : i + 1], height)
        x[i] = functional.interpolate(small, size=x.shape[2:], mode="bilinear", align_corners=False)[0]
    return x


def jitter(x: torch.Tensor, recipe: Augment, draw) -> torch.Tensor:
    """Saturation, contrast about the crop's own mean and brightness, each crop its own; a few go gray."""

    def around_one(spread: float) -> torch.Tensor:
        return torch.from_numpy(draw.uniform(1 - spread, 1 + spread, (len(x), 1, 1, 1)).astype(np.float32))

    gray = (x * planes(LUMA)).sum(1, keepdim=True)
    saturation = around_one(recipe.saturation)
    saturation[torch.from_numpy(draw.random(len(x)) < recipe.gray)] = 0.0
    x = gray + saturation * (x - gray)
    mean = gray.mean((2, 3), keepdim=True)
    return ((x - mean) * around_one(recipe.contrast) + mean) * around_one(recipe.brightness)


def erase(x: torch.Tensor, probability: float, draw) -> torch.Tensor:
    """Random erasing (Zhong et al. 2017): a rectangle of noise in place of part of some crops."""
    _, _, height, width = x.shape
    for i in np.flatnonzero(draw.random(len(x)) < probability):
        area = draw.uniform(*ERASE_AREA) * height * width
        aspect = np.exp(draw.uniform(np.log(0.4), np.log(2.5)))
        tall = min(height - 1, max(1, int(np.sqrt(area * aspect))))
        wide = min(width - 1, max(1, int(np.sqrt(area / aspect))))
        top, left = draw.integers(0, height - tall), draw.integers(0, width - wide)
        noise = draw.standard_normal((3, tall, wide), dtype=np.float32)
        x[i, :, top : top + tall, left : left + wide] = torch.from_numpy(noise)
    return x


def training_batch(pixels: np.ndarray, height: int, recipe: Augment, draw) -> torch.Tensor:
    """One batch, changed as `recipe` says with numbers from `draw`, `height` x `height`/2 in size."""
    x = torch.from_numpy(shift_and_flip(pixels, recipe, draw)).permute(0, 3, 1, 2).float()
    if recipe.box:
        x = other_boxes(x, recipe.box, draw)
    if recipe.cover:
        x = cover(x, recipe.cover, draw)
    x = lower_resolution(x, recipe.low_resolution, draw)
    x = optics.changed(x, recipe, draw)
    x = (jitter(resize(x, height), recipe, draw).clamp(0, 255) - planes(MEAN)) / planes(STD)
    return erase(x, recipe.erase, draw).contiguous(memory_format=torch.channels_last)
