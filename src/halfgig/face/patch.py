"""An upright patch of the face around its eyes, and where eyes and mouth are in it.

This refines the typical points of a dlib box: each step weighs what colour, darkness and detail show against where
eyes and mouth usually are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

UNIT = 48.0
"""Pixels of a patch between the eyes."""

AREA = (-1.3, -0.8, 1.3, 1.9)
"""Left, top, right and bottom of a patch, in eye distances from the midpoint of the eyes."""

DIM = 30.0
"""Added to the local variance of lightness (0..255 scale), so that noise in plain areas is not amplified."""

EYES_SPREAD = (0.035, 0.035, 0.04, 0.066)
"""Standard deviations of the pooled box's error: midpoint of the eyes x, y, distance, tilt; in eye distances."""

EYES_GRID = (np.arange(-6, 7) * 0.025, np.arange(-6, 7) * 0.025, np.arange(-3, 4) * 0.05, np.arange(-4, 5) * 0.05)
"""Candidate errors, in the same order."""

COLOUR, DARKNESS, DETAIL = 8.7, 1.26, 2.0
"""Weight of each map in the log-likelihood of an eye."""

COLOURFUL = 40.0
"""CIE difference from skin above which colour gives no more evidence."""

USUAL_MOUTH = ((0.0, 1.065), (0.015, 1.105))
"""Usual centre of a frontal mouth and of one turned half to the left, in eye distances from the eyes' midpoint."""

MOUTH_SPREAD = (0.045, 0.065)
"""Standard deviations of the mouth's centre, across and down."""

MOUTH_GRID = (np.arange(-6, 7) * 0.02, np.arange(-10, 11) * 0.02)
"""Candidate offsets from the usual centre, across and down."""

THIN, WIDE, RED = 8.8, 6.5, 6.3
"""Weight of each map in the log-likelihood of a mouth's centre."""

LOWER_LIP = np.array([0.0, 0.04])
"""Offset from the line between the lips to the centre of their red: the lower lip is the larger."""

SHAPE = (0.43, 0.0, -0.02)
"""Usual half width, how much lower the left corner is, and how much both are below the centre."""

SHAPE_SPREAD = (0.05, 0.03, 0.05)
"""Standard deviations of `SHAPE`."""

SHAPE_GRID = (np.arange(-4, 4) * 0.04, np.arange(-2, 3) * 0.04, np.arange(-4, 5) * 0.03)
"""Candidate differences from `SHAPE`."""

ALONG = np.array([-1.0, -0.8, -0.6, -0.35, 0.0, 0.35, 0.6, 0.8, 1.0])
"""Sample positions on the line between the lips, in half widths."""

OUTSIDE = np.array([-1.25, 1.25])
"""Sample positions beyond its ends."""

ON_LINE, AT_CORNERS, BEYOND = 7.0, 3.5, 3.5
"""Weight of the thin valley along the line, at its ends and (negative) beyond them."""

SAG = 0.3
"""Share of the bend by which the centre of a bent line lies on the other side, so its mean height stays the same."""


