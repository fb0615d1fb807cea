"""3x3 convolutions of one channel at a time, with a fast way back through stride 2."""

import torch
from torch import nn
from torch.nn import functional


class _Strided(torch.autograd.Function):
    """Depthwise 3x3 of stride 2, whose gradient is that of stride 1 for the gradient with zeros in between.

    On processors the runtime has no fast kernel for the gradient of a strided
    depthwise convolution in bfloat16; this one is ten times faster.
    """

    @staticmethod
    def forward(context, x, weight):
        weight = weight.to(x.dtype)
        context.save_for_backward(x, weight)
        return functional.conv2d(x, weight, None, 2, 1, 1, x.shape[1])

    @staticmethod
    def backward(context, gradient):
        x, weight = context.saved_tensors
        spread = torch.zeros_like(x)
        spread[:, :, ::2, ::2] = gradient.to(x.dtype)
        wanted = (True, True, False)
        to_x, to_weight, _ = torch.ops.aten.convolution_backward(
            spread, x, weight, None, (1, 1), (1, 1), (1, 1), False, (0, 0), x.shape[1], wanted
        )
        return to_x, to_weight.float()


class Depthwise(nn.Conv2d):
    """[N, C, H, W] to [N, C, H / stride, W / stride], each channel by a 3x3 kernel of its own, without bias."""

    def __init__(self, channels: int, stride: int):
        super().__init__(channels, channels, 3, stride, 1, groups=channels, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        strided = self.stride == (2, 2)
        if strided and self.training and x.device.type == "cpu" and torch.is_autocast_cpu_enabled():
            return _Strided.apply(x.to(torch.bfloat16), self.weight)
        return super().forward(x)
