"""What other cameras make of a crop: off, it changes nothing; on, each does what its name says and no more."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from reid import augment, optics
from reid.augment import training_batch
from reid.config import Augment
from reid.networks import build
from reid.networks.common import mix_styles
from reid.pixels import normalise

STILL = Augment(
    flip=0, shift_pixels=0, erase=0, low_resolution=0, gray=0, brightness=0, contrast=0, saturation=0
)  # fmt: skip
ALL = {"box": 0.2, "cover": 1.0, "tone": 0.5, "balance": 0.2, "sharpen": 1.0, "noise": 12.0, "compress": 1.0}


@pytest.fixture
def pixels():
    """Eight crops of blobs of colour, so that there is something to blur, shift and compress."""
    draw = np.random.default_rng(3)
    coarse = draw.integers(30, 220, (8, 16, 8, 3)).astype(np.uint8)
    return coarse.repeat(8, 1).repeat(8, 2)


def planes_of(pixels) -> torch.Tensor:
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float()


def test_what_is_off_changes_nothing(pixels):
    batch = training_batch(pixels, 128, STILL, np.random.default_rng(1))
    np.testing.assert_allclose(batch, normalise(pixels), atol=1e-5)


@pytest.mark.parametrize("key", ALL)
def test_each_changes_the_batch_the_same_way_by_seed(pixels, key):
    recipe = replace(STILL, **{key: ALL[key]})
    first, again, other = (training_batch(pixels, 128, recipe, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, normalise(pixels), atol=1e-3)
    assert not np.allclose(first, other, atol=1e-3)


def test_a_tone_keeps_the_order_and_the_ends():
    ramp = torch.linspace(0, 255, 256).expand(2, 3, 1, 256).clone()
    out = optics.tone(ramp, 0.5, np.random.default_rng(1))
    assert (out.diff(dim=3) > 0).all()
    np.testing.assert_allclose(out[..., 0], 0, atol=1e-4)
    np.testing.assert_allclose(out[..., -1], 255, rtol=1e-6)


def test_balance_scales_each_colour_as_a_whole(pixels):
    x = planes_of(pixels)
    ratio = optics.balance(x, 0.2, np.random.default_rng(1)) / x
    np.testing.assert_allclose(ratio.amin((2, 3)), ratio.amax((2, 3)), rtol=1e-5)
    assert ratio.min() >= 0.8 and ratio.max() <= 1.2 and ratio.std() > 0.02


def test_sharpening_raises_edges_and_leaves_flat_parts(pixels):
    x = planes_of(pixels)
    flat = torch.full_like(x, 90.0)
    np.testing.assert_allclose(optics.sharpen(flat.clone(), 1.0, np.random.default_rng(1)), flat, atol=1e-3)
    sharp = optics.sharpen(x.clone(), 1.0, np.random.default_rng(1))
    assert sharp.diff(dim=3).abs().amax() > x.diff(dim=3).abs().amax() * 1.1


def test_a_cover_is_the_same_part_of_another_crop(pixels):
    flat = torch.arange(8.0).view(8, 1, 1, 1).expand(8, 3, 128, 64).clone()
    out = augment.cover(flat.clone(), 1.0, np.random.default_rng(5))
    for number, crop in enumerate(out):
        own = (crop == number).float().mean()
        assert set(crop.unique().tolist()) <= set(range(8)) and len(crop.unique()) <= 2
        assert own == 1 or 0.5 < own < 0.95


def test_a_box_that_is_off_shows_no_more_than_the_crop(pixels):
    x = planes_of(pixels)
    out = augment.other_boxes(x, 0.2, np.random.default_rng(1))
    assert out.shape == x.shape and out.min() >= x.min() - 1e-3 and out.max() <= x.max() + 1e-3
    np.testing.assert_allclose(augment.other_boxes(x, 1e-9, np.random.default_rng(1)), x, atol=1e-2)


def test_mixed_styles_are_those_of_crops_of_the_batch():
    torch.manual_seed(1)
    x = torch.randn(6, 4, 9, 5) * torch.rand(6, 4, 1, 1) + torch.randn(6, 4, 1, 1)
    mixed = mix_styles(x)
    mean, before = mixed.mean((2, 3)), x.mean((2, 3))
    assert (mean >= before.amin(0) - 1e-4).all() and (mean <= before.amax(0) + 1e-4).all()

    def shape(y):
        return (y - y.mean((2, 3), keepdim=True)) / y.std((2, 3), keepdim=True)

    np.testing.assert_allclose(shape(mixed), shape(x), atol=1e-2)
    assert not torch.allclose(mean, before, atol=1e-3)


@pytest.mark.parametrize("name", ["mobilenet", "osnet", "googlenet", "deepsort"])
def test_a_network_mixes_in_training_alone(name):
    network = build(name)
    torch.manual_seed(1)
    x = torch.randn(4, 3, 64, 32)
    network.eval()
    before = network(x)
    network.mix_style = 1.0
    np.testing.assert_allclose(network(x).detach(), before.detach(), rtol=1e-5)
    network.train()
    torch.manual_seed(2)
    mixed = network.features(x).raw
    network.mix_style = 0.0
    assert not torch.allclose(mixed, network.features(x).raw, atol=1e-4)
