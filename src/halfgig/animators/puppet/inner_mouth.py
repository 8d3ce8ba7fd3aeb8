"""The inner mouth: painted, since the picture has none; teeth stay with the skull, the tongue goes with the jaw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import OPENING, Map, place_mouth, smooth
from halfgig.animators.puppet.window import Window
from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.controls import Mouth
    from halfgig.face.measure import FaceShape

TEETH = np.array([236, 229, 216], dtype=np.float32)
TONGUE = np.array([178, 92, 88], dtype=np.float32)
CAVITY = np.array([62, 24, 22], dtype=np.float32)
LIGHT_SKIN = np.array([214, 172, 150], dtype=np.float32)
"""Colours under the light in which skin looks like the last one, RGB 0..255."""

INCISORS = (0.0, 0.135, 0.24, 0.345, 0.44)
"""Where upper teeth meet, from the middle, in eye distances (8.5 mm, 6.6 mm, 6.6 mm of 63 mm)."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Hold the colours of one mouth, float32 RGB 0..255."""

    teeth: Map
    tongue: Map
    cavity: Map


def make_palette(rgb: NDArray[np.uint8], shape: FaceShape) -> Palette:
    """Match the colours to how light and how coloured the skin beside the nose is in RGB [H, W, 3]."""
    samples = []
    for side in (-0.42, 0.42):
        place = shape.frame.to_picture(Point(shape.nose.x + side, shape.nose.y + 0.02))
        reach = max(1, round(0.1 * shape.frame.unit))
        x, y = round(place.x), round(place.y)
        samples.append(rgb[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].reshape(-1, 3))
    skin = np.median(np.concatenate(samples), axis=0) if any(len(s) for s in samples) else LIGHT_SKIN
    light = float(np.clip(skin.mean() / LIGHT_SKIN.mean(), 0.3, 1.1))
    tint = np.clip((skin + 1) / (LIGHT_SKIN * light), 0.6, 1.5) ** 0.35
    # Skin of any colour has teeth of one colour: only half of its darkness is the light's.
    return Palette(
        (TEETH * tint * min(1.0, light**0.5)).clip(0, 250).astype(np.float32),
        (TONGUE * tint * light**0.5 * 0.85).astype(np.float32),
        (CAVITY * light**0.6).astype(np.float32),
    )


class InnerMouth:
    """Paint what an open mouth shows, in a window around the lips."""

    def __init__(self, shape: FaceShape, palette: Palette, size: tuple[int, int]) -> None:
        line = shape.lips.line
        top, bottom = min(p.y for p in line) - 0.12, max(p.y for p in line) + OPENING + 0.08
        self.window = Window(shape.frame, size, (line[0].x - 0.1, top, line[-1].x + 0.1, bottom))
        mouth = place_mouth(shape, *self.window.places())
        self._palette = palette
        self._unit = shape.frame.unit
        self._across = mouth.across
        self._below = mouth.below
        self._aside: Map = np.abs(mouth.across) * np.float32(mouth.half_width)
        self._half_width = mouth.half_width
        self._has_own_teeth = shape.lips.bands.gap > 0
        self._enamel = self._paint_enamel()

    def _paint_enamel(self) -> Map:
        """Draw the row of upper teeth [h, w]: shade towards the cheeks, faint lines where teeth meet."""
        lines = sum(np.exp(-(((self._aside - place) / 0.008) ** 2)) for place in INCISORS)
        rounding = smooth(0.95, 0.25, np.abs(self._across))
        return np.asarray((0.35 + 0.65 * rounding) * (1 - 0.16 * lines), dtype=np.float32)

    def paint(self, mouth: Mouth, under_upper: Map, over_lower: Map) -> Map:
        """Give premultiplied RGBA [h, w, 4], colours 0..255 and cover 0..1.

        `under_upper` and `over_lower` [h, w] are how far, in pixels, each place is under the upper lip's edge and over
        the lower lip's: where both are positive the mouth is open.
        """
        opening = (under_upper + over_lower) / self._unit
        cover = (1.5 * np.minimum(under_upper, over_lower)).clip(0, 1)[..., None]
        colour = self._colour(mouth, over_lower / self._unit, opening)
        return np.concatenate([colour * cover, cover], axis=-1).astype(np.float32)

    def _colour(self, mouth: Mouth, floor: Map, opening: Map) -> Map:
        """Give RGB [h, w, 3]; `floor` is the height over the lower lip's edge, `opening` the gap, in eye distances."""
        teeth = smooth(0.012, -0.012, self._below - self._teeth_edge(mouth)) * self._shown(mouth)
        lit = (0.5 + 0.5 * smooth(-0.02, 0.05, self._below)) * (0.5 + 0.5 * smooth(0.0, 0.13, opening))
        shade = self._enamel * lit  # the lips' shadow is deepest in a narrow gap
        raised = min(1.0, mouth.jaw + mouth.tongue)
        tongue = smooth(0.10 + 0.10 * mouth.tongue, 0.02, floor) * smooth(0.9, 0.3, np.abs(self._across))
        wet = 0.5 * smooth(0.035, 0.0, floor)  # light that falls on the inside of the lower lip
        colour = self._palette.cavity * (0.55 + 0.45 * smooth(0.30, 0.0, self._aside))[..., None]
        for layer, share in (
            (self._palette.tongue, tongue * (0.3 + 0.45 * raised)),
            (0.75 * self._palette.tongue, wet),
        ):
            colour = colour + (layer - colour) * share[..., None]
        return np.asarray(
            colour + (self._palette.teeth * shade[..., None] - colour) * teeth[..., None], dtype=np.float32
        )

    def _shown(self, mouth: Mouth) -> float:
        """Give how opaque the teeth are; a mouth that stands open in the picture has its own."""
        return 0.0 if self._has_own_teeth else min(1.0, 0.25 + 1.5 * mouth.teeth)

    def _teeth_edge(self, mouth: Mouth) -> Map:
        """Give how far below the closed lips' line the teeth end: an arc, lowest at the front."""
        front = 0.022 + 0.040 * mouth.teeth
        return np.asarray(front - 0.055 * (self._aside / self._half_width) ** 2, dtype=np.float32)
