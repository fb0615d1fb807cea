"""Batch norm folded into the layer before it, for inference."""

import copy

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from reid.network import DeepSortNet


def fold(network: DeepSortNet) -> DeepSortNet:
    """A copy that embeds alike in evaluation, every batch norm that follows a layer directly merged into it.

    The norms that open residual 5 to residual 9 stay: the block's input goes
    around them on the shortcut too.
    """
    folded = copy.deepcopy(network).eval()
    stem = folded.stem
    for conv in (0, 3):
        stem[conv], stem[conv + 1] = fuse_conv_bn_eval(stem[conv], stem[conv + 1]), nn.Identity()
    for block in folded.blocks:
        block.conv1, block.norm1 = fuse_conv_bn_eval(block.conv1, block.norm1), nn.Identity()
    folded.dense, folded.norm = fuse_linear_bn_eval(folded.dense, folded.norm), nn.Identity()
    return folded
