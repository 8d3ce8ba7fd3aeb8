"""Depth of the head: the face's from its mesh, continued over hair and neck, before the axes on which a head turns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import face_coordinates
from halfgig.animators.puppet.eye_window import read_picture
from halfgig.face.frame import FaceFrame
from halfgig.face.points import Point
from halfgig.face.topology import CHIN, EARS, N_MESH, NOSE_TIP, OUTLINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.matte import Matte
    from halfgig.face.mesh import Mesh

BEHIND_EARS = 0.15
"""Depth of the pivot behind the front of the ears, in eye distances: a head turns on the first vertebra."""

BELOW_EARS = 0.45
"""Height of the pivot below them: the joint on which a head nods is at the height of the upper lip."""

CELL = 0.05
"""Pixels of the map of depth, in eye distances."""

LEFT, TOP, RIGHT, BOTTOM = -4.0, -4.5, 4.0, 4.5
"""Extent of the map, in eye distances from between the eyes."""

SMOOTHED = (0.6, 0.3, 0.15, 0.08, 0.08)
"""Standard deviations with which depth is laid through the points, in eye distances; each corrects the one before."""

HAIR = (0.3, 2.2)
"""Least and largest height of hair over the outline of the face, in eye distances."""

USUAL_HAIR = 0.9
"""The same where no matte tells."""

SMOOTH = 5
"""Points to both sides over which the height of the hair is averaged."""

ROUNDNESS = (0.35, 0.65, 0.85, 1.0, 1.3, 1.7)
"""Places between the outline of the face (0) and that of the hair (1) at which the round of the head is laid."""

EDGE_WEIGHT, TIP_WEIGHT = 8.0, 40.0
"""Weights of the outline's points, and of the nose's tip and the ears: the mesh folds over next to them."""

STEEPEST = 4.2
"""Largest slope of the surface: turned by 8 degrees, a steeper one would take a third of its width or less."""

BETWEEN = 4
"""Points laid for each of the outline's."""

