"""The head's own motion: one smooth field over the whole picture that is zero at its border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animation.bases import Map, smooth
from halfgig.animation.window import face_places, turn_to_pixels

if TYPE_CHECKING:
    from halfgig.face.frame import FaceFrame
    from halfgig.motion.controls import Head

STEP = 8
"""Pixels between the places the field is computed at; it is smooth enough to be drawn out from there."""

NECK = 1.9
"""Where the head turns about when it tilts, in eye distances below the eyes."""


class Sway:
    """Give for each pixel of a frame where its content is in the unmoved picture."""

    def __init__(self, frame: FaceFrame, size: tuple[int, int]) -> None:
        width, height = size
        self._size = size
        columns = np.linspace(0, width - 1, max(2, -(-width // STEP)), dtype=np.float32)
        rows = np.linspace(0, height - 1, max(2, -(-height // STEP)), dtype=np.float32)
        x, y = np.meshgrid(columns, rows)
        u, v = face_places(frame, x, y)
        border = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y)) / frame.unit
        weight = _head_weight(u, v) * smooth(0.0, 0.7, border)
        right, down = turn_to_pixels(frame)
        across, along = np.moveaxis(_bases(u, v, weight)[..., None], -2, 0)  # each [6, h, w, 1]
        self._bases = across * right + along * down  # [6, h, w, 2], in pixels of the frame
        self._x, self._y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))

    def maps(self, head: Head) -> tuple[Map, Map]:
        """Give x and y [H, W] in pixels: where each pixel of the frame is taken from."""
        import cv2

        # Nowhere a matrix product of numpy's: the first one makes OpenBLAS reserve 32 MB.
        field = np.einsum("k,khwc->hwc", np.array(head, dtype=np.float32), self._bases)  # [h, w, 2], in pixels
        rows, columns = field.shape[:2]
        to_coarse = np.array([[(columns - 1) / (self._size[0] - 1), 0, 0], [0, (rows - 1) / (self._size[1] - 1), 0]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        drawn_out = cv2.warpAffine(field, to_coarse, self._size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return self._x - drawn_out[..., 0], self._y - drawn_out[..., 1]


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
