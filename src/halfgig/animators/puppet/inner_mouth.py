"""The inner mouth, painted since the picture has none: upper teeth stay with the skull, the rest goes with the jaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import smoothstep
from halfgig.animators.puppet.teeth import LOWER, UPPER, draw_row

if TYPE_CHECKING:
    from halfgig.animators.puppet.blendshapes import Mouth
    from halfgig.animators.puppet.lips import Opening, RestingLips
    from halfgig.face.colours import Colours
    from halfgig.face.frame import Map

UPPER_EDGE = 0.026
"""Biting edge of the upper teeth below the line between the closed lips, in eye distances."""

LOWER_EDGE = -0.036
"""The same of the lower teeth, with the jaw closed: they stand behind the upper ones."""

FINEST = 150.0
"""Most pixels per eye distance of the drawn teeth."""


class InnerMouth:
    """Paints what shows between parted lips, at places in eye distances of the face frame."""

    def __init__(self, lips: RestingLips, colours: Colours, unit: float) -> None:
        self._extent = lips.extent
        self._colours = colours
        self._own_teeth = lips.is_open
        self.gap = float(lips.gap.max())
        edges, t = lips.edges, lips.t
        middle = int(np.abs(t).argmin())
        self.line = float(edges.inner_upper[middle] + edges.inner_lower[middle]) / 2
        right, left = edges.inner_upper[0], edges.inner_upper[-1]
        self.slope = float(left - right) / (2 * lips.extent.half_width)
        per_unit = min(FINEST, max(24.0, 1.5 * unit))
        self.upper, self.lower = draw_row(UPPER, 0.05, per_unit), draw_row(LOWER, -0.04, per_unit)

    def paint(self, mouth: Mouth, opening: Opening, places: tuple[Map, Map], under_upper: Map, over_lower: Map) -> Map:
        """Return RGB [h, w, 3], 0..255, at places x, y, without the rim of the lips.

        `under_upper` and `over_lower` are the distances below the upper lip's edge and above that of the lower lip, in
        eye distances.
        """
        x, y = places
        t = self._extent.across(x)  # a face that is turned shows one side of its teeth narrower
        across = np.asarray(t * self._extent.half_width, dtype=np.float32)
        below = np.asarray(y - self.line - self.slope * (x - self._extent.middle), dtype=np.float32)
        height = np.maximum(under_upper + over_lower, 1e-3)
        depth = smoothstep(0.0, 0.5, over_lower / height) * smoothstep(0.34, 0.0, np.abs(across))  # 1: the throat
        depth *= 1 - 0.4 * self.hidden(opening)
        colour = self._colours.lining + (self._colours.cavity - self._colours.lining) * depth[..., None]
        tongue = self._tongue(mouth, opening, across, below)
        colour = colour + (tongue[..., :3] - colour) * tongue[..., 3:]
        if not self._own_teeth:
            lit = (0.45 + 0.55 * smoothstep(0.0, 0.08, under_upper)) * self.light(opening)
            low = self.lower.read(across, LOWER_EDGE + opening.jaw - below)
            high = self.upper.read(across, below - UPPER_EDGE)
            for row in (low, high):
                row[..., 1] *= 1 - self.hidden(opening)
            colour = self._with_teeth(colour, low, 0.58 * lit * (0.5 + 0.5 * smoothstep(-0.01, 0.04, over_lower)))
            colour = colour + (tongue[..., :3] - colour) * (tongue[..., 3:] * mouth.tongue_up)  # over the lower teeth
            colour = self._with_teeth(colour, high, lit)
        return np.asarray(colour, dtype=np.float32)

    def with_rim(self, colour: Map, opening: Opening, under_upper: Map, over_lower: Map) -> Map:
        """Add the shadow of the upper lip, and the moist inside of the lips, which a ring turns towards the viewer."""
        reach = 0.010 + min(0.030, 0.25 * (opening.upper + opening.lower)) * opening.roundness
        rim = smoothstep(reach, 0.0, np.minimum(under_upper, over_lower))[..., None]
        inside = 0.45 * self._colours.lips + 0.25 * self._colours.lining
        colour = colour + (inside - colour) * rim * (0.35 + 0.5 * opening.roundness)
        return np.asarray(colour * (0.72 + 0.28 * smoothstep(0.0, 0.03, under_upper))[..., None], dtype=np.float32)

    def light(self, opening: Opening) -> float:
        """Return the share of light that reaches the teeth: rounded lips come forward and keep it out."""
        return float(1 - 0.55 * _between(0.9, 0.45, opening.hole) - 0.35 * _between(0.45, 0.2, opening.hole))

    def hidden(self, opening: Opening) -> float:
        """Return how far the teeth are hidden, 0..1: those behind a small ring are not seen at all."""
        return _between(0.52, 0.30, opening.hole)

    def own_hidden(self, opening: Opening) -> float:
        """Return how far the picture's own inner mouth is hidden, 0..1: it is as wide as a smile, and a ring is not."""
        return max(self.hidden(opening), _between(0.4, 0.65, opening.roundness))

    def shaded(self, colour: Map, light: Map) -> Map:
        """Return colours [h, w, 3] in a share of their light, which the lining of the mouth tints."""
        return np.asarray(colour + (0.7 * self._colours.lining - colour) * (1 - light[..., None]) ** 1.2)

    def _tongue(self, mouth: Mouth, opening: Opening, across: Map, below: Map) -> Map:
        """Return colour and opacity of the tongue, [h, w, 4]: low behind the lower teeth, or its tip raised."""
        lying = opening.jaw + self.gap / 2 - 0.42 * (opening.lower + opening.upper) + 0.01
        tip = lying + (UPPER_EDGE - 0.004 - lying) * mouth.tongue_up
        top = tip + (0.9 + 1.1 * mouth.tongue_up) * across**2
        body = smoothstep(top - 0.010, top + 0.016, below) * smoothstep(0.36, 0.22, np.abs(across))
        light = 0.40 + 0.53 * mouth.tongue_up + 0.40 * smoothstep(0.0, 0.09, below - top)
        light = light * (1 - 0.7 * self.hidden(opening)) * (1 - 0.12 * np.exp(-((across / 0.02) ** 2)))
        return np.concatenate([self._colours.tongue * light[..., None], body[..., None]], axis=-1)

    def _with_teeth(self, colour: Map, row: Map, lit: Map) -> Map:
        enamel, cover, gum, wet = (row[..., i : i + 1] for i in range(4))
        white = self.shaded(np.broadcast_to(self._colours.teeth, (*lit.shape, 3)), enamel[..., 0] * lit)
        lit = lit[..., None]
        white = white + (255 / self._colours.teeth.max() - 1) * 0.5 * wet * lit * white
        white = white + (self._colours.gum * lit - white) * gum
        return np.asarray(colour + (white - colour) * cover)


def _between(start: float, end: float, value: float) -> float:
    """Return how far a value is on the way from start to end, 0..1."""
    return min(1.0, max(0.0, (value - start) / (end - start)))
