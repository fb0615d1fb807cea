"""TF.js graph -> ONNX operators, channels first.

TensorFlow convolves channels-last, so a graph exported from PyTorch carries a pair of transposes
around every convolution. Here a transpose is never emitted: each value remembers how its logical
axes lie in the physical (N, C, H, W) tensor, and a transpose only re-labels them. Likewise a `Pad`
waits for the convolution or pooling that follows and becomes its `pads`, and an `Add` of a constant
becomes the bias of the convolution before it. What is left is Conv, activations, Concat, Resize.
"""

from dataclasses import dataclass, replace

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tfjs import Graph, GraphError, Node

NCHW = (0, 1, 2, 3)
NHWC = (0, 2, 3, 1)
NO_PADS = (0, 0, 0, 0)


@dataclass(frozen=True)
class Value:
    """A tensor on its way: `axes[i]` is the physical axis of logical axis i; `height` and `width`
    are those at the size of the TF.js export, kept to tell the scale of a resize; `pads` (top,
    left, bottom, right) with `pad_value` are still to be applied."""

    name: str
    axes: tuple[int, ...]
    height: int
    width: int
    pads: tuple[int, ...] = NO_PADS
    pad_value: float = 0.0


class Converter:
    """Builds ONNX nodes for a `Graph`; tensors are named after the operator and a running number."""

    def __init__(self, graph: Graph):
        self.graph = graph
        self.nodes = []
        self.initializers = {}
        self.values: dict[str, Value] = {}

    def run(self, input_name: str, outputs: list[str]) -> list[Value]:
        """Converts what `outputs` (TF node names) need, fed by the ONNX input `input_name`."""
        needed = self._ancestors(outputs)
        for node in self.graph.nodes:
            if node.name not in needed:
                continue
            if node.op == "Placeholder":
                dims = [int(d["size"]) for d in node.attributes["shape"]["dim"]]
                self.values[node.name] = Value(input_name, NCHW, dims[2], dims[3])
                continue
            handler = getattr(self, "_" + node.op.lower(), None)
            if handler is None:
                raise GraphError(f"operation {node.op} (node {node.name!r}) has no conversion")
            self.values[node.name] = handler(node)
        return [self.values[name] for name in outputs]

    def emit(self, op: str, inputs: list[str], **attributes) -> str:
        """Appends one ONNX node and returns the name of its output."""
        name = f"{op.lower()}_{sum(n.op_type == op for n in self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, array: np.ndarray) -> str:
        """Stores an initializer and returns its name."""
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def conv(self, source: str, weight: np.ndarray, bias: np.ndarray | None, strides, pads) -> str:
        """A convolution with `weight` [out, in, kh, kw] and, perhaps, `bias` [out]."""
        number = sum(n.op_type == "Conv" for n in self.nodes)
        inputs = [source, self.constant(f"conv_{number}.weight", weight)]
        if bias is not None:
            inputs.append(self.constant(f"conv_{number}.bias", bias))
        return self.emit(
            "Conv",
            inputs,
            kernel_shape=list(weight.shape[2:]),
            strides=list(strides),
            pads=list(pads),
        )

    def _ancestors(self, outputs: list[str]) -> set[str]:
        by_name = {n.name: n for n in self.graph.nodes}
        found, waiting = set(), list(outputs)
        while waiting:
            name = waiting.pop().partition(":")[0]
            if name in by_name and name not in found:
                found.add(name)
                waiting += by_name[name].inputs
        return found

    def _constant_of(self, name: str) -> np.ndarray:
        if name not in self.graph.constants:
            raise GraphError(f"{name!r} should be a constant")
        return self.graph.constants[name]

    def _plain(self, name: str) -> Value:
        value = self.values[name]
        if value.pads != NO_PADS:
            raise GraphError(f"a padding before {name!r} meets an operation that cannot take it")
        return value

    def _transpose(self, node: Node) -> Value:
        value = self.values[node.inputs[0]]
        permutation = self._constant_of(node.inputs[1])
        return replace(value, axes=tuple(value.axes[int(i)] for i in permutation))

    def _pad(self, node: Node) -> Value:
        value = self._plain(node.inputs[0])
        amounts = self._constant_of(node.inputs[1])
        by_axis = {value.axes[i]: tuple(int(a) for a in amounts[i]) for i in range(4)}
        if by_axis[0] != (0, 0) or by_axis[1] != (0, 0):
            raise GraphError(f"{node.name!r} pads another axis than height and width")
        fill = float(self._constant_of(node.inputs[2])) if len(node.inputs) > 2 else 0.0
        (top, bottom), (left, right) = by_axis[2], by_axis[3]
        return replace(value, pads=(top, left, bottom, right), pad_value=fill)

    _padv2 = _pad

    def _conv2d(self, node: Node) -> Value:
        value = self.values[node.inputs[0]]
        attributes = node.attributes
        if value.axes != NHWC or attributes["data_format"] != "NHWC" or value.pad_value != 0.0:
            raise GraphError(f"{node.name!r} is not a channels-last convolution padded by zeros")
        if attributes["padding"] != "VALID" or attributes["dilations"] != [1, 1, 1, 1]:
            raise GraphError(f"{node.name!r} pads or dilates by itself")
        weight = self._constant_of(node.inputs[1]).transpose(3, 2, 0, 1)
        strides = attributes["strides"][1:3]
        name = self.conv(value.name, weight, None, strides, value.pads)
        return self._slid(value, name, weight.shape[2:], strides)

    def _maxpool(self, node: Node) -> Value:
        value = self.values[node.inputs[0]]
        # ONNX ignores padded cells in a maximum: the same only if the padding can never win.
        lowest = float(np.finfo(np.float16).min)
        if value.axes != NHWC or (value.pads != NO_PADS and value.pad_value > lowest):
            raise GraphError(f"{node.name!r} is not a channels-last maximum that ignores padding")
        kernel, strides = node.attributes["ksize"][1:3], node.attributes["strides"][1:3]
        name = self.emit("MaxPool", [value.name], kernel_shape=kernel, strides=strides, pads=list(value.pads))
        return self._slid(value, name, kernel, strides)

    @staticmethod
    def _slid(value: Value, name: str, kernel, strides) -> Value:
        top, left, bottom, right = value.pads
        height = (value.height + top + bottom - kernel[0]) // strides[0] + 1
        width = (value.width + left + right - kernel[1]) // strides[1] + 1
        return Value(name, value.axes, height, width)

    def _add(self, node: Node) -> Value:
        left = self._plain(node.inputs[0])
        if node.inputs[1] in self.graph.constants:
            return self._with_bias(left, self._constant_of(node.inputs[1]), node)
        right = self._plain(node.inputs[1])
        if left.axes != right.axes:
            raise GraphError(f"{node.name!r} adds tensors of different layout")
        return replace(left, name=self.emit("Add", [left.name, right.name]))

    _addv2 = _add

    def _with_bias(self, value: Value, bias: np.ndarray, node: Node) -> Value:
        conv = self.nodes[[n.output[0] for n in self.nodes].index(value.name)]
        if conv.op_type != "Conv" or len(conv.input) != 2 or value.axes != NHWC or bias.ndim != 1:
            raise GraphError(f"{node.name!r} adds a constant to something else than a convolution")
        conv.input.append(self.constant(f"{value.name}.bias", bias))
        return value

    def _leakyrelu(self, node: Node) -> Value:
        value = self._plain(node.inputs[0])
        name = self.emit("LeakyRelu", [value.name], alpha=float(node.attributes["alpha"]))
        return replace(value, name=name)

    def _concatv2(self, node: Node) -> Value:
        parts = [self._plain(name) for name in node.inputs[:-1]]
        axis = parts[0].axes[int(self._constant_of(node.inputs[-1]))]
        if axis != 1 or any(p.axes != parts[0].axes for p in parts):
            raise GraphError(f"{node.name!r} joins along another axis than the channels")
        return replace(parts[0], name=self.emit("Concat", [p.name for p in parts], axis=1))

    def _resizebilinear(self, node: Node) -> Value:
        value = self._plain(node.inputs[0])
        height, width = (int(d) for d in self._constant_of(node.inputs[1]))
        if not node.attributes["half_pixel_centers"] or value.axes != NHWC:
            raise GraphError(f"{node.name!r} does not sample at pixel centres")
        # The size is baked into the export; the scale it stands for holds at every size.
        if (height, width) == (2 * value.height, 2 * value.width):
            scales = self.constant("double", np.array([1, 1, 2, 2], np.float32))
            name = self.emit(
                "Resize",
                [value.name, "", scales],
                mode="linear",
                coordinate_transformation_mode="half_pixel",
            )
        elif (2 * height, 2 * width) == (value.height, value.width):
            # Sampled half-way between pixels: the mean of each 2x2 block.
            name = self.emit("AveragePool", [value.name], kernel_shape=[2, 2], strides=[2, 2])
        else:
            raise GraphError(f"{node.name!r} scales by another factor than 2 or 1/2")
        return Value(name, value.axes, height, width)


def model(converter: Converter, inputs, outputs, opset: int, metadata: dict[str, str]):
    """Wraps the converter's nodes into a checked `ModelProto` with `metadata` as its properties."""
    graph = helper.make_graph(converter.nodes, "footfall", inputs, outputs, list(converter.initializers.values()))
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="footfall")
    proto.ir_version = 8
    helper.set_model_props(proto, metadata)
    return proto


def tensor_info(name: str, shape: list):
    """A float32 graph input or output; a string in `shape` is a free dimension."""
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
