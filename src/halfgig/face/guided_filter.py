"""The guided filter (He, Sun and Tang, 2013): smooth a map so that its edges lie where a picture's edges are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
"""Entries of a symmetric matrix of 3 x 3."""


def guided_filter(guide: NDArray[np.uint8], values: Map, radius: int, smoothing: float) -> Map:
    """Return the values [h, w] as the linear function of the guide's colours, RGB [h, w, 3], that fits them locally.

    `radius` is in pixels; `smoothing` is the variance of colour, of 1, below which a neighbourhood counts as flat.
    """
    import cv2

    side = 2 * radius + 1

    def mean(of: Map) -> Map:
        return np.asarray(cv2.blur(of, (side, side), borderType=cv2.BORDER_REFLECT_101))

    colours = [np.ascontiguousarray(guide[..., c], np.float32) / np.float32(255) for c in range(3)]
    means = [mean(colour) for colour in colours]
    middle = mean(values)
    spread = {
        (a, b): mean(colours[a] * colours[b]) - means[a] * means[b] + np.float32(smoothing * (a == b)) for a, b in PAIRS
    }
    shared = [mean(colours[c] * values) - means[c] * middle for c in range(3)]
    slopes = _solved(spread, shared)
    offset = middle - sum(slope * average for slope, average in zip(slopes, means, strict=True))
    fitted: Map = mean(np.asarray(offset, np.float32))
    for slope, colour in zip(slopes, colours, strict=True):
        fitted += mean(slope) * colour
    return fitted


def _solved(matrix: dict[tuple[int, int], Map], right: list[Map]) -> list[Map]:
    """Solve a symmetric system of 3 x 3 at every pixel, by its adjugate."""
    aa, ab, ac, bb, bc, cc = (matrix[pair] for pair in PAIRS)
    cofactors = {
        (0, 0): bb * cc - bc * bc,
        (0, 1): ac * bc - ab * cc,
        (0, 2): ab * bc - ac * bb,
        (1, 1): aa * cc - ac * ac,
        (1, 2): ab * ac - aa * bc,
        (2, 2): aa * bb - ab * ab,
    }
    determinant = aa * cofactors[0, 0] + ab * cofactors[0, 1] + ac * cofactors[0, 2]
    return [
        sum((cofactors[min(row, c), max(row, c)] * right[c] for c in range(3)), np.float32(0)) / determinant
        for row in range(3)
    ]
