"""Motion of the head: a smooth displacement field over the whole frame that is zero at its border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import face_coordinates, pixel_axes, smoothstep

if TYPE_CHECKING:
    from halfgig.animators.puppet.blendshapes import Head
    from halfgig.face.frame import FaceFrame, Map

STEP = 8
"""Pixels between the positions at which the field is computed; it is smooth enough to be interpolated."""

NECK = 1.9
"""Pivot of the head's tilt, in eye distances below the eyes."""


_UNITS = np.array([1, 1, 1, 0.9, 0.9, 1], dtype=np.float32)
_UNITS[3:] *= np.pi / 180
"""Eye distances for each unit of `Head`: the nose is 0.9 of them nearer to the viewer than the ears."""


class SwayField:
    """Maps the pixels of a frame to positions in the picture with the head at rest."""

    def __init__(self, frame: FaceFrame, size: tuple[int, int]) -> None:
        width, height = size
        self._x, self._y = x, y = np.meshgrid(_coarse(width), _coarse(height))
        self._part = np.s_[STEP : STEP + height, STEP : STEP + width]
        u, v = face_coordinates(frame, x, y)
        border = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
        weight = _head_weight(u, v) * smoothstep(STEP, STEP + 0.7 * frame.unit, border)
        right, down = pixel_axes(frame)
        across, along = np.moveaxis(_bases(u, v, weight)[..., None], -2, 0)  # each [6, h, w, 1]
        self._bases = across * right + along * down  # [6, h, w, 2], in pixels of the frame

    def maps(self, head: Head) -> tuple[Map, Map]:
        """Return the source position x, y [H, W] of each pixel of the frame, in pixels."""
        # einsum instead of a matrix product: the first product makes OpenBLAS reserve 32 MB.
        moved = np.einsum("k,khwc->hwc", np.array(head, dtype=np.float32) * _UNITS, self._bases)  # [h, w, 2]
        return self._interpolated(self._x - moved[..., 0]), self._interpolated(self._y - moved[..., 1])

    def _interpolated(self, coarse: Map) -> Map:
        """Interpolate between the coarse positions; exact where nothing moves, since positions are linear there."""
        import cv2

        rows, columns = coarse.shape
        filled: Map = cv2.resize(coarse, (columns * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
        return filled[self._part]


def _coarse(length: int) -> Map:
    """Return every `STEP`-th position along a side, from one before its first pixel to one after its last."""
    places = np.arange(-1, -(-length // STEP) + 1, dtype=np.float32)
    return (places + 0.5) * STEP - 0.5  # pixel centres in the convention of cv2.resize


def _head_weight(u: Map, v: Map) -> Map:
    """Return how far each position moves with the head: fully inside, less and less over neck and shoulders."""
    radius = np.sqrt((u / 1.45) ** 2 + ((v - 0.25) / 1.9) ** 2)
    return smoothstep(2.4, 0.85, radius)


def _bases(u: Map, v: Map, weight: Map) -> Map:
    """Return the forward displacement of each field of `Head`, [6, h, w, 2] in eye distances."""
    zero = np.zeros_like(u)
    round_head = np.sqrt((1 - (u / 1.25) ** 2 - ((v - 0.35) / 1.75) ** 2).clip(0, 1))
    nose = 0.3 * np.exp(-((u / 0.22) ** 2) - ((v - 0.5) / 0.28) ** 2)
    depth = np.asarray(smoothstep(0.0, 1.0, round_head) + nose, dtype=np.float32)
    bases = [(weight, zero), (zero, weight), (u * weight, (v - 0.4) * weight)]
    bases += [(depth * weight, zero), (zero, depth * weight), (-(v - NECK) * weight, u * weight)]
    return np.stack([np.stack(base, axis=-1) for base in bases]).astype(np.float32)
