import pytest
import torch
from torch import nn

from reid.fold import fold
from reid.network import DeepSortNet


def multiply_adds(network: nn.Module, x: torch.Tensor) -> int:
    """Counted from the shapes that convolutions and matrices really see."""
    total = 0

    def count(module, _, out):
        nonlocal total
        inputs = module.weight[0].numel()
        total += out[0].numel() * inputs

    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    network.eval()(x)
    return total


def lively() -> DeepSortNet:
    """A network whose batch norms have seen data, so that folding them wrongly shows."""
    torch.manual_seed(3)
    network = DeepSortNet()
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2.0)
    return network.eval()


def test_is_the_paper_s_size():
    network = DeepSortNet()
    assert sum(p.numel() for p in network.parameters()) == 2_801_824
    assert multiply_adds(network, torch.zeros(1, 3, 128, 64)) == 294_387_712


def test_embeds_on_the_unit_sphere_whatever_the_batch():
    x = torch.randn(5, 3, 128, 64)
    network = lively()
    together = network(x)
    assert together.shape == (5, 128)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(5))
    torch.testing.assert_close(network(x[2:3]), together[2:3], rtol=1e-4, atol=1e-5)


def test_smaller_crops_of_the_same_aspect_pass():
    assert lively()(torch.randn(2, 3, 64, 32)).shape == (2, 128)


def test_folding_changes_nothing():
    network, x = lively(), torch.randn(3, 3, 128, 64)
    folded = fold(network)
    torch.testing.assert_close(folded(x), network(x), rtol=1e-3, atol=1e-5)
    assert sum(isinstance(m, nn.BatchNorm2d) for m in folded.modules()) == 5
    assert not any(isinstance(m, nn.BatchNorm1d) for m in folded.modules())


@pytest.mark.parametrize("train_stem", [True, False])
def test_a_stem_at_rest_gets_no_gradient(train_stem):
    network = DeepSortNet().train()
    network.train_stem = train_stem
    network.features(torch.randn(2, 3, 32, 16)).normed.square().sum().backward()
    assert (network.stem[0].weight.grad is not None) == train_stem
    assert network.dense.weight.grad is not None
