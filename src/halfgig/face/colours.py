"""Colours of a face and of the mouth inside it, matched to the light of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

TEETH = np.array([236, 229, 216], dtype=np.float32)
TONGUE = np.array([178, 92, 88], dtype=np.float32)
CAVITY = np.array([62, 24, 22], dtype=np.float32)
LIGHT_SKIN = np.array([214, 172, 150], dtype=np.float32)
"""Colours in light that makes skin look like `LIGHT_SKIN`, RGB 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """Colours of one face, float32 RGB [3], 0..255."""

    skin: Map
    """Of the cheeks, next to the nose."""
    teeth: Map
    tongue: Map
    cavity: Map
    """Behind the teeth."""


def measure_colours(rgb: NDArray[np.uint8], shape: FaceShape) -> Colours:
    """Return the colours of the face in RGB [H, W, 3]: those inside the mouth follow from the skin's."""
    samples = []
    for side in (-0.42, 0.42):
        place = shape.frame.to_picture(Point(shape.nose.x + side, shape.nose.y + 0.02))
        reach = max(1, round(0.1 * shape.frame.unit))
        x, y = round(place.x), round(place.y)
        samples.append(rgb[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].reshape(-1, 3))
    skin = np.median(np.concatenate(samples), axis=0) if any(len(s) for s in samples) else LIGHT_SKIN
    light = float(np.clip(skin.mean() / LIGHT_SKIN.mean(), 0.3, 1.1))
    tint = np.clip((skin + 1) / (LIGHT_SKIN * light), 0.6, 1.5) ** 0.35
    # Teeth do not depend on the colour of skin, so only half of its darkness is attributed to the light.
    return Colours(
        np.asarray(skin, dtype=np.float32),
        (TEETH * tint * min(1.0, light**0.5)).clip(0, 250).astype(np.float32),
        (TONGUE * tint * light**0.5 * 0.85).astype(np.float32),
        (CAVITY * light**0.6).astype(np.float32),
    )
