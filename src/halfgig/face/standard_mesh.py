"""A usual face to lay over points where no face is known: drawings, animals and masks.

It is the mesh of the shipped presenter, written by scripts/standard_mesh.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.frame import FaceFrame
from halfgig.face.mesh import Mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.points import FivePoints

FILE = Path(__file__).parents[1] / "assets" / "standard_mesh.npy"
"""Float32 [478, 3] in the face frame, in eye distances."""

WIDTHS = (0.5, 2.0)
"""Narrowest and widest mouth, in widths of the usual one."""


def laid_over(points: FivePoints) -> Mesh:
    """Return the usual face with eyes and corners of the mouth at the given points; its score is 0."""
    frame = FaceFrame.of(points)
    x, y, z = np.load(FILE, allow_pickle=False).astype(np.float64).T
    standard = Mesh(np.stack([x, y, z], axis=1).astype(np.float32), 0.0).five
    mouth = frame.to_face(points.mouth)
    width = (frame.to_face(points.left_mouth).x - frame.to_face(points.right_mouth).x) / (
        standard.left_mouth.x - standard.right_mouth.x
    )
    down = y / standard.mouth.y  # 0 at the eyes, 1 at the mouth
    near_mouth = _bump(y - standard.mouth.y, x - standard.mouth.x)
    wide = 1 + (min(WIDTHS[1], max(WIDTHS[0], width)) - 1) * near_mouth
    x = (x - standard.mouth.x * down) * wide + mouth.x * down
    y = mouth.y * down
    picture = [frame.origin.x, frame.origin.y]
    cos, sin = np.cos(frame.roll) * frame.unit, np.sin(frame.roll) * frame.unit
    placed = np.stack([picture[0] + cos * x - sin * y, picture[1] + sin * x + cos * y, z * frame.unit], axis=1)
    return Mesh(placed.astype(np.float32), 0.0)


def _bump(down: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a weight that is 1 at the mouth and its corners and falls off around them."""
    far = np.hypot(np.maximum(0, np.abs(across) - 0.5), np.maximum(0, np.abs(down) - 0.2))
    weight: NDArray[np.float64] = np.exp(-((far / 0.25) ** 2))
    return weight
