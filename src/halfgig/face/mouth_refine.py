"""The line between the lips: a long dark valley with red around it, weighed against where it usually is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.patch import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.patch import Map, Patch
    from halfgig.face.points import Point

USUAL = ((0.0, 1.065), (0.015, 1.105))
"""The middle of a mouth seen from the front, and of one looking half to the left, in eye distances from the eyes."""

SPREAD = (0.045, 0.065)
"""Standard deviations of the middle of the mouth, across and down."""

MIDDLES = (np.arange(-6, 7) * 0.02, np.arange(-10, 11) * 0.02)
"""Distances from the usual middle that are tried, across and down."""

THIN, WIDE, RED = 8.8, 6.5, 6.3
"""What a unit of each map adds to the logarithm of the likelihood of a middle."""

LOWER_LIP = np.array([0.0, 0.04])
"""How far below the line the red of both lips has its middle: the lower lip is the larger."""

SHAPE = (0.43, 0.0, -0.02)
"""Half the usual width, how much further down the left corner is, and how much both are below the middle."""

SHAPE_SPREAD = (0.05, 0.03, 0.05)
"""The standard deviations of these."""

SHAPES = (np.arange(-4, 4) * 0.04, np.arange(-2, 3) * 0.04, np.arange(-4, 5) * 0.03)
"""Differences from the usual shape that are tried."""

ALONG = np.array([-1.0, -0.8, -0.6, -0.35, 0.0, 0.35, 0.6, 0.8, 1.0])
"""Where the line is looked at, in half widths."""

OUTSIDE = np.array([-1.25, 1.25])
"""Where there is no line any more."""

ON_LINE, AT_CORNERS, BEYOND = 7.0, 3.5, 3.5
"""What a unit of the thin valley adds along the line and at its ends, and what it takes beyond."""

SAG = 0.3
"""Share of the bend by which the middle of a bent line lies to the other side: the line's mean height stays."""


def find_mouth(patch: Patch, turn: float) -> tuple[Point, Point]:
    """Give right and left corner in pixels of the picture, for a patch cut at the eyes of a head turned -1..1."""
    light = patch.lightness
    thin = blurred(light, 0.05, 0.07) - blurred(light, 0.05, 0.02)
    middle = _middle(patch, thin, turn)
    half_width, tilt, bend = _shape(patch, thin, middle)
    corner = np.array([half_width, tilt])
    lower = np.array([0.0, (1 - SAG) * bend])
    return patch.to_picture(middle - corner + lower), patch.to_picture(middle + corner + lower)


def _middle(patch: Patch, thin: Map, turn: float) -> NDArray[np.float64]:
    """Give the middle [2] of the line between the lips."""
    light = patch.lightness
    wide = blurred(light, 0.2, 0.2) - blurred(light, 0.2, 0.04)
    colour = patch.redness - patch.yellowness / 2
    reddish = np.clip((colour - np.median(colour[55:])) / 10, -1.5, 2).astype(np.float32)  # from 0.35 below the eyes
    red = blurred(reddish, 0.2, 0.06) - blurred(reddish, 0.4, 0.25)
    (x, y), (aside_x, aside_y) = USUAL
    usual = np.array([x - turn * (aside_x - x), y + abs(turn) * (aside_y - y)])
    errors = np.stack(np.meshgrid(*MIDDLES, indexing="ij"), axis=-1).reshape(-1, 2)  # [n, 2]
    places = usual + errors
    likelihood = patch.values(THIN * thin + WIDE * wide, places)
    likelihood += RED * patch.values(red, places + LOWER_LIP)
    return usual + _expected(errors, SPREAD, likelihood)


def _shape(patch: Patch, thin: Map, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give half width, tilt and bend [3] of the line through the middle."""
    errors = np.stack(np.meshgrid(*SHAPES, indexing="ij"), axis=-1).reshape(-1, 3)  # [n, 3]
    shapes = np.array(SHAPE) + errors

    def at(along: NDArray[np.float64]) -> NDArray[np.float64]:
        half_width, tilt, bend = shapes.T[:, :, None]  # [n, 1] each
        line = np.stack([half_width * along, tilt * along + bend * (along**2 - SAG)], axis=-1)  # [n, k, 2]
        mean: NDArray[np.float64] = patch.values(thin, middle + line).mean(axis=1)
        return mean

    likelihood = ON_LINE * at(ALONG) + AT_CORNERS * at(ALONG[[0, -1]]) - BEYOND * at(OUTSIDE)
    return np.array(SHAPE) + _expected(errors, SHAPE_SPREAD, likelihood)


def _expected(
    errors: NDArray[np.float64], spread: tuple[float, ...], likelihood: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the mean of errors [n, k] by the likelihood [n] of what is seen and of such errors."""
    likelihood = likelihood - ((errors / np.array(spread)) ** 2).sum(axis=1) / 2
    weights = np.exp(likelihood - likelihood.max())
    mean: NDArray[np.float64] = np.average(errors, axis=0, weights=weights)
    return mean
