"""The shipped detector's float ONNX graph as a PyTorch module, and back into the same file.

The nodes are interpreted one by one; weights and biases are parameters, by the names in the file.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from .boxes import BINS, STRIDES

MEAN = np.array([103.53, 116.28, 123.675], np.float32)  # of BGR bytes
STD = np.array([57.375, 57.12, 58.395], np.float32)
SIZE = (320, 416)  # height, width


class Net(torch.nn.Module):
    """NanoDet-g: pictures [b, 3, h, w] to score logits [b, n] and box logits [b, n, 44]."""

    def __init__(self, path: Path):
        super().__init__()
        self.onnx = onnx.load(str(path))
        arrays = {t.name: numpy_helper.to_array(t) for t in self.onnx.graph.initializer}
        self.names = [n for n in arrays if n.endswith((".weight", ".bias"))]
        parameters = {n.replace(".", "/"): torch.nn.Parameter(torch.tensor(arrays[n])) for n in self.names}
        self.weights = torch.nn.ParameterDict(parameters)
        self.nodes = [
            (n.op_type, list(n.input), n.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute})
            for n in self.onnx.graph.node
        ]
        self.last = {name: k for k, (_, inputs, _, _) in enumerate(self.nodes) for name in inputs}

    def weight(self, name: str) -> torch.nn.Parameter:
        """A parameter by its name in the file."""
        return self.weights[name.replace(".", "/")]

    def depth(self, name: str) -> int:
        """How many convolutions or heads of its kind come before that of a parameter."""
        return int(name.split("_")[1].split(".")[0])

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        values = {"images": pictures.contiguous(memory_format=torch.channels_last)}  # pools are slow elsewhere
        for k, (kind, inputs, output, attributes) in enumerate(self.nodes):
            first = values[inputs[0]]
            if kind == "Split":  # the last node that matters: then comes the sigmoid, which losses do better
                return first[..., 0], first[..., 1:]
            values[output] = self._run(kind, inputs, first, values, attributes)
            for name in inputs:
                if self.last[name] == k:
                    values.pop(name, None)
        raise ValueError("the graph has no Split into scores and boxes: it is not scripts/models/nanodet.py's")

    def _run(self, kind: str, inputs: list[str], first, values: dict, a: dict) -> torch.Tensor:
        if kind == "Conv":
            return F.conv2d(
                first, self.weight(inputs[1]), self.weight(inputs[2]), a["strides"], a["pads"][0], 1, a.get("group", 1)
            )
        if kind == "LeakyRelu":
            return F.leaky_relu(first, a["alpha"])
        if kind == "MaxPool":
            return F.max_pool2d(first, a["kernel_shape"], a["strides"], a["pads"][0])
        if kind == "AveragePool":
            return F.avg_pool2d(first, a["kernel_shape"], a["strides"])
        if kind == "Resize":
            return F.interpolate(first, scale_factor=2.0, mode="bilinear", align_corners=False)
        if kind == "Add":
            return first + values[inputs[1]]
        if kind == "Concat":
            return torch.cat([values[name] for name in inputs], 1)
        if kind == "Transpose":
            return first.permute(*a["perm"])
        if kind == "Reshape":
            return first.flatten(1, 2)
        if kind == "Gemm":
            return first @ self.weight(inputs[1]) + self.weight(inputs[2])
        raise ValueError(f"the graph has a node {kind} that is not known here")

    def save(self, path: Path, **properties: str) -> None:
        """The same file with these weights; what the file says of itself may be changed."""
        model = onnx.ModelProto()
        model.CopyFrom(self.onnx)
        for tensor in model.graph.initializer:
            if tensor.name in self.names:
                array = self.weight(tensor.name).detach().float().numpy()
                tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
        for key, value in properties.items():
            entry = next((p for p in model.metadata_props if p.key == key), None)
            (entry or model.metadata_props.add(key=key)).value = value
        path.write_bytes(model.SerializeToString(deterministic=True))


def normalised(picture: np.ndarray) -> np.ndarray:
    """Red, green, blue bytes [h, w, 3] to what the network takes [3, h, w]."""
    return np.ascontiguousarray(((picture[..., ::-1].astype(np.float32) - MEAN) / STD).transpose(2, 0, 1))


__all__ = ["BINS", "SIZE", "STRIDES", "Net", "normalised"]
