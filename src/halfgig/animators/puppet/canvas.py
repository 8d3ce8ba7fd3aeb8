"""The canvas: a portrait, or the part of it that is shown, upright and in the size that frames are sampled from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.crop import frame_size
from halfgig.media.fill import extended

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.framing import Part
    from halfgig.media.picture import Picture

    Known = NDArray[np.bool_]

SHARPNESS = 2
"""The source picture is kept at this multiple of the frame size, so that resampling it costs no sharpness."""


class Canvas(NamedTuple):
    """A picture resized for animation."""

    rgb: NDArray[np.uint8]
    size: tuple[int, int]
    """Width and height of the frames."""
    enlarged: float
    """Pixels of `rgb` per pixel of the picture as loaded."""
    known: Known | None = None
    """Which pixels [H, W] are the picture's; None: all."""


def make_canvas(picture: Picture, turns: int, longest: int, part: Part | None = None) -> Canvas:
    """Turn a picture upright by quarter turns, counterclockwise, and resize it for frames of `longest` pixels.

    Only `part` of it is kept, where one is given.
    """
    upright = np.ascontiguousarray(np.rot90(picture.rgb, turns))
    height, width = upright.shape[:2]
    if part is None:
        size = frame_size(width, height, longest)
        enlarged = SHARPNESS * size[0] / width
        return Canvas(resized(upright, (SHARPNESS * size[0], SHARPNESS * size[1])), size, enlarged)
    size = frame_size(round(part.width * width), round(part.height * height), longest)
    shown = SHARPNESS * size[0], SHARPNESS * size[1]
    rgb, known = placed(upright, part, shown)
    return Canvas(rgb if known.all() else extended(rgb, known), size, shown[0] / (part.width * width), known)


def resized(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture or a map [H, W, ...] in `size` (w, h)."""
    import cv2

    how = cv2.INTER_AREA if size[0] < rgb.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(rgb, size, interpolation=how), dtype=np.uint8)


def placed(values: NDArray[np.uint8], part: Part, size: tuple[int, int]) -> tuple[NDArray[np.uint8], Known]:
    """Return the part of a picture [H, W, ...] in `size` (w, h), 0 outside it, and which of its pixels are inside."""
    stretches = []
    for start, length, pixels, shown in zip(part[:2], part[2:], values.shape[1::-1], size, strict=True):
        first, last = (round(min(max(at, 0.0), 1.0) * pixels) for at in (start, start + length))
        scale = shown / (length * pixels)
        there = [round(min(max((at - start * pixels) * scale, 0.0), shown)) for at in (first, last)]
        stretches.append((slice(first, max(first + 1, last)), slice(there[0], max(there[0] + 1, there[1]))))
    (columns, to_columns), (rows, to_rows) = stretches
    placed = np.zeros((size[1], size[0], *values.shape[2:]), np.uint8)
    known = np.zeros(placed.shape[:2], bool)
    target = to_columns.stop - to_columns.start, to_rows.stop - to_rows.start
    placed[to_rows, to_columns] = resized(np.ascontiguousarray(values[rows, columns]), target)
    known[to_rows, to_columns] = True
    return placed, known
