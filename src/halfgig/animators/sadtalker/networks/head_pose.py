"""What moves a face: expressions frame by frame (ExpNet), and head poses (PoseVAE), from windows of sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.audio_encoder import heard
from halfgig.animators.sadtalker.networks.conv import convolved, doubled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

CHUNK = 32
"""Frames that are moved together."""
POSE = 6
"""Coefficients of a pose: three angles, three distances."""
LATENT = 64
"""Numbers drawn by chance for a chunk."""
HALVED = (2, 1)
"""Every other frame, all six coefficients."""


def listened(weights: Weights, windows: Floats) -> Floats:
    """Return what a pose hears [n, 6] in windows of sound [n, 80, 16]."""
    known = heard(weights, "pose.encoder", windows)
    found: Floats = known @ weights["pose.listen"] + weights["pose.listen.bias"]
    return found


def motion(weights: Weights, sound: Floats, latent: Floats, style: int, reference: Floats) -> Floats:
    """Return how a chunk differs [32, 6] from the portrait's pose `reference` [6].

    `sound` [32, 6] is what `listened` gave, `latent` [64] drawn by chance, `style` one of 46.
    """
    given = np.concatenate([reference, latent + weights["pose.styles"][style], sound.reshape(-1)])
    x = np.maximum(given @ weights["pose.first"] + weights["pose.first.bias"], 0)
    x = _sigmoid(x @ weights["pose.second"] + weights["pose.second.bias"])
    y = _network(weights, x.reshape(1, CHUNK, POSE, 1)).reshape(CHUNK, POSE)
    found: Floats = y @ weights["pose.last"] + weights["pose.last.bias"]
    return found


def _network(weights: Weights, x: Floats) -> Floats:
    """Run the residual U-Net over a map [1, 32, 6, 1]."""
    first = np.maximum(_conv(weights, "pose.net.input.0", x), 0)
    x = _conv(weights, "pose.net.input.1", first) + _conv(weights, "pose.net.input.skip", x)
    kept = []  # [1, 32, 6, 32], [1, 16, 6, 64], [1, 8, 6, 128]
    for i in range(3):
        kept.append(x)
        x = _residual(weights, f"pose.net.down{i}", x, HALVED)
    for i in range(3):
        name = f"pose.net.up{i}"
        x = doubled(x, weights[f"{name}.double"], weights[f"{name}.double.bias"])
        x = _residual(weights, name, np.concatenate([x, kept.pop()], axis=3))
    return _sigmoid(x @ weights["pose.net.output"] + weights["pose.net.output.bias"])


def _residual(weights: Weights, name: str, x: Floats, stride: tuple[int, int] = (1, 1)) -> Floats:
    y = np.maximum(x * weights[f"{name}.factor"] + weights[f"{name}.added"], 0)
    y = np.maximum(_conv(weights, f"{name}.0", y, stride), 0)
    return _conv(weights, f"{name}.1", y) + _conv(weights, f"{name}.skip", x, stride)


def _conv(weights: Weights, name: str, x: Floats, stride: tuple[int, int] = (1, 1)) -> Floats:
    return convolved(x, weights[name], weights[f"{name}.bias"], stride)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -60, 60))), np.float32)


EXPRESSION = 64
"""Coefficients of an expression."""


def expressions(weights: Weights, windows: Floats, references: Floats, blinks: Floats) -> Floats:
    """Return expressions [n, 64] for windows of sound [n, 80, 16].

    `references` [n, 64] is what the face looks like when it rests, `blinks` [n] how far its eyes are shut, 0 to 1.
    """
    known = np.concatenate([heard(weights, "expression.encoder", windows), references, blinks[:, None]], axis=1)
    found: Floats = known @ weights["expression.last"] + weights["expression.last.bias"]
    return found
