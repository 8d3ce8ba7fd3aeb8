"""The audio encoder that ExpNet and PoseVAE share (Wav2Lip's), and the build of all audio networks' weights.

Batch normalisation is folded into the convolution before it. PoseVAE's encoder and discriminator are left out: only
training uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.sadtalker.networks import folds
from halfgig.animators.sadtalker.networks.assemble import weights_file
from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from halfgig.animators.sadtalker.networks.conv import conv_batch
from halfgig.nn.weights import Weights, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    from pathlib import Path

    from halfgig.nn.weights import WeightsWriter

BANDS, COLUMNS = 80, 16
"""Size of an audio window: mel bands and columns of 12.5 ms."""
AT_ONCE = 4
"""Windows encoded at once: the largest patches take 1.5 MB per window."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Stride and residual connection of one 3 x 3 convolution."""

    stride: tuple[int, int] = (1, 1)
    """Rows and columns between output positions."""
    residual: bool = False
    """Whether the input is added to the output before the ReLU."""


RESIDUAL = Layer(residual=True)
LAYERS = (
    *(Layer(), RESIDUAL, RESIDUAL),
    *(Layer((3, 1)), RESIDUAL, RESIDUAL),
    *(Layer((3, 3)), RESIDUAL, RESIDUAL),
    *(Layer((3, 2)), RESIDUAL),
)
"""The padded layers; the two layers after them reduce the 3 x 3 map to 1 x 1."""


def encode_audio(weights: Weights, name: str, windows: Floats) -> Floats:
    """Return the embeddings [n, 512] of windows [n, 80, 16].

    `name` is the prefix of the encoder's weights: "expression.encoder" or "pose.encoder".
    """
    parts = [_encode(weights, name, windows[i : i + AT_ONCE]) for i in range(0, len(windows), AT_ONCE)]
    return (
        np.concatenate(parts) if parts else np.empty((0, *weights.shape(f"{name}.{len(LAYERS) + 1}.bias")), np.float32)
    )


def _encode(weights: Weights, name: str, windows: Floats) -> Floats:
    def run(x: Floats, index: int, layer: Layer) -> Floats:
        y = conv_batch(x, weights[f"{name}.{index}"], weights[f"{name}.{index}.bias"], layer.stride)
        if layer.residual:
            y += x
        return np.maximum(y, 0, out=y)

    x = windows[..., None]  # [n, 80, 16, 1]
    for index, layer in enumerate(LAYERS):
        x = run(x, index, layer)
    x = x.reshape(len(x), -1)  # [n, 3 * 3 * 256]
    for index in (len(LAYERS), len(LAYERS) + 1):
        x = np.maximum(x @ weights[f"{name}.{index}"] + weights[f"{name}.{index}.bias"], 0)
    return x


FORMAT = 1
"""Raised by one whenever older builds can no longer be read."""
WEIGHTS = "audio.weights"
MANIFEST = "audio.json"
ENCODER_LAYERS = 13
NET = "audio2pose.netG.decoder.resunet"
DOWN = {"down0": "residual_conv_1", "down1": "residual_conv_2", "down2": "bridge"}
UP = {"up0": 1, "up1": 2, "up2": 3}
"""The U-Net's blocks: our names and upstream's, downsampling in `DOWN` and upsampling in `UP`."""


