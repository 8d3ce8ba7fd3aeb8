"""Colours of a face and of the mouth inside it, matched to the light of the picture: grey in a grey picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape

TEETH = np.array([238, 230, 216], dtype=np.float32)
GUM = np.array([186, 108, 104], dtype=np.float32)
TONGUE = np.array([176, 94, 90], dtype=np.float32)
LINING = np.array([104, 44, 40], dtype=np.float32)
CAVITY = np.array([50, 18, 16], dtype=np.float32)
LIGHT_SKIN = np.array([214, 172, 150], dtype=np.float32)
"""Colours in light that makes skin look like `LIGHT_SKIN`, RGB 0..255."""

USUAL_LIPS = np.array([186, 100, 96], dtype=np.float32)

WHITE_OF_EYE = 0.9
"""Brightness of the white of an eye, in that of teeth."""

BRIGHTEST = 170.0
"""Brightness of the brightest hundredth of a picture, 0..255, below which the picture is too dark for bright teeth."""

ONE_HUE = (2.5, 6.0)
"""Spread of colour around one tone for each brightness, 0..255 in a picture of medium brightness: below the first a
picture is grey or toned like sepia, above the second it is in colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """Colours of one face, float32 RGB [3], 0..255."""

    skin: Map
    """Of the cheeks, next to the nose."""
    lips: Map
    teeth: Map
    gum: Map
    tongue: Map
    lining: Map
    """Of the inside of lips and cheeks."""
    cavity: Map
    """Behind the teeth."""


def measure_colours(rgb: NDArray[np.uint8], shape: FaceShape) -> Colours:
    """Return the colours of the face in RGB [H, W, 3]: those inside the mouth follow from skin, lips and eyes."""
    skin, lips = _median(rgb, shape, _cheeks(shape), LIGHT_SKIN), _median(rgb, shape, _lips(shape), USUAL_LIPS)
    light = float(np.clip(skin.mean() / LIGHT_SKIN.mean(), 0.2, 1.1))
    # Teeth do not depend on the colour of skin, so only half of its darkness is attributed to the light.
    usual = float(TEETH.mean()) * min(1.0, light**0.5) * min(1.0, _brightest(rgb) / BRIGHTEST)
    white = _median(rgb, shape, _whites(shape), WHITE_OF_EYE * usual * TEETH / TEETH.mean())
    bright = usual**0.6 * (float(white.mean()) / WHITE_OF_EYE) ** 0.4
    bright = float(np.clip(bright, 0.7 * usual, 1.05 * usual) / TEETH.mean())
    warm = float(skin[0] + 1) / float(skin[2] + 1) / float(LIGHT_SKIN[0] / LIGHT_SKIN[2])
    tint = np.array([warm, 1.0, 1 / warm]) ** 0.18 * ((white + 1) / (white.mean() + 1)) ** 0.4
    tint = np.clip(tint / tint.mean(), 0.8, 1.25).astype(np.float32)
    tone = _Tone(rgb, max(_saturation(skin) / _saturation(LIGHT_SKIN), _saturation(lips) / _saturation(USUAL_LIPS)))
    own = np.clip((lips + 1) / (USUAL_LIPS * max(bright, 0.2)), 0.5, 1.4) ** 0.5  # a tongue is as red as the lips
    shade = _shade(rgb, shape, bright)
    return Colours(
        skin,
        lips,
        tone(TEETH * tint * bright),
        tone(GUM * tint * bright),
        tone(TONGUE * own * bright * shade**0.5 * 0.95),
        tone(LINING * own * bright * shade),
        tone(CAVITY * tint * bright**1.2 * shade),
    )


