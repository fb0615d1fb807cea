#!/usr/bin/env python3
"""Static int8 quantisation of a detector: of any one by somebody's own footage, or of the converted one from ranges
that calibration wrote down.

    quantize.py own.onnx --footage shop.mp4 own-int8.onnx     (footage.py does it, and says what it costs)
    quantize.py nanodet-g.onnx nanodet-g-ranges.json nanodet-g-int8.onnx

Nothing is run for the converted one: given the float model and `nanodet-g-ranges.json` the bytes that come out are
the same on every machine. Activations are unsigned 8 bit with one scale a tensor; weights are
signed, symmetric, with one scale an output channel. Weights keep to 7 bits: on x86 without VNNI two
products u8 * s8 are added in 16 bits, which 8-bit weights overflow, silently and only there.

The last layers, those that yield `scores` and `boxes`, stay in float: quantised, scores would come out in
a few dozen distinct, capped values, and a tracker leans on their order.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

WEIGHT_LIMIT = 63
QUANTISED = ("Conv", "LeakyRelu", "MaxPool", "Concat", "Add", "Resize")
ONE_RANGE = ("Concat", "MaxPool", "Resize")


def body(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes to quantise: all that feed a convolution or lead from one to a head."""
    heads = [n for n in graph.node if n.op_type == "Gemm"]
    producer = {name: node for node in graph.node for name in node.output}
    before, waiting = set(), [n.input[0] for n in heads]
    while waiting:
        node = producer.get(waiting.pop())
        if node is not None and node.name not in before:
            before.add(node.name)
            waiting += node.input
    return [n for n in graph.node if n.name in before and n.op_type in QUANTISED]


def activations(graph: onnx.GraphProto) -> list[str]:
    """The tensors that need a range: inputs and outputs of the quantised nodes."""
    constants = {i.name for i in graph.initializer}
    names = []
    for node in body(graph):
        for name in [*node.input, *node.output]:
            if name and name not in constants and name not in names:
                names.append(name)
    return names


def activation_parameters(low: float, high: float) -> tuple[np.float32, np.uint8]:
    """Scale and zero point of u8 for values in [low, high]; zero itself is always exact."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.float32((high - low) / 255)
    return scale, np.uint8(np.clip(round(-low / float(scale)), 0, 255))


def weight_parameters(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed 7-bit weights and a scale for each output channel (axis 0)."""
    largest = np.abs(weight).reshape(len(weight), -1).max(1).astype(np.float64)
    scale = (np.maximum(largest, 1e-12) / WEIGHT_LIMIT).astype(np.float32)
    steps = weight.astype(np.float64) / scale.astype(np.float64).reshape(-1, 1, 1, 1)
    return np.clip(np.rint(steps), -WEIGHT_LIMIT, WEIGHT_LIMIT).astype(np.int8), scale


def joined_ranges(graph: onnx.GraphProto, ranges: dict[str, list[float]]) -> dict[str, list[float]]:
    """`ranges` with one range, the union, for all that a concatenation, a maximum or a resize
    reads and writes: then it only moves bytes."""
    joined = dict(ranges)
    groups = [[name for name in [*n.input, *n.output] if name in ranges] for n in body(graph) if n.op_type in ONE_RANGE]
    changed = True
    while changed:
        changed = False
        for names in groups:
            lows, highs = zip(*(joined[name] for name in names), strict=True)
            union = [min(lows), max(highs)]
            changed |= any(joined[name] != union for name in names)
            joined.update(dict.fromkeys(names, union))
    return joined


