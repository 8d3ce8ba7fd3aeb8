"""Fill what is unknown of a picture from what is known around it, the smoother the farther away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

LONGEST = 512
"""Longer side of the picture in which an extended one is computed."""

SOFTNESS = 0.02
"""Blur of what an extended picture adds, of its longer side."""


def filled(rgb: Floats, known: Floats) -> Floats:
    """Return RGB [H, W, 3] with its own colours where `known` [H, W] is 1, and those around where it is 0.

    The picture is reduced by halves until nothing is unknown, and enlarged again (Gortler et al., 1996).
    """
    return _pulled(rgb * known[..., None], known)


def _pulled(colour: Floats, known: Floats) -> Floats:
    """Do the same with colours that are multiplied by how far they are known."""
    import cv2

    height, width = known.shape
    if max(height, width) <= 2:
        mean = colour.sum(axis=(0, 1)) / np.float32(max(1e-6, float(known.sum())))
        return np.asarray(colour + mean * (1 - known)[..., None], np.float32)
    half = (width + 1) // 2, (height + 1) // 2
    share = cv2.resize(known, half, interpolation=cv2.INTER_AREA)
    grown = np.minimum(np.float32(1), 2 * share)
    reduced = cv2.resize(colour, half, interpolation=cv2.INTER_AREA) * (grown / np.maximum(share, 1e-6))[..., None]
    coarse = cv2.resize(_pulled(reduced, grown), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(colour + coarse * (1 - known)[..., None], np.float32)


def extended(rgb: Pixels, known: NDArray[np.bool_]) -> Pixels:
    """Return RGB [H, W, 3] with soft colours where nothing is known [H, W]; they are computed in a reduced picture."""
    import cv2

    height, width = known.shape
    scale = min(1.0, LONGEST / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    share = cv2.resize(known.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.float32)
    found = filled(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32), share)
    soft = cv2.GaussianBlur(found, (0, 0), max(1.0, SOFTNESS * max(size)))
    whole = cv2.resize((soft + 0.5).clip(0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    np.copyto(whole, rgb, where=known[..., None])
    return np.asarray(whole, np.uint8)
