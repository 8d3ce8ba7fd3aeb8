"""Location of the irises, dark discs with brighter flanks, in both eyes at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from halfgig.face.frame import UNIT, Crop, Map, blurred, sampled
from halfgig.face.points import Point

REACH = Point(0.16, 0.20)
"""Search range around the first guess, in eye distances: YuNet is off by up to 0.17."""

STEP = 0.0125
"""Step of the search in eye distances."""

RADII = np.arange(0.065, 0.136, 0.01)
"""Candidate radii in eye distances; a human iris has 0.09, a drawn one up to 0.13."""

SIDES = np.radians([-35, -20, -5, 10, 25, 40, 55])
"""Angles at which the edge of an iris is sampled: above and below these it is hidden by the lids."""

CANDIDATES = 12
"""Candidates kept per eye."""


class Iris(NamedTuple):
    """An iris in the face frame."""

    x: float
    """In eye distances."""
    y: float
    """In eye distances."""
    radius: float
    """In eye distances."""
    score: float
    """Likeness to an iris; about 2.5 for a clear one."""


def _unit_gradients(light: Map) -> tuple[Map, Map]:
    """Return gradients of lightness of about unit length whatever the contrast; noise stays small."""
    import cv2

    smooth = blurred(light, 0.016)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3) / 8
    length = np.sqrt(across**2 + down**2) + 2.0
    return across / length, down / length


def _edge_scores(gradients: tuple[Map, Map], x: Map, y: Map, radius: float) -> Map:
    """Return how well lightness increases outwards on both flanks of a disc at each position [n, m]."""
    across, down = gradients
    flanks = []
    for side in (-1, 1):
        total = np.zeros_like(x)
        for angle in SIDES:
            dx, dy = side * math.cos(angle), math.sin(angle)
            at = (x + radius * dx, y + radius * dy)
            total += sampled(across, *at) * dx + sampled(down, *at) * dy
        flanks.append(total / len(SIDES))
    return np.asarray(np.minimum(*flanks) + 0.5 * (flanks[0] + flanks[1]), dtype=np.float32)


def _candidates(crop: Crop, gradients: tuple[Map, Map], guess: Point) -> list[Iris]:
    """Return the positions around a guess that look most like an iris, best first."""
    import cv2

    columns = np.arange(-REACH.x, REACH.x + STEP / 2, STEP, dtype=np.float32) + guess.x
    rows = np.arange(-REACH.y, REACH.y + STEP / 2, STEP, dtype=np.float32) + guess.y
    x, y = np.meshgrid(columns, rows)
    # Small discs reach high scores by chance, since less edge has to agree; 0.26 per 0.1 of radius compensates.
    scores = np.stack([_edge_scores(gradients, x, y, r) + 2.6 * (r - RADII[0]) for r in RADII])  # [R, n, m]
    darkness = (sampled(blurred(crop.light, 0.17), x, y) - sampled(blurred(crop.light, 0.045), x, y)) / 22
    best = scores.max(axis=0) + 0.9 * darkness.clip(-1, 2)
    radius = RADII[scores.argmax(axis=0)]
    peaks = np.argwhere(best >= cv2.dilate(best, np.ones((3, 3))))
    found = [Iris(float(columns[c]), float(rows[r]), float(radius[r, c]), float(best[r, c])) for r, c in peaks]
    return sorted(found, key=lambda iris: -iris.score)[:CANDIDATES]


def _likeness(light: Map, right: Iris, left: Iris) -> float:
    """Return the correlation of one eye with the mirror image of the other, -1..1."""
    import cv2

    size = (int(0.4 * UNIT) + 1, int(0.2 * UNIT) + 1)
    ends = [((iris.x + 1.5) * UNIT, (iris.y + 1.0) * UNIT) for iris in (right, left)]
    one, other = (cv2.getRectSubPix(light, size, end) for end in ends)
    one, other = one - one.mean(), other[:, ::-1] - other.mean()
    return float((one * other).sum() / math.sqrt(float((one**2).sum() * (other**2).sum()) + 1))


def _pair_score(light: Map, pair: tuple[Iris, Iris], guesses: tuple[Point, Point]) -> float:
    right, left = pair
    shifts = [(iris.x - guess.x, iris.y - guess.y) for iris, guess in zip(pair, guesses, strict=True)]
    apart = (shifts[0][1] - shifts[1][1]) / 0.12
    unlike = (right.radius - left.radius) / 0.02
    far = sum((dx / 0.10) ** 2 + (dy / 0.12) ** 2 for dx, dy in shifts)
    spread = (left.x - right.x - (guesses[1].x - guesses[0].x)) / 0.1
    doubt = 0.25 * apart**2 + 0.2 * unlike**2 + 0.1 * far + 0.06 * spread**2
    return right.score + left.score - doubt + 0.8 * _likeness(light, right, left)


def find_irises(crop: Crop, right_eye: Point, left_eye: Point) -> tuple[Iris, Iris]:
    """Locate both irises near a first guess of the eyes; all in eye distances.

    Uses gradient voting (Timm and Barth, VISAPP 2011) on the flanks of the irises only, and picks the pair that is
    most alike, level, and as far apart as guessed.
    """
    gradients = _unit_gradients(crop.light)
    guesses = (right_eye, left_eye)
    first, second = (_candidates(crop, gradients, guess) for guess in guesses)
    return max(
        ((a, b) for a in first for b in second),
        key=lambda pair: _pair_score(crop.light, pair, guesses),
    )
