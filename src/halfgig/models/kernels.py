"""The few small ONNX graphs that do all multiplying; their weights are inputs, so that none is copied or kept.

ONNX Runtime packs constant weights into memory of its own; a weight that is an input is read where it lies, in the
mapped file or in the buffer it was just widened to.  A session is then a few hundred kilobytes and serves every layer
of its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from halfgig.models.graph import Graph, value_proto
from halfgig.models.scratch import Blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

BLOCKED_DOMAIN = "com.microsoft.nchwc"
Direction = Literal["forward", "reverse"]
HIDDEN = 256
"""Width of every LSTM here."""


def session(graph: Graph, threads: int) -> Any:
    """Start a session that keeps no plan per input length and no pool of freed memory."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_prepacking", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph.model(), options, providers=["CPUExecutionProvider"])


def conv_graph(dilation: int, stride: int) -> Graph:
    """Write y = conv(x, w) without padding."""
    graph = Graph("conv")
    x, w = graph.input("x", [1, "in", "time"]), graph.input("w", ["out", "in", "kernel"])
    y = graph.op("Conv", x, w, dilations=[dilation], strides=[stride])
    graph.output(y, "y", [1, "out", "steps"])
    return graph


def transposed_graph(stride: int) -> Graph:
    """Write y = transposed conv(x, w) without cropping."""
    graph = Graph("transposed")
    x, w = graph.input("x", [1, "in", "time"]), graph.input("w", ["in", "out", "kernel"])
    graph.output(graph.op("ConvTranspose", x, w, strides=[stride]), "y", [1, "out", "steps"])
    return graph


def lstm_graph(direction: Direction) -> Graph:
    """Write one direction of an LSTM that takes and gives its state."""
    graph = Graph("lstm")
    x = graph.input("x", ["time", 1, "in"])
    w, r = graph.input("w", [1, 4 * HIDDEN, "in"]), graph.input("r", [1, 4 * HIDDEN, HIDDEN])
    b = graph.input("b", [1, 8 * HIDDEN])
    h, c = graph.input("h", [1, 1, HIDDEN]), graph.input("c", [1, 1, HIDDEN])
    outputs = graph.op_n(3, "LSTM", x, w, r, b, "", h, c, direction=direction, hidden_size=HIDDEN)
    graph.output(outputs[0], "y", ["time", 1, 1, HIDDEN])
    graph.output(outputs[1], "h_end", [1, 1, HIDDEN])
    graph.output(outputs[2], "c_end", [1, 1, HIDDEN])
    return graph


def blocked_graph(channels: int, dilation: int) -> Graph:
    """Write the same convolution, with a bias, in the layout ONNX Runtime's direct kernels work in.

    Its optimiser changes to that layout by itself, but only for weights it may copy and keep; as an input the weight
    comes arranged.  Measured: 95-105 GMAC/s a core against 80-90.  Outputs: x arranged, the result arranged, the result
    in order.
    """
    graph = Graph("blocked", domain=BLOCKED_DOMAIN)
    x, w = graph.input("x", [1, channels, 1, "time"]), graph.input("w", [channels, channels, 1, "kernel"])
    b = graph.input("b", [channels])
    arranged = graph.op("ReorderInput", x)
    y = graph.op("Conv", arranged, w, b, dilations=[1, dilation])
    given_out(graph, arranged, [1, channels, 1, "time"])
    given_out(graph, y, [1, channels, 1, "steps"])
    given_out(graph, graph.op("ReorderOutput", y, channels=channels), [1, channels, 1, "steps"])
    return graph


def given_out(graph: Graph, value: str, shape: list[int | str]) -> None:
    """Make a value in a graph's midst an output too, so that it can be given a place of ours."""
    graph.outputs.append(value_proto(value, "float32", shape))


