"""Deep3DFaceRecon's ResNet-50, which predicts 3D face coefficients from a picture: its weights and its computation.

Every batch normalisation follows a convolution and is folded into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.sadtalker.networks import folds
from halfgig.animators.sadtalker.networks.assemble import weights_file
from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from halfgig.nn.buffers import give_back, keep_large_blocks_apart
from halfgig.nn.kernels import session
from halfgig.nn.onnx_graph import Graph
from halfgig.nn.weights import Weights, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.nn.onnx_graph import Value

    Floats = NDArray[np.float32]
    from collections.abc import Iterator

    from halfgig.nn.weights import WeightsWriter

SIDE = 224
CONVOLUTIONS = ("conv1", "conv2", "conv3")


@dataclass(frozen=True, slots=True)
class FaceCoefficients:
    """3DMM coefficients of a face, with its pose and lighting."""

    values: Floats
    """[257]: identity 80, expression 64, texture 80, angles 3, lighting 27, translation 3."""

    @property
    def expression(self) -> Floats:
        """The expression [64]."""
        return self.values[80:144]

    @property
    def angles(self) -> Floats:
        """The head's pitch, yaw and roll in radians, [3]."""
        return self.values[224:227]

    @property
    def translation(self) -> Floats:
        """The head's position, [3]."""
        return self.values[254:257]

    def row(self, alignment: Sequence[float]) -> Floats:
        """Return the motion networks' input [73]: expression 64, angles 3, translation 3, alignment 3.

        `alignment` is its scale and the x and y of the face's origin.
        """
        scale_and_origin = np.asarray(alignment, np.float32)
        assert scale_and_origin.shape == (3,)
        return np.concatenate([self.expression, self.angles, self.translation, scale_and_origin])


class Reconstruction:
    """The network over its built weights; created only inside a cell."""

    def __init__(self, model_dir: Path, threads: int) -> None:
        keep_large_blocks_apart()
        self._weights = Weights(model_dir / WEIGHTS, read_table(model_dir / MANIFEST, FORMAT, "SadTalker")["tensors"])
        self._threads = threads

    def coefficients(self, image: NDArray[np.uint8]) -> FaceCoefficients:
        """Return the coefficients of the face in an aligned RGB picture [224, 224, 3]."""
        assert image.shape == (SIDE, SIDE, 3)
        sessions: dict[object, Any] = {}
        x = np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32) / np.float32(255)  # [1, 3, 224, 224]
        x = self._run(session(stem_graph(), self._threads), x, {"stem": "stem"})  # [1, 64, 56, 56]
        for layer, count in enumerate(BLOCKS, 1):
            for block in range(count):
                kind = (1 if block or layer == 1 else 2, block == 0)
                if kind not in sessions:
                    sessions[kind] = session(block_graph(*kind), self._threads)
                names = (*CONVOLUTIONS, *(("shortcut",) if block == 0 else ()))
                x = self._run(sessions[kind], x, {name: f"layer{layer}.{block}.{name}" for name in names})
        pooled = x.mean(axis=(2, 3))[0]  # [2048]
        found = self._weights["heads"] @ pooled + self._weights["heads.bias"]  # [257]
        sessions.clear()
        give_back()
        return FaceCoefficients(found)

    def _run(self, kernel: Any, x: Floats, names: dict[str, str]) -> Floats:
        """Run a session on `x`; `names` maps the graph's weight inputs to stored weights."""
        feed = {"x": x}
        for inside, stored in names.items():
            feed[inside] = self._weights[stored]
            feed[f"{inside}_bias"] = self._weights[f"{stored}.bias"]
        result: Floats = kernel.run(None, feed)[0]
        return result


def _conv(graph: Graph, x: Value, name: str, kernel: int, stride: int = 1) -> Value:
    """Append a convolution whose weight and bias are inputs, padded to keep the size at stride one."""
    weight = graph.input(name, [f"{name}_out", f"{name}_in", kernel, kernel])
    bias = graph.input(f"{name}_bias", [f"{name}_out"])
    return graph.op("Conv", x, weight, bias, strides=[stride] * 2, pads=[kernel // 2] * 4)


def stem_graph() -> Graph:
    """Write the first convolution and the maximum behind it: a quarter of the size."""
    graph = Graph("stem")
    x = graph.op("Relu", _conv(graph, graph.input("x", [1, 3, SIDE, SIDE]), "stem", 7, 2))
    y = graph.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
    graph.output(y, "y", [1, "channels", "rows", "columns"])
    return graph


def block_graph(stride: int, shortcut: bool) -> Graph:
    """Write a block of three convolutions, and one on the way around it where the size or the width changes."""
    graph = Graph("block")
    x = graph.input("x", [1, "in", "rows", "columns"])
    y = graph.op("Relu", _conv(graph, x, "conv1", 1))
    y = graph.op("Relu", _conv(graph, y, "conv2", 3, stride))
    y = _conv(graph, y, "conv3", 1)
    around = _conv(graph, x, "shortcut", 1, stride) if shortcut else x
    graph.output(graph.op("Relu", graph.op("Add", y, around)), "y", [1, "out", "rows_out", "columns_out"])
    return graph


FORMAT = 1
"""Raised by one whenever older builds can no longer be read."""
WEIGHTS = "reconstruction.weights"
MANIFEST = "reconstruction.json"
BLOCKS = (3, 4, 6, 3)
"""Number of blocks in each of the four layers."""
HEADS = 7
"""Output layers: identity 80, expression 64, texture 80, angles 3, lighting 27, translation x and y 2, z 1."""


def convolutions() -> Iterator[tuple[str, str, str]]:
    """Yield each convolution's name here and in the checkpoint, and the checkpoint's name of its normalisation."""
    stem = "face_3drecon.backbone"
    yield "stem", f"{stem}.conv1", f"{stem}.bn1"
    for layer, count in enumerate(BLOCKS, 1):
        for block in range(count):
            name = f"layer{layer}.{block}"
            for i in (1, 2, 3):
                yield f"{name}.conv{i}", f"{stem}.{name}.conv{i}", f"{stem}.{name}.bn{i}"
            if block == 0:
                yield f"{name}.shortcut", f"{stem}.{name}.downsample.0", f"{stem}.{name}.downsample.1"


def write_weights(tensors: folds.Tensors, writer: WeightsWriter) -> None:
    """Write every tensor, with normalisations folded in."""
    for name, conv, norm in convolutions():
        factor, added = folds.normalisation(tensors, norm)
        weight = tensors[f"{conv}.weight"]
        writer.add(name, weight * factor.astype(np.float32).reshape(-1, 1, 1, 1))
        writer.add(f"{name}.bias", added)
    heads = [f"face_3drecon.final_layers.{i}" for i in range(HEADS)]
    writer.add("heads", np.concatenate([tensors[f"{head}.weight"][:, :, 0, 0] for head in heads]))
    writer.add("heads.bias", np.concatenate([tensors[f"{head}.bias"] for head in heads]))


def build_reconstruction(checkpoint_dir: Path, out_dir: Path, *, narrow: bool = True) -> None:
    """Write the network's weights and their index into an existing folder.

    `narrow` stores matrices in 16 bits instead of float32, at half the size.
    Raises `BadCheckpoint` if the checkpoint is missing, damaged or of another model.
    """
    with weights_file(checkpoint_dir / CHECKPOINT, out_dir / WEIGHTS, FORMAT, narrow=narrow) as (tensors, writer):
        write_weights(tensors, writer)
