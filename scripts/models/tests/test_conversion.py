"""A TF.js graph computes the same as ONNX, and what the converter does not know it refuses."""

import numpy as np
import onnx
import onnxruntime
import pytest

import graphs
import tfjs
import to_onnx

OPSET = 17


def load(folder, nodes=None, values=None):
    return tfjs.load(*graphs.write(folder, nodes or graphs.nodes(), values or graphs.constants()))


def replaced(name: str, node: dict) -> list[dict]:
    return [node if n["name"] == name else n for n in graphs.nodes()]


def run(graph, images: np.ndarray):
    """(output, operators) of the converted graph."""
    converter = to_onnx.Converter(graph)
    (output,) = converter.run("images", ["output"])
    size = ["height", "width"]
    infos = (
        [to_onnx.tensor_info("images", [1, 3, *size])],
        [to_onnx.tensor_info(output.name, [1, 16, "h", "w"])],
    )
    proto = to_onnx.model(converter, *infos, OPSET, {"footfall.task": "test"})
    onnx.checker.check_model(proto, full_check=True)
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images})[0], [n.op_type for n in proto.graph.node]


def test_the_converted_graph_computes_the_same_without_a_transpose(tmp_path):
    images = np.random.default_rng(1).normal(0, 1, (1, 3, 16, 16)).astype(np.float32)
    output, operators = run(load(tmp_path), images)
    np.testing.assert_allclose(output, graphs.expected(images), atol=1e-5)
    assert operators == ["Conv", "LeakyRelu", "AveragePool", "Concat"]


def test_other_sizes_than_the_exported_one_work(tmp_path):
    output, _ = run(load(tmp_path), np.zeros((1, 3, 32, 64), np.float32))
    assert output.shape == (1, 16, 8, 16)


def test_nodes_come_after_their_inputs(tmp_path):
    graph = load(tmp_path)
    done = set(graph.constants)
    for node in graph.nodes:
        assert {name.partition(":")[0] for name in node.inputs} <= done
        done.add(node.name)
    assert graph.node("joined").inputs == ("halved", "halved", "axis")
    assert graph.node("conv").attributes["strides"] == [1, 2, 2, 1]
    assert graph.node("conv").attributes["padding"] == "VALID"


def test_a_circle_and_a_missing_input_are_errors(tmp_path):
    for source in ("output", "nowhere"):
        nodes = replaced("padded", graphs.node("padded", "Pad", source, "padding"))
        with pytest.raises(tfjs.GraphError, match="missing or circular"):
            load(tmp_path, nodes)


def test_truncated_weights_are_an_error(tmp_path):
    topology, weights = graphs.write(tmp_path, graphs.nodes(), graphs.constants())
    whole = weights.read_bytes()
    weights.write_bytes(whole + b"more")
    with pytest.raises(tfjs.GraphError, match="the file has"):
        tfjs.load(topology, weights)
    weights.write_bytes(whole[:-4])
    with pytest.raises(ValueError):
        tfjs.load(topology, weights)


def test_half_precision_weights_are_widened(tmp_path):
    values = graphs.constants()
    topology, weights = graphs.write(tmp_path, graphs.nodes(), values)
    text = topology.read_text().replace(
        '"shape": [8], "dtype": "float32"',
        '"shape": [8], "dtype": "float32", "quantization": {"dtype": "float16"}',
    )
    topology.write_text(text)
    stored = values | {"bias": values["bias"].astype(np.float16)}
    weights.write_bytes(b"".join(v.tobytes() for v in stored.values()))
    bias = tfjs.load(topology, weights).constants["bias"]
    assert bias.dtype == np.float32
    np.testing.assert_array_equal(bias, stored["bias"].astype(np.float32))


@pytest.mark.parametrize(
    ("name", "node", "words"),
    [
        ("active", graphs.node("active", "Relu6", "biased"), "Relu6 .* has no conversion"),
        ("conv", graphs.convolution("conv", "padded", "weight", 2), "channels-last"),
        ("biased", graphs.node("biased", "AddV2", "last", "bias"), "padding before"),
        ("joined", graphs.node("joined", "ConcatV2", "halved", "halved", "one"), "another axis"),
        ("halved", graphs.node("halved", "ResizeBilinear", "active", "third",
                               half_pixel_centers={"b": True}), "another factor"),
    ],
)  # fmt: skip
def test_what_the_converter_does_not_know_it_refuses(name, node, words, tmp_path):
    values = graphs.constants() | {"one": np.array(1, np.int32), "third": np.array([3, 3], np.int32)}
    graph = load(tmp_path, replaced(name, node), values)
    with pytest.raises(tfjs.GraphError, match=words):
        run(graph, np.zeros((1, 3, 16, 16), np.float32))