THROAT = ((0.25, 0.55), (0.5, 0.3), (1.0, 0.1), (1.6, 0.0))
"""Distances below the jaw, in eye distances, and depth there, as a share of the jaw's."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadDepth:
    """The surface of a head in the face frame, in eye distances."""

    x: float
    y: float
    """The pivot on which the head turns and nods."""
    chin: float
    """Height of the chin."""
    values: Map
    """How far the surface is before the pivot, in cells of `CELL` eye distances."""

    def at(self, u: Map, v: Map) -> Map:
        """Return how far the surface is before the pivot at positions u, v in the face frame, in eye distances."""
        return _read(self.values, u, v)


def measure_depth(mesh: Mesh, frame: FaceFrame, matte: Matte | None, width: int) -> HeadDepth:
    """Return the surface of a head from its mesh, which is in the pixels of `frame`, as is the picture's `width`.

    The matte tells where the hair ends.
    """
    u, v = face_coordinates(frame, mesh.points[:N_MESH, 0], mesh.points[:N_MESH, 1])
    z = mesh.points[:N_MESH, 2] / np.float32(frame.unit)
    ears = list(EARS)
    x, y = float(u[ears].mean()), float(v[ears].mean()) + BELOW_EARS
    before = float(z[ears].mean()) + BEHIND_EARS - z
    weight = np.ones_like(u)
    weight[list(OUTLINE)], weight[[NOSE_TIP, *EARS]] = EDGE_WEIGHT, TIP_WEIGHT
    points = [np.stack([u, v, before, weight], axis=1)]  # each [n, 4]
    edge = np.stack([_closer(along[list(OUTLINE)]) for along in (u, v, before)], axis=1)
    head = None if matte is None else matte.head
    points += _around(edge, y - BELOW_EARS, partial(_is_head, head, frame, width))
    return HeadDepth(x, y, float(v[CHIN]), _laid_through(np.concatenate(points).astype(np.float32)))


def _closer(ring: Map) -> Map:
    """Return the values along a closed contour with `BETWEEN` for each, so that no gaps open when it is widened."""
    places = np.arange(len(ring) * BETWEEN, dtype=np.float32) / BETWEEN
    return np.asarray(np.interp(places, np.arange(len(ring) + 1), np.append(ring, ring[0])), np.float32)


def _is_head(head: NDArray[np.uint8] | None, frame: FaceFrame, width: int, u: Map, v: Map) -> NDArray[np.bool_] | None:
    """Return whether the head's mask is there at positions in the face frame; None without a mask.

    The frame is one of a picture `width` pixels wide.
    """
    if head is None:
        return None
    scale = head.shape[1] / width
    origin = Point(frame.origin.x * scale, frame.origin.y * scale)
    return read_picture(head, FaceFrame(origin, frame.unit * scale, frame.roll), u, v) > 127


def _around(edge: Map, ears: float, is_head: Callable[[Map, Map], NDArray[np.bool_] | None]) -> list[Map]:
    """Return points [n, 4] of the head around the outline of the face: round above the ears, falling to the neck below.

    `edge` [n, 3] is the outline, `ears` their height.
    """
    u, v, before = edge.T
    middle = float(u.mean())
    far = np.hypot(u - middle, v - ears)
    across, down = (u - middle) / far, (v - ears) / far
    outwards = np.linspace(0, HAIR[1], 45, dtype=np.float32)[1:]
    seen = is_head(u[:, None] + across[:, None] * outwards, v[:, None] + down[:, None] * outwards)
    height = np.full_like(u, USUAL_HAIR) if seen is None else _smooth_height(seen, outwards)
    upper, lower = v < ears, v >= ears
    points, one = [], np.ones_like(u)
    for share in ROUNDNESS:
        out = height * share
        depth = before * max(0.0, 1 - share * share)
        points.append(np.stack([u + across * out, v + down * out, depth, one], axis=1)[upper])
    for out, share in THROAT:
        points.append(np.stack([u + across * out, v + down * out, before * share, one], axis=1)[lower])
    return points


def _smooth_height(seen: NDArray[np.bool_], outwards: Map) -> Map:
    """Return the height of the hair around the outline, [n], from where it is seen outwards of it, [n, m]."""
    found = np.where(seen.all(axis=1), HAIR[1], outwards[seen.argmin(axis=1)]).clip(HAIR[0], None)
    near = np.concatenate([found[-SMOOTH:], found, found[:SMOOTH]])
    return np.asarray(np.convolve(near, np.full(2 * SMOOTH + 1, 1 / (2 * SMOOTH + 1)), mode="valid"), np.float32)


def _laid_through(points: Map) -> Map:
    """Return a smooth map through points [n, 4] of x, y, value and weight, 0 far from them."""
    import cv2

    size = round((BOTTOM - TOP) / CELL), round((RIGHT - LEFT) / CELL)
    columns = ((points[:, 0] - LEFT) / CELL).clip(0, size[1] - 1).round().astype(int)
    rows = ((points[:, 1] - TOP) / CELL).clip(0, size[0] - 1).round().astype(int)
    laid, weight = np.zeros(size, np.float32), points[:, 3]
    for sigma in SMOOTHED:
        sums = np.zeros((*size, 2), np.float32)
        missing = points[:, 2] - laid[rows, columns]
        np.add.at(sums, (rows, columns), np.stack([missing * weight, weight], axis=1))
        blurred = cv2.GaussianBlur(sums, (0, 0), sigma / CELL, borderType=cv2.BORDER_CONSTANT)
        laid += blurred[..., 0] / (blurred[..., 1] + 1e-3 * blurred[..., 1].max())
    return _less_steep(laid)


def _less_steep(laid: Map) -> Map:
    """Return a map whose slopes are `STEEPEST` at most: what is too near to something deep is laid deeper."""
    import cv2

    square, cross = (cv2.getStructuringElement(shape, (3, 3)) for shape in (cv2.MORPH_RECT, cv2.MORPH_CROSS))
    for _ in range(12):  # steps to the sides and, every other time, along the diagonals: nearly a circle
        laid = np.minimum(laid, cv2.erode(laid, square) + np.float32(1.2 * STEEPEST * CELL))
        laid = np.minimum(laid, cv2.erode(laid, cross) + np.float32(STEEPEST * CELL))
    return laid


def _read(values: Map, u: Map, v: Map) -> Map:
    import cv2

    at = ((u - LEFT) / CELL).astype(np.float32), ((v - TOP) / CELL).astype(np.float32)
    read: Map = cv2.remap(values, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return read
