"""The network that reads a face's coefficients (a ResNet-50): its weights as one mapped file, and its computation.

Every normalisation follows a convolution and is folded into it.
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
    """What describes a face and how it is seen."""

    values: Floats
    """[257]: identity 80, expression 64, texture 80, angles 3, light 27, place 3."""

    @property
    def expression(self) -> Floats:
        """The expression [64]."""
        return self.values[80:144]

    @property
    def angles(self) -> Floats:
        """How the head is turned [3]: pitch, yaw, roll in radians."""
        return self.values[224:227]

    @property
    def place(self) -> Floats:
        """Where the head is [3]."""
        return self.values[254:257]

    def row(self, alignment: Sequence[float]) -> Floats:
        """Return what the networks for sound and movement take [73].

        Expression 64, angles 3, place 3, and the alignment: its scale, and x and y of the face's origin.
        """
        scale_and_place = np.asarray(alignment, np.float32)
        assert scale_and_place.shape == (3,)
        return np.concatenate([self.expression, self.angles, self.place, scale_and_place])


class Reconstruction:
    """A built network; only a cell may."""

    def __init__(self, model_dir: Path, threads: int) -> None:
        keep_large_blocks_apart()
        self._weights = Weights(model_dir / WEIGHTS, read_table(model_dir / MANIFEST, FORMAT, "SadTalker")["tensors"])
        self._threads = threads

    def coefficients(self, image: NDArray[np.uint8]) -> FaceCoefficients:
        """Read the coefficients of an aligned picture [224, 224, 3], red first."""
        assert image.shape == (SIDE, SIDE, 3)
        kinds: dict[object, Any] = {}
        x = np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32) / np.float32(255)  # [1, 3, 224, 224]
        x = self._run(session(stem_graph(), self._threads), x, {"stem": "stem"})  # [1, 64, 56, 56]
        for layer, count in enumerate(BLOCKS, 1):
            for block in range(count):
                kind = (1 if block or layer == 1 else 2, block == 0)
                if kind not in kinds:
                    kinds[kind] = session(block_graph(*kind), self._threads)
                names = (*CONVOLUTIONS, *(("shortcut",) if block == 0 else ()))
                x = self._run(kinds[kind], x, {name: f"layer{layer}.{block}.{name}" for name in names})
        pooled = x.mean(axis=(2, 3))[0]  # [2048]
        found = self._weights["heads"] @ pooled + self._weights["heads.bias"]  # [257]
        kinds.clear()
        give_back()
        return FaceCoefficients(found)

    def _run(self, kernel: Any, x: Floats, names: dict[str, str]) -> Floats:
        """Run a graph on its input and the weights of the names it has for them."""
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
"""Changes whenever an older build can no longer be read."""
WEIGHTS = "reconstruction.weights"
MANIFEST = "reconstruction.json"
BLOCKS = (3, 4, 6, 3)
"""How many blocks each of the four layers has."""
HEADS = 7
"""Identity 80, expression 64, texture 80, angles 3, light 27, place across 2, place in depth 1."""


def convolutions() -> Iterator[tuple[str, str, str]]:
    """Return our name of each convolution, the checkpoint's, and that of the normalisation behind it."""
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
    """Fold and write every tensor."""
    for name, conv, norm in convolutions():
        factor, added = folds.normalisation(tensors, norm)
        weight = tensors[f"{conv}.weight"]
        writer.add(name, weight * factor.astype(np.float32).reshape(-1, 1, 1, 1))
        writer.add(f"{name}.bias", added)
    heads = [f"face_3drecon.final_layers.{i}" for i in range(HEADS)]
    writer.add("heads", np.concatenate([tensors[f"{head}.weight"][:, :, 0, 0] for head in heads]))
    writer.add("heads.bias", np.concatenate([tensors[f"{head}.bias"] for head in heads]))


def build_reconstruction(checkpoint_dir: Path, out_dir: Path, *, narrow: bool = True) -> None:
    """Write the weights and their table into an existing folder.

    `narrow` stores matrices in 16 bits; without it in float32, twice the size.
    Raises BadCheckpoint for a checkpoint that is missing, damaged or another model's.
    """
    with weights_file(checkpoint_dir / CHECKPOINT, out_dir / WEIGHTS, FORMAT, narrow=narrow) as (tensors, writer):
        write_weights(tensors, writer)
