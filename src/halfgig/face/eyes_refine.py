"""Both eyes at once: where colour, darkness and detail say, weighed against where they usually are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.patch import blurred

if TYPE_CHECKING:
    from halfgig.face.patch import Map, Patch
    from halfgig.face.points import Point

SPREAD = (0.035, 0.035, 0.04, 0.066)
"""Standard deviations of the pooled box's error: middle of the eyes x, y, distance, tilt; in eye distances."""

GRID = (np.arange(-6, 7) * 0.025, np.arange(-6, 7) * 0.025, np.arange(-3, 4) * 0.05, np.arange(-4, 5) * 0.05)
"""The errors that are tried, in the same order."""

COLOUR, DARKNESS, DETAIL = 8.7, 1.26, 2.0
"""What a unit of each map adds to the logarithm of the likelihood."""

COLOURFUL = 40.0
"""CIE difference from the skin beyond which colour says no more."""


def find_eyes(patch: Patch) -> tuple[Point, Point]:
    """Give right and left eye in pixels of the picture, for a patch cut at about the right place.

    The mean over all placements by their likelihood: a picture that shows nothing leaves the eyes where they are.
    """
    errors = np.stack(np.meshgrid(*GRID, indexing="ij"), axis=-1).reshape(-1, 4)  # [n, 4]
    middle, apart = errors[:, :2], errors[:, 2:] / 2
    right, left = middle - apart + (-0.5, 0.0), middle + apart + (0.5, 0.0)  # [n, 2]
    evidence = _evidence(patch)
    likelihood = patch.values(evidence, right) + patch.values(evidence, left)
    likelihood -= ((errors / SPREAD) ** 2).sum(axis=1) / 2
    weights = np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    right, left = ((weights[:, None] * places).sum(axis=0) for places in (right, left))
    return patch.to_picture(right), patch.to_picture(left)


def _evidence(patch: Patch) -> Map:
    """Give the map [H, W] of how much each place looks like the middle of an eye."""
    light = patch.lightness
    dark = blurred(light, 0.3, 0.2) - blurred(light, 0.13, 0.07)
    mean = blurred(light, 0.2, 0.1)
    detail = np.sqrt(np.maximum(blurred(light * light, 0.2, 0.1) - mean * mean, 0))
    unlike = _unlike_skin(patch)
    colour = blurred(unlike, 0.12, 0.06) - blurred(unlike, 0.3, 0.2)
    return (COLOUR * colour + DARKNESS * dark + DETAIL * detail).astype(np.float32)


def _unlike_skin(patch: Patch) -> Map:
    """Give 0..2 for how much the colour differs from that of nose and cheeks."""
    down, across = slice(44, 92), slice(26, 98)  # from 0.12 to 1.12 below the eyes, 0.75 to both sides
    red, yellow = (values - np.median(values[down, across]) for values in (patch.redness, patch.yellowness))
    unlike: Map = np.minimum(np.hypot(red, yellow), COLOURFUL).astype(np.float32)
    return unlike * np.float32(2 / COLOURFUL)
