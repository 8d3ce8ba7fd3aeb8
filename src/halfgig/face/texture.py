"""How sharp and how noisy the picture of a face is, so that what is painted into it looks no sharper and no cleaner."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.measure import FaceShape

SCALES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Standard deviations in pixels of the blurs that part the picture into bands."""

BLURS = np.geomspace(0.25, 12.0, 40)
"""Blurs that are tried, in pixels."""

EDGES = 97
"""Percentile of a band that is edges: lids, nostrils, lips."""

MOST_GRAIN = 12.0
"""Most noise that is painted, 0..255."""

SKIN_GRAIN = 1.0
"""Noise below which it is the skin's own texture."""


class Texture(NamedTuple):
    """Sharpness and noise of a picture."""

    blur: float = 0.0
    """Standard deviation in pixels of the blur that would make sharp edges look as the picture's do."""
    grain: float = 0.0
    """Standard deviation of the noise, 0..255."""

    def scaled(self, factor: float) -> Texture:
        """Return the texture of the picture resized by a factor."""
        return Texture(self.blur * factor, self.grain)


SHARP = Texture()


def measure_texture(rgb: NDArray[np.uint8], shape: FaceShape) -> Texture:
    """Return the texture of the face in RGB [H, W, 3]; that of a sharp picture if the face lies outside."""
    import cv2

    middle, reach = shape.frame.to_picture(Point(0, 0.5)), shape.frame.unit
    rows, columns = (slice(max(0, int(at - reach)), max(0, int(at + reach))) for at in (middle.y, middle.x))
    face = np.asarray(rgb[rows, columns], dtype=np.float32).mean(axis=2)
    if min(face.shape) < 2 * SCALES[-1]:
        return SHARP
    blurred = [face, *(cv2.GaussianBlur(face, (0, 0), scale) for scale in SCALES[1:])]
    bands = [np.abs(fine - coarse) for fine, coarse in pairwise(blurred)]
    noise = float(np.median(bands[0])) / 0.6745  # of a normal distribution
    edges = np.array([np.percentile(band, EDGES) for band in bands])
    edges[:2] -= np.minimum(edges[:2], np.array([2.2, 1.1]) * max(0.0, noise - SKIN_GRAIN))  # what is noise of them
    return Texture(_blur(edges), min(MOST_GRAIN, max(0.0, noise - SKIN_GRAIN)))


def _blur(edges: NDArray[np.float64]) -> float:
    """Return the blur whose edges have the strengths in each band that were measured.

    An edge blurred to a width s has in the band between blurs a and b a strength in proportion to the logarithm of the
    ratio of its widths there.
    """
    scales = np.array(SCALES)
    widths = np.sqrt(BLURS[:, None] ** 2 + scales**2)  # [blurs, scales]
    expected = np.diff(np.log(widths), axis=1)
    found = np.maximum(edges, 1e-3) / max(edges[-1], 1e-3)
    expected = np.log(expected / expected[:, -1:])
    error = np.abs(expected - np.log(found))[:, :3].sum(axis=1)
    return float(BLURS[error.argmin()])
