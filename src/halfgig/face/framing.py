"""The part of a portrait that frames of another aspect ratio show: around the face, with room above the head."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.face.mesh import Mesh
from halfgig.face.topology import CHIN, OUTLINE

if TYPE_CHECKING:
    from halfgig.face.matte import Matte

ABOVE, BELOW, ASIDE = 0.15, 0.35, 0.06
"""Least room above the hair, below the chin and on each side of the head, in heights of the head."""

SPARED = 0.95
"""Share of the wanted room that is enough where all of it would reach beyond the picture."""

EYE_LEVEL = 0.42
"""Height of the eyes in a frame that is cut from a taller picture, from its top."""


class Part(NamedTuple):
    """A part of an upright picture, in shares of its width and height; it may reach beyond the picture."""

    left: float
    top: float
    width: float
    height: float

    @property
    def added(self) -> float:
        """How much of its area lies outside the picture, 0..1."""
        across = min(1.0, self.left + self.width) - max(0.0, self.left)
        down = min(1.0, self.top + self.height) - max(0.0, self.top)
        return 1 - across * down / (self.width * self.height)


def parse_aspect(text: str) -> float:
    """Return width over height of an aspect ratio such as "16:9"."""
    across, down = text.split(":")
    return int(across) / int(down)


def framing(mesh: Mesh, matte: Matte, size: tuple[int, int], aspect: float) -> Part:
    """Return the largest part of a picture, of `size` (W, H) in the mesh's pixels, with width over height `aspect`.

    It shows the whole head; where the picture is too narrow for that, the part reaches beyond it.
    """
    width, height = size
    head = _head(mesh, matte, size)
    tall, wide = head.bottom - head.top, head.right - head.left
    least = max(tall * (1 + ABOVE + BELOW), (wide + 2 * ASIDE * tall) / aspect)
    inside, outside = sorted((height, width / aspect))
    shown_height = inside if inside >= SPARED * least else min(least, outside)
    shown_width = shown_height * aspect
    left = _within((head.left + head.right) / 2 - shown_width / 2, shown_width, width)
    top = min(mesh.five.eyes.y - EYE_LEVEL * shown_height, head.top - ABOVE * tall)
    # A taller frame is added to above alone: below, the person would end in the air.
    top = height - shown_height if shown_height > height else _within(top, shown_height, height)
    return Part(left / width, top / height, shown_width / width, shown_height / height)


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def _head(mesh: Mesh, matte: Matte, size: tuple[int, int]) -> _Box:
    """Return the box around head and hair, down to the chin, in the mesh's pixels."""
    face = mesh.points[list(OUTLINE), :2]
    (left, top), (right, _) = face.min(axis=0).tolist(), face.max(axis=0).tolist()
    chin = mesh.place(CHIN).y
    scale = size[1] / matte.head.shape[0]
    rows, columns = np.nonzero(matte.head[: max(1, round(chin / scale))] > 127)
    if rows.size:
        top, left = min(top, float(rows.min() * scale)), min(left, float(columns.min() * scale))
        right = max(right, float(columns.max() * scale))
    return _Box(left, top, right, chin)


def _within(start: float, length: float, whole: float) -> float:
    """Move a stretch into the picture, or the picture into the stretch where that is longer."""
    return min(max(start, min(0.0, whole - length)), max(0.0, whole - length))


def moved(mesh: Mesh, part: Part, size: tuple[int, int], shown: tuple[int, int]) -> Mesh:
    """Return a mesh in pixels of a picture of `size` in those of its part, which is `shown` pixels large."""
    across, down = shown[0] / (part.width * size[0]), shown[1] / (part.height * size[1])
    start = np.array([part.left * size[0], part.top * size[1], 0.0], np.float32)
    return Mesh((mesh.points - start) * np.array([across, down, across], np.float32), mesh.score)
