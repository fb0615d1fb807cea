#!/usr/bin/env python3
"""Makes the fixtures beside it; the same bytes every time.

    make.py        (needs the packages of scripts/models/requirements-dev.txt)

yolox-tiny.onnx      YOLOX's signature at 64x64 with 2 classes. A cell's objectness is the mean of its
                     blue pixels / 255 and its box is the cell itself, so the answer to a picture is
                     known by looking at it.
embedder-plain.onnx  An embedder without metadata, 8x4: an embedding is the crop's mean colour after
                     normalisation, [N, 3].
embedder-pair.onnx   The same for exactly two crops at a time.
embedder-half.onnx   The same through an identity matrix that is stored as float16 and cast when it is used.
embedder-int8.onnx   The same with pixels and matrix in 8 bits (QuantizeLinear, DequantizeLinear), and all
                     of Footfall's metadata.
trial.onnx           One convolution of three channels into one, to try a device out; it is part of the crate.
product.onnx         The product of a matrix with itself, to see how fast a device is; part of the crate.
nanodet.json         Outputs that a NanoDet could have for a 32x64 input, and what the reference in
                     scripts/models/detect.py makes of them.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "scripts/models"))
import detect  # noqa: E402

OPSET = 17
STRIDES = (8, 16, 32)


def save(name, nodes, inputs, outputs, constants, metadata=None):
    """Writes a checked model; `inputs` and `outputs` are (name, shape) pairs."""
    tensor = [
        [
            helper.make_tensor_value_info(n, TensorProto.FLOAT, shape)
            for n, shape in ports
        ]
        for ports in (inputs, outputs)
    ]
    initializers = [
        numpy_helper.from_array(value, key) for key, value in constants.items()
    ]
    graph = helper.make_graph(nodes, name, *tensor, initializers)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="footfall"
    )
    model.ir_version = 8
    helper.set_model_props(model, metadata or {})
    onnx.checker.check_model(model, full_check=True)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def yolox():
    """Offset (.5, .5), log size (0, 0), objectness, then 1 for persons and 0 for the other class."""
    side, cells = 64, sum((64 // s) ** 2 for s in STRIDES)
    constants = {
        "box": np.tile(np.array([0.5, 0.5, 0, 0], np.float32), (1, cells, 1)),
        "classes": np.tile(np.array([1, 0], np.float32), (1, cells, 1)),
        "white": np.array(255, np.float32),
        "column": np.array([1, -1, 1], np.int64),
        "first": np.array([0], np.int64),
        "second": np.array([1], np.int64),
        "channel": np.array([1], np.int64),
    }
    nodes = [
        helper.make_node("Slice", ["images", "first", "second", "channel"], ["blue"])
    ]
    for stride in STRIDES:
        pool = {"kernel_shape": [stride] * 2, "strides": [stride] * 2}
        nodes.append(
            helper.make_node("AveragePool", ["blue"], [f"mean{stride}"], **pool)
        )
        nodes.append(
            helper.make_node("Reshape", [f"mean{stride}", "column"], [f"rows{stride}"])
        )
    nodes += [
        helper.make_node("Concat", [f"rows{s}" for s in STRIDES], ["rows"], axis=1),
        helper.make_node("Div", ["rows", "white"], ["objectness"]),
        helper.make_node(
            "Concat", ["box", "objectness", "classes"], ["output"], axis=2
        ),
    ]
    save(
        "yolox-tiny",
        nodes,
        [("images", [1, 3, side, side])],
        [("output", [1, cells, 7])],
        constants,
    )


def embedder(name, batch):
    nodes = [
        helper.make_node("GlobalAveragePool", ["input"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["output"]),
    ]
    save(name, nodes, [("input", [batch, 3, 8, 4])], [("output", [batch, 3])], {})


def embedder_half():
    nodes = [
        helper.make_node("Cast", ["half"], ["matrix"], to=TensorProto.FLOAT),
        helper.make_node("GlobalAveragePool", ["input"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["row"]),
        helper.make_node("MatMul", ["row", "matrix"], ["output"]),
    ]
    half = np.eye(3, dtype=np.float16)
    save(
        "embedder-half",
        nodes,
        [("input", ["N", 3, 8, 4])],
        [("output", ["N", 3])],
        {"half": half},
    )


def embedder_int8():
    def both(value, scale, zero, result):
        return [
            helper.make_node("QuantizeLinear", [value, scale, zero], [f"{result}.q"]),
            helper.make_node(
                "DequantizeLinear", [f"{result}.q", scale, zero], [result]
            ),
        ]

    nodes = [
        *both("input", "step", "zero", "pixels"),
        helper.make_node("GlobalAveragePool", ["pixels"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["row"]),
        helper.make_node(
            "DequantizeLinear", ["weights", "weight_step", "weight_zero"], ["matrix"]
        ),
        helper.make_node("MatMul", ["row", "matrix"], ["product"]),
        *both("product", "step", "zero", "output"),
    ]
    constants = {
        "step": np.array(0.02, np.float32),
        "zero": np.array(0, np.int8),
        "weights": (100 * np.eye(3)).astype(np.int8),
        "weight_step": np.array(0.01, np.float32),
        "weight_zero": np.array(0, np.int8),
    }
    metadata = {
        "footfall.task": "embed",
        "footfall.size": "8x4",
        "footfall.colour": "rgb",
        "footfall.mean": "123.675,116.28,103.53",
        "footfall.std": "58.395,57.12,57.375",
        "footfall.dimension": "3",
        "footfall.max_cosine_distance": "0.25",
        "footfall.same_person": "0.4,0.05",
    }
    save(
        "embedder-int8",
        nodes,
        [("input", ["N", 3, 8, 4])],
        [("output", ["N", 3])],
        constants,
        metadata,
    )


def trial():
    weights = np.array([1, -2, 3], np.float32).reshape(1, 3, 1, 1)
    nodes = [helper.make_node("Conv", ["images", "weights"], ["output"])]
    save(
        "trial",
        nodes,
        [("images", [1, 3, 8, 8])],
        [("output", [1, 1, 8, 8])],
        {"weights": weights},
    )


def product():
    shape = [1, 1, "side", "side"]
    nodes = [helper.make_node("MatMul", ["matrix", "matrix"], ["output"])]
    save("product", nodes, [("matrix", shape)], [("output", shape)], {})


def nanodet():
    """Random outputs with two decimals, so that the file is the same on every machine."""
    size, bins, floor, limit = (32, 64), 11, 0.3, 0.6
    draw = np.random.default_rng(7)
    cells = len(detect.cells(size, STRIDES)[0])
    # Whole hundredths, so that text and floats say the same.
    scores = draw.integers(5, 95, cells) / 100
    logits = draw.integers(-300, 300, (cells, 4 * bins)) / 100
    boxes = detect.decode(logits, size, STRIDES)
    likely = scores >= floor
    kept = detect.suppress(boxes[likely], scores[likely], limit)
    golden = {
        "size": "x".join(str(side) for side in size),
        "bins": bins,
        "floor": floor,
        "nms_iou": limit,
        "scores": scores.tolist(),
        "logits": logits.ravel().tolist(),
        "ltrb": boxes[likely][kept].round(6).tolist(),
        "kept_scores": scores[likely][kept].tolist(),
    }
    (HERE / "nanodet.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    yolox()
    embedder("embedder-plain", "N")
    embedder("embedder-pair", 2)
    embedder_half()
    embedder_int8()
    trial()
    product()
    nanodet()
