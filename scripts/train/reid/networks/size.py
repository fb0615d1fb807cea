"""What a network costs, counted rather than looked up."""

import torch
from torch import nn

from reid.networks.common import HEIGHT, WIDTH


def weights(network: nn.Module) -> int:
    """Numbers that were learnt."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds(network: nn.Module, height: int = HEIGHT, width: int = WIDTH) -> int:
    """Of one crop of that size, from the shapes that convolutions and matrices really see."""
    total, hooks = 0, []

    def count(module, _, out):
        nonlocal total
        total += out[0].numel() * module.weight[0].numel()

    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(count))
    was_training = network.training
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, height, width))
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    return total