def _brightest(rgb: NDArray[np.uint8]) -> float:
    step = max(1, min(rgb.shape[:2]) // 128)
    return float(np.percentile(rgb[::step, ::step].mean(axis=-1), 99))


def _shade(rgb: NDArray[np.uint8], shape: FaceShape, bright: float) -> float:
    """Return the brightness inside the mouth in that of usual ones, 0.3..1, where the picture shows it open."""
    if not shape.lips.bands.gap:
        return 1.0
    seen = np.array([_median(rgb, shape, iter([spot]), LINING).mean() for spot in _between_lips(shape)])
    return float(np.clip(np.percentile(seen, 20) / (CAVITY.mean() * bright), 0.3, 1.0))


class _Tone:
    """Takes colours to those of a picture: paler in a pale one, of one hue in a grey or sepia one."""

    def __init__(self, rgb: NDArray[np.uint8], saturation: float) -> None:
        step = max(1, min(rgb.shape[:2]) // 48)
        sample = rgb[::step, ::step].reshape(-1, 3).astype(np.float64)
        grey = sample.mean(axis=1)
        self._black = float(grey.min())
        self._saturation = float(np.clip(saturation, 0.0, 1.0))
        # The mean colour of each brightness, as a parabola: by normal equations, since LAPACK would reserve 32 MB.
        powers = np.stack([np.ones_like(grey), grey / 255, (grey / 255) ** 2], axis=1)  # [n, 3]
        self._hues = _solved(
            np.einsum("ni,nj->ij", powers, powers) + 1e-3 * np.eye(3),
            np.einsum("ni,nc->ic", powers, sample - grey[:, None]),
        )
        spread = float(np.sqrt(((sample - grey[:, None] - np.einsum("ni,ic->nc", powers, self._hues)) ** 2).mean()))
        low, high = (limit * max(grey.mean(), 8.0) / 128 for limit in ONE_HUE)
        self._one_hue = float(np.clip((high - spread) / (high - low), 0.0, 1.0))

    def __call__(self, colour: NDArray[np.floating]) -> Map:
        grey = max(float(colour.mean()), self._black)
        pale = grey + (colour - colour.mean()) * self._saturation
        toned = grey + np.einsum("i,ic->c", np.array([1, grey / 255, (grey / 255) ** 2]), self._hues)
        return np.asarray(pale + (toned - pale) * self._one_hue, dtype=np.float32).clip(0, 250)


def _solved(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve 3 x 3 equations with three right sides by Cramer's rule."""

    def determinant(m: NDArray[np.float64]) -> float:
        return float(np.dot(m[0], np.cross(m[1], m[2])))

    whole, found = determinant(matrix), np.empty((3, 3))
    for column in range(3):
        for row in range(3):
            replaced = matrix.copy()
            replaced[:, row] = right[:, column]
            found[row, column] = determinant(replaced) / whole
    return found


def _saturation(colour: Map) -> float:
    return float((colour.max() - colour.min()) / max(float(colour.max()), 1.0))


def _median(rgb: NDArray[np.uint8], shape: FaceShape, spots: Iterator[tuple[Point, float]], otherwise: Map) -> Map:
    """Return the median colour of spots, given by centre and half side in eye distances; `otherwise` outside."""
    samples = []
    for spot, half in spots:
        place = shape.frame.to_picture(spot)
        reach, x, y = max(1, round(half * shape.frame.unit)), round(place.x), round(place.y)
        samples.append(rgb[max(0, y - reach) : max(0, y + reach + 1), max(0, x - reach) : max(0, x + reach + 1)])
    pixels = np.concatenate([sample.reshape(-1, 3) for sample in samples])
    return np.asarray(np.median(pixels, axis=0) if len(pixels) else otherwise, dtype=np.float32)


def _cheeks(shape: FaceShape) -> Iterator[tuple[Point, float]]:
    for side in (-0.42, 0.42):
        yield Point(shape.nose.x + side, shape.nose.y + 0.02), 0.1


def _lips(shape: FaceShape) -> Iterator[tuple[Point, float]]:
    edges = shape.lips.contours
    for outer, inner in ((edges.outer_upper, edges.inner_upper), (edges.outer_lower, edges.inner_lower)):
        for a, b in zip(outer[3:8], inner[3:8], strict=True):
            yield Point((a.x + b.x) / 2, (a.y + b.y) / 2), 0.02


def _between_lips(shape: FaceShape) -> Iterator[tuple[Point, float]]:
    edges = shape.lips.contours
    for a, b in zip(edges.inner_upper[2:9], edges.inner_lower[2:9], strict=True):
        for share in (0.3, 0.5, 0.7):
            yield Point(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)), 0.01


def _whites(shape: FaceShape) -> Iterator[tuple[Point, float]]:
    for eye in (shape.right_eye, shape.left_eye):
        for corner in (eye.upper[0], eye.upper[-1]):
            edge = eye.iris.x + (eye.radius if corner.x > eye.iris.x else -eye.radius)
            yield Point(edge + 0.35 * (corner.x - edge), eye.iris.y + 0.2 * (corner.y - eye.iris.y)), 0.015
