"""The head as a surface: a dome in the outline of a face, with bones, nose, lips and lids added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import along, curve, ramp
from presenter.lips import lips_height

if TYPE_CHECKING:
    from presenter.canvas import Array

OUTLINE = [
    (0, -244), (62, -234), (112, -200), (146, -146), (158, -84), (161, -30), (161, 20), (156, 66), (145, 106),
    (126, 146), (101, 182), (75, 210), (50, 230), (27, 240.5), (0, 243), (-28, 240.5), (-51, 230), (-77, 210),
    (-103, 182), (-128, 146), (-147, 106), (-158, 66), (-163, 20), (-162, -30), (-158, -84), (-146, -146),
    (-112, -200), (-62, -234), (0, -244),
]  # fmt: skip
_MIDDLE = 15.0  # the dome's top, units below the eyes
_DEPTH = 150.0

# u, v, width, height, amplitude; those off the centre line are mirrored
_BUMPS = [
    (57, -8, 34, 21, -13),  # eye sockets
    (32, -6, 12, 17, -8),  # next to the root of the nose
    (64, -45, 46, 15, 5),  # brow ridge
    (69, -1, 31, 17, 9),  # eyeballs under their lids
    (62, 27, 26, 7, -1.8),  # below the lower lids
    (86, 68, 40, 34, 13),  # cheeks, lifted by the smile
    (122, 46, 30, 34, 5),  # cheekbones
    (100, 128, 32, 36, -7),  # hollow of the cheeks
    (65, 141, 10, 10, -4),  # corners of the mouth
    (136, -50, 24, 42, -6),  # temples
    (52, -112, 44, 40, 4),  # forehead
    (0, -44, 17, 18, 3),  # between the brows
    (0, 115, 4.6, 12, -2.6),  # philtrum
    (8.5, 116, 4, 12, 1.4),
    (0, 134, 50, 36, 11),  # the teeth behind the lips
    (0, 186, 27, 8, -5),  # above the chin
    (0, 214, 30, 20, 13),  # chin
]

# v and height of the nose along the middle line, v and half its width
_RIDGE = [(-46, 0), (-30, 3), (-8, 8), (20, 15), (50, 26), (72, 36), (81, 36), (91, 27), (100, 11), (108, 2), (114, 0)]
_WIDTH = [(-46, 24), (-10, 15), (20, 17), (50, 19), (80, 20), (100, 22), (112, 24)]


def dome(u: Array, v: Array) -> tuple[Array, Array]:
    """Return height and mask of the bare head."""
    rim = curve(OUTLINE, 720) - np.array([0, _MIDDLE], np.float32)
    angles, radii = np.arctan2(rim[:, 1], rim[:, 0]), np.hypot(rim[:, 0], rim[:, 1])
    order = np.argsort(angles)
    dv = v - _MIDDLE
    radius = np.hypot(u, dv)
    edge = np.interp(np.arctan2(dv, u), angles[order], radii[order], period=2 * np.pi).astype(np.float32)
    part = np.minimum(radius / edge, 1)
    power = 2.3 + 2.2 * ramp(v, 70, 220)
    beyond = 600 * np.maximum(radius / edge - 1, 0)  # light from there must not bleed over the edge
    return _DEPTH * np.sqrt(np.maximum(1 - part**power, 0)) - beyond, ramp(edge - radius, -0.7, 0.7)


def _bump(u: Array, v: Array, at: tuple[float, float, float, float, float]) -> Array:
    u0, v0, width, tall, amplitude = at
    fall = np.exp(-(((v - v0) / tall) ** 2))
    across = np.exp(-(((u - u0) / width) ** 2))
    if u0:
        across += np.exp(-(((u + u0) / width) ** 2))
    return np.asarray(amplitude * fall * across, np.float32)


def nose_height(u: Array, v: Array) -> Array:
    """Return the height of the nose: a ridge that widens to the tip, the tip itself and the two wings."""
    ridge, width = along(_RIDGE, v), along(_WIDTH, v)
    height = ridge * np.exp(-(np.abs(u / width) ** 2.2))
    height += _bump(u, v, (0, 79, 13, 10, 8))
    wings = np.exp(-(np.abs((np.abs(u) - 19) / 13.5) ** 2.6) - np.abs((v - 85) / 11.5) ** 2.4)
    return np.asarray(height + 12.5 * wings, np.float32)


def head_surface(u: Array, v: Array) -> tuple[Array, Array]:
    """Return height of the face in units, about 0 to 190, and its mask."""
    height, mask = dome(u, v)
    for bump in _BUMPS:
        height += _bump(u, v, bump)
    height += nose_height(u, v) + lips_height(u, v)
    return height, mask
