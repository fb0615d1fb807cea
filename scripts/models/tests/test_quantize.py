"""Static quantisation: parameters, joined ranges, and a small network against its float self."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import quantize


def network() -> onnx.ModelProto:
    """Convolution, leaky unit, maximum, convolution, mean, and a head (`Gemm`) of 2 numbers a cell."""
    draw = np.random.default_rng(2)
    weights = {
        "w0": draw.normal(0, 0.3, (8, 3, 3, 3)),
        "b0": draw.normal(0, 0.3, 8),
        "w1": draw.normal(0, 0.2, (8, 8, 1, 1)) * np.arange(1, 9).reshape(8, 1, 1, 1),
        "b1": draw.normal(0, 0.3, 8),
        "head.w": draw.normal(0, 0.3, (8, 2)),
        "head.b": draw.normal(0, 0.3, 2),
    }
    initializers = [numpy_helper.from_array(v.astype(np.float32), k) for k, v in weights.items()]
    initializers.append(numpy_helper.from_array(np.array([-1, 8]), "cells"))
    steps = [
        ("Conv", ["images", "w0", "b0"], "conv_0", {"kernel_shape": [3, 3], "pads": [1] * 4}),
        ("LeakyRelu", ["conv_0"], "leaky", {"alpha": 0.1}),
        ("MaxPool", ["leaky"], "largest", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("Conv", ["largest", "w1", "b1"], "conv_1", {"kernel_shape": [1, 1]}),
        ("AveragePool", ["conv_1"], "mean", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("Transpose", ["mean"], "last", {"perm": [0, 2, 3, 1]}),
        ("Reshape", ["last", "cells"], "rows", {}),
        ("Gemm", ["rows", "head.w", "head.b"], "scores", {}),
    ]
    nodes = [helper.make_node(op, i, [out], name=out, **a) for op, i, out, a in steps]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 16, 16])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["cells", 2])
    graph = helper.make_graph(nodes, "test", [images], [scores], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def run(model: onnx.ModelProto, images: np.ndarray, outputs=("scores",)) -> list[np.ndarray]:
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    known = {o.name for o in probe.graph.output}
    probe.graph.output.extend(helper.make_empty_tensor_value_info(n) for n in outputs if n not in known)
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(list(outputs), {"images": images})


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(4).normal(0, 1, (1, 3, 16, 16)).astype(np.float32)


def ranges(model: onnx.ModelProto, images: np.ndarray) -> dict:
    reordered = quantize.reordered(model)
    names = [n for n in quantize.activations(reordered.graph) if n != "images"]
    values = dict(zip(names, run(reordered, images, names), strict=True)) | {"images": images}
    return {name: [float(v.min()), float(v.max())] for name, v in values.items()}


@pytest.mark.parametrize("span", [(-1.0, 3.0), (0.0, 6.0), (2.0, 5.0), (-4.0, -1.0)])
def test_activations_round_within_half_a_step_and_zero_is_exact(span):
    scale, zero = quantize.activation_parameters(*span)
    values = np.linspace(*span, 1001)
    steps = np.clip(np.rint(values / scale) + zero, 0, 255)
    assert np.abs((steps - zero) * scale - values).max() <= 0.51 * scale
    assert 0 <= zero <= 255


def test_weights_keep_to_seven_bits_and_half_a_step_a_channel():
    weight = np.random.default_rng(5).normal(0, 1, (4, 3, 3, 3)) * np.array([1e-3, 1, 50, 0]).reshape(4, 1, 1, 1)
    steps, scale = quantize.weight_parameters(weight.astype(np.float32))
    assert np.abs(steps).max() == quantize.WEIGHT_LIMIT
    error = np.abs(steps * scale.reshape(4, 1, 1, 1) - weight).reshape(4, -1).max(1)
    assert (error <= 0.501 * scale).all()


def test_reordering_changes_no_value(images):
    model = network()
    np.testing.assert_allclose(run(quantize.reordered(model), images)[0], run(model, images)[0], atol=1e-5)
    operators = [n.op_type for n in quantize.reordered(model).graph.node]
    assert operators[:3] == ["Conv", "MaxPool", "LeakyRelu"] and "AveragePool" not in operators


def test_what_only_moves_bytes_reads_and_writes_one_range(images):
    model = quantize.reordered(network())
    joined = quantize.joined_ranges(model.graph, ranges(network(), images))
    pool = next(n for n in model.graph.node if n.op_type == "MaxPool")
    assert joined[pool.input[0]] == joined[pool.output[0]]


def test_the_int8_network_follows_the_float_one_with_its_head_in_float(images):
    model = network()
    result = quantize.quantize(model, ranges(model, images))
    expected, actual = run(model, images)[0], run(result, images)[0]
    assert np.abs(actual - expected).max() < 0.05 * np.ptp(expected)
    assert len(np.unique(actual)) > 0.9 * actual.size
    kept = {i.name for i in result.graph.initializer}
    assert {"head.w", "head.b"} <= kept and not {"w0", "w1", "b0", "b1"} & kept


def test_the_same_input_gives_the_same_bytes(images):
    model, spans = network(), ranges(network(), images)
    first, again = (quantize.quantize(model, spans).SerializeToString(deterministic=True) for _ in range(2))
    assert first == again


def test_a_missing_range_is_an_error(images):
    spans = ranges(network(), images)
    del spans["conv_1"]
    with pytest.raises(ValueError, match="no range for conv_1"):
        quantize.quantize(network(), spans)
