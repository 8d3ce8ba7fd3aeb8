"""Positions of the face in a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.measure import Line


def smoothstep(low: float | Map, high: float | Map, values: Map) -> Map:
    """Return the smoothstep from 0 at `low` to 1 at `high`; it falls if `low` is above `high`."""
    t = ((values - low) / (high - low)).clip(0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def face_coordinates(frame: FaceFrame, x: Map, y: Map) -> tuple[Map, Map]:
    """Convert pixels to eye distances in the face frame; maps of equal shape."""
    cos, sin = np.cos(frame.roll) / frame.unit, np.sin(frame.roll) / frame.unit
    dx, dy = x - frame.origin.x, y - frame.origin.y
    return (cos * dx + sin * dy).astype(np.float32), (cos * dy - sin * dx).astype(np.float32)


def pixel_axes(frame: FaceFrame) -> Map:
    """Return the matrix [2, 2] from eye distances to pixels: its rows are the face's axes right and down."""
    cos, sin = np.cos(frame.roll) * frame.unit, np.sin(frame.roll) * frame.unit
    return np.array([[cos, sin], [-sin, cos]], dtype=np.float32)


class Window:
    """The rectangle of pixels around a part of the face, given in eye distances in the face frame.

    A window is never empty: it contains the nearest pixels if the part is outside the frame.
    """

    def __init__(self, frame: FaceFrame, size: tuple[int, int], corners: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = corners
        ends = [frame.to_picture(Point(x, y)) for x in (left, right) for y in (top, bottom)]
        self._frame = frame
        self.left = min(max(0, int(min(end.x for end in ends))), size[0] - 1)
        self.top = min(max(0, int(min(end.y for end in ends))), size[1] - 1)
        self.right = max(self.left + 1, min(size[0], int(max(end.x for end in ends)) + 2))
        self.bottom = max(self.top + 1, min(size[1], int(max(end.y for end in ends)) + 2))
        self.part = np.s_[self.top : self.bottom, self.left : self.right]
        """Index of the window in a frame [H, W]."""

    def places(self, step: int = 1) -> tuple[Map, Map]:
        """Return the positions of every `step`-th pixel in eye distances, two maps [h, w]."""
        x = np.arange(self.left, self.right + step - 1, step, dtype=np.float32)
        y = np.arange(self.top, self.bottom + step - 1, step, dtype=np.float32)
        return face_coordinates(self._frame, *np.meshgrid(x, y))

    def read(self, values: Map, x: Map, y: Map, step: int = 1) -> Map:
        """Sample a map of this window (one value per `step` pixels) bilinearly at pixels x, y of the frame."""
        import cv2

        at = (x - self.left) / step, (y - self.top) / step
        read: Map = cv2.remap(values, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return read


def growing(line: Line) -> Map:
    """Return a contour as points [n, 2] whose x grows along it."""
    points = np.array(line, np.float32)
    points[:, 0] = np.maximum.accumulate(points[:, 0] + 1e-5 * np.arange(len(points)))
    return points