class AudioBuilder:
    """Writes the tensors of ExpNet and PoseVAE, with normalisations folded in."""

    def __init__(self, tensors: folds.Tensors, writer: WeightsWriter) -> None:
        self.tensors = tensors
        self.writer = writer

    def matrix(self, name: str, weight: NDArray[Any], bias: NDArray[Any]) -> None:
        """Write a layer [out, in, ...] as a matrix [taps * in, out], and its bias."""
        taps = folds.taps(weight).reshape(-1, len(weight)) if weight.ndim == 4 else weight.T
        self.writer.add(name, taps)
        self.writer.add(f"{name}.bias", bias)

    def plain(self, name: str, stem: str) -> None:
        """Write a layer unchanged."""
        self.matrix(name, self.tensors[f"{stem}.weight"], self.tensors[f"{stem}.bias"])

    def normalised(self, name: str, conv: str, norm: str) -> None:
        """Write a convolution with the batch normalisation after it folded in."""
        self.matrix(name, *folds.normalised(self.tensors, conv, norm))

    def encoder(self, name: str, stem: str) -> None:
        """Write one of the two audio encoders."""
        for i in range(ENCODER_LAYERS):
            self.normalised(f"{name}.{i}", f"{stem}.{i}.conv_block.0", f"{stem}.{i}.conv_block.1")

    def expression(self) -> None:
        """Write ExpNet."""
        self.encoder("expression.encoder", "audio2exp.audio_encoder")
        self.plain("expression.last", "audio2exp.mapping1")

    def pose(self) -> None:
        """Write PoseVAE's audio encoder and decoder."""
        self.encoder("pose.encoder", "audio2pose.audio_encoder.audio_encoder")
        decoder = "audio2pose.netG.decoder"
        for name, stem in (
            ("listen", "linear_audio"),
            ("first", "MLP.L0"),
            ("second", "MLP.L1"),
            ("last", "pose_linear"),
        ):
            self.plain(f"pose.{name}", f"{decoder}.{stem}")
        self.writer.add("pose.styles", self.tensors[f"{decoder}.classbias"], exact=True)
        self.normalised("pose.net.input.0", f"{NET}.input_layer.0", f"{NET}.input_layer.1")
        self.plain("pose.net.input.1", f"{NET}.input_layer.3")
        self.plain("pose.net.input.skip", f"{NET}.input_skip.0")
        for name, stem in DOWN.items():
            self.residual(f"pose.net.{name}", f"{NET}.{stem}")
        for name, number in UP.items():
            self.doubling(f"pose.net.{name}.double", f"{NET}.upsample_{number}.upsample")
            self.residual(f"pose.net.{name}", f"{NET}.up_residual_conv{number}")
        self.plain("pose.net.output", f"{NET}.output_layer.0")

    def residual(self, name: str, stem: str) -> None:
        """Write a residual block: a separate batch normalisation, two convolutions and the skip connection."""
        factor, added = folds.normalisation(self.tensors, f"{stem}.conv_block.0")
        self.writer.add(f"{name}.factor", factor)
        self.writer.add(f"{name}.added", added)
        self.normalised(f"{name}.0", f"{stem}.conv_block.2", f"{stem}.conv_block.3")
        self.plain(f"{name}.1", f"{stem}.conv_block.5")
        self.normalised(f"{name}.skip", f"{stem}.conv_skip.0", f"{stem}.conv_skip.1")

    def doubling(self, name: str, stem: str) -> None:
        """Write a transposed convolution [in, out, 2, 1] as a matrix [in, 2 * out]."""
        weight = self.tensors[f"{stem}.weight"]
        self.writer.add(name, weight[..., 0].transpose(0, 2, 1).reshape(len(weight), -1))
        self.writer.add(f"{name}.bias", self.tensors[f"{stem}.bias"])


def build_audio(checkpoint_dir: Path, out_dir: Path, *, narrow: bool = True) -> None:
    """Write the audio networks' weights and their index into an existing folder.

    `narrow` stores matrices in 16 bits instead of float32, at half the size.
    Raises `BadCheckpoint` if the checkpoint is missing, damaged or of another model.
    """
    with weights_file(checkpoint_dir / CHECKPOINT, out_dir / WEIGHTS, FORMAT, narrow=narrow) as (tensors, writer):
        builder = AudioBuilder(tensors, writer)
        builder.expression()
        builder.pose()


def open_audio(model_dir: Path) -> Weights:
    """Map the audio networks' built weights.

    Raises `BadCheckpoint` if they are missing or were built by another version of halfgig.
    """
    table = read_table(model_dir / MANIFEST, FORMAT, "SadTalker")
    return Weights(model_dir / WEIGHTS, table["tensors"])
