"""Rows of teeth with relief, drawn once for a portrait: rounded single teeth, gums above them, wet light.

A row is drawn as it is seen from the front, in eye distances: across from its middle, down from its biting edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import smoothstep

if TYPE_CHECKING:
    from halfgig.face.frame import Map

GUM_HEIGHT = 0.12
"""Height of a tooth above its biting edge, in eye distances."""

REACH = 0.46
"""Half the width of a row, in eye distances."""

ABOVE, BELOW = 0.2, 0.03
"""Extent of a row above and below its biting edge, in eye distances."""


class Tooth(NamedTuple):
    """A tooth on one side of a row, in eye distances (63 mm)."""

    centre: float
    half: float
    """Half its width, as seen from the front."""
    shorter: float
    """Distance of its edge from that of the front teeth."""
    pointed: float
    """How much its edge falls off from the middle to the sides."""


UPPER = (
    Tooth(0.067, 0.066, 0.0, 0.007),
    Tooth(0.184, 0.050, 0.005, 0.010),
    Tooth(0.284, 0.049, 0.002, 0.014),
    Tooth(0.374, 0.040, 0.006, 0.016),
    Tooth(0.446, 0.032, 0.008, 0.016),
)
LOWER = (
    Tooth(0.042, 0.041, 0.0, 0.006),
    Tooth(0.127, 0.043, 0.001, 0.008),
    Tooth(0.218, 0.047, -0.004, 0.018),
    Tooth(0.306, 0.040, 0.006, 0.018),
    Tooth(0.380, 0.034, 0.012, 0.018),
)

IRREGULAR = ((0.000, 0.98), (0.003, 1.0), (-0.003, 0.97), (0.002, 0.99), (0.0, 0.96))
"""What sets the teeth of the left side apart from those of the right: length in eye distances, and brightness."""


class Row(NamedTuple):
    """A row of teeth as a texture."""

    texture: Map
    """[h, w, 4]: brightness of enamel, opacity of teeth and gum, share of gum, wet light; each 0..1."""
    per_unit: float
    """Pixels of the texture per eye distance."""

    def read(self, across: Map, down: Map) -> Map:
        """Sample the row at places in eye distances from the middle of its biting edge."""
        import cv2

        at = np.float32((across + REACH) * self.per_unit), np.float32((down + ABOVE) * self.per_unit)
        found: Map = cv2.remap(self.texture, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return found


def draw_row(teeth: tuple[Tooth, ...], arch: float, per_unit: float) -> Row:
    """Draw a row whose edge rises by `arch` towards its ends, upper teeth upright; lower ones are read upside down."""
    across = np.arange(-REACH, REACH, 1 / per_unit, dtype=np.float32)[None]  # [1, w]
    down = np.arange(-ABOVE, BELOW, 1 / per_unit, dtype=np.float32)[:, None]  # [h, 1]
    soft = max(0.006, 0.8 / per_unit)
    bright, cover, light = (np.zeros((down.size, across.size), np.float32) for _ in range(3))
    for side in (-1, 1):
        for tooth, own in zip(teeth, IRREGULAR, strict=True):
            longer, shine = own if side > 0 else (0.0, 1.0)
            rise = tooth.shorter - longer + arch * (across / 0.36) ** 2  # [1, w]
            body, enamel, spot = _tooth(tooth, side * across, down + rise, soft)
            bright = np.where(body > cover, shine * enamel, bright)
            cover, light = np.maximum(cover, body), np.maximum(light, body * spot)
    scallop = np.minimum.reduce([np.abs(np.abs(across) - tooth.centre) / tooth.half for tooth in teeth])
    ridge = np.float32(-GUM_HEIGHT) - arch * (across / 0.36) ** 2 + 0.03 * scallop.clip(0, 1) ** 2
    gum = smoothstep(soft, -soft, np.asarray(down - ridge, dtype=np.float32))
    texture = np.stack([bright, np.maximum(cover, gum), gum, light * (1 - gum)], axis=-1)
    return Row(np.ascontiguousarray(texture, dtype=np.float32), per_unit)


def _tooth(tooth: Tooth, across: Map, down: Map, soft: float) -> tuple[Map, Map, Map]:
    """Return opacity, brightness and wet light of a tooth at places from the middle of the row, [h, w] each.

    `soft` is the width of its outline, in eye distances.
    """
    place = (across - tooth.centre) / tooth.half  # [1, w], -1..1 within the tooth
    height = (-tooth.pointed * np.abs(place) ** 4 - down) / GUM_HEIGHT  # 0 at the biting edge, 1 at the gum
    margin = 0.5 * soft / tooth.half
    body = smoothstep(1.05 + margin, 1.05 - margin, np.abs(place)) * smoothstep(-margin / 2, margin / 2, height)
    rounded = 1 - 0.07 * place**2 - 0.17 * smoothstep(0.85, 1.05, np.abs(place))
    along = 1 - 0.13 * smoothstep(0.22, 0.0, height) - 0.06 * smoothstep(0.5, 1.0, height)
    cheek = 1 - 0.72 * smoothstep(0.12, 0.46, across)
    spot = np.exp(-(((place + 0.25) / 0.4) ** 2) - ((height - 0.55) / 0.28) ** 2) * max(0.0, 1 - tooth.centre / 0.4)
    return body, np.asarray(rounded * along * cheek, dtype=np.float32), np.asarray(spot, dtype=np.float32)
