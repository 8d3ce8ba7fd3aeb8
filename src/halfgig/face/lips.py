"""Measurement of the mouth: the line between the lips, their thickness, and the gap of an open mouth."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import ABOVE, LEFT, UNIT, Crop, Map, blurred, sampled
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACROSS = np.linspace(-1, 1, 25, dtype=np.float32)
"""Sample positions along the line, in half widths."""

SHIFTS = np.arange(-0.2, 0.201, 0.025, dtype=np.float32)
DROPS = np.arange(-0.10, 0.22, 0.012, dtype=np.float32)
"""Offsets of the line's centre from the first guess; detectors place it too high more often than too low."""

CLEAR = 25.0
"""Depth of a valley above which it gives no more evidence."""


class Arc(NamedTuple):
    """A line between the lips as a parabola, in eye distances."""

    x: float
    y: float
    """Its centre."""
    half_width: float
    tilt: float
    """Its slope, y per x."""
    bow: float
    """Depth of its ends below its centre, in half widths."""


@dataclass(frozen=True, slots=True)
class Lips:
    """A mouth in the face frame."""

    line: tuple[Point, ...]
    """The line between the lips from corner to corner, in eye distances; the lower lip's edge if the mouth is open."""
    bands: LipBands
    """The lips above and below the line, and the gap between them."""


class _Evidence:
    """The maps from which a mouth is located."""

    def __init__(self, crop: Crop, guess: Point) -> None:
        self.crop = crop
        self.guess = guess
        self.valley = _valley(crop.light, 0.014) + _valley(crop.light, 0.028)
        # Wide smoothing finds the line, but shifts it into a dark upper lip and beyond the corners.
        self.thin_valley = _valley(crop.light, 0.007) + _valley(crop.light, 0.014)
        self.red = self._redness()

    def _redness(self) -> Map:
        red = blurred(np.ascontiguousarray(self.crop.lab[..., 1]), 0.02)
        column, row = int((self.guess.x + LEFT) * UNIT), int((self.guess.y + ABOVE) * UNIT)
        around = red[
            max(0, row - int(0.3 * UNIT)) : row + int(0.45 * UNIT),
            max(0, column - int(0.6 * UNIT)) : column + int(0.6 * UNIT),
        ]
        around = around if around.size else red
        return np.asarray((red - np.median(around)) / (around.std() + 2), dtype=np.float32)


def _valley(light: Map, scale: float) -> Map:
    """Return how much darker each pixel is than the pixels above and below it: dark horizontal lines."""
    smooth = blurred(light, 2.2 * scale, scale)
    reach = round(1.6 * scale * UNIT) + 1
    darker_side: Map = np.minimum(np.roll(smooth, reach, axis=0), np.roll(smooth, -reach, axis=0))
    return darker_side - smooth


def _heights(arc_bow: float, tilt: float, half_width: float, across: Map) -> Map:
    """Return the height of a line relative to its centre, in eye distances."""
    return np.asarray((tilt * across + arc_bow * across**2) * half_width, dtype=np.float32)


def _scores(evidence: _Evidence, half_width: float, tilt: float, bow: float) -> Map:
    """Return the likeness of a line to a mouth at each offset, [shifts, drops]."""
    middle_x = evidence.guess.x + SHIFTS[:, None, None]
    middle_y = evidence.guess.y + DROPS[None, :, None] + _heights(bow, tilt, half_width, ACROSS)
    shape = (len(SHIFTS), len(DROPS), len(ACROSS))
    x = np.broadcast_to(middle_x + ACROSS * half_width, shape).reshape(-1, shape[2])
    y = np.broadcast_to(middle_y, shape).reshape(-1, shape[2])
    dark = np.minimum(sampled(evidence.valley, x, y), CLEAR)
    red = (sampled(evidence.red, x, y + 0.06) + sampled(evidence.red, x, y - 0.05)).mean(axis=1)
    outside = np.array([-1.3, -1.2, 1.2, 1.3], dtype=np.float32) * half_width + middle_x[..., 0]  # [shifts, 4]
    beyond = np.repeat(outside, len(DROPS), axis=0), y[:, [0, 0, -1, -1]]
    ends = np.maximum(sampled(evidence.valley, *beyond), 0).mean(axis=1)
    line = (dark.mean(axis=1) + 0.4 * dark.min(axis=1)) * np.sqrt(half_width / 0.34)
    return np.asarray((line + 2 * red - 0.35 * ends).reshape(shape[:2]))


