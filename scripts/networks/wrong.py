#!/usr/bin/env python3
"""Files that are no detector and no embedder, or not yet, each with words of the reason that it must be refused with.

wrong.py FOLDER        (needs the packages of scripts/models/requirements-dev.txt)
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, UINT8 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.UINT8
PICTURE = ("images", FLOAT, [1, 3, 64, 64])


def save(folder: Path, name: str, inputs, outputs, metadata=None) -> None:
    """`inputs` are (name, type, shape); `outputs` are (name, value), which do not depend on them."""
    constants = [numpy_helper.from_array(value, f"c{number}") for number, (_, value) in enumerate(outputs)]
    nodes = [helper.make_node("Identity", [f"c{number}"], [port]) for number, (port, _) in enumerate(outputs)]
    kind = helper.np_dtype_to_tensor_dtype
    ports = [helper.make_tensor_value_info(n, kind(v.dtype), list(v.shape)) for n, v in outputs]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info(*i) for i in inputs], ports, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="footfall")
    model.ir_version = 8
    helper.set_model_props(model, metadata or {})
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def numbers(*shape: int, low: float = -3, high: float = 3) -> np.ndarray:
    count = int(np.prod(shape))
    return (low + (high - low) * ((np.arange(count) * 37) % 101) / 100).reshape(shape).astype(np.float32)


def main(folder: Path) -> None:
    rows = numbers(1, 84, 12)
    free = ("images", FLOAT, ["n", "c", "h", "w"])
    nothing = np.full((1, 84, 12), np.nan, np.float32)
    heads = [(f"head{side}", numbers(1, 21, side, side)) for side in (8, 4, 2)]
    classifier = {"task": "classify", "names": "{0: 'a'}"}
    boxes, labels = np.zeros((1, 0, 4), np.float32), np.zeros((1, 0), np.int64)
    cases = {
        "free-size": ([free], [("output", rows)], {}, ["size", "640x640"]),
        "two-pictures": ([PICTURE, ("more", FLOAT, [1, 3, 64, 64])], [("output", rows)], {}, ["more [1, 3, 64, 64]"]),
        "unknown-input": ([PICTURE, ("threshold", FLOAT, [1])], [("output", rows)], {}, ["threshold [1]"]),
        "five-dimensions": ([("clip", FLOAT, [1, 3, 8, 64, 64])], [("output", rows)], {}, ["clip [1, 3, 8, 64, 64]"]),
        "grey": ([("images", FLOAT, [1, 1, 64, 64])], [("output", rows)], {}, ["images [1, 1, 64, 64]"]),
        "words": ([("input_ids", INT64, [1, 128])], [("logits", numbers(1, 128, 100))], {}, ["input_ids", "int64"]),
        "whole-numbers": ([("images", INT64, [1, 3, 64, 64])], [("output", rows)], {}, ["images", "of int64"]),
        "not-a-number": ([PICTURE], [("output", nothing)], {}, ["output", "not a number"]),
        "embedder": ([("images", FLOAT, [1, 3, 256, 128])], [("features", numbers(1, 512))], {}, ["512", "--embedder"]),
        "classifier": ([PICTURE], [("probs", numbers(1, 1000, low=0))], {}, ["1000", "classifier"]),
        "undecoded": ([PICTURE], heads, {}, ["before its boxes are decoded"]),
        "no-classes": ([PICTURE], [("output", numbers(1, 11, 84))], {}, ["class", "7"]),
        "other-classes": ([PICTURE], [("output", numbers(1, 6, 84))], {"names": "car, dog"}, ["class", "car, dog"]),
        "strange-rows": ([PICTURE], [("output", numbers(1, 50, 13))], {}, ["family", "output [1, 50, 13]"]),
        "found-nothing": ([PICTURE], [("b", boxes), ("s", boxes[..., 0]), ("l", labels)], {}, ["scale", "pixels"]),
        "turned": ([PICTURE], [("output", rows)], {"task": "obb", "names": "{0: 'ship'}"}, ["boxes that are turned"]),
        "whole-picture": (
            [PICTURE],
            [("o", numbers(1, 3))],
            classifier,
            ["whole picture"],
        ),
        "wrong-size": (
            [PICTURE],
            [("output", rows)],
            {"footfall.size": "big"},
            ["footfall.size", "big", "HEIGHTxWIDTH"],
        ),
        "wrong-family": ([PICTURE], [("output", rows)], {"footfall.family": "haar"}, ["haar", "nanodet", "yolov8"]),
        "wrong-class": ([PICTURE], [("output", rows)], {"footfall.class": "80", "footfall.family": "yolov8"}, ["80"]),
        "texts": ([PICTURE], [("output", np.array(["a", "b"], object))], {}, ["of numbers"]),
        "empty-batch": ([("images", FLOAT, [0, 3, 64, 64])], [("output", rows)], {}, ["images [0, 3, 64, 64]"]),
    }
    told = {}
    for name, (inputs, outputs, metadata, words) in cases.items():
        save(folder, name, inputs, outputs, metadata)
        told[name] = words
    (folder / "reasons.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
