"""Networks in 16 bits give what they gave in float, and take and give float."""

import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto

import half

CACHE = Path(os.environ.get("FOOTFALL_CACHE") or Path.home() / ".cache/footfall")
REID = Path(__file__).resolve().parents[3] / "models/reid-mobilenet-128.onnx"


def run(model: onnx.ModelProto, images: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images})


def pair(path: Path) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    if not path.is_file():
        pytest.skip(f"{path} is not there: scripts/setup makes it")
    whole = onnx.load(path)
    return whole, half.halve(whole)


def test_embeddings_stay_where_they_were():
    whole, halved = pair(REID)
    images = np.random.default_rng(1).normal(size=(6, 3, 128, 64)).astype(np.float32)
    exact, close = run(whole, images)[0], run(halved, images)[0]
    assert close.dtype == np.float32
    assert (exact * close).sum(1).min() > 0.999
    assert (exact != close).any()


def test_a_detector_keeps_its_scores():
    whole, halved = pair(CACHE / "models/nanodet-g.onnx")
    images = np.random.default_rng(2).normal(size=(1, 3, 320, 416)).astype(np.float32)
    exact, close = run(whole, images), run(halved, images)
    assert np.abs(exact[0] - close[0]).max() < 0.01


def test_everything_but_the_ports_is_in_16_bits():
    whole, halved = pair(REID)
    assert not [t.name for t in halved.graph.initializer if t.data_type == TensorProto.FLOAT]
    ports = [*halved.graph.input, *halved.graph.output]
    assert {port.type.tensor_type.elem_type for port in ports} == {TensorProto.FLOAT}
    assert list(whole.metadata_props) == list(halved.metadata_props)
