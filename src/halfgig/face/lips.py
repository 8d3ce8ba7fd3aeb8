"""The mouth: the line between the lips, where it ends, and how thick the lips are."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.frame import ABOVE, LEFT, UNIT, Crop, Map, blurred, sampled
from halfgig.face.lip_bands import LipBands, measure_bands
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

ACROSS = np.linspace(-1, 1, 25, dtype=np.float32)

SHIFTS = np.arange(-0.2, 0.201, 0.025, dtype=np.float32)
DROPS = np.arange(-0.10, 0.22, 0.012, dtype=np.float32)
"""Where the line's middle is looked for, from the first guess; detectors guess too high more often than too low."""

CLEAR = 25.0
"""A darker valley than this says no more."""


class Arc(NamedTuple):
    """Describe a line between the lips as a parabola, in eye distances."""

    x: float
    y: float
    """Its middle."""
    half_width: float
    tilt: float
    """Its rise in y per x."""
    bow: float
    """How far its ends lie below its middle, in half widths."""


@dataclass(frozen=True, slots=True)
class Lips:
    """Describe a mouth in the face frame."""

    line: tuple[Point, ...]
    """The line between the lips from corner to corner, in eye distances; of an open mouth the lower lip's edge."""
    bands: LipBands
    """What lies above and below the line."""


class _Evidence:
    """Hold the maps a mouth is found by."""

    def __init__(self, crop: Crop, guess: Point) -> None:
        self.crop = crop
        self.guess = guess
        self.valley = _valley(crop.light, 0.014) + _valley(crop.light, 0.028)
        # Wide smoothing finds the line, but draws it up into a dark upper lip and out beyond the corners.
        self.thread = _valley(crop.light, 0.007) + _valley(crop.light, 0.014)
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
    """Find dark lines that run across: how much darker a place is than both what is above and below it."""
    smooth = blurred(light, 2.2 * scale, scale)
    reach = round(1.6 * scale * UNIT) + 1
    beside: Map = np.minimum(np.roll(smooth, reach, axis=0), np.roll(smooth, -reach, axis=0))
    return beside - smooth


def _heights(arc_bow: float, tilt: float, half_width: float, across: Map) -> Map:
    """Give a line's height over its middle, in eye distances."""
    return np.asarray((tilt * across + arc_bow * across**2) * half_width, dtype=np.float32)


def _scores(evidence: _Evidence, half_width: float, tilt: float, bow: float) -> Map:
    """Tell how much a line looks like a mouth at each shift and drop, [shifts, drops]."""
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


def _surprise(half_width: float, tilt: float, bow: float) -> Map:
    """Doubt lines far from where mouths are, [shifts, drops]."""
    shape = 0.8 * ((half_width - 0.34) / 0.06) ** 2 + 0.4 * (tilt / 0.08) ** 2 + 0.2 * (bow / 0.1) ** 2
    return np.asarray(shape + 0.6 * (SHIFTS[:, None] / 0.12) ** 2 + ((DROPS - 0.06) / 0.07) ** 2)


def _best_arc(evidence: _Evidence) -> Arc:
    best, found = -np.inf, Arc(evidence.guess.x, evidence.guess.y, 0.34, 0.0, 0.0)
    widths, tilts, bows = (0.27, 0.31, 0.35, 0.39), (-0.12, -0.06, 0.0, 0.06, 0.12), (-0.10, -0.05, 0.0, 0.05)
    for half_width, tilt, bow in itertools.product(widths, tilts, bows):
        scores = _scores(evidence, half_width, tilt, bow) - _surprise(half_width, tilt, bow)
        shift, drop = np.unravel_index(int(np.argmax(scores)), scores.shape)
        if scores[shift, drop] > best:
            best = scores[shift, drop]
            place = float(evidence.guess.x + SHIFTS[shift]), float(evidence.guess.y + DROPS[drop])
            found = Arc(*place, half_width, tilt, bow)
    return found


def _ends(evidence: _Evidence, arc: Arc) -> tuple[float, float]:
    """Follow the line to both sides until it is no longer dark; give where it ends, in half widths from the middle."""
    across = np.linspace(-1.6, 1.6, 65, dtype=np.float32)
    x = arc.x + across * arc.half_width
    y = arc.y + _heights(arc.bow, arc.tilt, arc.half_width, across)
    nearby = np.stack([sampled(evidence.thread, x[None], y[None] + d)[0] for d in (-0.03, -0.015, 0, 0.015, 0.03)])
    dark = np.minimum(nearby.max(axis=0), CLEAR)
    clear = dark > 0.4 * np.median(dark[np.abs(across) < 0.6])
    middle = len(across) // 2
    right = next((i for i in range(middle, len(across)) if not clear[i : i + 3].any()), len(across) - 1)
    left = next((i for i in range(middle, -1, -1) if not clear[max(0, i - 2) : i + 1].any()), 0)
    return float(across[left].clip(-1.45, -0.8)), float(across[right].clip(0.8, 1.45))


def _traced(evidence: _Evidence, arc: Arc, columns: int = 33) -> tuple[Map, Map]:
    """Follow the darkest path near the arc from corner to corner; x and y [columns]."""
    low, high = _ends(evidence, arc)
    across = np.linspace(low, high, columns, dtype=np.float32)
    x = np.asarray(arc.x + across * arc.half_width, dtype=np.float32)
    y = arc.y + _heights(arc.bow, arc.tilt, arc.half_width, across)
    offsets = np.arange(-0.045, 0.046, 0.005, dtype=np.float32)
    cost = -np.minimum(sampled(evidence.thread, np.tile(x, (len(offsets), 1)), y + offsets[:, None]), CLEAR)
    cost += 4 * (offsets[:, None] / 0.045) ** 2
    path = _cheapest_path(cost)
    return x, _smoothed(np.asarray(y + offsets[path], dtype=np.float32))


def _cheapest_path(cost: Map, bend: float = 1.5) -> NDArray[np.int64]:
    """Give the row per column of the cheapest path through cost [rows, columns], a step costing `bend` a row."""
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
    """Measure the mouth near a first guess of its middle, in eye distances."""
    evidence = _Evidence(crop, mouth)
    x, y = _traced(evidence, _best_arc(evidence))
    bands, lower_edge = measure_bands(crop, x, y)
    lips_end = np.sqrt(np.maximum(0, 1 - np.linspace(-1, 1, len(x)) ** 2))  # the gap closes towards the corners
    y = (y + lower_edge * lips_end).astype(np.float32)
    return Lips(tuple(Point(float(a), float(b)) for a, b in zip(x, y, strict=True)), bands)
