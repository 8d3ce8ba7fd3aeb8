"""Convert upstream's checkpoints of the renderer to one mapped weights file, tensor by tensor.

Folded in: spectral norms, batch normalisation after convolutions, the shortcut's 1 x 1 convolution (into beta's), the
1 of `1 + gamma`, the sums of taps for upsampled maps. Left out: everything that only training uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.sadtalker.networks import folds
from halfgig.animators.sadtalker.networks.assemble import require, weights_file
from halfgig.nn import torch_checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.events import Event
    from halfgig.nn.weights import WeightsWriter

FORMAT = 1
"""Raised by one whenever older builds can no longer be read."""
CHECKPOINT = "SadTalker_V0.0.2_256.safetensors"
MAPPINGS = {"crop": "mapping_00229-model.pth.tar", "full": "mapping_00109-model.pth.tar"}
WEIGHTS = "renderer.weights"
MANIFEST = "renderer.json"
DEPTH = 16
"""Slices of the appearance volume."""
WIDTH = 128
"""Most output channels in a block of weights."""


def width_of(n_in: int, n_out: int) -> int:
    """Return the number of output channels per block: at least two blocks, for two threads, of at most 5 MB each."""
    width = WIDTH if n_in <= 1024 else WIDTH // 2
    while n_out < 2 * width and width > 32:
        width //= 2
    return width if n_out % width == 0 else n_out


class Builder:
    """Writes the tensors of the renderer, folded and reordered."""

    def __init__(self, tensors: folds.Tensors, writer: WeightsWriter) -> None:
        self.tensors = tensors
        self.writer = writer

    def blocks(self, name: str, taps: NDArray[Any], bias: NDArray[Any], width: int = 0) -> None:
        """Write a layer [taps, in, out] as blocks [taps * in, width] of output channels, and its bias."""
        n_out = taps.shape[-1]
        width = width or width_of(taps.shape[1], n_out)
        for block, start in enumerate(range(0, n_out, width)):
            part = taps[..., start : start + width]
            self.writer.add(f"{name}.{block}", part.reshape(-1, part.shape[-1]))
        self.writer.add(f"{name}.bias", bias)

    def normalised(self, name: str, stem: str) -> None:
        """Write a 3 x 3 (x 3) convolution with the batch normalisation after it folded in."""
        self.large(name, stem)

    def large(self, name: str, stem: str, *, upsampled: bool = False) -> None:
        """Write a convolution with its batch normalisation folded in, block by block: some have 14 million weights."""
        weight = self.tensors[f"{stem}.conv.weight"]
        factor, added = folds.normalisation(self.tensors, f"{stem}.norm")
        width = width_of(weight.shape[1] * (3 if weight.ndim == 5 else 1), len(weight))
        for block, start in enumerate(range(0, len(weight), width)):
            part = weight[start : start + width]
            taps = folds.taps(part * factor[start : start + width].reshape(-1, *[1] * (weight.ndim - 1)))
            taps = folds.upsampled_taps(taps) if upsampled else taps
            self.writer.add(f"{name}.{block}", taps.reshape(-1, len(part)))
        self.writer.add(f"{name}.bias", self.tensors[f"{stem}.conv.bias"] * factor + added)

    def matrix(self, name: str, weight: NDArray[Any], bias: NDArray[Any]) -> None:
        """Write a layer [out, in...] as a matrix [in, out]."""
        self.writer.add(name, folds.taps(weight).reshape(-1, len(weight)))
        self.writer.add(f"{name}.bias", bias)

    def encoder(self) -> None:
        """Write the appearance encoder."""
        self.matrix("encoder.first", *folds.normalised(self.tensors, "generator.first.conv", "generator.first.norm"))
        for i in range(2):
            self.normalised(f"encoder.down{i}", f"generator.down_blocks.{i}")
        weight, bias = self.tensors["generator.second.weight"], self.tensors["generator.second.bias"]
        self.matrix("encoder.second", folds.depth_first(weight, DEPTH, 0), folds.depth_first(bias, DEPTH, 0))
        for i in range(6):
            stem, name = f"generator.resblocks_3d.3dr{i}", f"encoder.res{i}"
            factor, added = folds.normalisation(self.tensors, f"{stem}.norm1")
            self.writer.add(f"{name}.factor", factor)
            self.writer.add(f"{name}.added", added)
            weight, bias = folds.normalised(self.tensors, f"{stem}.conv1", f"{stem}.norm2")
            self.blocks(f"{name}.conv1", folds.taps(weight), bias)
            self.plain(f"{name}.conv2", f"{stem}.conv2")

    def plain(self, name: str, stem: str) -> None:
        """Write a 3 x 3 (x 3) convolution unchanged."""
        self.blocks(name, folds.taps(self.tensors[f"{stem}.weight"]), self.tensors[f"{stem}.bias"])

    def upsampled(self, name: str, stem: str) -> None:
        """Write a convolution of an upsampled map with the batch normalisation after it folded in."""
        self.large(name, stem, upsampled=True)

    def keypoints(self) -> None:
        """Write the key-point detector."""
        stem = "kp_extractor.predictor"
        self.writer.add("keypoints.blur", self.tensors["kp_extractor.down.weight"].reshape(3, 169), exact=True)
        first = f"{stem}.down_blocks.down0"
        self.matrix("keypoints.down0", *folds.normalised(self.tensors, f"{first}.conv", f"{first}.norm"))
        for i in range(1, 5):
            self.normalised(f"keypoints.down{i}", f"{stem}.down_blocks.down{i}")
        for z in range(DEPTH):
            self.writer.add(f"keypoints.deepen.{z}", self.tensors[f"{stem}.conv.weight"][z::DEPTH, :, 0, 0].T)
        self.writer.add("keypoints.deepen.bias", folds.depth_first(self.tensors[f"{stem}.conv.bias"], DEPTH, 0))
        for i in range(5):
            self.upsampled(f"keypoints.up{i}", f"{stem}.up_blocks.up{i}")
        self.plain("keypoints.heat", "kp_extractor.kp")

    def motion(self) -> None:
        """Write the dense motion network."""
        stem = "generator.dense_motion_network"
        self.matrix("motion.compress", *folds.normalised(self.tensors, f"{stem}.compress", f"{stem}.norm"))
        for i in range(5):
            self.normalised(f"motion.down{i}", f"{stem}.hourglass.encoder.down_blocks.{i}")
            self.upsampled(f"motion.up{i}", f"{stem}.hourglass.decoder.up_blocks.{i}")
        self.normalised("motion.last", f"{stem}.hourglass.decoder")
        by_tap = self.tensors[f"{stem}.mask.weight"].transpose(3, 4, 1, 2, 0)  # [rows, columns, in, depth, out]
        self.writer.add("motion.mask", by_tap.reshape(-1, 7 * 16))
        self.writer.add("motion.mask.bias", self.tensors[f"{stem}.mask.bias"])
        occlusion = folds.depth_first(self.tensors[f"{stem}.occlusion.weight"], DEPTH, 1)
        self.writer.add("motion.occlusion", occlusion.reshape(-1, 49))
        self.writer.add("motion.occlusion.bias", self.tensors[f"{stem}.occlusion.bias"])

    def decoder(self) -> None:
        """Write the decoder, which makes a picture of the warped volume."""
        weight, bias = folds.normalised(self.tensors, "generator.third.conv", "generator.third.norm")
        self.blocks("decoder.third", folds.taps(folds.depth_first(weight, DEPTH, 1)), bias)
        self.matrix("decoder.fourth", self.tensors["generator.fourth.weight"], self.tensors["generator.fourth.bias"])
        self.plain("decoder.fc", "generator.decoder.fc")
        for i in range(6):
            self.spade_block(f"decoder.middle{i}", f"generator.decoder.G_middle_{i}")
        for i in range(2):
            self.spade_block(f"decoder.up{i}", f"generator.decoder.up_{i}", upsampled=True)
        self.matrix(
            "decoder.image",
            self.tensors["generator.decoder.conv_img.weight"],
            self.tensors["generator.decoder.conv_img.bias"],
        )

    def spade_block(self, name: str, stem: str, *, upsampled: bool = False) -> None:
        """Write a SPADE residual block: two convolutions, their SPADE layers and, if upsampled, the shortcut."""
        for i in range(2):
            weight = folds.spectral(self.tensors, f"{stem}.conv_{i}")
            self.blocks(f"{name}.conv{i}", folds.taps(weight), self.tensors[f"{stem}.conv_{i}.bias"])
            self.spade(f"{name}.norm{i}", f"{stem}.norm_{i}", upsampled)
            if upsampled:
                self.shortcut(f"{name}.shortcut", stem)

    def spade(self, name: str, stem: str, upsampled: bool) -> None:
        """Write a SPADE layer: the shared convolution, then blocks of half `1 + gamma` and half beta channels."""
        self.shared(f"{name}.shared", f"{stem}.mlp_shared.0", upsampled)
        both = [folds.taps(self.tensors[f"{stem}.mlp_{kind}.weight"]) for kind in ("gamma", "beta")]
        biases = [self.tensors[f"{stem}.mlp_gamma.bias"] + np.float32(1), self.tensors[f"{stem}.mlp_beta.bias"]]
        halves = -1, min(WIDTH, both[0].shape[2]) // 2
        taps = np.stack([one.reshape(*one.shape[:2], *halves) for one in both], axis=3)
        bias = np.stack([one.reshape(halves) for one in biases], axis=1).reshape(-1)
        self.blocks(f"{name}.both", taps.reshape(*both[0].shape[:2], -1), bias, 2 * halves[1])

    def shared(self, name: str, stem: str, upsampled: bool) -> None:
        """Write the convolution of the features that gamma and beta share."""
        taps = folds.taps(self.tensors[f"{stem}.weight"])
        width = WIDTH if upsampled else 0
        self.blocks(name, folds.upsampled_taps(taps) if upsampled else taps, self.tensors[f"{stem}.bias"], width)

    def shortcut(self, name: str, stem: str) -> None:
        """Write a block's shortcut; beta and the 1 x 1 convolution, with no activation between them, are merged."""
        norm = f"{stem}.norm_s"
        self.shared(f"{name}.shared", f"{norm}.mlp_shared.0", upsampled=True)
        across = folds.spectral(self.tensors, f"{stem}.conv_s")[:, :, 0, 0]
        self.writer.add(f"{name}.across", across.T)
        gamma, beta = (folds.taps(self.tensors[f"{norm}.mlp_{kind}.weight"]) for kind in ("gamma", "beta"))
        biases = self.tensors[f"{norm}.mlp_gamma.bias"] + np.float32(1), across @ self.tensors[f"{norm}.mlp_beta.bias"]
        width = WIDTH if len(across) % WIDTH == 0 else len(across)
        self.blocks(f"{name}.both", np.concatenate([gamma, beta @ across.T], axis=2), np.concatenate(biases), width)

    def mapping(self, name: str, part: dict[str, torch_checkpoint.Tensor]) -> None:
        """Write a mapping network, from coefficients to the head's rotation, translation and key-point offsets."""

        def layer(stem: str, new: str) -> None:
            weight = torch_checkpoint.tensor(part, f"{stem}.weight")
            self.writer.add(new, weight.transpose(2, 1, 0).reshape(-1, len(weight)))
            self.writer.add(f"{new}.bias", torch_checkpoint.tensor(part, f"{stem}.bias"))

        layer("first.0", f"{name}.first")
        for i in range(3):
            layer(f"encoder{i}.1", f"{name}.encoder{i}")
        heads = [f"fc_{kind}" for kind in ("yaw", "pitch", "roll", "t", "exp")]
        self.writer.add(
            f"{name}.heads", np.concatenate([torch_checkpoint.tensor(part, f"{one}.weight") for one in heads]).T
        )
        self.writer.add(
            f"{name}.heads.bias", np.concatenate([torch_checkpoint.tensor(part, f"{one}.bias") for one in heads])
        )


def build(checkpoint_dir: Path, out_dir: Path, report: Callable[[Event], None], *, narrow: bool = True) -> None:
    """Write the renderer's weights and their index into an existing folder.

    `narrow` stores matrices in 16 bits instead of float32, at half the size.
    Raises `BadCheckpoint` if a checkpoint is missing, damaged or of another model.
    """
    from halfgig.events import Progress

    require(*(checkpoint_dir / name for name in (CHECKPOINT, *MAPPINGS.values())))
    with weights_file(checkpoint_dir / CHECKPOINT, out_dir / WEIGHTS, FORMAT, narrow=narrow) as (tensors, writer):
        builder = Builder(tensors, writer)
        steps: list[Callable[[], None]] = [builder.encoder, builder.keypoints, builder.motion, builder.decoder]
        for done, step in enumerate(steps):
            report(Progress("building sadtalker", done, len(steps) + 1, "parts"))
            step()
        for name, file_name in MAPPINGS.items():
            tree = torch_checkpoint.read_checkpoint(checkpoint_dir / file_name)
            builder.mapping(f"mapping.{name}", torch_checkpoint.section(tree, "mapping"))
    report(Progress("building sadtalker", len(steps) + 1, len(steps) + 1, "parts"))
