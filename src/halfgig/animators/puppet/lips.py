"""The lips as rings: where a pose takes the edges of both lips, and how much they part.

Lengths are eye distances in the face frame.  Places across the mouth are given as `t`: 0 in its middle, -1 and 1 in
the corners.  Each lip has an outer edge, towards the skin, and an inner one, towards the teeth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.blendshapes import Mouth
    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape, Line

OPENING = 0.21
"""Drop of the lower lip with the jaw wide open: about a tenth of the face's height."""

PARTING = 0.93
"""Share of the mouth's width that opens; the rest at the corners stays closed, like skin in a corner."""

USUAL_HALF_WIDTH = 0.36
"""Half the width of a usual mouth: rings depend on it more than on the mouth's own."""

FUNNEL, PUCKER = 0.285, 0.235
"""Half the width of a usual mouth from corner to corner, as in "o" and as in "u"."""

THINNEST, THICKEST = 0.45, 1.25
"""Range of a lip's thickness in a pose, in its thickness in the picture: more would show as stretched texture, except
where the lips are narrowed as well."""

STRETCHED = 1.4
"""The same where it is blended with its neighbours, at the sides of a ring."""

BLENDED = 0.16
"""Reach across the mouth over which the outer edge's displacement is blended, in half widths."""

ROLLED = 0.02
"""Most of a lip that is rolled in when a mouth closes that is open in the picture, in eye distances: its edge, and what
of the teeth was measured as lip."""

OPEN_ALREADY = 0.6
"""Share of the jaw's way that a mouth as wide open in the picture as the jaw can open has behind it; not so for a ring,
before which it closes."""

UPPER_LIP_MEETS = 0.42
"""Share of the upper lip in closing a mouth that is open in the picture: the lower lip alone would make it look sad."""


class Opening(NamedTuple):
    """How the lips part in a pose, in eye distances."""

    width: float
    """Width of the mouth from corner to corner, in that of the picture."""
    hole: float
    """Half the width of the opening, as `t`."""
    upper: float
    """Rise of the upper lip's edge in the middle."""
    lower: float
    """Drop of the lower lip's edge in the middle."""
    sink: float
    """Drop of the corners."""
    roundness: float
    """0 for a wide mouth to 1 for a ring."""
    jaw: float
    """Drop of the lower teeth."""


def opening_of(mouth: Mouth, half_width: float) -> Opening:
    """Return how the lips part in a pose of a mouth that is closed in the picture."""
    both = max(1.0, mouth.funnel + mouth.pucker)
    funnel, pucker = mouth.funnel / both, mouth.pucker / both
    roundness, parted = funnel + pucker, 1 - mouth.close
    jaw = OPENING * mouth.jaw_open
    begun = min(1.0, 8 * mouth.jaw_open)
    upper = 0.13 * jaw + begun * (0.016 * funnel + 0.014 * pucker) + 0.05 * mouth.upper_up
    lower = jaw * (1 - 0.16 * funnel - 0.3 * pucker) + begun * (0.046 * funnel + 0.034 * pucker)
    lower += 0.012 * mouth.stretch * begun
    width = 1 + funnel * (_narrow(FUNNEL, half_width) - 1) + pucker * (_narrow(PUCKER, half_width) - 1)
    width += 0.13 * mouth.stretch + 0.10 * mouth.smile - 0.03 * mouth.jaw_open
    ring = funnel * (0.105 + 0.34 * mouth.jaw_open) + pucker * (0.09 + 0.24 * mouth.jaw_open)
    ring *= USUAL_HALF_WIDTH + (half_width - USUAL_HALF_WIDTH) / 3
    hole = ring / (half_width * width) + PARTING * (1 - roundness)
    middle, upper, lower = (lower - upper) / 2, upper * parted, lower * parted
    around = (upper + lower) / 2
    return Opening(
        width,
        min(PARTING, hole),
        upper + (around - upper) * roundness,
        lower + (around - lower) * roundness,
        middle * roundness * parted + 0.35 * jaw * mouth.close,
        roundness,
        jaw,
    )


