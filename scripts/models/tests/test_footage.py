"""int8 from footage: which nodes stay in float, and what is done to pixels."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import detect
import footage


def network() -> onnx.ModelProto:
    """Convolution, unit, convolution, sigmoid; nodes without names, as some exporters leave them."""
    draw = np.random.default_rng(3)
    shapes = {"w0": (8, 3, 3, 3), "w1": (8, 8, 3, 3), "w2": (2, 8, 1, 1)}
    weights = [numpy_helper.from_array(draw.normal(0, 0.3, s).astype(np.float32), k) for k, s in shapes.items()]
    nodes = [
        helper.make_node("Conv", ["images", "w0"], ["a"], pads=[1] * 4),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "w1"], ["c"], pads=[1] * 4),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Conv", ["d", "w2"], ["e"]),
        helper.make_node("Sigmoid", ["e"], ["output"]),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 32, 64])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 2, 32, 64])
    graph = helper.make_graph(nodes, "test", [images], [output], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    helper.set_model_props(model, {"footfall.pad": "7"})
    return model


def reading(tmp_path, monkeypatch, **facts: str) -> footage.Reading:
    """As if the program had said so of the network."""
    usual = {"size": "32x64", "colour": "rgb", "mean": "1, 2, 3", "std": "4, 5, 6", "letterbox": "stretch"}
    told = {"task": "detect", "facts": [{"key": k, "value": v} for k, v in {**usual, **facts}.items()]}
    monkeypatch.setattr(footage, "run", lambda _: json.dumps(told))
    path = tmp_path / "own.onnx"
    onnx.save(network(), path)
    return footage.Reading("footfall", path)


def pictures(count: int) -> list[np.ndarray]:
    draw = np.random.default_rng(5)
    return [draw.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(count)]


def test_the_last_convolution_and_all_after_it_stay_in_float(tmp_path, monkeypatch):
    told = reading(tmp_path, monkeypatch)
    (tmp_path / "own.onnx.toml").write_text("class = 0\n")
    output = tmp_path / "int8.onnx"
    assert footage.quantised(tmp_path / "own.onnx", told, pictures(8), output) == 2
    made = onnx.load(output)
    assert {p.key: p.value for p in made.metadata_props} == {"footfall.pad": "7"}
    assert (tmp_path / "int8.onnx.toml").read_text() == "class = 0\n"
    last = next(node for node in made.graph.node if "w2" in node.input)
    assert last.op_type == "Conv"
    kinds = {tensor.name: tensor.data_type for tensor in made.graph.initializer}
    assert kinds["w2"] == TensorProto.FLOAT and "w0" not in kinds
    inputs = {"images": told.planes(pictures(1)[0])}
    whole, small = (detect.session(p).run(None, inputs)[0] for p in (tmp_path / "own.onnx", output))
    assert np.abs(whole - small).mean() < 0.02 < np.ptp(whole)


@pytest.mark.parametrize(("placement", "top", "left"), [("centre", 0, 16), ("top-left", 0, 0)])
def test_pixels_lie_where_the_program_puts_them(tmp_path, monkeypatch, placement, top, left):
    told = reading(tmp_path, monkeypatch, letterbox=placement, pad="114", mean="0, 0, 0", std="1, 1, 1")
    shown = np.zeros((20, 20, 3), np.uint8) + np.array([1, 2, 3], np.uint8)
    planes = told.planes(shown)[0]
    assert planes[:, top, left].tolist() == [3, 2, 1], "RGB"
    assert (planes == 114).sum() == 3 * 32 * 32


def test_stretched_pixels_are_normalised(tmp_path, monkeypatch):
    shown = np.full((20, 30, 3), 101, np.uint8)
    planes = reading(tmp_path, monkeypatch).planes(shown)
    assert planes.shape == (1, 3, 32, 64)
    assert np.allclose(planes[0, :, 0, 0], [25, 99 / 5, 98 / 6])
