"""The edge of a matte: along the picture's own, and without the background between hairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.guided_filter import guided_filter
from halfgig.media.fill import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

    Pixels = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

EDGE = 0.008
"""Half the width of the edge that is laid along the picture's, of the longer side."""

FLAT = 2e-4
"""Variance of colour below which the edge takes the network's course."""

STRETCH = (0.1, 0.9)
"""Alpha of the filtered edge that becomes 0 and 1: what it leaves behind would be a haze."""

HAIRY = 0.04
"""How far into the hair gaps reach, of the longer side."""

DISTINCT = (0.12, 0.3)
"""Distance of the colours of hair and background, of 1, over which gaps are believed in."""

GAP = (0.12, 0.4)
"""Distance from the background's colour, in that of both, below which a pixel is a gap, and from which it is hair."""


def edged(rgb: Pixels, mask: Mask) -> Map:
    """Lay the edge of a mask along the picture's; return alpha 0..1 [h, w]."""
    import cv2

    radius = max(2, round(EDGE * max(rgb.shape)))
    hard = mask.astype(np.float32)
    soft = guided_filter(rgb, hard, radius, FLAT)
    low, high = STRETCH
    soft = ((soft - low) / (high - low)).clip(0, 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    inside = cv2.erode(hard, kernel, borderValue=1)
    outside = cv2.dilate(hard, kernel, borderValue=0)
    return np.asarray(np.minimum(np.maximum(soft, inside), outside), np.float32)


def without_gaps(rgb: Pixels, person: Map, hair: Map) -> Map:
    """Return the alpha of a person [h, w] without what has the background's colour near the edge of the hair [h, w].

    The colours of both sides are those around them; a pixel goes that is much nearer to the background's.
    """
    import cv2

    reach = 2 * max(1, round(HAIRY * max(rgb.shape))) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    inside = cv2.erode((person > 0.5).astype(np.float32), kernel, borderValue=1)
    outside = cv2.erode((person < 0.02).astype(np.float32), np.ones((3, 3), np.uint8), borderValue=1)
    if not inside.any() or not outside.any():
        return person
    seen = rgb.astype(np.float32) / np.float32(255)
    theirs = filled(seen, outside)
    apart = _distance(filled(seen, inside), theirs)
    share = np.asarray(_distance(seen, theirs) / np.maximum(apart, 0.01), np.float32)
    belief = _rising(apart, *DISTINCT) * hair * (1 - inside)
    return np.asarray(person * (1 - belief * (1 - _rising(share, *GAP))), np.float32)


def _distance(one: Map, other: Map) -> Map:
    return np.asarray(np.sqrt(((one - other) ** 2).sum(axis=2)), np.float32)


def _rising(values: Map, start: float, end: float) -> Map:
    return np.asarray(((values - start) / (end - start)).clip(0, 1), np.float32)
