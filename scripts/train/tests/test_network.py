import pytest
import torch
from torch import nn

from reid.networks import NETWORKS, build, size
from reid.networks.depthwise import Depthwise
from reid.networks.mobilenet import PARTS, Relu6, stripes
from reid.pixels import resize

# Weights, multiply-adds of a 128x64 crop, batch norms of maps left after folding.
SIZES = {
    "deepsort": (2_801_824, 294_387_712, 5),
    "mobilenet": (2_057_728, 124_893_184, 0),
    "googlenet": (1_563_152, 143_818_752, 0),
    "osnet": (527_064, 60_367_872, 0),
}
ALL = pytest.mark.parametrize("name", NETWORKS)


def lively(name: str) -> nn.Module:
    """A network whose batch norms have seen data, so that folding them wrongly shows."""
    torch.manual_seed(3)
    network = build(name)
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2.0)
    return network.eval()


@ALL
def test_size(name):
    network = build(name)
    weights, adds, _ = SIZES[name]
    assert size.weights(network) == weights
    assert size.multiply_adds(network) == adds
    assert network.training, "left as it was"


@ALL
def test_embeds_on_the_unit_sphere_whatever_the_batch(name):
    x = torch.randn(5, 3, 128, 64)
    network = lively(name)
    together = network(x)
    assert together.shape == (5, 128)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(5))
    torch.testing.assert_close(network(x[2:3]), together[2:3], rtol=1e-4, atol=1e-5)


@ALL
def test_a_raw_output_keeps_its_length(name):
    x, network = torch.randn(3, 3, 64, 32), lively(name)
    unit, network.unit = network(x), False
    raw = network(x)
    assert not torch.allclose(raw.norm(dim=1), torch.ones(3), atol=1e-2)
    torch.testing.assert_close(nn.functional.normalize(raw), unit)


@ALL
def test_smaller_crops_of_the_same_aspect_pass(name):
    assert lively(name)(torch.randn(2, 3, 64, 32)).shape == (2, 128)


@ALL
def test_folding_changes_nothing(name):
    network, x = lively(name), torch.randn(3, 3, 128, 64)
    folded = network.folded()
    torch.testing.assert_close(folded(x), network(x), rtol=1e-3, atol=1e-5)
    assert sum(isinstance(m, nn.BatchNorm2d) for m in folded.modules()) == SIZES[name][2]
    assert not any(isinstance(m, nn.BatchNorm1d) for m in folded.modules())


@ALL
@pytest.mark.parametrize("train_stem", [True, False])
def test_a_stem_at_rest_gets_no_gradient(name, train_stem):
    network = build(name).train()
    network.train_stem = train_stem
    network.features(torch.randn(2, 3, 64, 32)).normed.square().sum().backward()
    first = next(network.parameters())
    assert (first.grad is not None) == train_stem
    assert network.dense.weight.grad is not None


@pytest.mark.parametrize("stride", [1, 2])
def test_the_fast_gradient_of_a_depthwise_layer_is_the_plain_one(stride):
    torch.manual_seed(0)
    layer, x = Depthwise(6, stride).train(), torch.randn(2, 6, 8, 4)
    gradients = []
    for reduced in (False, True):
        ours, layer.weight.grad = x.clone().requires_grad_(), None
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=reduced):
            out = layer(ours).float()
        (out * torch.linspace(-1, 1, out.numel()).view_as(out)).sum().backward()
        gradients.append((out.detach(), ours.grad, layer.weight.grad))
    for plain, fast in zip(*gradients, strict=True):
        # bfloat16 keeps eight binary digits.
        torch.testing.assert_close(fast, plain, rtol=0.02, atol=0.02 * float(plain.abs().max()))


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_the_fast_gradient_of_relu6_is_the_plain_one(kind):
    torch.manual_seed(1)
    x = (torch.randn(4, 8, 6, 5) * 5).to(kind).requires_grad_()
    gradient = torch.randn_like(x)
    (fast,) = torch.autograd.grad(Relu6()(x), x, gradient)
    assert torch.equal(fast, torch.where((x > 0) & (x < 6), gradient, torch.zeros(()).to(kind)))
    assert 0 < int((fast != 0).sum()) < fast.numel()


def test_the_mobilenet_starts_from_imagenet_weights(tmp_path):
    teacher, pupil = lively("mobilenet"), build("mobilenet")
    named = {f"features.{name}": tensor for name, tensor in teacher.layers.state_dict().items()}
    torch.save({**named, "classifier.1.weight": torch.zeros(1000, 1280)}, tmp_path / "weights.pt")
    pupil.warm_start(tmp_path / "weights.pt")
    for name, tensor in pupil.layers.state_dict().items():
        assert torch.equal(tensor, teacher.layers.state_dict()[name])
    assert not torch.equal(pupil.dense.weight, teacher.dense.weight)


@ALL
def test_crops_are_brought_down_as_the_laboratory_does_it(name):
    x, network = torch.randn(2, 3, 128, 64), lively(name)
    wanted = network(resize(x, 96))
    network.seen = 96
    torch.testing.assert_close(network(x), wanted, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(network(resize(x, 96)), wanted)
    network.seen = 128
    torch.testing.assert_close(network(x), lively(name)(x))


@pytest.mark.parametrize("height", [2, 3, 4, 6, 8])
def test_stripes_are_what_adaptive_pooling_makes(height):
    x = torch.randn(2, 5, height, 3)
    wanted = torch.nn.functional.adaptive_avg_pool2d(x, (PARTS, 1)).flatten(1)
    torch.testing.assert_close(stripes(x), wanted)
