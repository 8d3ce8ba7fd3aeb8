"""What lies above and below the line of the mouth: the lips' thickness, and the gap of a mouth that stands open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import UNIT, Crop, sampled

if TYPE_CHECKING:
    from halfgig.face.frame import Map

STEP = 1 / UNIT
OFFSETS = np.arange(-0.44, 0.50, STEP, dtype=np.float32)
"""How far from the line the picture is read, in eye distances: past the widest gap and the thickest lip."""

SMALLEST_GAP = 0.06
"""Thinner than this, in eye distances, the dark between the lips is only their shadow."""

WIDEST_GAP = 0.16
"""To either side of the line, in eye distances; beyond it is no mouth that just stands open."""

FAINTEST_DARK = 12.0
"""A line that is not darker than the face around it by so much, of 255, is no opening."""

THICKNESS = {"upper": (0.10, 0.035), "lower": (0.14, 0.04)}
"""Mean and spread of a lip's thickness in eye distances; the guess where the colours say nothing."""


class LipBands(NamedTuple):
    """Describe the bands along the line of the mouth, in eye distances."""

    upper: float
    """Thickness of the upper lip."""
    lower: float
    """Thickness of the lower lip."""
    gap: float
    """How far the mouth stands open; 0 when it is closed."""


def _profile(crop: Crop, x: Map, y: Map) -> Map:
    """Read the mean colour at each offset from the line's middle half, [offsets, 3]."""
    quarter = len(x) // 4
    x, y = x[quarter:-quarter], y[quarter:-quarter]
    columns, rows = np.tile(x, (len(OFFSETS), 1)), y[None] + OFFSETS[:, None]
    return np.median(sampled(crop.lab, columns, rows), axis=1).astype(np.float32)


def _row(offset: float) -> int:
    return round((offset - float(OFFSETS[0])) / STEP)


def _dark_rows(light: Map, start: int, direction: int, lip_light: float) -> int:
    """Follow the dark between the lips from its darkest row; give its last row."""
    limit = light[start] + 0.35 * max(lip_light - light[start], FAINTEST_DARK)
    row = start
    while abs(float(OFFSETS[row])) < WIDEST_GAP and light[row + direction] < limit:
        row += direction
    return row


def _last_teeth(profile: Map, start: int, lip: Map) -> int:
    """Give the last row below the line that is much lighter and greyer than the lip, as only teeth are."""
    below = profile[start : _row(WIDEST_GAP)]
    grey = below[:, 1] < min(lip[1] - 12, 137)  # 128 has no red in it at all
    teeth = np.flatnonzero((below[:, 0] > lip[0] + 25) & grey)
    return start + int(teeth[-1]) if len(teeth) >= 3 else start


def _gap_edges(profile: Map) -> tuple[float, float]:
    """Find where lip begins above and below the line, as offsets; equal when the mouth is closed."""
    light = profile[:, 0]
    start = _row(-0.03) + int(np.argmin(light[_row(-0.03) : _row(0.03)]))
    if float(np.median(light)) - float(light[start]) < FAINTEST_DARK:
        return 0.0, 0.0
    upper_lip = np.median(profile[_row(-0.06) : _row(-0.03)], axis=0)
    top = _dark_rows(light, start, -1, float(upper_lip[0]))
    bottom = _dark_rows(light, start, 1, float(np.median(light[_row(0.10) : _row(0.16)])))
    bottom = max(bottom, _last_teeth(profile, start, upper_lip))
    if (bottom - top) * STEP < SMALLEST_GAP:
        return 0.0, 0.0
    return float(OFFSETS[top]), float(OFFSETS[bottom])


def _thickness(profile: Map, edge: float, direction: int, lip: str) -> float:
    """Find how far a lip goes from its edge: where its colour turns most sharply into the skin's."""
    mean, spread = THICKNESS[lip]
    candidates = np.arange(mean - 1.5 * spread, mean + 2.2 * spread, STEP)
    scores = []
    for thickness in candidates:
        near, at, far = (
            _row(edge + direction * d) for d in (thickness - min(0.07, thickness - STEP), thickness, thickness + 0.07)
        )
        lip_rows, skin_rows = (profile[min(a, b) : max(a, b)].mean(axis=0) for a, b in ((near, at), (at, far)))
        contrast = np.array([0.5, 1.5, 0.5]) * (lip_rows - skin_rows)
        scores.append(float(np.sqrt((contrast**2).sum())) - 4 * ((thickness - mean) / spread) ** 2)
    return float(candidates[int(np.argmax(scores))])


def measure_bands(crop: Crop, x: Map, y: Map) -> tuple[LipBands, float]:
    """Measure the lips along the line x, y [n] in eye distances; give also how far below it the lower lip begins."""
    profile = _profile(crop, x, y)
    top, bottom = _gap_edges(profile)
    upper, lower = _thickness(profile, top, -1, "upper"), _thickness(profile, bottom, 1, "lower")
    return LipBands(upper, lower, bottom - top), bottom