def _penalty(half_width: float, tilt: float, bow: float) -> Map:
    """Return a penalty for lines unlike a usual mouth, [shifts, drops]."""
    shape = 0.8 * ((half_width - 0.34) / 0.06) ** 2 + 0.4 * (tilt / 0.08) ** 2 + 0.2 * (bow / 0.1) ** 2
    return np.asarray(shape + 0.6 * (SHIFTS[:, None] / 0.12) ** 2 + ((DROPS - 0.06) / 0.07) ** 2)


def _best_arc(evidence: _Evidence) -> Arc:
    best, found = -np.inf, Arc(evidence.guess.x, evidence.guess.y, 0.34, 0.0, 0.0)
    widths, tilts, bows = (0.27, 0.31, 0.35, 0.39), (-0.12, -0.06, 0.0, 0.06, 0.12), (-0.10, -0.05, 0.0, 0.05)
    for half_width, tilt, bow in itertools.product(widths, tilts, bows):
        scores = _scores(evidence, half_width, tilt, bow) - _penalty(half_width, tilt, bow)
        shift, drop = np.unravel_index(int(np.argmax(scores)), scores.shape)
        if scores[shift, drop] > best:
            best = scores[shift, drop]
            place = float(evidence.guess.x + SHIFTS[shift]), float(evidence.guess.y + DROPS[drop])
            found = Arc(*place, half_width, tilt, bow)
    return found


def _ends(evidence: _Evidence, arc: Arc) -> tuple[float, float]:
    """Follow the line to both sides while it is dark; return its ends, in half widths from the centre."""
    across = np.linspace(-1.6, 1.6, 65, dtype=np.float32)
    x = arc.x + across * arc.half_width
    y = arc.y + _heights(arc.bow, arc.tilt, arc.half_width, across)
    nearby = np.stack([sampled(evidence.thin_valley, x[None], y[None] + d)[0] for d in (-0.03, -0.015, 0, 0.015, 0.03)])
    dark = np.minimum(nearby.max(axis=0), CLEAR)
    clear = dark > 0.4 * np.median(dark[np.abs(across) < 0.6])
    middle = len(across) // 2
    right = next((i for i in range(middle, len(across)) if not clear[i : i + 3].any()), len(across) - 1)
    left = next((i for i in range(middle, -1, -1) if not clear[max(0, i - 2) : i + 1].any()), 0)
    return float(across[left].clip(-1.45, -0.8)), float(across[right].clip(0.8, 1.45))


def _traced(evidence: _Evidence, arc: Arc, columns: int = 33) -> tuple[Map, Map]:
    """Trace the darkest path near the arc from corner to corner; return x and y [columns]."""
    low, high = _ends(evidence, arc)
    across = np.linspace(low, high, columns, dtype=np.float32)
    x = np.asarray(arc.x + across * arc.half_width, dtype=np.float32)
    y = arc.y + _heights(arc.bow, arc.tilt, arc.half_width, across)
    offsets = np.arange(-0.045, 0.046, 0.005, dtype=np.float32)
    cost = -np.minimum(sampled(evidence.thin_valley, np.tile(x, (len(offsets), 1)), y + offsets[:, None]), CLEAR)
    cost += 4 * (offsets[:, None] / 0.045) ** 2
    path = _cheapest_path(cost)
    return x, _smoothed(np.asarray(y + offsets[path], dtype=np.float32))


def _cheapest_path(cost: Map, bend: float = 1.5) -> NDArray[np.int64]:
    """Return the row per column of the cheapest path through cost [rows, columns]; each row of a step costs `bend`."""
    rows = np.arange(cost.shape[0])
    step = bend * np.abs(rows[:, None] - rows[None, :])  # [to, from]
    total, back = cost[:, 0].copy(), np.zeros(cost.shape, dtype=np.int64)
    for column in range(1, cost.shape[1]):
        way = total[None, :] + step
        back[:, column] = way.argmin(axis=1)
        total = way.min(axis=1) + cost[:, column]
    path = np.zeros(cost.shape[1], dtype=np.int64)
    path[-1] = int(total.argmin())
    for column in range(cost.shape[1] - 1, 0, -1):
        path[column - 1] = back[path[column], column]
    return path


