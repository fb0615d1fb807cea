"""Reading a TensorFlow.js graph model: `model.json` (topology, weight manifest) and its weights.

Only what a frozen inference graph needs: nodes with inputs and attributes, in an order in which
every node comes after its inputs, and constants as numpy arrays. TensorFlow is not needed.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np


class GraphError(ValueError):
    """The graph holds something that this reader or the converter does not know."""


@dataclass(frozen=True)
class Node:
    """One operation. `inputs` are tensor names without `:0`; other output slots keep `:k`."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict


@dataclass(frozen=True)
class Graph:
    """Operations in topological order, and the constants by tensor name."""

    nodes: list[Node]
    constants: dict[str, np.ndarray]

    def node(self, name: str) -> Node:
        """The operation of that name; `GraphError` if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise GraphError(f"the graph has no node {name!r}")


def load(topology: Path, weights: Path) -> Graph:
    """Reads `topology` (the .json) with `weights` (the .bin, all shards joined)."""
    document = json.loads(Path(topology).read_text())
    specs = [spec for group in document["weightsManifest"] for spec in group["weights"]]
    constants = _constants(specs, Path(weights).read_bytes())
    nodes = [
        Node(
            name=raw["name"],
            op=raw["op"],
            inputs=tuple(_tensor_name(i) for i in raw.get("input", []) if not i.startswith("^")),
            attributes={key: _attribute(value) for key, value in raw.get("attr", {}).items()},
        )
        for raw in document["modelTopology"]["node"]
    ]
    return Graph(_topological([n for n in nodes if n.op != "Const"], constants), constants)


def _tensor_name(name: str) -> str:
    return name.removesuffix(":0")


def _constants(specs: list[dict], raw: bytes) -> dict[str, np.ndarray]:
    constants = {}
    offset = 0
    for spec in specs:
        stored = spec.get("quantization", {}).get("dtype", spec["dtype"])
        if stored not in ("float16", "float32", "int32"):
            raise GraphError(f"weight {spec['name']!r} is stored as {stored}, which is not known here")
        count = int(np.prod(spec["shape"], dtype=np.int64))
        dtype = np.dtype(stored).newbyteorder("<")
        array = np.frombuffer(raw, dtype, count, offset).reshape(spec["shape"])
        constants[spec["name"]] = array.astype(spec["dtype"])
        offset += count * dtype.itemsize
    if offset != len(raw):
        raise GraphError(f"the manifest describes {offset} bytes of weights, the file has {len(raw)}")
    return constants


def _attribute(value: dict):
    """TF.js writes protobuf attributes as JSON: strings in base64, integers as strings."""
    kind, content = next(iter(value.items()))
    if kind == "s":
        return base64.b64decode(content).decode()
    if kind == "list":
        if not content:
            return []
        return [int(i) for i in content["i"]] if "i" in content else content
    if kind == "i":
        return int(content)
    return content


def _topological(nodes: list[Node], constants: dict) -> list[Node]:
    done = set(constants)
    ordered = []
    waiting = list(nodes)
    while waiting:
        ready = [n for n in waiting if all(i.partition(":")[0] in done for i in n.inputs)]
        if not ready:
            raise GraphError(f"inputs of {waiting[0].name!r} are missing or circular")
        ordered += ready
        done.update(n.name for n in ready)
        waiting = [n for n in waiting if n.name not in done]
    return ordered