def run_into(kernel: Any, inputs: dict[str, Floats], outputs: list[Floats]) -> None:
    """Run a session from and into contiguous arrays; where nothing is allocated, the heap does not break up."""
    assert all(array.flags.c_contiguous for array in (*inputs.values(), *outputs))
    binding = kernel.io_binding()
    for name, array in inputs.items():
        binding.bind_input(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
    for value, array in zip(kernel.get_outputs(), outputs, strict=True):
        binding.bind_output(value.name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
    kernel.run_with_iobinding(binding)


def biased_graph(dilation: int) -> Graph:
    """Write the same convolution, with a bias, for processors without those kernels."""
    graph = Graph("biased")
    x, w = graph.input("x", [1, "in", 1, "time"]), graph.input("w", ["out", "in", 1, "kernel"])
    y = graph.op("Conv", x, w, graph.input("b", ["out"]), dilations=[1, dilation])
    graph.output(y, "y", [1, "out", 1, "steps"])
    return graph


def block_size() -> int:
    """Give how many channels the direct kernels keep together on this processor; 0 where there are none."""
    import platform

    if platform.machine() not in ("x86_64", "AMD64"):
        return 0
    graph = Graph("probe", domain=BLOCKED_DOMAIN)
    graph.output(graph.op("ReorderInput", graph.input("x", [1, 64, 1, 2])), "y", [1, 64, 1, 2])
    mixed = session(graph, 1).run(None, {"x": np.arange(128, dtype=np.float32).reshape(1, 64, 1, 2)})[0]
    return int(np.flatnonzero(mixed.ravel() == 1)[0])


class Filter:
    """Hold a square convolution's weight, arranged for this processor, and its bias."""

    def __init__(self, weight: Floats, bias: Floats, block: int, room: Floats | None = None) -> None:
        """Arrange a copy of the weight, in `room` (as many numbers) where there is some."""
        out, into, kernel = weight.shape
        self.bias = bias
        self.blocked = block > 0 and out == into and out % block == 0
        self.weight = np.empty((out, into, 1, kernel), np.float32)
        if room is not None:
            self.weight = room[: weight.size].reshape(self.weight.shape)
        if self.blocked:
            split = weight.reshape(out // block, block, into // block, block, kernel).transpose(0, 2, 4, 3, 1)
            self.weight.reshape(split.shape)[:] = split
        else:
            self.weight[:, :, 0] = weight

    def run(self, kernels: Kernels, tile: Floats, dilation: int) -> Floats:
        """Convolve a tile [channels, time], without padding: [channels, steps], in this thread's second block.

        The tile may lie in the first block, which is overwritten, and not in the second.
        """
        n, time = tile.shape
        steps = time - dilation * (self.weight.shape[3] - 1)
        place = kernels.blocks.mine
        result = place("second", 1, n, 1, steps)
        feed = {"x": tile[None, :, None], "w": self.weight, "b": self.bias}
        if self.blocked:
            kernel = kernels.get(("blocked", n, dilation), lambda: blocked_graph(n, dilation))
            # Each value overwrites the one before the last: a tile's two blocks stay in the second-level cache.
            run_into(kernel, feed, [place("second", 1, n, 1, time), place("first", 1, n, 1, steps), result])
        else:
            run_into(kernels.get(("biased", dilation), lambda: biased_graph(dilation)), feed, [result])
        return result[0, :, 0]


class Kernels:
    """Hold one session of each kind, started when first needed."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.block = block_size()
        self.blocks = Blocks()
        self._sessions: dict[object, Any] = {}

    def get(self, key: object, graph: Callable[[], Graph], threads: int = 1) -> Any:
        """Give the session of a kind."""
        if key not in self._sessions:
            self._sessions[key] = session(graph(), threads)
        return self._sessions[key]

    def conv(self, tile: Floats, weight: Floats, dilation: int = 1, stride: int = 1) -> Floats:
        """Convolve a tile [in, time] with a weight [out, in, kernel], without padding: [out, steps]."""
        kernel = self.get(("conv", dilation, stride), lambda: conv_graph(dilation, stride))
        result: Floats = kernel.run(None, {"x": tile[None], "w": weight})[0][0]
        return result

    def transposed(self, tile: Floats, weight: Floats, stride: int) -> Floats:
        """Convolve transposed, without cropping: [out, (time - 1) stride + kernel]."""
        kernel = self.get(("transposed", stride), lambda: transposed_graph(stride))
        result: Floats = kernel.run(None, {"x": tile[None], "w": weight})[0][0]
        return result

    def lstm(self, x: Floats, weights: dict[str, Floats], state: list[Floats], direction: Direction) -> Floats:
        """Run one direction over x [time, in], leaving its end in `state`: [time, hidden]."""
        kernel = self.get(("lstm", direction), lambda: lstm_graph(direction))
        y, *state[:] = kernel.run(None, {"x": x[:, None], "h": state[0], "c": state[1], **weights})
        result: Floats = y[:, 0, 0]
        return result
