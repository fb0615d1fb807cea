"""A small TF.js graph, written as the converter's users write theirs, and its values by hand."""

import base64
import json
from pathlib import Path

import numpy as np

NHWC = {"s": base64.b64encode(b"NHWC").decode()}
VALID = {"s": base64.b64encode(b"VALID").decode()}


def integers(*values: int) -> dict:
    return {"list": {"i": [str(v) for v in values]}}


def shape(*sizes: int) -> dict:
    return {"shape": {"dim": [{"size": str(s)} for s in sizes]}}


def node(name: str, op: str, *inputs: str, **attributes) -> dict:
    return {"name": name, "op": op, "input": list(inputs), "attr": attributes}


def convolution(name: str, source: str, weight: str, stride: int) -> dict:
    attributes = {
        "data_format": NHWC,
        "padding": VALID,
        "dilations": integers(1, 1, 1, 1),
        "strides": integers(1, stride, stride, 1),
    }
    return node(name, "Conv2D", source, weight, **attributes)


def constants() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(3)
    return {
        "to_last": np.array([0, 2, 3, 1], np.int32),
        "to_first": np.array([0, 3, 1, 2], np.int32),
        "padding": np.array([[0, 0], [0, 0], [1, 1], [1, 1]], np.int32),
        "weight": draw.normal(0, 0.5, (3, 3, 3, 8)).astype(np.float32),
        "bias": draw.normal(0, 0.5, 8).astype(np.float32),
        "size": np.array([4, 4], np.int32),
        "axis": np.array(3, np.int32),
    }


def nodes() -> list[dict]:
    """Input [1, 3, 16, 16] -> padded 3x3 convolution at stride 2, bias, leaky unit, halved, joined with
    itself along the channels -> [1, 16, 4, 4]; out of order, as graphs may be."""
    ordered = [
        node("input", "Placeholder", shape=shape(1, 3, 16, 16)),
        node("padded", "Pad", "input", "padding"),
        node("last", "Transpose", "padded", "to_last"),
        convolution("conv", "last", "weight", 2),
        node("biased", "AddV2", "conv", "bias"),
        node("active", "LeakyRelu", "biased", alpha={"f": 0.1}),
        node("halved", "ResizeBilinear", "active", "size", half_pixel_centers={"b": True}),
        node("joined", "ConcatV2", "halved", "halved:0", "axis", "^active"),
        node("output", "Transpose", "joined", "to_first"),
    ]
    weights = [node(name, "Const") for name in constants()]
    return [*reversed(ordered), *weights]


def expected(images: np.ndarray) -> np.ndarray:
    """What the graph computes, by loops over its definition: [1, 3, 16, 16] -> [1, 16, 4, 4]."""
    values = constants()
    padded = np.pad(images[0], ((0, 0), (1, 1), (1, 1))).astype(np.float64)
    conv = np.zeros((8, 8, 8))
    for y in range(8):
        for x in range(8):
            patch = padded[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
            conv[:, y, x] = np.einsum("chw,hwco->o", patch, values["weight"]) + values["bias"]
    active = np.where(conv < 0, 0.1 * conv, conv)
    halved = active.reshape(8, 4, 2, 4, 2).mean((2, 4))
    return np.concatenate([halved, halved])[None]


def write(folder: Path, graph_nodes: list[dict], values: dict[str, np.ndarray]) -> tuple[Path, Path]:
    """The graph as model.json and weights.bin."""
    specs = [{"name": k, "shape": list(v.shape), "dtype": v.dtype.name} for k, v in values.items()]
    document = {
        "modelTopology": {"node": graph_nodes},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}],
    }
    topology, weights = folder / "model.json", folder / "weights.bin"
    topology.write_text(json.dumps(document))
    weights.write_bytes(b"".join(v.tobytes() for v in values.values()))
    return topology, weights