def _smoothed(values: Map) -> Map:
    kernel = np.array([1, 2, 3, 2, 1], dtype=np.float32) / 9
    return np.convolve(np.pad(values, 2, mode="edge"), kernel, mode="valid").astype(np.float32)


def find_lips(crop: Crop, mouth: Point) -> Lips:
    """Measure the mouth near a first guess of its centre, in eye distances."""
    evidence = _Evidence(crop, mouth)
    x, y = _traced(evidence, _best_arc(evidence))
    bands, lower_edge = measure_bands(crop, x, y)
    lips_end = np.sqrt(np.maximum(0, 1 - np.linspace(-1, 1, len(x)) ** 2))  # the gap closes towards the corners
    y = (y + lower_edge * lips_end).astype(np.float32)
    return Lips(tuple(Point(float(a), float(b)) for a, b in zip(x, y, strict=True)), bands)


STEP = 1 / UNIT
OFFSETS = np.arange(-0.44, 0.50, STEP, dtype=np.float32)
"""Sample positions above and below the line, in eye distances: past the widest gap and the thickest lip."""

SMALLEST_GAP = 0.06
"""Minimum gap in eye distances; a thinner dark band is only a shadow between the lips."""

WIDEST_GAP = 0.16
"""Maximum gap to either side of the line, in eye distances: wider is no mouth at rest."""

FAINTEST_DARK = 12.0
"""Minimum difference in lightness (of 255) between an open mouth and the face around it."""

THICKNESS = {"upper": (0.10, 0.035), "lower": (0.14, 0.04)}
"""Mean and standard deviation of a lip's thickness in eye distances, used as the prior."""


class LipBands(NamedTuple):
    """Thickness of lips and gap along the line of the mouth, in eye distances."""

    upper: float
    """Thickness of the upper lip."""
    lower: float
    """Thickness of the lower lip."""
    gap: float
    """Height of the opening; 0 if the mouth is closed."""


def _profile(crop: Crop, x: Map, y: Map) -> Map:
    """Return the median colour at each offset from the middle half of the line, [offsets, 3]."""
    quarter = len(x) // 4
    x, y = x[quarter:-quarter], y[quarter:-quarter]
    columns, rows = np.tile(x, (len(OFFSETS), 1)), y[None] + OFFSETS[:, None]
    return np.median(sampled(crop.lab, columns, rows), axis=1).astype(np.float32)


def _row(offset: float) -> int:
    return round((offset - float(OFFSETS[0])) / STEP)


def _dark_rows(light: Map, start: int, direction: int, lip_light: float) -> int:
    """Return the last row of the dark band between the lips, starting at its darkest row."""
    limit = light[start] + 0.35 * max(lip_light - light[start], FAINTEST_DARK)
    row = start
    while abs(float(OFFSETS[row])) < WIDEST_GAP and light[row + direction] < limit:
        row += direction
    return row


def _last_teeth(profile: Map, start: int, lip: Map) -> int:
    """Return the last row below the line that is much lighter and greyer than the lip: teeth."""
    below = profile[start : _row(WIDEST_GAP)]
    grey = below[:, 1] < min(lip[1] - 12, 137)  # 128 is neutral grey
    teeth = np.flatnonzero((below[:, 0] > lip[0] + 25) & grey)
    return start + int(teeth[-1]) if len(teeth) >= 3 else start


def _gap_edges(profile: Map) -> tuple[float, float]:
    """Return the edges of the lips above and below the line, as offsets; equal if the mouth is closed."""
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
    """Return the thickness of a lip: the distance from its edge to the sharpest change to the colour of skin."""
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
    """Measure the lips along the line x, y [n] in eye distances; return also the offset of the lower lip's edge."""
    profile = _profile(crop, x, y)
    top, bottom = _gap_edges(profile)
    upper, lower = _thickness(profile, top, -1, "upper"), _thickness(profile, bottom, 1, "lower")
    return LipBands(upper, lower, bottom - top), bottom