def _narrow(usual: float, half_width: float) -> float:
    """Return the width of a rounded mouth in that of the picture; `usual` is half the width of a usual mouth's."""
    return min(0.9, (usual + (half_width - USUAL_HALF_WIDTH) / 2) / half_width)


def profile(t: Map, hole: float, roundness: float) -> Map:
    """Return the relative opening at places `t`: 1 in the middle, 0 from `hole` on; an ellipse for a ring."""
    flatness = 2.3 - 0.3 * roundness
    return np.asarray((1 - np.abs(t / hole) ** flatness).clip(0, 1) ** (0.75 - 0.25 * roundness), dtype=np.float32)


class LipEdges(NamedTuple):
    """Heights of the edges of the lips at places across the mouth, [n] each, downwards from the eyes."""

    outer_upper: Map
    inner_upper: Map
    inner_lower: Map
    outer_lower: Map


class PosedLips(NamedTuple):
    """The lips in a pose."""

    edges: LipEdges
    """Where the edges go that are seen."""
    seen_upper: Map
    seen_lower: Map
    """Which heights of the picture the inner edges are that are seen: what lies beyond is rolled in."""


class LipsExtent(NamedTuple):
    """Place and width of a mouth in the face frame, in eye distances."""

    middle: float
    right: float
    """From the middle to the corner at the person's right: less than to the left in a face that is turned there."""
    left: float

    @classmethod
    def of(cls, shape: FaceShape) -> LipsExtent:
        """Return the extent of a mouth; its middle is that of cupid's bow and the lips below it."""
        contours = shape.lips.contours
        right, left = shape.lips.line[0].x, shape.lips.line[-1].x
        middle = (contours.outer_upper[5].x + contours.inner_lower[5].x + contours.outer_lower[5].x) / 3
        middle = min(max(middle, right + 0.3 * (left - right)), left - 0.3 * (left - right))
        return cls(middle, middle - right, left - middle)

    @property
    def half_width(self) -> float:
        """Half the width of the mouth."""
        return (self.right + self.left) / 2

    def across(self, x: Map) -> Map:
        """Return places x as `t`: 0 in the middle, -1 and 1 in the corners."""
        return np.asarray((x - self.middle) / np.where(x < self.middle, self.right, self.left), dtype=np.float32)


