"""The displacement bases: how each control moves each place of the face, smooth and zero far away.

A base is a forward displacement in eye distances in the face frame: across, the same for all of the face, and down,
once as the upper side of the mouth moves and once as the lower does; away from the mouth both are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from halfgig.face.measure import FaceShape

Map = NDArray[np.float32]

OPENING = 0.21
"""How far the lower lip drops with the jaw wide open, in eye distances: about a tenth of the face's height."""

CHIN_FOLLOWS = 0.85
UPPER_LIP_LIFTS = 0.14
"""How far chin and upper lip go with it, as shares of the opening."""

PARTING = 0.9
"""How far towards the corners the lips ever part; the last tenth stays closed, as skin does in a corner."""

JAW_ASIDE = 1.15
CORNERS_ASIDE = 2.3
NECK = 0.6
"""How far skin moves with the jaw, aside in eye distances, with the corners, in half widths, and below the chin."""

NAMES = ("jaw", "width", "round", "press", "tuck", "brow")
"""The bases, in the order of their coefficients."""


def smooth(low: float, high: float, values: Map) -> Map:
    """Rise from 0 at `low` to 1 at `high` without a kink; falls when `low` is above `high`."""
    t = ((values - low) / (high - low)).clip(0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


@dataclass(frozen=True)
class MouthPlace:
    """Say where places are relative to the mouth; maps in the face frame."""

    across: Map
    """From the middle of the mouth, in half widths: -1 and 1 are the corners."""
    below: Map
    """Under the line between the lips, in eye distances."""
    half_width: float
    """In eye distances."""
    upper: float
    lower: float
    """Thickness of the lips in eye distances."""
    chin: float
    """How far the chin is below the line, in eye distances."""


def place_mouth(shape: FaceShape, x: Map, y: Map) -> MouthPlace:
    """Describe places x, y (eye distances in the face frame) by the mouth."""
    line = np.array(shape.lips.line, dtype=np.float32)  # [n, 2]
    middle, half_width = (line[0, 0] + line[-1, 0]) / 2, (line[-1, 0] - line[0, 0]) / 2
    height = np.interp(x, line[:, 0], line[:, 1]).astype(np.float32)
    bands = shape.lips.bands
    return MouthPlace(
        ((x - middle) / half_width).astype(np.float32),
        (y - height).astype(np.float32),
        float(half_width),
        bands.upper + bands.gap,
        bands.lower,
        shape.chin.y - float(line[:, 1].mean()),
    )


def reach(shape: FaceShape) -> tuple[float, float, float, float]:
    """Give what the bases can move: left, top, right, bottom, in eye distances in the face frame."""
    line = shape.lips.line
    middle, half_width = (line[0].x + line[-1].x) / 2, (line[-1].x - line[0].x) / 2
    aside = max(JAW_ASIDE, CORNERS_ASIDE * half_width)
    mean = sum(point.y for point in line) / len(line)
    neck = shape.chin.y + NECK + max(point.y for point in line) - mean
    return min(-1.35, middle - aside), -0.75, max(1.35, middle + aside), neck


def opening_profile(across: Map) -> Map:
    """Give how far the lips part between the corners: 1 in the middle, 0 at the corners and beyond."""
    return np.asarray((1 - (across / PARTING) ** 2).clip(0, 1) ** 0.8, dtype=np.float32)


def _jaw(mouth: MouthPlace) -> tuple[Map, Map]:
    """Give how far places above and below the line move down as the jaw opens."""
    profile = opening_profile(mouth.across)
    towards_chin = smooth(mouth.lower, 0.85 * mouth.chin, mouth.below)
    aside: Map = np.abs(mouth.across) * np.float32(mouth.half_width)
    chin = CHIN_FOLLOWS * smooth(JAW_ASIDE, 0.35, aside)
    neck = smooth(mouth.chin + NECK, mouth.chin + 0.02, mouth.below)
    lower = ((1 - towards_chin) * profile + towards_chin * chin) * neck
    upper = -UPPER_LIP_LIFTS * profile * smooth(-mouth.upper - 0.28, -0.5 * mouth.upper, mouth.below)
    return OPENING * upper, OPENING * lower


def _around(mouth: MouthPlace, reach: float) -> Map:
    """Fall off above and below the mouth, 1 on the line."""
    return np.asarray(np.exp(-((mouth.below / reach) ** 2)), dtype=np.float32)


def _corners(mouth: MouthPlace) -> Map:
    """Give which way the corners go when drawn apart: -1 at the right one, 1 at the left, 0 far away."""
    return np.asarray(np.sin(mouth.across.clip(-1, 1) * np.pi / 2) * smooth(CORNERS_ASIDE, 1.0, np.abs(mouth.across)))


def _thicker(mouth: MouthPlace) -> tuple[Map, Map]:
    """Give how places above and below the line move when each lip grows by its own thickness."""
    central = smooth(1.15, 0.3, np.abs(mouth.across))
    upper = -np.minimum(-mouth.below.clip(None, 0), mouth.upper) * smooth(
        -mouth.upper - 0.25, -mouth.upper, mouth.below
    )
    lower = np.minimum(mouth.below.clip(0, None), mouth.lower) * smooth(mouth.lower + 0.3, mouth.lower, mouth.below)
    return np.asarray(upper * central), np.asarray(lower * central)


def _brow(x: Map, y: Map) -> Map:
    """Give how the brows rise; the lids stay."""
    bumps = [np.exp(-(((x - side) / 0.36) ** 2) - ((y + 0.36) / 0.15) ** 2) for side in (-0.5, 0.5)]
    return np.asarray(-0.05 * (bumps[0] + bumps[1]) * smooth(-0.16, -0.30, y), dtype=np.float32)


def make_bases(shape: FaceShape, x: Map, y: Map) -> Map:
    """Give the bases at places x, y [h, w] as [len(NAMES), h, w, 3]: across, upper side down, lower side down."""
    mouth = place_mouth(shape, x, y)
    zero = np.zeros_like(x)
    upper_jaw, lower_jaw = _jaw(mouth)
    thicker_upper, thicker_lower = _thicker(mouth)
    apart = _corners(mouth) * _around(mouth, 0.34)
    aside = np.abs(mouth.across)
    smile = -0.018 * smooth(0.3, 1.0, aside) * smooth(2.0, 1.0, aside) * _around(mouth, 0.34)
    lift = -0.035 * opening_profile(mouth.across) * smooth(-mouth.upper - 0.25, -0.3 * mouth.upper, mouth.below)
    roll_in = 0.045 * opening_profile(mouth.across) * smooth(mouth.lower + 0.22, 0.2 * mouth.lower, mouth.below)
    brow = _brow(x, y)
    bases = {
        "jaw": (-0.050 * apart, upper_jaw, lower_jaw),
        "width": (0.055 * apart, smile, smile),
        "round": (-0.110 * apart, 0.30 * thicker_upper, 0.25 * thicker_lower),
        "press": (zero, -0.38 * thicker_upper, -0.38 * thicker_lower),
        "tuck": (zero, lift, -0.35 * thicker_lower - 0.4 * roll_in),
        "brow": (zero, brow, brow),
    }
    return np.stack([np.stack(bases[name], axis=-1) for name in NAMES]).astype(np.float32)
