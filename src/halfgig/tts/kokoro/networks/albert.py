"""ALBERT, the language model: phoneme ids to the features from which the prosody is predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.nn.interruption import stop_if_asked
from halfgig.nn.onnx_graph import Graph
from halfgig.tts.kokoro.networks.layers import normal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from halfgig.tts.kokoro.networks.layers import LayerContext

    Floats = NDArray[np.float32]

PASSES = 12
"""Number of times the single shared layer runs."""
HEADS = 12
COPIED = 0
"""Of a new shape: as in the old one."""
EPSILON = 1e-12
LEAVES = ("qkv", "dense", "ffn", "ffn_output")
NORMS = ("attention_norm", "full_norm")


def layer_graph() -> Graph:
    """Build one pass: attention and feed-forward, each followed by its norm; the weights are inputs."""
    graph = Graph("albert")
    h = graph.input("h", ["n", "width"])
    w = {leaf: graph.input(f"{leaf}.weight", [f"{leaf}_in", f"{leaf}_out"]) for leaf in LEAVES}
    b = {leaf: graph.input(f"{leaf}.bias", [f"{leaf}_out"]) for leaf in LEAVES}
    norms = {norm: [graph.input(f"{norm}.{leaf}", ["width"]) for leaf in ("weight", "bias")] for norm in NORMS}

    def linear(leaf: str, x: str) -> str:
        return graph.op("Gemm", x, w[leaf], b[leaf], transB=1)

    def norm(name: str, x: str) -> str:
        return graph.op("LayerNormalization", x, *norms[name], axis=-1, epsilon=EPSILON)

    split = graph.op("Reshape", linear("qkv", h), graph.constant([COPIED, 3, HEADS, -1]))
    q, k, v = graph.op_n(3, "Split", graph.op("Transpose", split, perm=[1, 2, 0, 3]), axis=0, num_outputs=3)
    scores = graph.op("MatMul", q, graph.op("Transpose", k, perm=[0, 1, 3, 2]))  # [1, heads, n, n]
    seen = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), v)
    seen = graph.op("Reshape", graph.op("Transpose", seen, perm=[2, 0, 1, 3]), graph.constant([COPIED, -1]))
    u = norm("attention_norm", graph.op("Add", h, linear("dense", seen)))
    f = linear("ffn_output", graph.op("Gelu", linear("ffn", u), approximate="tanh"))
    graph.output(norm("full_norm", graph.op("Add", f, u)), "y", ["n", "width"])
    return graph


def encoded(context: LayerContext, ids: NDArray[np.int64]) -> Floats:
    """Run ALBERT and the projection after it: ids [n] to [n, 512]."""
    weights = context.weights
    e: Floats = weights["bert.words"][ids] + weights["bert.places"][: len(ids)]
    e = normal(e, EPSILON) * weights["bert.norm.weight"] + weights["bert.norm.bias"]
    h: Floats = e @ weights["bert.widen.weight"].T + weights["bert.widen.bias"]
    feed = {f"{leaf}.bias": weights[f"bert.{leaf}.bias"] for leaf in (*LEAVES, *NORMS)}
    feed |= {f"{leaf}.weight": context.weights[f"bert.{leaf}.weight"] for leaf in (*LEAVES, *NORMS)}
    kernel = context.kernels.get("albert", layer_graph, context.kernels.threads)
    for _ in range(PASSES):
        stop_if_asked()
        h = kernel.run(None, {"h": h, **feed})[0]
    result: Floats = h @ weights["bert_encoder.weight"].T + weights["bert_encoder.bias"]
    return result
