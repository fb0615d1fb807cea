#!/usr/bin/env python3
"""A float network as one that computes in 16 bits, for GPUs; what goes in and comes out stays float.

    half.py IN.onnx OUT.onnx

Weights, constants and every value in between become float16. Weights that are stored in 16 bits and cast when
they are used need no cast any more. A Resize keeps its scales in float, as ONNX wants them.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LARGEST = float(np.finfo(np.float16).max)


def halve(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network in float16, with its metadata."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    graph = half.graph
    del graph.value_info[:]
    _drop_casts_of_weights(graph)
    kept = {name for node in graph.node if node.op_type == "Resize" for name in node.input[1:]}
    for tensor in graph.initializer:
        if tensor.name not in kept:
            _halve_tensor(tensor)
    for node in graph.node:
        _halve_attributes(node, kept)
    _cast_ports(graph)
    onnx.checker.check_model(half, full_check=True)
    return half


def _halve_tensor(tensor: onnx.TensorProto) -> None:
    if tensor.data_type == TensorProto.FLOAT:
        values = np.clip(numpy_helper.to_array(tensor), -LARGEST, LARGEST)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), tensor.name))


def _drop_casts_of_weights(graph: onnx.GraphProto) -> None:
    stored = {tensor.name for tensor in graph.initializer if tensor.data_type == TensorProto.FLOAT16}
    renamed = {node.output[0]: node.input[0] for node in graph.node if _widens(node) and node.input[0] in stored}
    left = [node for node in graph.node if node.output[0] not in renamed]
    for node in left:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    del graph.node[:]
    graph.node.extend(left)


def _widens(node: onnx.NodeProto) -> bool:
    return node.op_type == "Cast" and helper.get_node_attr_value(node, "to") == TensorProto.FLOAT


def _halve_attributes(node: onnx.NodeProto, kept: set[str]) -> None:
    """Constants, and casts to float within the graph."""
    if _widens(node):
        node.attribute[0].i = TensorProto.FLOAT16
    if not kept.intersection(node.output):
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                _halve_tensor(attribute.t)


def _cast_ports(graph: onnx.GraphProto) -> None:
    """Float inputs are cast right behind the border, float outputs right before it."""
    before, after = [], []
    for ports, casts in ((graph.input, before), (graph.output, after)):
        for port in ports:
            if port.type.tensor_type.elem_type != TensorProto.FLOAT:
                continue
            inner = f"{port.name}.half"
            for node in graph.node:
                node.input[:] = [inner if name == port.name else name for name in node.input]
                node.output[:] = [inner if name == port.name else name for name in node.output]
            if ports is graph.input:
                casts.append(helper.make_node("Cast", [port.name], [inner], to=TensorProto.FLOAT16))
            else:
                casts.append(helper.make_node("Cast", [inner], [port.name], to=TensorProto.FLOAT))
    nodes = [*before, *graph.node, *after]
    del graph.node[:]
    graph.node.extend(nodes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("half", type=Path)
    arguments = parser.parse_args()
    half = halve(onnx.load(arguments.network))
    arguments.half.write_bytes(half.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
