"""A trained network as the ONNX file that the program loads."""

import io
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from reid.config import Config
from reid.embedding import embed
from reid.int8 import quantise
from reid.networks import DIMENSION, HEIGHT, WIDTH
from reid.onnx_model import OnnxModel
from reid.pixels import MEAN, STD

OPSET = 16
PARITY = 0.9999
PRECISIONS = ("fp32", "fp16", "int8")


def trace(network: nn.Module) -> onnx.ModelProto:
    """`images` [N, 3, 128, 64] to `embeddings` [N, 128], N free, in float32."""
    buffer = io.BytesIO()
    example = torch.zeros(2, 3, HEIGHT, WIDTH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.folded().to("cpu").to(memory_format=torch.contiguous_format),
            example,
            buffer,
            opset_version=OPSET,
            input_names=["images"],
            output_names=["embeddings"],
            dynamic_axes={"images": {0: "N"}, "embeddings": {0: "N"}},
        )
    return onnx.load_model_from_string(buffer.getvalue())


def halve_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Stores matrices and kernels as float16, each cast back to float32 where it is used.

    Half the file; a runtime folds the casts when it loads, and computes in
    float32 as before. Vectors (biases, batch norm) stay as they are.
    """
    graph = model.graph
    casts = []
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2:
            continue
        half = numpy_helper.to_array(tensor).astype(np.float16)
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, name + ".half"))
        casts.append(helper.make_node("Cast", [name + ".half"], [name], name=name + ".cast", to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    return model


def metadata(config: Config, sets: list, distances: dict | None = None) -> dict:
    """What the program must know to use the file, and a person to be allowed to.

    `distances` are verification figures of held-out people: the tracker's
    `max_cosine_distance`, and the distances that the probability of one person
    is told from.
    """
    facts = {
        "footfall.task": "embed",
        "footfall.size": f"{HEIGHT}x{WIDTH}",
        "footfall.colour": "rgb",
        "footfall.mean": ",".join(str(v) for v in MEAN),
        "footfall.std": ",".join(str(v) for v in STD),
        "footfall.dimension": str(DIMENSION),
        "footfall.trained_on": config.trained_on or ", ".join(sets),
        "footfall.terms": config.terms,
        "footfall.version": config.version,
    }
    if config.seen:
        facts["footfall.seen"] = f"{config.seen}x{config.seen // 2}"
    if distances:
        facts["footfall.max_cosine_distance"] = f"{distances['rare_threshold']:.3f}"
        facts["footfall.same_person"] = ",".join(f"{value:.5f}" for value in distances["curve"])
        for key in ("same_mean", "same_std", "different_mean", "different_std"):
            facts[f"footfall.{key}"] = f"{distances[key]:.5f}"
    return facts


def write(network: nn.Module, path: Path, facts: dict, name: str, precision: str = "fp16", calibration=None):
    """Writes the file; the same weights, facts and calibration crops give the same bytes.

    fp32   weights as they were trained
    fp16   weights as float16, arithmetic in float32
    int8   `reid.int8`, calibrated on `calibration` [N, 128, 64, 3]
    """
    model = trace(network)
    if precision == "fp16":
        model = halve_weights(model)
    elif precision == "int8":
        model = quantise(model, network.first_in_float, calibration)
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = DIMENSION
    model.producer_name, model.producer_version, model.graph.name = "footfall", "", f"{name}-{DIMENSION}"
    helper.set_model_props(model, facts)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def parity(network: nn.Module, path: Path, pixels: np.ndarray) -> float:
    """The smallest cosine between what PyTorch and the written file make of each crop."""
    ours = embed(network, pixels, "cpu")
    return float((ours * OnnxModel.open(path).embed(pixels)).sum(1).min())
