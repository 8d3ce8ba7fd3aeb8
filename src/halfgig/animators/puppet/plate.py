"""The plate: a picture without its person, filled in from around them once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.media.fill import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

    Pixels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

BARE = 8
"""Alpha, of 255, up to which a pixel is background."""

RIM = 0.014
"""Width of the rim around a person that may hold something of them, in shares of the longer side."""

LEAST_RIM = 3
"""The same in pixels, at least."""

DETAIL_REACH = 0.12
"""Over how far under the person detail fades, in shares of the longer side: no motion uncovers more."""

MOST_DETAIL = 90.0
"""Detail, of 255, that does not go on at all: it is the edge of an object."""


def rim_width(rgb: Pixels) -> int:
    """Return the width in pixels of the rim around a person in RGB [h, w, 3]."""
    longest: int = max(rgb.shape)
    return max(LEAST_RIM, round(RIM * longest))


def widened(mask: Mask, pixels: int) -> Mask:
    """Return a mask [h, w] grown by a number of pixels."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), dtype=bool)


def plate_of(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return RGB [h, w, 3] with the person, by alpha [h, w], replaced by what surrounds them.

    Colours are spread from around the person; near the outline, the surroundings are mirrored at it, so that a grained
    or painted wall goes on as such.
    """
    covered = widened(alpha > BARE, rim_width(rgb))
    if covered.all() or not covered.any():
        return rgb.copy()
    plate = filled(rgb.astype(np.float32), (~covered).astype(np.float32))
    _mirror_around(plate, rgb, covered)
    return np.asarray((plate + 0.5).clip(0, 255), np.uint8)


def _mirror_around(plate: Map, rgb: Pixels, covered: Mask) -> None:
    """Mix into a smooth plate [h, w, 3] the surroundings, mirrored at the edge of what is covered."""
    import cv2

    far, nearest = cv2.distanceTransformWithLabels(
        covered.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    bare = np.argwhere(~covered)  # [n, 2]
    places = np.zeros((int(nearest.max()) + 1, 2), np.intp)
    places[nearest[tuple(bare.T)]] = bare
    at = np.argwhere(covered & (far < DETAIL_REACH * max(rgb.shape)))
    mirrored = 2 * places[nearest[tuple(at.T)]] - at
    inside = ((mirrored >= 0) & (mirrored < covered.shape)).all(axis=1)
    at, mirrored = at[inside], mirrored[inside]
    seen = ~covered[tuple(mirrored.T)]
    at, mirrored = at[seen], mirrored[seen]
    share = 1 - far[tuple(at.T)][:, None] / (DETAIL_REACH * max(rgb.shape))
    detail = rgb[tuple(mirrored.T)] - plate[tuple(at.T)]
    plate[tuple(at.T)] += detail * share * (1 - np.abs(detail).max(axis=1, keepdims=True) / MOST_DETAIL).clip(0, 1)
