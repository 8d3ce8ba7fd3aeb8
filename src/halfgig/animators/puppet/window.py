"""Rectangles of a frame around parts of the face, so that only they are worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.points import Point

if TYPE_CHECKING:
    from halfgig.animators.puppet.bases import Map
    from halfgig.face.frame import FaceFrame


def face_places(frame: FaceFrame, x: Map, y: Map) -> tuple[Map, Map]:
    """Turn pixels into eye distances in the face frame; maps of one shape."""
    cos, sin = np.cos(frame.roll) / frame.unit, np.sin(frame.roll) / frame.unit
    dx, dy = x - frame.origin.x, y - frame.origin.y
    return (cos * dx + sin * dy).astype(np.float32), (cos * dy - sin * dx).astype(np.float32)


def turn_to_pixels(frame: FaceFrame) -> Map:
    """Give the matrix [2, 2] from displacements in eye distances to pixels: its rows are how far right and down go."""
    cos, sin = np.cos(frame.roll) * frame.unit, np.sin(frame.roll) * frame.unit
    return np.array([[cos, sin], [-sin, cos]], dtype=np.float32)


class Window:
    """Cut the rectangle of pixels around a part of the face that is given in eye distances in the face frame.

    Of a part outside the frame it keeps the nearest pixels: no window is empty.
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
        """Cuts it out of a frame."""

    def places(self, step: int = 1) -> tuple[Map, Map]:
        """Give the places of its pixels (each `step`-th) in eye distances, two maps [h, w]."""
        x = np.arange(self.left, self.right + step - 1, step, dtype=np.float32)
        y = np.arange(self.top, self.bottom + step - 1, step, dtype=np.float32)
        return face_places(self._frame, *np.meshgrid(x, y))

    def read(self, values: Map, x: Map, y: Map, step: int = 1) -> Map:
        """Read a map of this window (one value each `step` pixels) at pixels x, y of the frame, bilinear."""
        import cv2

        at = (x - self.left) / step, (y - self.top) / step
        read: Map = cv2.remap(values, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return read
