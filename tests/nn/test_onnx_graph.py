from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfgig.nn.kernels import Kernels
from halfgig.nn.onnx_graph import ExternalTensor, Graph, varint
from tests.nn.noise import floats


def run(graph: Graph, folder: Path | None = None, **inputs: Any) -> Any:
    import onnxruntime

    model: Any = graph.model()
    if folder is not None:
        (folder / "model.onnx").write_bytes(model)
        model = str(folder / "model.onnx")
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, inputs)[0]


def test_a_written_graph_runs() -> None:
    graph = Graph("sum")
    x = graph.input("x", ["n"])
    graph.output(graph.op("Add", x, graph.constant(2.5)), "y", ["n"])
    assert run(graph, x=floats([1, 2])).tolist() == [3.5, 4.5]


def test_attributes_of_every_kind_arrive() -> None:
    graph = Graph("attributes")
    x = graph.input("x", [1, 1, "n"])
    leaky = graph.op("LeakyRelu", x, alpha=0.5)
    padded = graph.op("Pad", leaky, graph.constant([0, 0, 1, 0, 0, 0]), mode="edge")
    graph.output(graph.op("Transpose", padded, perm=[2, 0, 1]), "y", ["n", 1, 1])
    assert run(graph, x=floats([[[-2, 4]]])).tolist() == [[[-1]], [[-1]], [[4]]]


def test_negative_integers_are_written_in_twos_complement() -> None:
    graph = Graph("negative")
    x = graph.input("x", [2, "n"])
    graph.output(graph.op("Softmax", x, axis=-2), "y", [2, "n"])
    assert run(graph, x=floats([[0], [0]])).tolist() == [[0.5], [0.5]]


@pytest.mark.parametrize(("value", "written"), [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\1"), (300, b"\xac\2")])
def test_varints_are_written_as_protobuf_defines_them(value: int, written: bytes) -> None:
    assert varint(value) == written


def test_weights_in_a_file_beside_the_model_are_found(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(bytes(4096) + floats([1, 2, 3, 4]).tobytes())
    graph = Graph("external")
    x = graph.input("x", [1, 2])
    w = graph.external(ExternalTensor("w.bin", 4096, (2, 2)))
    graph.output(graph.op("MatMul", x, w), "y", [1, 2])
    assert run(graph, tmp_path, x=floats([[1, 10]])).tolist() == [[31, 42]]


def test_outputs_of_one_node_have_names_of_their_own() -> None:
    graph = Graph("split")
    x = graph.input("x", [4])
    first, second = graph.op_n(2, "Split", x, axis=0, num_outputs=2)
    graph.output(graph.op("Sub", first, second), "y", [2])
    assert run(graph, x=floats([5, 7, 1, 2])).tolist() == [4, 5]


def test_a_convolution_takes_its_weights_as_an_input() -> None:
    x, w = floats([[1, 2, 3, 4, 5]]), floats([[[1, 10]]])
    assert Kernels(1).conv(x, w).tolist() == [[21, 32, 43, 54]]
    assert Kernels(1).conv(x, w, stride=2).tolist() == [[21, 43]]


def test_an_lstm_in_two_parts_goes_on_where_it_stopped() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((10, 8), np.float32)
    shapes = {"w": (1, 1024, 8), "r": (1, 1024, 256), "b": (1, 2048)}
    weights = {name: rng.standard_normal(shape, np.float32) * np.float32(0.1) for name, shape in shapes.items()}
    kernels = Kernels(1)
    start = [np.zeros((1, 1, 256), np.float32)] * 2
    state = list(start)
    parts = [kernels.lstm(part, weights, state, "forward") for part in (x[:4], x[4:])]
    np.testing.assert_allclose(
        np.concatenate(parts), kernels.lstm(x, weights, list(start), "forward"), rtol=1e-5, atol=1e-6
    )