class RestingLips:
    """The lips of a portrait at places x [n] across the face, evenly spaced."""

    def __init__(self, shape: FaceShape, x: Map) -> None:
        contours = shape.lips.contours
        right, left = shape.lips.line[0], shape.lips.line[-1]
        self.extent = LipsExtent.of(shape)
        self.t = self.extent.across(x)

        def heights(contour: Line) -> Map:
            points = np.array([right, *contour[1:-1], left], np.float32)
            return np.interp(x, np.maximum.accumulate(points[:, 0]), points[:, 1]).astype(np.float32)

        upper, lower = heights(contours.inner_upper), heights(contours.inner_lower)
        lower = np.maximum(upper, lower)
        outer_upper, outer_lower = heights(contours.outer_upper), heights(contours.outer_lower)
        self.edges = LipEdges(np.minimum(outer_upper, upper), upper, lower, np.maximum(outer_lower, lower))
        self.gap = lower - upper
        self.is_open = shape.lips.bands.gap > 0
        self.rest_opening = min(1.0, shape.lips.bands.gap / OPENING)
        reach = max(1, round(BLENDED * self.extent.half_width / float(x[1] - x[0])))
        bell = np.exp(-(np.linspace(-2, 2, 4 * reach + 1) ** 2))
        self._bell = (bell / bell.sum()).astype(np.float32)

    def opening(self, mouth: Mouth) -> Opening:
        """Return how the lips part in a pose; a mouth that is open in the picture has less way to go."""
        lift = mouth.upper_up * (0.4 if self.is_open else 1.0)  # its own teeth are seen as it is
        wide = max(0.0, 1 - mouth.funnel - mouth.pucker)
        jaw = mouth.jaw_open * (1 - OPEN_ALREADY * self.rest_opening * wide)
        asked = mouth._replace(jaw_open=jaw, upper_up=lift)
        return opening_of(asked, self.extent.half_width)

    def posed(self, mouth: Mouth, opening: Opening) -> PosedLips:
        """Return where a pose takes the edges."""
        rest, t = self.edges, self.t
        shift = self._shift(mouth, opening)
        shut = 1 - (1 - mouth.close) * max(0.0, 1 - mouth.funnel - mouth.pucker)  # a ring has no slits at its sides
        closed = self.gap * np.float32(shut)
        margin = np.minimum(ROLLED, 0.3 * self.gap) * np.float32(max(shut, mouth.roll_lower))
        upper = rest.inner_upper - rest.outer_upper - margin
        lower = rest.outer_lower - rest.inner_lower - margin
        rolled = 0.35 * mouth.roll_lower * lower
        lower -= rolled
        parted = profile(t, opening.hole, opening.roundness)
        rise = opening.upper * parted - UPPER_LIP_MEETS * closed
        fall = opening.lower * parted - (1 - UPPER_LIP_MEETS) * closed - 0.3 * mouth.roll_lower * (self.gap - closed)
        inner_upper, inner_lower = rest.inner_upper + shift - rise, rest.inner_lower + shift + fall
        wide = (1 - np.minimum(1, np.abs(t)) ** 2.2).astype(np.float32) ** 0.9
        thicker = 0.06 * mouth.pucker - 0.14 * mouth.funnel - 0.28 * mouth.close  # a wide ring takes up the lips' flesh
        outer_upper = rest.outer_upper + shift - opening.upper * wide + UPPER_LIP_MEETS / 2 * closed - thicker * upper
        outer_lower = rest.outer_lower + shift + opening.lower * wide
        outer_lower += thicker * lower - (1 - UPPER_LIP_MEETS) / 2 * closed
        narrowed = max(1.0, 1 / opening.width)  # what is narrowed bears being stretched
        thickest, stretched = THICKEST * narrowed, STRETCHED * narrowed
        outer_upper = inner_upper - (inner_upper - outer_upper).clip(THINNEST * upper, thickest * upper)
        outer_lower = inner_lower + (outer_lower - inner_lower).clip(THINNEST * lower, thickest * lower)
        outer_upper = self._blended(outer_upper, rest.outer_upper)
        outer_lower = self._blended(outer_lower, rest.outer_lower)
        outer_upper = inner_upper - (inner_upper - outer_upper).clip(0, stretched * upper)
        outer_lower = inner_lower + (outer_lower - inner_lower).clip(0, stretched * lower)
        edges = (np.asarray(each, dtype=np.float32) for each in (outer_upper, inner_upper, inner_lower, outer_lower))
        return PosedLips(
            LipEdges(*edges),
            rest.inner_upper - margin,
            rest.inner_lower + margin + rolled,
        )

    def _blended(self, posed: NDArray[np.floating], rest: Map) -> NDArray[np.floating]:
        """Blend the displacement of an outer edge between neighbouring places: skin is stiffer than the lips' edge."""
        return rest + np.convolve(posed - rest, self._bell, mode="same")

    def _shift(self, mouth: Mouth, opening: Opening) -> Map:
        """Return how far the whole mouth goes down at each place, [n]: all of it in a ring, the corners in moods."""
        aside: Map = np.abs(self.t)
        corners = smoothstep(0.2, 1.0, aside) * smoothstep(2.2, 1.0, aside)
        moods = 0.058 * mouth.smile - 0.045 * mouth.frown + 0.016 * mouth.stretch
        return np.asarray(opening.sink * smoothstep(2.2, 1.0, aside) - moods * corners, dtype=np.float32)
