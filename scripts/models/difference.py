#!/usr/bin/env python3
"""A network that was fine-tuned from another, as the difference of their weights in 8 bits.

    difference.py make  ORIGINAL.onnx TUNED.onnx DIFFERENCE.npz
    difference.py apply ORIGINAL.onnx DIFFERENCE.npz TUNED.onnx

Weights move little in fine-tuning, so a step of 1/127 of the largest move of each output channel is
far below what int8 inference rounds away, and the file is a fifth of the network. Applying it is
exact arithmetic: the same two files give the same bytes on every machine.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

LIMIT = 127
SOURCE = "footfall.source"


def weights(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    """The float initializers by name."""
    arrays = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    return {name: array for name, array in arrays.items() if array.dtype == np.float32}


def source(model: onnx.ModelProto) -> str:
    """What a file says of where it comes from."""
    return next((p.value for p in model.metadata_props if p.key == SOURCE), "")


def make(original: onnx.ModelProto, tuned: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Steps (int8) and scales (float32, one an output channel) of every weight that moved."""
    before, after = weights(original), weights(tuned)
    if {n: a.shape for n, a in before.items()} != {n: a.shape for n, a in after.items()}:
        raise SystemExit("difference: the two files are not the same network")
    found = {"source": np.array(source(tuned))}
    for name, array in before.items():
        moved = after[name].astype(np.float64) - array
        largest = np.abs(moved).reshape(len(moved), -1).max(1) if moved.ndim else np.abs(moved)
        if not largest.any():
            continue
        scale = (np.maximum(largest, 1e-30) / LIMIT).astype(np.float32)
        steps = moved / scale.astype(np.float64).reshape(-1, *[1] * (moved.ndim - 1))
        found[f"{name}/steps"] = np.clip(np.rint(steps), -LIMIT, LIMIT).astype(np.int8)
        found[f"{name}/scale"] = scale
    return found


def apply(original: onnx.ModelProto, difference: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The tuned network."""
    result = onnx.ModelProto()
    result.CopyFrom(original)
    known = weights(original)
    for name in (key.removesuffix("/steps") for key in difference if key.endswith("/steps")):
        steps, scale = difference[f"{name}/steps"], difference[f"{name}/scale"]
        if name not in known or known[name].shape != steps.shape:
            raise SystemExit(f"difference: it is not of this network, which has no {name} of that shape")
        moved = steps.astype(np.float32) * scale.reshape(-1, *[1] * (steps.ndim - 1))
        tensor = next(t for t in result.graph.initializer if t.name == name)
        tensor.CopyFrom(numpy_helper.from_array(known[name] + moved, name))
    for entry in result.metadata_props:
        if entry.key == SOURCE:
            entry.value = str(difference["source"])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["make", "apply"])
    parser.add_argument("original", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    original = onnx.load(str(arguments.original))
    if arguments.command == "make":
        np.savez_compressed(arguments.output, **make(original, onnx.load(str(arguments.second))))
        return
    with np.load(arguments.second) as difference:
        tuned = apply(original, dict(difference))
    arguments.output.write_bytes(tuned.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
