"""An exported embedder as a network that learns: its batch norms are folded, and stay so."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from reid.networks import NETWORKS, Embedder, build


def network_of(path: Path) -> tuple[Embedder, str, dict]:
    """(network, its name, the file's metadata) of a file that `python -m reid export` wrote in fp32 or fp16."""
    if not path.is_file():
        raise SystemExit(f"{path}: no such file")
    model = onnx.load(path)
    stored = {t.name.removesuffix(".half"): numpy_helper.to_array(t) for t in model.graph.initializer}
    tensors = {name: values.astype(np.float32) for name, values in stored.items()}
    for name in NETWORKS:
        folded = build(name).folded()
        state = folded.state_dict()
        wanted = {key: tuple(value.shape) for key, value in state.items() if not key.endswith("num_batches_tracked")}
        if wanted == {key: tensors[key].shape for key in wanted if key in tensors}:
            folded.load_state_dict({**state, **{key: torch.from_numpy(tensors[key].copy()) for key in wanted}})
            facts = {p.key: p.value for p in model.metadata_props}
            folded.seen = int(facts.get("footfall.seen", "0").partition("x")[0])
            return folded, name, facts
    raise SystemExit(f"{path}: none of the laboratory's networks in float ({', '.join(NETWORKS)}); int8 cannot learn")
