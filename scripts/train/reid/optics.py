"""What other cameras would have made of a crop: tone, white balance, sharpness, noise and compression.

Made-up people lack the crisp, noisy, compressed look of real cameras, each of which has its own.
"""

import io

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from reid.config import Augment

# How much of what a blur takes away is added: cameras of every price sharpen, and some by far too much.
SHARPENED = (0.5, 2.5)
QUALITIES = (15, 80)
# A blur of 5 x 5 pixels, of Gaussian weights with a deviation of about one.
TAPS = (1.0, 4.0, 6.0, 4.0, 1.0)


def tone(x: torch.Tensor, spread: float, draw) -> torch.Tensor:
    """x^g of light in 0..1, each crop with its own g, e^-spread to e^spread."""
    power = np.exp(draw.uniform(-spread, spread, (len(x), 1, 1, 1))).astype(np.float32)
    return 255 * (x.clamp(0, 255) / 255) ** torch.from_numpy(power)


def balance(x: torch.Tensor, spread: float, draw) -> torch.Tensor:
    """Each colour of each crop times a number of its own, 1 - spread to 1 + spread."""
    return x * torch.from_numpy(draw.uniform(1 - spread, 1 + spread, (len(x), 3, 1, 1)).astype(np.float32))


def blurred(x: torch.Tensor) -> torch.Tensor:
    """Each plane smoothed over 5 x 5 pixels."""
    taps = torch.tensor(TAPS) / sum(TAPS)
    kernel = (taps[:, None] * taps[None, :]).expand(3, 1, 5, 5)
    return functional.conv2d(functional.pad(x, (2, 2, 2, 2), mode="replicate"), kernel, groups=3)


def sharpen(x: torch.Tensor, probability: float, draw) -> torch.Tensor:
    """Unsharp masking of some crops."""
    chosen = np.flatnonzero(draw.random(len(x)) < probability)
    if len(chosen):
        amount = torch.from_numpy(draw.uniform(*SHARPENED, (len(chosen), 1, 1, 1)).astype(np.float32))
        x[chosen] = x[chosen] + amount * (x[chosen] - blurred(x[chosen]))
    return x


def noise(x: torch.Tensor, most: float, draw) -> torch.Tensor:
    """Noise of a deviation between 0 and `most` levels, each crop its own, half of it alike in all colours."""
    deviation = torch.from_numpy(draw.uniform(0, most, (len(x), 1, 1, 1)).astype(np.float32))
    gray = torch.from_numpy(draw.standard_normal((len(x), 1, *x.shape[2:]), dtype=np.float32))
    colours = torch.from_numpy(draw.standard_normal(tuple(x.shape), dtype=np.float32))
    return x + deviation * (0.7 * gray + 0.7 * colours)


def compress(x: torch.Tensor, probability: float, draw) -> torch.Tensor:
    """Some crops through JPEG."""
    for i in np.flatnonzero(draw.random(len(x)) < probability):
        picture, buffer = x[i].clamp(0, 255).byte().permute(1, 2, 0).numpy(), io.BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG", quality=int(draw.integers(*QUALITIES)))
        x[i] = torch.from_numpy(np.array(Image.open(buffer))).permute(2, 0, 1).float()
    return x


def changed(x: torch.Tensor, recipe: Augment, draw) -> torch.Tensor:
    """`x` [N, 3, H, W], 0 to 255, as other cameras would have it; nothing is drawn for what the recipe leaves at 0."""
    if recipe.tone:
        x = tone(x, recipe.tone, draw)
    if recipe.balance:
        x = balance(x, recipe.balance, draw)
    if recipe.sharpen:
        x = sharpen(x, recipe.sharpen, draw)
    if recipe.noise:
        x = noise(x, recipe.noise, draw)
    return compress(x, recipe.compress, draw) if recipe.compress else x
