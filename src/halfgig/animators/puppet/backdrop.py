"""Another background: the person's own colours, cut out by the matte, over what is put behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.media.fill import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

    Pixels = NDArray[np.uint8]

LONGEST = 512
"""Longer side of the picture in which the colours on both sides of the edge are estimated."""

SOLID, CLEAR = 0.95, 0.05
"""Alpha from which a pixel has the person's colour alone, and below which the background's alone."""

DEFOCUS = 0.025
"""Blur of a blurred background, of the longer side."""

SHADOW = 0.01
"""How far from the person the background is taken from, of the longer side: nearer it has some of their colour."""

_ROWS = 128
"""Rows whose colours are computed at a time."""


class Backdrop(NamedTuple):
    """What is put behind the person in every frame."""

    rgb: Pixels | None
    """RGB [h, w, 3] in the frames' size; None: nothing, so that frames are RGBA."""


def foreground(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return the person's own colours, RGB [H, W, 3]: what shines through at the edge is taken out.

    Each pixel mixes a colour of the person with one of the background (Forte, 2021); both are known from around it.
    """
    import cv2

    ours, theirs = _both_sides(rgb, alpha)
    clean = np.empty_like(rgb)
    scale = ours.shape[0] / rgb.shape[0]
    for top in range(0, rgb.shape[0], _ROWS):
        rows = slice(top, min(top + _ROWS, rgb.shape[0]))
        at = np.arange(rows.start, rows.stop, dtype=np.float32)
        y = np.repeat(((at + 0.5) * scale - 0.5)[:, None], rgb.shape[1], axis=1)
        x = np.tile(((np.arange(rgb.shape[1], dtype=np.float32) + 0.5) * scale - 0.5)[None], (len(at), 1))
        inner, outer = (
            cv2.remap(each, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for each in (ours, theirs)
        )
        share = alpha[rows, :, None].astype(np.float32) / 255
        found = inner + share * (rgb[rows] - share * inner - (1 - share) * outer)
        clean[rows] = (found + 0.5).clip(0, 255)
    return clean


def _both_sides(rgb: Pixels, alpha: Pixels) -> tuple[Map, Map]:
    """Return the colours of the person and of the background at every pixel of a reduced picture, [h, w, 3] each."""
    small, share = _reduced(rgb, alpha)
    ours = filled(small, ((share - SOLID) / (1 - SOLID)).clip(0, 1))
    return ours, filled(small, ((CLEAR - share) / CLEAR).clip(0, 1))


def _reduced(rgb: Pixels, alpha: Pixels) -> tuple[Map, Map]:
    import cv2

    scale = min(1.0, LONGEST / max(rgb.shape))
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    small, share = (cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (rgb, alpha))
    return small.astype(np.float32), share.astype(np.float32) / 255


def plain(colour: tuple[int, int, int], size: tuple[int, int]) -> Pixels:
    """Return a background of one colour, RGB [h, w, 3] of `size` (w, h)."""
    return np.full((size[1], size[0], 3), colour, np.uint8)


def covering(rgb: Pixels, size: tuple[int, int]) -> Pixels:
    """Return the middle of a picture, RGB [H, W, 3], as large as fits into `size` (w, h) without a rim."""
    import cv2

    scale = max(size[0] / rgb.shape[1], size[1] / rgb.shape[0])
    width, height = min(rgb.shape[1], round(size[0] / scale)), min(rgb.shape[0], round(size[1] / scale))
    left, top = (rgb.shape[1] - width) // 2, (rgb.shape[0] - height) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    part = np.ascontiguousarray(rgb[top : top + height, left : left + width])
    return np.asarray(cv2.resize(part, size, interpolation=how), np.uint8)


def blurred(rgb: Pixels, alpha: Pixels, size: tuple[int, int]) -> Pixels:
    """Return the portrait's own background without the person, out of focus, RGB [h, w, 3] of `size` (w, h)."""
    import cv2

    small, share = _reduced(rgb, alpha)
    reach = 2 * max(1, round(SHADOW * max(share.shape))) + 1
    near = cv2.dilate(share, np.ones((reach, reach), np.uint8))
    alone = filled(small, ((CLEAR - near) / CLEAR).clip(0, 1))
    soft = cv2.GaussianBlur(alone, (0, 0), DEFOCUS * max(share.shape))
    return np.asarray(cv2.resize((soft + 0.5).clip(0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR))
