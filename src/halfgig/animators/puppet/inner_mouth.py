"""The inner mouth, painted since the picture has none: teeth stay with the skull, the tongue moves with the jaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import OPENING, Window, mouth_coordinates, smoothstep

if TYPE_CHECKING:
    from halfgig.animators.puppet.blendshapes import Mouth
    from halfgig.face.colours import Colours
    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

INCISORS = (0.0, 0.135, 0.24, 0.345, 0.44)
"""Gaps between the upper teeth, from the centre, in eye distances (8.5 mm, 6.6 mm, 6.6 mm of 63 mm)."""


class InnerMouth:
    """Paints the inside of an open mouth in a window around the lips."""

    def __init__(self, shape: FaceShape, colours: Colours, size: tuple[int, int]) -> None:
        line = shape.lips.line
        top, bottom = min(p.y for p in line) - 0.12, max(p.y for p in line) + OPENING + 0.08
        self.window = Window(shape.frame, size, (line[0].x - 0.1, top, line[-1].x + 0.1, bottom))
        mouth = mouth_coordinates(shape, *self.window.places())
        self._colours = colours
        self._unit = shape.frame.unit
        self._across = mouth.across
        self._below = mouth.below
        self._aside: Map = np.abs(mouth.across) * np.float32(mouth.half_width)
        self._half_width = mouth.half_width
        self._has_own_teeth = shape.lips.bands.gap > 0
        self._enamel = self._paint_enamel()

    def _paint_enamel(self) -> Map:
        """Return the shading of the upper teeth [h, w]: darker towards the cheeks, with faint lines between teeth."""
        lines = sum(np.exp(-(((self._aside - place) / 0.008) ** 2)) for place in INCISORS)
        rounding = smoothstep(0.95, 0.25, np.abs(self._across))
        return np.asarray((0.35 + 0.65 * rounding) * (1 - 0.16 * lines), dtype=np.float32)

    def paint(self, mouth: Mouth, under_upper: Map, over_lower: Map) -> Map:
        """Return premultiplied RGBA [h, w, 4], colours 0..255 and alpha 0..1.

        `under_upper` and `over_lower` [h, w] are distances in pixels below the edge of the upper lip and above that of
        the lower lip: the mouth is open where both are positive.
        """
        opening = (under_upper + over_lower) / self._unit
        alpha = (1.5 * np.minimum(under_upper, over_lower)).clip(0, 1)[..., None]
        colour = self._colour(mouth, over_lower / self._unit, opening)
        return np.concatenate([colour * alpha, alpha], axis=-1).astype(np.float32)

    def _colour(self, mouth: Mouth, floor: Map, opening: Map) -> Map:
        """Return RGB [h, w, 3]; `floor` is the height above the lower lip, `opening` the gap, in eye distances."""
        teeth = smoothstep(0.012, -0.012, self._below - self._teeth_edge(mouth)) * self._teeth_opacity(mouth)
        lit = (0.5 + 0.5 * smoothstep(-0.02, 0.05, self._below)) * (0.5 + 0.5 * smoothstep(0.0, 0.13, opening))
        shade = self._enamel * lit  # the shadow of the lips is darkest in a narrow gap
        raised = min(1.0, mouth.jaw_open + mouth.tongue_up)
        tongue = smoothstep(0.10 + 0.10 * mouth.tongue_up, 0.02, floor) * smoothstep(0.9, 0.3, np.abs(self._across))
        wet = 0.5 * smoothstep(0.035, 0.0, floor)  # light on the inside of the lower lip
        colour = self._colours.cavity * (0.55 + 0.45 * smoothstep(0.30, 0.0, self._aside))[..., None]
        for layer, share in (
            (self._colours.tongue, tongue * (0.3 + 0.45 * raised)),
            (0.75 * self._colours.tongue, wet),
        ):
            colour = colour + (layer - colour) * share[..., None]
        return np.asarray(
            colour + (self._colours.teeth * shade[..., None] - colour) * teeth[..., None], dtype=np.float32
        )

    def _teeth_opacity(self, mouth: Mouth) -> float:
        """Return the opacity of the painted teeth; a mouth that is open in the picture has its own."""
        return 0.0 if self._has_own_teeth else min(1.0, 0.25 + 1.5 * mouth.upper_up)

    def _teeth_edge(self, mouth: Mouth) -> Map:
        """Return the lower edge of the teeth below the line between the closed lips: an arc, lowest at the front."""
        front = 0.022 + 0.040 * mouth.upper_up
        return np.asarray(front - 0.055 * (self._aside / self._half_width) ** 2, dtype=np.float32)
