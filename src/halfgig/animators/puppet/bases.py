"""Displacement bases: how each blendshape moves each pixel of the face, smooth and zero far away from it.

A base is a forward displacement in eye distances in the face frame with three components: across, down for the part
above the line between the lips, and down for the part below it; away from the mouth the last two are equal.
Bases are only computed in a `Window` of the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.measure import FaceShape

OPENING = 0.21
"""Drop of the lower lip with the jaw wide open, in eye distances: about a tenth of the face's height."""

CHIN_FOLLOWS = 0.85
UPPER_LIP_LIFTS = 0.14
"""Motion of chin and upper lip with it, as shares of the opening."""

PARTING = 0.9
"""Share of the mouth's width that opens; the last tenth at the corners stays closed, like skin in a corner."""

JAW_ASIDE = 1.15
CORNERS_ASIDE = 2.3
NECK = 0.6
"""Extent of moving skin: aside of the jaw in eye distances, of the corners in half widths, below the chin in eye
distances."""

NAMES = ("jaw", "stretch", "funnel", "pucker", "press", "tuck", "smile", "frown", "brow", "meet")
"""Names of the bases in the order of their weights."""


def smoothstep(low: float | Map, high: float | Map, values: Map) -> Map:
    """Return the smoothstep from 0 at `low` to 1 at `high`; it falls if `low` is above `high`."""
    t = ((values - low) / (high - low)).clip(0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def face_coordinates(frame: FaceFrame, x: Map, y: Map) -> tuple[Map, Map]:
    """Convert pixels to eye distances in the face frame; maps of equal shape."""
    cos, sin = np.cos(frame.roll) / frame.unit, np.sin(frame.roll) / frame.unit
    dx, dy = x - frame.origin.x, y - frame.origin.y
    return (cos * dx + sin * dy).astype(np.float32), (cos * dy - sin * dx).astype(np.float32)


def pixel_axes(frame: FaceFrame) -> Map:
    """Return the matrix [2, 2] from eye distances to pixels: its rows are the face's axes right and down."""
    cos, sin = np.cos(frame.roll) * frame.unit, np.sin(frame.roll) * frame.unit
    return np.array([[cos, sin], [-sin, cos]], dtype=np.float32)


class Window:
    """The rectangle of pixels around a part of the face, given in eye distances in the face frame.

    A window is never empty: it contains the nearest pixels if the part is outside the frame.
    """

    def __init__(self, frame: FaceFrame, size: tuple[int, int], corners: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = corners
        ends = [frame.to_picture(Point(x, y)) for x in (left, right) for y in (top, bottom)]
        self._frame = frame
        self.left = min(max(0, int(min(end.x for end in ends))), size[0] - 1)
        self.top = min(max(0, int(min(end.y for end in ends))), size[1] - 1)
        self.right = max(self.left + 1, min(size[0], int(max(end.x for end in ends)) + 2))
        self.bottom = max(self.top + 1, min(size[1], int(max(end.y for end in ends)) + 2))
        self.part = np.s_[self.top : self.bottom, self.left : self.right]
        """Index of the window in a frame [H, W]."""

    def places(self, step: int = 1) -> tuple[Map, Map]:
        """Return the positions of every `step`-th pixel in eye distances, two maps [h, w]."""
        x = np.arange(self.left, self.right + step - 1, step, dtype=np.float32)
        y = np.arange(self.top, self.bottom + step - 1, step, dtype=np.float32)
        return face_coordinates(self._frame, *np.meshgrid(x, y))

    def read(self, values: Map, x: Map, y: Map, step: int = 1) -> Map:
        """Sample a map of this window (one value per `step` pixels) bilinearly at pixels x, y of the frame."""
        import cv2

        at = (x - self.left) / step, (y - self.top) / step
        read: Map = cv2.remap(values, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return read


@dataclass(frozen=True)
class MouthCoordinates:
    """Coordinates relative to the mouth; maps in the face frame."""

    across: Map
    """From the centre of the mouth, in half widths: -1 and 1 are the corners."""
    below: Map
    """Below the line between the lips, in eye distances."""
    half_width: float
    """In eye distances."""
    upper: float
    lower: float
    """Thickness of the lips in eye distances."""
    chin: float
    """Distance of the chin below the line, in eye distances."""


def mouth_coordinates(shape: FaceShape, x: Map, y: Map) -> MouthCoordinates:
    """Return the coordinates relative to the mouth of positions x, y in eye distances in the face frame."""
    line = np.array(shape.lips.line, dtype=np.float32)  # [n, 2]
    middle, half_width = (line[0, 0] + line[-1, 0]) / 2, (line[-1, 0] - line[0, 0]) / 2
    height = np.interp(x, line[:, 0], line[:, 1]).astype(np.float32)
    bands = shape.lips.bands
    return MouthCoordinates(
        ((x - middle) / half_width).astype(np.float32),
        (y - height).astype(np.float32),
        float(half_width),
        bands.upper + bands.gap,
        bands.lower,
        shape.chin.y - float(line[:, 1].mean()),
    )


def moving_area(shape: FaceShape) -> tuple[float, float, float, float]:
    """Return the area moved by the bases: left, top, right, bottom, in eye distances in the face frame."""
    line = shape.lips.line
    middle, half_width = (line[0].x + line[-1].x) / 2, (line[-1].x - line[0].x) / 2
    aside = max(JAW_ASIDE, CORNERS_ASIDE * half_width)
    mean = sum(point.y for point in line) / len(line)
    neck = shape.chin.y + NECK + max(point.y for point in line) - mean
    return min(-1.35, middle - aside), -0.75, max(1.35, middle + aside), neck


def opening_profile(across: Map) -> Map:
    """Return the relative opening of the lips: 1 in the centre, 0 at the corners and beyond."""
    return np.asarray((1 - (across / PARTING) ** 2).clip(0, 1) ** 0.8, dtype=np.float32)


def _jaw(mouth: MouthCoordinates) -> tuple[Map, Map]:
    """Return the displacement down, above and below the line, with the jaw open."""
    profile = opening_profile(mouth.across)
    towards_chin = smoothstep(mouth.lower, 0.85 * mouth.chin, mouth.below)
    aside: Map = np.abs(mouth.across) * np.float32(mouth.half_width)
    chin = CHIN_FOLLOWS * smoothstep(JAW_ASIDE, 0.35, aside)
    neck = smoothstep(mouth.chin + NECK, mouth.chin + 0.02, mouth.below)
    lower = ((1 - towards_chin) * profile + towards_chin * chin) * neck
    upper = -UPPER_LIP_LIFTS * profile * smoothstep(-mouth.upper - 0.28, -0.5 * mouth.upper, mouth.below)
    return OPENING * upper, OPENING * lower


def _around(mouth: MouthCoordinates, reach: float) -> Map:
    """Return a weight that is 1 on the line and falls off above and below the mouth."""
    return np.asarray(np.exp(-((mouth.below / reach) ** 2)), dtype=np.float32)


def _corners(mouth: MouthCoordinates) -> Map:
    """Return the direction of the corners when drawn apart: -1 at the right one, 1 at the left, 0 far away."""
    return np.asarray(
        np.sin(mouth.across.clip(-1, 1) * np.pi / 2) * smoothstep(CORNERS_ASIDE, 1.0, np.abs(mouth.across))
    )


def _thicker(mouth: MouthCoordinates) -> tuple[Map, Map]:
    """Return the displacement down, above and below the line, if each lip grows by its own thickness."""
    central = smoothstep(1.15, 0.3, np.abs(mouth.across))
    upper = -np.minimum(-mouth.below.clip(None, 0), mouth.upper) * smoothstep(
        -mouth.upper - 0.25, -mouth.upper, mouth.below
    )
    lower = np.minimum(mouth.below.clip(0, None), mouth.lower) * smoothstep(mouth.lower + 0.3, mouth.lower, mouth.below)
    return np.asarray(upper * central), np.asarray(lower * central)


def _brow(x: Map, y: Map) -> Map:
    """Return the displacement down with the brows raised; the lids stay."""
    bumps = [np.exp(-(((x - side) / 0.36) ** 2) - ((y + 0.36) / 0.15) ** 2) for side in (-0.5, 0.5)]
    return np.asarray(-0.05 * (bumps[0] + bumps[1]) * smoothstep(-0.16, -0.30, y), dtype=np.float32)


def make_bases(shape: FaceShape, x: Map, y: Map) -> Map:
    """Return the bases [len(NAMES), h, w, 3] at positions x, y [h, w]: across, down above the line, down below it."""
    mouth = mouth_coordinates(shape, x, y)
    zero = np.zeros_like(x)
    upper_jaw, lower_jaw = _jaw(mouth)
    thicker_upper, thicker_lower = _thicker(mouth)
    apart = _corners(mouth) * _around(mouth, 0.34)
    aside = np.abs(mouth.across)
    smile = -0.018 * smoothstep(0.3, 1.0, aside) * smoothstep(2.0, 1.0, aside) * _around(mouth, 0.34)
    lift = -0.035 * opening_profile(mouth.across) * smoothstep(-mouth.upper - 0.25, -0.3 * mouth.upper, mouth.below)
    roll_in = 0.045 * opening_profile(mouth.across) * smoothstep(mouth.lower + 0.22, 0.2 * mouth.lower, mouth.below)
    brow = _brow(x, y)
    bases = {
        "jaw": (-0.050 * apart, upper_jaw, lower_jaw),
        "stretch": (0.055 * apart, smile, smile),
        "funnel": (-0.090 * apart, 0.30 * thicker_upper, 0.25 * thicker_lower),
        "pucker": (-0.140 * apart, 0.30 * thicker_upper, 0.25 * thicker_lower),
        "press": (zero, -0.38 * thicker_upper, -0.38 * thicker_lower),
        "tuck": (zero, lift, -0.35 * thicker_lower - 0.4 * roll_in),
        "smile": (0.045 * apart, 3 * smile, 3 * smile),
        "frown": (zero, -2.5 * smile, -2.5 * smile),
        "brow": (zero, brow, brow),
        "meet": (zero, -upper_jaw / UPPER_LIP_LIFTS, zero),  # the upper lip comes down as far as the jaw drops
    }
    return np.stack([np.stack(bases[name], axis=-1) for name in NAMES]).astype(np.float32)
