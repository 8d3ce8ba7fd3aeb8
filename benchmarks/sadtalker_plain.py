"""SadTalker's renderer the usual way: one fused float32 graph of the original's shape, for ONNX Runtime's defaults.

The benchmark compares halfgig with it: each frame computes the portrait's volume again, volumes are convolved,
maps are enlarged before they are convolved, normalisations are folded where an exporter folds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks import folds
from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from halfgig.animators.sadtalker.networks.keypoints import axis
from halfgig.nn.onnx_graph import ExternalTensor, Graph, Value
from halfgig.nn.safetensors import Safetensors

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

ALIGN = 4096
MODEL, WEIGHTS = "plain.onnx", "plain.weights"
GRID = 16, 64, 64
MOTION = "generator.dense_motion_network"


@dataclass(slots=True)
class Plain:
    """Write the graph layer by layer, its weights into one file next to it."""

    graph: Graph
    file: BinaryIO
    tensors: Safetensors

    def hold(self, array: NDArray[np.generic]) -> Value:
        """Put a tensor into the weights file."""
        self.file.seek(-(-self.file.tell() // ALIGN) * ALIGN)
        tensor = ExternalTensor(WEIGHTS, self.file.tell(), array.shape)
        self.file.write(np.ascontiguousarray(array, np.float32).tobytes())
        return self.graph.external(tensor)

    def op(self, kind: str, *inputs: Value | float | list[int], **attributes: int | float | str | list[int]) -> Value:
        """Append a node; Python numbers become constants."""
        values = [one if isinstance(one, str) else self.graph.constant(one) for one in inputs]
        return self.graph.op(kind, *values, **attributes)

    def conv(self, x: Value, weight: NDArray[np.generic], bias: NDArray[np.generic]) -> Value:
        """Append a convolution that keeps its map's size."""
        pads = [(size - 1) // 2 for size in weight.shape[2:]] * 2
        return self.op("Conv", x, self.hold(weight), self.hold(np.asarray(bias)), pads=pads)

    def named(self, x: Value, stem: str) -> Value:
        """Append a convolution as the checkpoint has it."""
        return self.conv(x, self.tensors[f"{stem}.weight"], self.tensors[f"{stem}.bias"])

    def normalised(self, x: Value, conv: str, norm: str) -> Value:
        """Append a convolution, the normalisation behind it folded, and Relu."""
        return self.op("Relu", self.conv(x, *folds.normalised(self.tensors, conv, norm)))

    def same(self, x: Value, stem: str) -> Value:
        """Append a block of convolution, normalisation and Relu."""
        return self.normalised(x, f"{stem}.conv", f"{stem}.norm")

    def pool(self, x: Value, sizes: list[int]) -> Value:
        """Append a mean over neighbours."""
        return self.op("AveragePool", x, kernel_shape=sizes, strides=sizes)

    def enlarge(self, x: Value, times: list[int]) -> Value:
        """Append repeating."""
        scales = self.graph.constant(np.array([1, 1, *times], np.float32))
        return self.op(
            "Resize",
            x,
            "",
            scales,
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def encoder(self, image: Value) -> Value:
        """Append the appearance volume [1, 32, 16, 64, 64]."""
        x = self.same(image, "generator.first")
        for i in range(2):
            x = self.pool(self.same(x, f"generator.down_blocks.{i}"), [2, 2])
        x = self.op("Reshape", self.named(x, "generator.second"), [1, 32, *GRID])
        for i in range(6):
            stem = f"generator.resblocks_3d.3dr{i}"
            factor, added = (one.reshape(1, -1, 1, 1, 1) for one in folds.normalisation(self.tensors, f"{stem}.norm1"))
            y = self.op("Relu", self.op("Add", self.op("Mul", x, self.hold(factor)), self.hold(added)))
            y = self.normalised(y, f"{stem}.conv1", f"{stem}.norm2")
            x = self.op("Add", x, self.named(y, f"{stem}.conv2"))
        return x

    def warmth(self, points: Value, grid: Value) -> Value:
        """Append how near each voxel is to each point: [15, 16, 64, 64]."""
        apart = self.op("Sub", grid, self.op("Reshape", points, [15, 1, 1, 1, 3]))
        square = self.op("ReduceSum", self.op("Mul", apart, apart), [4], keepdims=0)
        return self.op("Exp", self.op("Mul", square, -50.0))

    def motion(self, volume: Value, source: Value, driving: Value) -> tuple[Value, Value]:
        """Append the dense motion network: places [1, 16, 64, 64, 3] and visibility [1, 1, 64, 64]."""
        z, y, x = np.meshgrid(*(axis(n) for n in GRID), indexing="ij")
        grid = self.hold(np.stack([x, y, z], axis=-1)[None])
        small = self.normalised(volume, f"{MOTION}.compress", f"{MOTION}.norm")
        moves = self.op(
            "Sub", self.op("Reshape", source, [15, 1, 1, 1, 3]), self.op("Reshape", driving, [15, 1, 1, 1, 3])
        )
        places = self.op("Concat", grid, self.op("Add", grid, moves), axis=0)
        copies = self.op("Expand", small, [16, 4, *GRID])
        moved = self.op("GridSample", copies, places, mode="linear", padding_mode="zeros", align_corners=0)
        warm = self.op("Sub", self.warmth(driving, grid), self.warmth(source, grid))
        none = self.graph.constant(np.zeros((1, *GRID), np.float32))
        warm = self.op("Reshape", self.op("Concat", none, warm, axis=0), [16, 1, *GRID])
        seen = self.hourglass(self.op("Reshape", self.op("Concat", warm, moved, axis=1), [1, 80, *GRID]))
        shares = self.op("Softmax", self.named(seen, f"{MOTION}.mask"), axis=1)
        shares = self.op("Where", self.op("Less", shares, 1e-3), 0.0, shares)
        weighted = self.op("Mul", self.op("Reshape", shares, [16, *GRID, 1]), places)
        flat = self.op("Reshape", seen, [1, 112 * 16, 64, 64])
        return self.op("ReduceSum", weighted, [0], keepdims=1), self.op(
            "Sigmoid", self.named(flat, f"{MOTION}.occlusion")
        )

    def hourglass(self, x: Value) -> Value:
        """Append five levels down and up."""
        levels = [x]
        for i in range(5):
            levels.append(self.pool(self.same(levels[-1], f"{MOTION}.hourglass.encoder.down_blocks.{i}"), [1, 2, 2]))
        x = levels.pop()
        for i in range(5):
            x = self.same(self.enlarge(x, [1, 2, 2]), f"{MOTION}.hourglass.decoder.up_blocks.{i}")
            x = self.op("Concat", x, levels.pop(), axis=1)
        return self.same(x, f"{MOTION}.hourglass.decoder")

    def spade(self, x: Value, features: Value, stem: str) -> Value:
        """Append a normalisation steered by the features, which have x's size."""
        channels = len(self.tensors[f"{stem}.mlp_gamma.bias"])
        ones, zeros = (self.graph.constant(np.full(channels, value, np.float32)) for value in (1, 0))
        normal = self.op("InstanceNormalization", x, ones, zeros, epsilon=1e-5)
        shared = self.op("Relu", self.named(features, f"{stem}.mlp_shared.0"))
        gamma = self.op("Add", self.named(shared, f"{stem}.mlp_gamma"), 1.0)
        return self.op("Add", self.op("Mul", normal, gamma), self.named(shared, f"{stem}.mlp_beta"))

    def spectral(self, x: Value, stem: str) -> Value:
        """Append a convolution, its spectral norm folded."""
        weight = folds.spectral(self.tensors, stem)
        bias = self.tensors[f"{stem}.bias"] if f"{stem}.bias" in self.tensors else np.zeros(len(weight))
        return self.conv(x, weight, bias)

    def block(self, x: Value, features: Value, stem: str) -> Value:
        """Append a residual block."""
        y = x
        for i in range(2):
            bent = self.op("LeakyRelu", self.spade(y, features, f"{stem}.norm_{i}"), alpha=0.2)
            y = self.spectral(bent, f"{stem}.conv_{i}")
        if f"{stem}.conv_s.weight_orig" in self.tensors:
            x = self.spectral(self.spade(x, features, f"{stem}.norm_s"), f"{stem}.conv_s")
        return self.op("Add", x, y)

    def decoder(self, volume: Value, places: Value, visible: Value) -> Value:
        """Append the picture [1, 3, 256, 256]."""
        moved = self.op("GridSample", volume, places, mode="linear", padding_mode="zeros", align_corners=0)
        third = self.conv(
            self.op("Reshape", moved, [1, 512, 64, 64]),
            *folds.normalised(self.tensors, "generator.third.conv", "generator.third.norm"),
        )
        features = self.op("Mul", self.named(self.op("LeakyRelu", third, alpha=0.01), "generator.fourth"), visible)
        x = self.named(features, "generator.decoder.fc")
        for i in range(6):
            x = self.block(x, features, f"generator.decoder.G_middle_{i}")
        for i in range(2):
            x = self.enlarge(x, [2, 2])
            x = self.block(x, self.enlarge(features, [2 << i, 2 << i]), f"generator.decoder.up_{i}")
        return self.op("Sigmoid", self.named(self.op("LeakyRelu", x, alpha=0.2), "generator.decoder.conv_img"))


def write_plain(checkpoint_dir: Path, out_dir: Path) -> Path:
    """Write the graph and its weights; gives the graph's file."""
    with (out_dir / WEIGHTS).open("wb") as file:
        plain = Plain(Graph("sadtalker"), file, Safetensors(checkpoint_dir / CHECKPOINT))
        image = plain.graph.input("image", [1, 3, 256, 256])
        source, driving = (plain.graph.input(name, [15, 3]) for name in ("source", "driving"))
        volume = plain.encoder(image)
        picture = plain.decoder(volume, *plain.motion(volume, source, driving))
        plain.graph.output(picture, "picture", [1, 3, 256, 256])
    (out_dir / MODEL).write_bytes(plain.graph.model())
    return out_dir / MODEL
