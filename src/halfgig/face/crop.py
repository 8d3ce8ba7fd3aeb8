"""The rectangle around a face that SadTalker animates, and the frame sizes of both animators.

The rectangle follows the crop of the training faces (Karras et al., FFHQ, 2019), without its rotation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from halfgig.errors import BadLandmarks
from halfgig.face.points import FivePoints, Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Mode = Literal["crop", "extcrop", "resize", "full", "extfull"]
"""What is animated and shown: the face ("crop"), more around it ("extcrop"), the whole picture ("resize").

"full" and "extfull" animate the same part as "crop" and "extcrop" and paste it back into the picture.
"""

ALIGNED = 512
"""Side in pixels of the training crops; faces at least four times as large are measured in a reduced picture."""

EYES, MOUTH = 2.0, 1.8
"""Minimum of half a square's side, in eye distances and in distances from the eyes to the mouth."""

DOWN = 0.1
"""Distance of a square's centre below the eyes, in distances from the eyes to the mouth."""

BORDER = 0.1
"""Border added around a square, as a share of its side."""

SMALLEST_BORDER = 3
"""In pixels."""


class Rectangle(NamedTuple):
    """A part of a picture; `right` and `bottom` are the first pixels outside it."""

    left: int
    """Pixels from the left border."""
    top: int
    """Pixels from the top border."""
    right: int
    """Pixels from the left border."""
    bottom: int
    """Pixels from the top border."""

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    def within(self, other: Rectangle) -> Rectangle:
        """Return the intersection with another rectangle."""
        return Rectangle(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class FaceSquare:
    """The square around a face, in pixels of the picture, which is reduced first if the face is very large."""

    size: tuple[int, int]
    """Width and height of the picture."""
    shrunk: tuple[int, int]
    """Width and height of the reduced picture, which the square is measured in."""
    outer: Rectangle
    """The square with its border, clipped to the picture."""
    inner: tuple[float, float, float, float]
    """Left, top, right and bottom of the square itself, relative to the corner of `outer`."""

    def rectangle(self, *, outer: bool) -> Rectangle:
        """Return the inner or the outer rectangle in pixels of the original picture."""
        left, top, right, bottom = (int(side) for side in self.inner)
        x, y = self.outer[:2]
        found = Rectangle(x + left, y + top, x + right, y + bottom).within(self.outer)
        if outer or found.width < 1 or found.height < 1:
            found = self.outer
        whole = Rectangle(0, 0, *self.size)
        return found if self.shrunk == self.size else _enlarged(found, self.size, self.shrunk).within(whole)


def _enlarged(part: Rectangle, size: tuple[int, int], shrunk: tuple[int, int]) -> Rectangle:
    """Scale a rectangle of the reduced picture to the original one."""
    x, y = (whole / small for whole, small in zip(size, shrunk, strict=True))
    return Rectangle(round(part.left * x), round(part.top * y), round(part.right * x), round(part.bottom * y))


def face_square(points: FivePoints, width: int, height: int) -> FaceSquare:
    """Return the square around a face in a picture of that size.  Raises `BadLandmarks` if the points allow none."""
    corners, side = _quad(points)
    shrink = math.floor(side / ALIGNED * 0.5)
    shrunk = (width, height)
    if shrink > 1:
        shrunk = (round(width / shrink), round(height / shrink))
        corners, side = corners / shrink, side / shrink
    border = max(round(BORDER * side), SMALLEST_BORDER)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    outer = Rectangle(
        math.floor(left) - border, math.floor(top) - border, math.ceil(right) + border, math.ceil(bottom) + border
    ).within(Rectangle(0, 0, *shrunk))
    if outer.width < 1 or outer.height < 1:
        raise BadLandmarks(f"the face lies outside the picture of {width} x {height} pixels; check its landmarks")
    return FaceSquare((width, height), shrunk, outer, _inner(corners - outer[:2] + 0.5, shrunk))


def _quad(points: FivePoints) -> tuple[NDArray[np.float64], float]:
    """Return the corners [4, 2] of the square, tilted like the face, and its side."""
    right_eye, left_eye = np.array(points.right_eye), np.array(points.left_eye)
    eyes, mouth = np.array(points.eyes), np.array(points.mouth)
    across, down = left_eye - right_eye, mouth - eyes
    x = across - down[::-1] * (-1, 1)
    length = float(np.hypot(*x))
    if not length > 0:
        raise BadLandmarks("the landmarks make no face: eyes and mouth fall together, or stand on their heads")
    x *= max(EYES * np.hypot(*across), MOUTH * np.hypot(*down)) / length
    y = x[::-1] * (-1, 1)
    middle = eyes + DOWN * down
    corners = np.stack([middle - x - y, middle - x + y, middle + x + y, middle + x - y])
    return corners, 2 * float(np.hypot(*x))


def _inner(corners: NDArray[np.float64], shrunk: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the upright rectangle inside tilted corners: top left, bottom left, bottom right, top right."""
    (a, b), (c, d), (e, f), (g, h) = corners.tolist()
    return max(min(a, c), 0), max(min(b, h), 0), min(max(e, g), shrunk[0]), min(max(d, f), shrunk[1])


def animated_part(mode: Mode, points: FivePoints, width: int, height: int) -> Rectangle:
    """Return the part of a picture that is animated, in pixels of the picture."""
    if mode == "resize":
        return Rectangle(0, 0, width, height)
    return face_square(points, width, height).rectangle(outer=mode in ("extcrop", "extfull"))


def frame_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return width and height of frames, both even, the longer about `longest`, in the proportions of a picture."""
    scale = longest / max(width, height)
    return max(2, 2 * round(width * scale / 2)), max(2, 2 * round(height * scale / 2))


def shown_size(mode: str, part: Rectangle, picture: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return width and height of frames, both even, that show the whole picture ("full", "extfull") or only a part."""
    shown = picture if is_pasted(mode) else (part.width, part.height)
    return frame_size(*shown, longest)


def is_pasted(mode: str) -> bool:
    """Return whether the animated part is pasted back into the picture."""
    return mode in ("full", "extfull")


def cut(rgb: Pixels, part: Rectangle, size: int) -> Pixels:
    """Return a part of RGB [H, W, 3], resized to [size, size, 3] regardless of its proportions."""
    import cv2

    found = rgb[part.top : part.bottom, part.left : part.right]
    shrink = min(part.width, part.height) // (2 * ALIGNED)
    if shrink > 1:
        found = cv2.resize(found, (part.width // shrink, part.height // shrink), interpolation=cv2.INTER_AREA)
    if found.shape[:2] == (size, size):
        return np.ascontiguousarray(found)
    return np.asarray(cv2.resize(found, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)


def points_in(part: Rectangle, points: FivePoints, size: int) -> FivePoints:
    """Return the points of a picture in the square returned by `cut`."""
    x, y = size / part.width, size / part.height
    return FivePoints(*(Point((at.x - part.left) * x, (at.y - part.top) * y) for at in points.as_tuple()))
