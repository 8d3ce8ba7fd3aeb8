"""The two networks that predict motion from audio windows: ExpNet (expressions) and PoseVAE (head poses)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.audio_encoder import encode_audio
from halfgig.animators.sadtalker.networks.conv import conv_batch, double_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

CHUNK = 32
"""Frames whose poses are predicted together."""
POSE = 6
"""Coefficients of a pose: three angles and a translation (x, y, z)."""
LATENT = 64
"""Length of a chunk's random vector."""
HALVED = (2, 1)
"""Stride of the U-Net's downsampling: every other frame, all six coefficients."""


def reduce_audio(weights: Weights, windows: Floats) -> Floats:
    """Return PoseVAE's audio features [n, 6] for audio windows [n, 80, 16]."""
    embedding = encode_audio(weights, "pose.encoder", windows)
    features: Floats = embedding @ weights["pose.listen"] + weights["pose.listen.bias"]
    return features


def predict_pose_offsets(weights: Weights, audio: Floats, latent: Floats, style: int, reference: Floats) -> Floats:
    """Return a chunk's pose offsets [32, 6] relative to the portrait's pose `reference` [6].

    `audio` [32, 6] are the features of `reduce_audio`, `latent` [64] is standard normal, `style` is 0 to 45.
    """
    x = np.concatenate([reference, latent + weights["pose.styles"][style], audio.reshape(-1)])
    x = np.maximum(x @ weights["pose.first"] + weights["pose.first.bias"], 0)
    x = _sigmoid(x @ weights["pose.second"] + weights["pose.second.bias"])
    y = _network(weights, x.reshape(1, CHUNK, POSE, 1)).reshape(CHUNK, POSE)
    offsets: Floats = y @ weights["pose.last"] + weights["pose.last.bias"]
    return offsets


def _network(weights: Weights, x: Floats) -> Floats:
    """Run the residual U-Net over a map [1, 32, 6, 1]."""
    first = np.maximum(_conv(weights, "pose.net.input.0", x), 0)
    x = _conv(weights, "pose.net.input.1", first) + _conv(weights, "pose.net.input.skip", x)
    skips = []  # [1, 32, 6, 32], [1, 16, 6, 64], [1, 8, 6, 128]
    for i in range(3):
        skips.append(x)
        x = _residual(weights, f"pose.net.down{i}", x, HALVED)
    for i in range(3):
        name = f"pose.net.up{i}"
        x = double_rows(x, weights[f"{name}.double"], weights[f"{name}.double.bias"])
        x = _residual(weights, name, np.concatenate([x, skips.pop()], axis=3))
    return _sigmoid(x @ weights["pose.net.output"] + weights["pose.net.output.bias"])


def _residual(weights: Weights, name: str, x: Floats, stride: tuple[int, int] = (1, 1)) -> Floats:
    y = np.maximum(x * weights[f"{name}.factor"] + weights[f"{name}.added"], 0)
    y = np.maximum(_conv(weights, f"{name}.0", y, stride), 0)
    return _conv(weights, f"{name}.1", y) + _conv(weights, f"{name}.skip", x, stride)


def _conv(weights: Weights, name: str, x: Floats, stride: tuple[int, int] = (1, 1)) -> Floats:
    return conv_batch(x, weights[name], weights[f"{name}.bias"], stride)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -60, 60))), np.float32)


EXPRESSION = 64
"""Coefficients of an expression."""


def predict_expressions(weights: Weights, windows: Floats, resting: Floats, blinks: Floats) -> Floats:
    """Return expressions [n, 64] for audio windows [n, 80, 16].

    `resting` [n, 64] are the expressions of the face at rest, `blinks` [n] how far the eyes are closed, 0 to 1.
    """
    embedding = encode_audio(weights, "expression.encoder", windows)
    x = np.concatenate([embedding, resting, blinks[:, None]], axis=1)
    expressions: Floats = x @ weights["expression.last"] + weights["expression.last.bias"]
    return expressions