class Patch(NamedTuple):
    """An upright face whose eyes are `UNIT` pixels apart; positions are in eye distances from the eyes' midpoint."""

    lightness: Map
    """[H, W], normalised by the local mean and standard deviation to remove shading."""
    redness: Map
    """[H, W], CIE a."""
    yellowness: Map
    """[H, W], CIE b."""
    matrix: NDArray[np.float64]
    """[2, 3], from pixels of the picture to pixels of the patch."""

    def values(self, values: Map, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Read a map [H, W] at positions [..., 2]."""
        pixels = np.rint((places - AREA[:2]) * UNIT).astype(np.intp)
        height, width = values.shape
        read: NDArray[np.float64] = values[pixels[..., 1].clip(0, height - 1), pixels[..., 0].clip(0, width - 1)]
        return read.astype(np.float64)

    def to_picture(self, place: NDArray[np.float64]) -> Point:
        """Convert a position [2] to pixels of the picture."""
        (cos, sin, right), (_, _, below) = self.matrix.tolist()
        x, y = (place[0] - AREA[0]) * UNIT - right, (place[1] - AREA[1]) * UNIT - below
        square = cos**2 + sin**2
        return Point(float(cos * x - sin * y) / square, float(sin * x + cos * y) / square)


def cut_patch(rgb: NDArray[np.uint8], right_eye: Point, left_eye: Point) -> Patch:
    """Cut the patch around a face out of RGB [H, W, 3]."""
    import cv2

    matrix = _alignment(right_eye, left_eye)
    size = (round((AREA[2] - AREA[0]) * UNIT), round((AREA[3] - AREA[1]) * UNIT))
    patch = cv2.warpAffine(rgb, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lab = cv2.cvtColor(patch, cv2.COLOR_RGB2LAB).astype(np.float32)  # [H, W, 3]
    difference = lab[..., 0] - _blurred(lab[..., 0], 0.45, 0.45)
    lightness = difference / np.sqrt(_blurred(difference**2, 0.45, 0.45) + DIM)
    return Patch(lightness, lab[..., 1], lab[..., 2], matrix)


def _blurred(values: Map, across: float, down: float) -> Map:
    """Blur a map [H, W] with a Gaussian whose standard deviations are in eye distances."""
    import cv2

    smooth: Map = cv2.GaussianBlur(values, (0, 0), sigmaX=across * UNIT, sigmaY=down * UNIT)
    return smooth


def _alignment(right_eye: Point, left_eye: Point) -> NDArray[np.float64]:
    """Return the similarity transform [2, 3] that puts the eyes level and `UNIT` apart."""
    across, down = left_eye.x - right_eye.x, left_eye.y - right_eye.y
    shrink = UNIT / math.hypot(across, down) ** 2
    cos, sin = across * shrink, down * shrink
    x, y = right_eye.x + across / 2, right_eye.y + down / 2
    left, top = AREA[:2]
    return np.array([[cos, sin, -left * UNIT - cos * x - sin * y], [-sin, cos, -top * UNIT + sin * x - cos * y]])


def find_eyes(patch: Patch) -> tuple[Point, Point]:
    """Return right and left eye in pixels of the picture; the patch must be cut within `EYES_GRID` of them.

    The result is the mean over all candidates, weighted by likelihood, so a patch without detail leaves the eyes
    where they were.
    """
    errors = np.stack(np.meshgrid(*EYES_GRID, indexing="ij"), axis=-1).reshape(-1, 4)  # [n, 4]
    middle, apart = errors[:, :2], errors[:, 2:] / 2
    right, left = middle - apart + (-0.5, 0.0), middle + apart + (0.5, 0.0)  # [n, 2]
    evidence = _eye_evidence(patch)
    likelihood = patch.values(evidence, right) + patch.values(evidence, left)
    likelihood -= ((errors / EYES_SPREAD) ** 2).sum(axis=1) / 2
    weights = np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    right, left = ((weights[:, None] * places).sum(axis=0) for places in (right, left))
    return patch.to_picture(right), patch.to_picture(left)


def _eye_evidence(patch: Patch) -> Map:
    """Return how much each position [H, W] looks like the centre of an eye."""
    light = patch.lightness
    dark = _blurred(light, 0.3, 0.2) - _blurred(light, 0.13, 0.07)
    mean = _blurred(light, 0.2, 0.1)
    detail = np.sqrt(np.maximum(_blurred(light * light, 0.2, 0.1) - mean * mean, 0))
    unlike = _unlike_skin(patch)
    colour = _blurred(unlike, 0.12, 0.06) - _blurred(unlike, 0.3, 0.2)
    return (COLOUR * colour + DARKNESS * dark + DETAIL * detail).astype(np.float32)


def _unlike_skin(patch: Patch) -> Map:
    """Return the difference in colour from nose and cheeks, 0..2."""
    down, across = slice(44, 92), slice(26, 98)  # from 0.12 to 1.12 below the eyes, 0.75 to both sides
    red, yellow = (values - np.median(values[down, across]) for values in (patch.redness, patch.yellowness))
    unlike: Map = np.minimum(np.hypot(red, yellow), COLOURFUL).astype(np.float32)
    return unlike * np.float32(2 / COLOURFUL)


def find_mouth(patch: Patch, turn: float) -> tuple[Point, Point]:
    """Return right and left corner of the mouth in pixels of the picture; `turn` as in `HeadBox`."""
    light = patch.lightness
    thin = _blurred(light, 0.05, 0.07) - _blurred(light, 0.05, 0.02)
    middle = _mouth_middle(patch, thin, turn)
    half_width, tilt, bend = _mouth_shape(patch, thin, middle)
    corner = np.array([half_width, tilt])
    lower = np.array([0.0, (1 - SAG) * bend])
    return patch.to_picture(middle - corner + lower), patch.to_picture(middle + corner + lower)


def _mouth_middle(patch: Patch, thin: Map, turn: float) -> NDArray[np.float64]:
    """Return the centre [2] of the line between the lips: a long dark valley with red around it."""
    light = patch.lightness
    wide = _blurred(light, 0.2, 0.2) - _blurred(light, 0.2, 0.04)
    colour = patch.redness - patch.yellowness / 2
    reddish = np.clip((colour - np.median(colour[55:])) / 10, -1.5, 2).astype(np.float32)  # from 0.35 below the eyes
    red = _blurred(reddish, 0.2, 0.06) - _blurred(reddish, 0.4, 0.25)
    (x, y), (aside_x, aside_y) = USUAL_MOUTH
    usual = np.array([x - turn * (aside_x - x), y + abs(turn) * (aside_y - y)])
    errors = np.stack(np.meshgrid(*MOUTH_GRID, indexing="ij"), axis=-1).reshape(-1, 2)  # [n, 2]
    places = usual + errors
    likelihood = patch.values(THIN * thin + WIDE * wide, places)
    likelihood += RED * patch.values(red, places + LOWER_LIP)
    return usual + _expected(errors, MOUTH_SPREAD, likelihood)


def _mouth_shape(patch: Patch, thin: Map, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half width, tilt and bend [3] of the line through `middle`."""
    errors = np.stack(np.meshgrid(*SHAPE_GRID, indexing="ij"), axis=-1).reshape(-1, 3)  # [n, 3]
    shapes = np.array(SHAPE) + errors

    def mean_along(along: NDArray[np.float64]) -> NDArray[np.float64]:
        half_width, tilt, bend = shapes.T[:, :, None]  # [n, 1] each
        line = np.stack([half_width * along, tilt * along + bend * (along**2 - SAG)], axis=-1)  # [n, k, 2]
        mean: NDArray[np.float64] = patch.values(thin, middle + line).mean(axis=1)
        return mean

    likelihood = ON_LINE * mean_along(ALONG) + AT_CORNERS * mean_along(ALONG[[0, -1]]) - BEYOND * mean_along(OUTSIDE)
    return np.array(SHAPE) + _expected(errors, SHAPE_SPREAD, likelihood)


def _expected(
    errors: NDArray[np.float64], spread: tuple[float, ...], likelihood: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean of errors [n, k], weighted by the log-likelihood [n] of the picture and the prior `spread`."""
    likelihood = likelihood - ((errors / np.array(spread)) ** 2).sum(axis=1) / 2
    weights = np.exp(likelihood - likelihood.max())
    mean: NDArray[np.float64] = np.average(errors, axis=0, weights=weights)
    return mean
