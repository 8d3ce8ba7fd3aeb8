"""Turn a portrait's key points as its head turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.mapping import Heads

    Floats = NDArray[np.float32]

RADIANS = np.float32(3.14) / np.float32(180)
"""The original's pi; its weights were trained with it."""


def degrees(bins: Floats) -> Floats:
    """Return the expected angle [frames] of bins [frames, 66], three degrees each from -99."""
    share: Floats = np.exp(bins - bins.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    expected = share @ np.arange(bins.shape[1], dtype=np.float32)
    return np.asarray(expected * np.float32(3) - np.float32(99), np.float32)


def rotation(yaw: Floats, pitch: Floats, roll: Floats) -> Floats:
    """Return matrices [frames, 3, 3] for angles in degrees: about x by pitch, y by yaw, z by roll, in this order."""
    return np.asarray(_about(0, pitch) @ _about(1, yaw) @ _about(2, roll), np.float32)


def _about(axis: int, angle: Floats) -> Floats:
    turn = np.asarray(angle, np.float32) * RADIANS
    one, other = [(1, 2), (2, 0), (0, 1)][axis]
    matrix = np.zeros((len(turn), 3, 3), np.float32)
    matrix[:, axis, axis] = 1
    matrix[:, one, one] = matrix[:, other, other] = np.cos(turn)
    matrix[:, other, one] = np.sin(turn)
    matrix[:, one, other] = -matrix[:, other, one]
    return matrix


def turned(
    canonical: Floats,
    heads: Heads,
    yaw: Floats | None = None,
    pitch: Floats | None = None,
    roll: Floats | None = None,
) -> Floats:
    """Return each frame's key points [frames, 15, 3] from the portrait's [15, 3].

    Angles in degrees, a number a frame, stand for those of the heads where given.
    Only the vertical place is used: the original sets the others to zero.
    """
    angles = [
        degrees(bins) if forced is None else forced
        for bins, forced in ((heads.yaw, yaw), (heads.pitch, pitch), (heads.roll, roll))
    ]
    points = canonical @ rotation(*angles).swapaxes(1, 2)
    points[:, :, 1] += heads.place[:, 1:2]
    return np.asarray(points + heads.expression, np.float32)
