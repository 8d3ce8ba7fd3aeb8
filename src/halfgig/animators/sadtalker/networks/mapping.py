"""From coefficients to what a head does: how it turns, where it is, how each key point moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.rows import bent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.context import LayerContext

    Floats = NDArray[np.float32]

WINDOW = 27
"""Frames of coefficients around each frame, both ends repeated."""
BINS = 66
SLOPE = 0.1
AT_ONCE = 32
"""Frames multiplied together."""


@dataclass(frozen=True, slots=True)
class Heads:
    """What each frame's head does."""

    yaw: Floats
    """[frames, 66], not yet a distribution over angles."""
    pitch: Floats
    """[frames, 66]"""
    roll: Floats
    """[frames, 66]"""
    place: Floats
    """[frames, 3], x, y, z."""
    expression: Floats
    """[frames, 15, 3], what is added to each key point."""


def mapped(context: LayerContext, kind: str, windows: Floats) -> Heads:
    """Map windows of coefficients [frames, 70 or 73, 27]; `kind` is "crop" or "full"."""
    parts = [_mapped(context, f"mapping.{kind}", windows[i : i + AT_ONCE]) for i in range(0, len(windows), AT_ONCE)]
    found = np.concatenate(parts)
    yaw, pitch, roll, place, expression = np.split(found, np.cumsum([BINS, BINS, BINS, 3]), axis=1)
    return Heads(yaw, pitch, roll, place, expression.reshape(len(found), 15, 3))


def windows_of(coefficients: Floats) -> Floats:
    """Return each frame's window [frames, width, 27] of coefficients [frames, width]."""
    reach = WINDOW // 2
    at = np.arange(len(coefficients))[:, None] + np.arange(-reach, reach + 1)
    return np.ascontiguousarray(coefficients[np.clip(at, 0, len(coefficients) - 1)].swapaxes(1, 2))


def _mapped(context: LayerContext, name: str, windows: Floats) -> Floats:
    def layer(x: Floats, stem: str, taps: int, apart: int) -> Floats:
        n = x.shape[1] - (taps - 1) * apart
        beside = np.concatenate([x[:, i * apart : i * apart + n] for i in range(taps)], axis=2)
        return beside @ context.widened(f"{name}.{stem}") + context.weights[f"{name}.{stem}.bias"]

    x = layer(windows.swapaxes(1, 2), "first", 7, 1)  # [frames, 21, 1024]
    for i in range(3):
        x = layer(bent(x.copy(), SLOPE), f"encoder{i}", 3, 3) + x[:, 3:-3]
    heads: Floats = x.mean(axis=1) @ context.widened(f"{name}.heads") + context.weights[f"{name}.heads.bias"]
    return heads
