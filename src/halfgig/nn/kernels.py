"""Small ONNX graphs for convolutions, LSTMs and matrix products. Weights are inputs, so none is copied or kept.

ONNX Runtime repacks constant weights into its own memory. A weight passed as an input is read in place, from the
mapped file or from the buffer it was widened into. A session then takes a few hundred kilobytes and serves every layer
of its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from halfgig.nn.buffers import Blocks
from halfgig.nn.onnx_graph import Graph, value_proto
from halfgig.nn.onnx_runtime import onnx_runtime, session_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Direction = Literal["forward", "reverse"]


def session(graph: Graph, threads: int) -> Any:
    """Create a session that keeps no more memory than its operations need."""
    options = session_options(threads)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnx_runtime().InferenceSession(graph.model(), options, providers=["CPUExecutionProvider"])


def conv_graph(stride: int) -> Graph:
    """Return the graph of y = conv(x, w) without padding."""
    graph = Graph("conv")
    x, w = graph.input("x", [1, "in", "time"]), graph.input("w", ["out", "in", "kernel"])
    y = graph.op("Conv", x, w, strides=[stride])
    graph.output(y, "y", [1, "out", "steps"])
    return graph


def lstm_graph(direction: Direction, hidden: int) -> Graph:
    """Return the graph of one LSTM direction, with its state as inputs and outputs."""
    graph = Graph("lstm")
    x = graph.input("x", ["time", 1, "in"])
    w, r = graph.input("w", [1, 4 * hidden, "in"]), graph.input("r", [1, 4 * hidden, hidden])
    b = graph.input("b", [1, 8 * hidden])
    h, c = graph.input("h", [1, 1, hidden]), graph.input("c", [1, 1, hidden])
    outputs = graph.op_n(3, "LSTM", x, w, r, b, "", h, c, direction=direction, hidden_size=hidden)
    graph.output(outputs[0], "y", ["time", 1, 1, hidden])
    graph.output(outputs[1], "h_end", [1, 1, hidden])
    graph.output(outputs[2], "c_end", [1, 1, hidden])
    return graph


class Kernels:
    """Sessions by kind, created on first use."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.multiply = Multiplier()
        self.blocks = Blocks()
        self._sessions: dict[object, Any] = {}

    def get(self, key: object, graph: Callable[[], Graph], threads: int = 1) -> Any:
        """Return the session for `key`, created from `graph` on first use."""
        if key not in self._sessions:
            self._sessions[key] = session(graph(), threads)
        return self._sessions[key]

    def conv(self, tile: Floats, weight: Floats, stride: int = 1) -> Floats:
        """Convolve a tile [in, time] with a weight [out, in, kernel], without padding: [out, steps]."""
        kernel = self.get(("conv", stride), lambda: conv_graph(stride))
        result: Floats = kernel.run(None, {"x": tile[None], "w": weight})[0][0]
        return result

    def lstm(self, x: Floats, weights: dict[str, Floats], state: list[Floats], direction: Direction) -> Floats:
        """Run one direction over x [time, in] and return [time, hidden]; `state` is replaced by the final state."""
        hidden = state[0].shape[-1]
        kernel = self.get(("lstm", direction, hidden), lambda: lstm_graph(direction, hidden))
        y, *state[:] = kernel.run(None, {"x": x[:, None], "h": state[0], "c": state[1], **weights})
        result: Floats = y[:, 0, 0]
        return result


def product_graph() -> Graph:
    """Return the graph of y = a b for stacks of matrices of any size."""
    graph = Graph("product")
    a, b = graph.input("a", ["stack", "rows", "inner"]), graph.input("b", ["stack", "inner", "columns"])
    graph.outputs.append(value_proto(graph.op("MatMul", a, b), "float32", ["stack", "rows", "columns"]))
    return graph


class Multiplier:
    """Matrix product in one session shared by all threads; each call runs on the calling thread."""

    def __init__(self) -> None:
        self._session = session(product_graph(), threads=1)
        self._output = self._session.get_outputs()[0].name

    def __call__(self, a: Floats, b: Floats, out: Floats) -> Floats:
        """Multiply [stack, rows, inner] by [stack, inner, columns] into `out`; all arrays are contiguous."""
        self.bound(a, b, out)()
        return out

    def bound(self, a: Floats, b: Floats, out: Floats) -> Callable[[], None]:
        """Return a product bound to these buffers, for repeated calls: 2 µs a call instead of 11."""
        binding = self._session.io_binding()
        for name, array in (("a", a), ("b", b)):
            binding.bind_input(name, "cpu", 0, np.float32, array.shape, _address(array))
        binding.bind_output(self._output, "cpu", 0, np.float32, out.shape, _address(out))
        return lambda: self._session.run_with_iobinding(binding)


def _address(array: Floats) -> int:
    assert array.flags.c_contiguous
    assert array.dtype == np.float32
    return array.ctypes.data
