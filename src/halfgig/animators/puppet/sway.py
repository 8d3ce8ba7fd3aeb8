"""The head's own motion: one smooth field over the whole picture that is zero at its border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import Map, smooth
from halfgig.animators.puppet.window import face_places, turn_to_pixels

if TYPE_CHECKING:
    from halfgig.animators.puppet.controls import Head
    from halfgig.face.frame import FaceFrame

STEP = 8
"""Pixels between the places the field is computed at; it is smooth enough to be drawn out from there."""

NECK = 1.9
"""Where the head turns about when it tilts, in eye distances below the eyes."""


class Sway:
    """Give for each pixel of a frame where its content is in the unmoved picture."""

    def __init__(self, frame: FaceFrame, size: tuple[int, int]) -> None:
        width, height = size
        self._x, self._y = x, y = np.meshgrid(_coarse(width), _coarse(height))
        self._part = np.s_[STEP : STEP + height, STEP : STEP + width]
        u, v = face_places(frame, x, y)
        border = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
        weight = _head_weight(u, v) * smooth(STEP, STEP + 0.7 * frame.unit, border)
        right, down = turn_to_pixels(frame)
        across, along = np.moveaxis(_bases(u, v, weight)[..., None], -2, 0)  # each [6, h, w, 1]
        self._bases = across * right + along * down  # [6, h, w, 2], in pixels of the frame

    def maps(self, head: Head) -> tuple[Map, Map]:
        """Give x and y [H, W] in pixels: where each pixel of the frame is taken from."""
        # Nowhere a matrix product of numpy's: the first one makes OpenBLAS reserve 32 MB.
        moved = np.einsum("k,khwc->hwc", np.array(head, dtype=np.float32), self._bases)  # [h, w, 2]
        return self._drawn_out(self._x - moved[..., 0]), self._drawn_out(self._y - moved[..., 1])

    def _drawn_out(self, coarse: Map) -> Map:
        """Fill in the pixels between the coarse places; exact where nothing moves, since places grow evenly there."""
        import cv2

        rows, columns = coarse.shape
        filled: Map = cv2.resize(coarse, (columns * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
        return filled[self._part]


def _coarse(length: int) -> Map:
    """Give every `STEP`-th place along a side, from one before its first pixel to one after its last."""
    places = np.arange(-1, -(-length // STEP) + 1, dtype=np.float32)
    return (places + 0.5) * STEP - 0.5  # where cv2.resize takes the middles of its pixels to be


def _head_weight(u: Map, v: Map) -> Map:
    """Give how far each place goes with the head: all of it inside, less and less over neck and shoulders."""
    radius = np.sqrt((u / 1.45) ** 2 + ((v - 0.25) / 1.9) ** 2)
    return smooth(2.4, 0.85, radius)


def _bases(u: Map, v: Map, weight: Map) -> Map:
    """Give the forward displacement of each control in `Head`, [6, h, w, 2] in eye distances."""
    zero = np.zeros_like(u)
    round_head = np.sqrt((1 - (u / 1.25) ** 2 - ((v - 0.35) / 1.75) ** 2).clip(0, 1))
    nose = 0.3 * np.exp(-((u / 0.22) ** 2) - ((v - 0.5) / 0.28) ** 2)
    depth = np.asarray(smooth(0.0, 1.0, round_head) + nose, dtype=np.float32)
    bases = [(weight, zero), (zero, weight), (-(v - NECK) * weight, u * weight)]
    bases += [(u * weight, (v - 0.4) * weight), (depth * weight, zero), (zero, depth * weight)]
    return np.stack([np.stack(base, axis=-1) for base in bases]).astype(np.float32)
