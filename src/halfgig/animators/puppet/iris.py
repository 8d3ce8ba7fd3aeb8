"""The iris of an eye: where it truly is in the picture.

The mesh's circle may be off by a third of its radius; a moved iris would then leave its edge behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import growing

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.measure import Eye

ANGLES = np.radians(np.array([*range(-40, 61, 10), *range(120, 221, 10)], np.float32))
"""Directions in which the edge of an iris is looked for, clockwise from the right: lids hide those above and below."""

ACROSS, DOWN, LARGER = 0.05, 0.02, 0.16
"""Largest correction of the mesh's circle: to the side and down in eye distances, of the radius as a share of it."""

EDGE = 0.018
"""Distance inside and outside of the edge at which brightness is compared, in eye distances."""

TRUST = 0.35
"""Share of its contrast that an edge may lose for being at the largest correction."""

WEAK, ROUND = 0.35, 0.65
"""Contrast of an edge, in the mean one, below which there is none, and share of a circle that must have one."""

DARKER = 0.85
"""Brightness of an iris in that of the white, below which there is an eye: 0.1 to 0.66 in 70 eyes, 0.9 where hidden."""

FEWEST = 6
"""Pixels of iris and of white without which an eye is not seen."""


class Circle(NamedTuple):
    """A circle in the face frame, in eye distances."""

    x: float
    y: float
    radius: float


def find_iris(eye: Eye, read: Callable[[Map, Map], Map]) -> Circle:
    """Return the circle near the mesh's whose edge is sharpest; `read` samples RGB [n, m, 3] in the face frame."""
    x, y, size = (each.ravel() for each in np.meshgrid(
        np.linspace(-1, 1, 21), np.linspace(-1, 1, 5), np.linspace(-1, 1, 9)))  # fmt: skip
    circles = np.stack(
        [eye.iris.x + ACROSS * x, eye.iris.y + DOWN * y, eye.radius * (1 + LARGER * size)], axis=1
    ).astype(np.float32)
    contrast, seen = _contrast(circles, eye, read)
    mean = (contrast * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    rated = mean * (1 - TRUST * (x**2 + y**2 + size**2) / 3)
    best = circles[int(np.argmax(rated))]
    return Circle(*(float(each) for each in best))


def has_edge(iris: Circle, eye: Eye, read: Callable[[Map, Map], Map]) -> bool:
    """Return whether there is an edge around an iris: none in drawings with another shape, and under hair."""
    contrast, seen = _contrast(np.array([iris], np.float32), eye, read)
    found = contrast[seen]
    return bool(len(found) and np.mean(found > WEAK * found.mean()) > ROUND)


def shows_an_eye(light: Map, inside: NDArray[np.bool_], distance: Map) -> bool:
    """Return whether brightness [h, w] inside an opening is that of an eye: an iris darker than the white.

    `distance` is that from the centre of the iris, in its radii.  An eye behind hair, a patch or sunglasses is none.
    """
    iris, white = light[inside & (distance < 0.9)], light[inside & (distance > 1.15)]
    if len(iris) < FEWEST or len(white) < FEWEST:
        return False
    return bool(np.median(iris) < DARKER * np.percentile(white, 70))


def _contrast(circles: Map, eye: Eye, read: Callable[[Map, Map], Map]) -> tuple[Map, NDArray[np.bool_]]:
    """Return how much lighter it is outside of circles [n, 3] than inside, and whether it is seen; [n, angles]."""
    light, seen = [], np.ones((len(circles), len(ANGLES)), bool)
    for side in (EDGE, -EDGE):
        radius = circles[:, 2:] + np.float32(side)
        x, y = circles[:, :1] + radius * np.cos(ANGLES), circles[:, 1:2] + radius * np.sin(ANGLES)
        seen &= (y > np.interp(x, *growing(eye.upper).T)) & (y < np.interp(x, *growing(eye.lower).T))
        light.append(read(x, y).mean(axis=-1))
    return np.asarray(light[0] - light[1], np.float32), seen
