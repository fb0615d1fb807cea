"""A fine-tuned network comes back from its difference, and another network's is refused."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

import difference


def network(seed: int, channels: int = 4) -> onnx.ModelProto:
    draw = np.random.default_rng(seed)
    arrays = {"a.weight": draw.normal(0, 1, (channels, 3, 3, 3)), "a.bias": draw.normal(0, 1, channels)}
    tensors = [numpy_helper.from_array(a.astype(np.float32), n) for n, a in arrays.items()]
    node = helper.make_node("Conv", ["images", *arrays], ["y"])
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("images", 1, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", 1, None)],
        tensors,
    )
    model = helper.make_model(graph)
    helper.set_model_props(model, {"footfall.source": f"number {seed}", "footfall.size": "8x8"})
    return model


def tuned(model: onnx.ModelProto) -> onnx.ModelProto:
    moved = onnx.ModelProto()
    moved.CopyFrom(model)
    weight = numpy_helper.to_array(moved.graph.initializer[0])
    step = np.random.default_rng(9).normal(0, 0.02, weight.shape).astype(np.float32)
    moved.graph.initializer[0].CopyFrom(numpy_helper.from_array(weight + step, "a.weight"))
    helper.set_model_props(moved, {"footfall.source": "tuned", "footfall.size": "8x8"})
    return moved


def test_the_tuned_network_comes_back_to_within_half_a_step():
    original = network(1)
    wanted = tuned(original)
    found = difference.make(original, wanted)
    assert "a.bias/steps" not in found
    back = difference.apply(original, found)
    before, after, again = (difference.weights(m) for m in (original, wanted, back))
    moved = np.abs(after["a.weight"] - before["a.weight"]).reshape(4, -1).max(1)
    error = np.abs(again["a.weight"] - after["a.weight"]).reshape(4, -1).max(1)
    assert (error <= moved / 127 * 0.51 + 1e-6).all()
    np.testing.assert_array_equal(again["a.bias"], before["a.bias"])
    assert difference.source(back) == "tuned"
    assert [p.value for p in back.metadata_props if p.key == "footfall.size"] == ["8x8"]
    assert back.SerializeToString(deterministic=True) == difference.apply(original, found).SerializeToString(
        deterministic=True
    )


def test_another_network_is_refused():
    with pytest.raises(SystemExit, match="not the same network"):
        difference.make(network(1), network(1, 5))
    found = difference.make(network(1), tuned(network(1)))
    with pytest.raises(SystemExit, match="not of this network"):
        difference.apply(network(1, 5), found)