class Quantizer:
    """Rewrites one graph; `ranges` maps activation names to (low, high)."""

    def __init__(self, graph: onnx.GraphProto, ranges: dict[str, list[float]]):
        self.graph = graph
        self.ranges = joined_ranges(graph, ranges)
        self.weights = {i.name: i for i in graph.initializer}
        self.initializers: dict[str, onnx.TensorProto] = {}
        self.nodes: list[onnx.NodeProto] = []
        self.quantised: set[str] = set()

    def run(self) -> None:
        """Replaces the graph's nodes and initializers."""
        inside = {n.name for n in body(self.graph)}
        for node in self.graph.node:
            if node.name in inside:
                self._quantise(node)
            else:
                for i, name in enumerate(node.input):
                    if name in self.quantised:
                        node.input[i] = self._dequantised(name, node.name)
                self.nodes.append(node)
        used = {name for node in self.nodes for name in node.input}
        kept = [w for name, w in self.weights.items() if name in used]
        del self.graph.node[:], self.graph.initializer[:]
        self.graph.node.extend(self.nodes)
        self.graph.initializer.extend([*kept, *self.initializers.values()])

    def _quantise(self, node: onnx.NodeProto) -> None:
        for i, name in enumerate(node.input):
            if not name or (name in self.weights and node.op_type != "Conv"):
                continue
            if name not in self.weights:
                node.input[i] = self._dequantised(name, node.name)
            elif i == 1:
                node.input[i] = self._weight(name)
            else:
                node.input[i] = self._bias(name, node)
        self.nodes.append(node)
        self._quantised_output(node.output[0])

    def _scale(self, name: str) -> tuple[np.float32, np.uint8]:
        return activation_parameters(*self.ranges[name])

    def _quantised_output(self, name: str) -> None:
        scale, zero = self._scale(name)
        self._constant(f"{name}.scale", scale)
        self._constant(f"{name}.zero", zero)
        inputs = [name, f"{name}.scale", f"{name}.zero"]
        self._node("QuantizeLinear", inputs, f"{name}.q")
        self.quantised.add(name)

    def _dequantised(self, name: str, consumer: str) -> str:
        """Each consumer gets a DequantizeLinear of its own, so that each pattern fuses alone."""
        if name not in self.quantised:
            self._quantised_output(name)
        output = f"{name}.dq.{consumer}"
        self._node("DequantizeLinear", [f"{name}.q", f"{name}.scale", f"{name}.zero"], output)
        return output

    def _weight(self, name: str) -> str:
        steps, scale = weight_parameters(numpy_helper.to_array(self.weights[name]))
        inputs = [f"{name}.q", f"{name}.scale", f"{name}.zero"]
        for key, array in zip(inputs, (steps, scale, np.zeros(len(scale), np.int8)), strict=True):
            self._constant(key, array)
        self._node("DequantizeLinear", inputs, f"{name}.dq", axis=0)
        return f"{name}.dq"

    def _bias(self, name: str, node: onnx.NodeProto) -> str:
        """Biases live in the 32-bit accumulator: scale = input scale * weight scale, a channel."""
        source = node.input[0].partition(".dq.")[0]
        weight_scale = numpy_helper.to_array(self.initializers[node.input[1].removesuffix("dq") + "scale"])
        scale = (np.float64(self._scale(source)[0]) * weight_scale).astype(np.float32)
        steps = np.rint(numpy_helper.to_array(self.weights[name]).astype(np.float64) / scale)
        inputs = [f"{name}.q", f"{name}.scale", f"{name}.zero"]
        for key, array in zip(inputs, (steps.astype(np.int32), scale, np.zeros(len(scale), np.int32)), strict=True):
            self._constant(key, array)
        self._node("DequantizeLinear", inputs, f"{name}.dq", axis=0)
        return f"{name}.dq"

    def _constant(self, name: str, value) -> None:
        self.initializers[name] = numpy_helper.from_array(np.asarray(value), name)

    def _node(self, op: str, inputs: list[str], output: str, **attributes) -> None:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))


def pool_before_activation(graph: onnx.GraphProto) -> None:
    """LeakyRelu, then MaxPool -> MaxPool, then LeakyRelu: the same values (it is monotonic) on a
    quarter of the cells. In float the activation is free inside the convolution, in int8 it is not.
    """
    nodes = list(graph.node)
    for at, pool in enumerate(nodes):
        leaky = next((n for n in nodes if n.output[0] in pool.input), None)
        if pool.op_type != "MaxPool" or leaky is None or leaky.op_type != "LeakyRelu":
            continue
        if sum(leaky.output[0] in n.input for n in nodes) > 1:
            continue
        pool.input[0] = leaky.input[0]
        pool.output[0], leaky.output[0] = leaky.output[0], pool.output[0]
        leaky.input[0] = pool.output[0]
        nodes.remove(leaky)
        nodes.insert(at, leaky)
    del graph.node[:]
    graph.node.extend(nodes)


def sample_instead_of_pool(graph: onnx.GraphProto) -> None:
    """AveragePool over 2x2 -> Resize by a half, which samples in the middle of each 2x2: the same
    mean, and several times faster in bytes. (In float the pooling is the faster one.)"""
    half = numpy_helper.from_array(np.array([1, 1, 0.5, 0.5], np.float32), "half")
    pools = [n for n in graph.node if n.op_type == "AveragePool"]
    for pool in pools:
        pool.op_type = "Resize"
        pool.input.extend(["", "half"])
        del pool.attribute[:]
        pool.attribute.append(helper.make_attribute("mode", "linear"))
        pool.attribute.append(helper.make_attribute("coordinate_transformation_mode", "half_pixel"))
    if pools:
        graph.initializer.append(half)


def reordered(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy that computes the same in float, in the order that suits bytes."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    pool_before_activation(result.graph)
    sample_instead_of_pool(result.graph)
    return result


def quantize(model: onnx.ModelProto, ranges: dict[str, list[float]]) -> onnx.ModelProto:
    """The int8 model; `ranges` must name every tensor of `activations`."""
    result = reordered(model)
    missing = [name for name in activations(result.graph) if name not in ranges]
    if missing:
        raise ValueError(f"no range for {', '.join(missing)}: run calibrate.py again")
    Quantizer(result.graph, ranges).run()
    onnx.checker.check_model(result, full_check=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="the float ONNX file")
    parser.add_argument("ranges", type=Path, nargs="?", help="ranges written by calibrate.py")
    parser.add_argument("output", type=Path, help="the int8 ONNX file to write")
    parser.add_argument("--footage", type=Path, help="a video as the detector will see it; instead of ranges")
    parser.add_argument("--footfall", type=Path, default="footfall", help="the program [default: the installed one]")
    arguments = parser.parse_args()
    if (arguments.footage is None) == (arguments.ranges is None):
        parser.error("give ranges or --footage, one of them")
    if arguments.footage is not None:
        # It needs ONNX Runtime and OpenCV, which set-up does without.
        import footage

        footage.main(arguments.model, arguments.footage, arguments.output, arguments.footfall)
        return
    ranges = json.loads(arguments.ranges.read_text())["ranges"]
    result = quantize(onnx.load(arguments.model), ranges)
    arguments.output.write_bytes(result.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
