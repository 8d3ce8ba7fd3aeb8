"""From motion coefficients to key points: the mapping network, then the rotation of the portrait's key points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.rows import leaky_relu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

WINDOW = 27
"""Frames in a window of coefficients: 13 on each side, both ends of the video repeated."""
BINS = 66
SLOPE = 0.1
AT_ONCE = 32
"""Frames computed at once."""


@dataclass(frozen=True, slots=True)
class Heads:
    """The mapping network's output for each frame."""

    yaw: Floats
    """Logits over angles, [frames, 66]."""
    pitch: Floats
    """Logits over angles, [frames, 66]."""
    roll: Floats
    """Logits over angles, [frames, 66]."""
    translation: Floats
    """The head's position, [frames, 3], x, y, z."""
    expression: Floats
    """Offset of each key point, [frames, 15, 3]."""


def mapped(context: LayerContext, kind: str, windows: Floats) -> Heads:
    """Run the mapping network on windows of coefficients [frames, 70 or 73, 27].

    `kind` is the network's name: "crop" or "full".
    """
    parts = [_mapped(context, f"mapping.{kind}", windows[i : i + AT_ONCE]) for i in range(0, len(windows), AT_ONCE)]
    output = np.concatenate(parts)
    yaw, pitch, roll, translation, expression = np.split(output, np.cumsum([BINS, BINS, BINS, 3]), axis=1)
    return Heads(yaw, pitch, roll, translation, expression.reshape(len(output), 15, 3))


def windows_of(coefficients: Floats) -> Floats:
    """Return each frame's window [frames, width, 27] of coefficients [frames, width]."""
    reach = WINDOW // 2
    at = np.arange(len(coefficients))[:, None] + np.arange(-reach, reach + 1)
    return np.ascontiguousarray(coefficients[np.clip(at, 0, len(coefficients) - 1)].swapaxes(1, 2))


def _mapped(context: LayerContext, name: str, windows: Floats) -> Floats:
    def layer(x: Floats, stem: str, taps: int, dilation: int) -> Floats:
        n = x.shape[1] - (taps - 1) * dilation
        patches = np.concatenate([x[:, i * dilation : i * dilation + n] for i in range(taps)], axis=2)
        return patches @ context.widened(f"{name}.{stem}") + context.weights[f"{name}.{stem}.bias"]

    x = layer(windows.swapaxes(1, 2), "first", 7, 1)  # [frames, 21, 1024]
    for i in range(3):
        x = layer(leaky_relu(x.copy(), SLOPE), f"encoder{i}", 3, 3) + x[:, 3:-3]
    heads: Floats = x.mean(axis=1) @ context.widened(f"{name}.heads") + context.weights[f"{name}.heads.bias"]
    return heads


RADIANS = np.float32(3.14) / np.float32(180)
"""Radians per degree, with the original's value of pi: the weights were trained with it."""


def degrees(bins: Floats) -> Floats:
    """Return the expected angle in degrees [frames] from logits [frames, 66] over bins of 3 degrees from -99 on."""
    probabilities: Floats = np.exp(bins - bins.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    expected = probabilities @ np.arange(bins.shape[1], dtype=np.float32)
    return np.asarray(expected * np.float32(3) - np.float32(99), np.float32)


def rotation(yaw: Floats, pitch: Floats, roll: Floats) -> Floats:
    """Return rotation matrices [frames, 3, 3] for angles in degrees: X(pitch) Y(yaw) Z(roll)."""
    return np.asarray(_about(0, pitch) @ _about(1, yaw) @ _about(2, roll), np.float32)


def _about(axis: int, angle: Floats) -> Floats:
    """Return the matrices [frames, 3, 3] that rotate about one axis by angles in degrees."""
    turn = np.asarray(angle, np.float32) * RADIANS
    one, other = [(1, 2), (2, 0), (0, 1)][axis]
    matrix = np.zeros((len(turn), 3, 3), np.float32)
    matrix[:, axis, axis] = 1
    matrix[:, one, one] = matrix[:, other, other] = np.cos(turn)
    matrix[:, other, one] = np.sin(turn)
    matrix[:, one, other] = -matrix[:, other, one]
    return matrix


def rotated_points(
    canonical: Floats,
    heads: Heads,
    yaw: Floats | None = None,
    pitch: Floats | None = None,
    roll: Floats | None = None,
) -> Floats:
    """Return each frame's key points [frames, 15, 3] from the portrait's canonical ones [15, 3].

    `yaw`, `pitch` and `roll`, in degrees [frames], replace the network's angles if given.
    Only the vertical translation is used: the original sets the other two to zero.
    """
    angles = [
        degrees(bins) if forced is None else forced
        for bins, forced in ((heads.yaw, yaw), (heads.pitch, pitch), (heads.roll, roll))
    ]
    points = canonical @ rotation(*angles).swapaxes(1, 2)
    points[:, :, 1] += heads.translation[:, 1:2]
    return np.asarray(points + heads.expression, np.float32)
