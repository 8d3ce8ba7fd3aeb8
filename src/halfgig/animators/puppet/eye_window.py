"""The rectangle of a portrait around one eye: its pixels, where they are in the face frame, and the eye's opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.puppet.bases import Window, pixel_axes, smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.iris import Circle
    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.measure import Eye

ASIDE, ABOVE, BELOW = 0.12, 0.22, 0.2
"""Margins around the opening, in eye distances."""

USUAL = 0.14
"""Height of an opening from which on the lids' bias is as large as it gets, in eye distances."""

OUTER = 0.08
"""Distance of an eye's outer corner from the mesh's, in widths of the eye: on 12 eyes it was 0.05 to 0.13."""

HIGHER, LOWER = 0.012, 0.01
"""Distance of the lids' edges from the mesh's in the middle of the eye: on 12 eyes it was 0 to 0.02."""

RIM = 0.012
"""Width of the rim of an opening that belongs to the lids: their edges, the roots of lashes and their shadow."""

SURE = 0.017
"""Distance from the lids from which on a pixel is eyeball for certain, in eye distances."""


class EyeWindow:
    """The window of an eye in a portrait, RGB [H, W, 3], whose edges are blurred by `blur` pixels."""

    def __init__(self, eye: Eye, frame: FaceFrame, rgb: NDArray[np.uint8], blur: float) -> None:
        upper, lower = _true_contours(np.array(eye.upper, np.float32), np.array(eye.lower, np.float32))
        self._upper, self._lower = upper, lower
        self._frame, self._picture = frame, rgb
        self._outer = 0 if abs(upper[0, 0]) > abs(upper[-1, 0]) else 1
        self.corners = float(upper[0, 0]), float(upper[-1, 0])
        """The x of the corners, in eye distances."""
        both = np.concatenate([upper, lower])
        (left, top), (right, bottom) = both.min(axis=0), both.max(axis=0)
        size = rgb.shape[1], rgb.shape[0]
        self._window = Window(frame, size, (left - ASIDE, top - ABOVE, right + ASIDE, bottom + BELOW))
        self.part = self._window.part
        self.rgb: Map = rgb[self.part].astype(np.float32)
        self.x, self.y = self._window.places()
        self._right, self._down = pixel_axes(frame)
        rows, columns = self.x.shape
        self._columns, self._rows = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
        self.upper, self.lower = self.edges(self.x)
        """Height of the lids' edges in each column."""
        self.opening: Map = self.lower - self.upper
        self.tallest = max(float(self.opening.max()), 1e-3)
        self.pixel = 1 / frame.unit
        """Side of a pixel, in eye distances."""
        self.softness = blur * self.pixel
        """Standard deviation of the blur of the picture's edges, in eye distances."""
        self.sure = min(SURE, 0.25 * self.tallest)
        self.inside = self.is_inside(self.x, self.y)
        self.core = self._core()
        """Index of the part of the window [h, w] in which the eyeball may be seen."""

    def edges(self, x: Map) -> tuple[Map, Map]:
        """Return the heights of the lids' edges at positions x."""
        upper, lower = (np.interp(x, each[:, 0], each[:, 1]).astype(np.float32) for each in (self._upper, self._lower))
        return upper, np.maximum(upper, lower)

    def distance_from(self, iris: Circle) -> Map:
        """Return the distance of each pixel from the centre of an iris, in its radii."""
        return np.asarray(np.hypot(self.x - iris.x, self.y - iris.y) / iris.radius, np.float32)

    def from_inner_corner(self, start: float, end: float, x: Map | None = None) -> Map:
        """Return a weight that grows from 0 to 1 between two distances from the inner corner towards the outer one."""
        return self._from_corner(self._outer - 1, start, end, x)

    def from_outer_corner(self, start: float, end: float, x: Map | None = None) -> Map:
        """Return a weight that grows from 0 to 1 between two distances from the outer corner towards the inner one."""
        return self._from_corner(self._outer, start, end, x)

    def _from_corner(self, corner: int, start: float, end: float, x: Map | None) -> Map:
        x = self.x if x is None else x
        inwards = 1 if corner % 2 == 0 else -1
        return smoothstep(start, end, inwards * (x - np.float32(self.corners[corner])))

    def is_inside(self, x: Map, y: Map) -> NDArray[np.bool_]:
        """Return whether positions show eyeball for certain: inside the opening and its rim."""
        upper, lower = self.edges(x)
        return np.asarray((y > upper + self.sure) & (y < lower - self.sure))

    def certainty(self) -> Map:
        """Return how surely each pixel shows eyeball, 0..1: 0 where `is_inside` is false."""
        depth = np.minimum(self.y - self.upper, self.lower - self.y)
        return smoothstep(self.sure, 2 * self.sure, depth)

    def nearest_inside(self, x: Map, y: Map) -> tuple[Map, Map]:
        """Return positions moved into the opening."""
        across = np.linspace(*self.corners, 64, dtype=np.float32)
        upper, lower = self.edges(across)
        wide = across[lower - upper > min(4 * self.sure, 0.8 * self.tallest)]
        x = x.clip(wide[0], wide[-1])
        upper, lower = self.edges(x)
        rim = np.minimum(self.sure, 0.4 * (lower - upper))
        return x, np.clip(y, upper + rim, lower - rim)

    def read(self, values: Map, x: Map, y: Map) -> Map:
        """Sample a map of this window at positions x, y [n, m] in the face frame."""
        import cv2

        at_x, at_y = _pixels(self._frame, x, y)
        at = at_x - self._window.left, at_y - self._window.top
        return np.asarray(cv2.remap(values, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def read_picture(self, x: Map, y: Map) -> Map:
        """Sample the portrait at positions x, y [n, m] in the face frame, RGB [n, m, 3]."""
        return read_picture(self._picture, self._frame, x, y)

    def _core(self) -> tuple[slice, slice]:
        inside = (self.y > self.upper - 0.3 * self.tallest) & (self.y < self.lower) & (self.opening > 0)
        rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return slice(0, 1), slice(0, 1)
        return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)

    def line_along(self, length: float) -> NDArray[np.uint8]:
        """Return a line of a length in eye distances along the eyes as a kernel of pixels [n, n]."""
        import cv2

        half = max(1, round(length / self.pixel / 2))
        kernel = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
        across, down = (round(half * float(each) * self.pixel) for each in self._right)
        cv2.line(kernel, (half - across, half - down), (half + across, half + down), 1)
        return kernel

    def moved(
        self, values: NDArray[Any], across: Map | float, down: Map | float, part: tuple[slice, ...] = np.s_[:, :]
    ) -> NDArray[Any]:
        """Return a part of a map of this window moved by eye distances, each a map of that part or a number."""
        import cv2

        x = self._columns[part] - (across * self._right[0] + down * self._down[0])
        y = self._rows[part] - (across * self._right[1] + down * self._down[1])
        return np.asarray(
            cv2.remap(values, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE)
        )  # fmt: skip


def read_picture(rgb: NDArray[np.uint8], frame: FaceFrame, x: Map, y: Map) -> Map:
    """Sample RGB [H, W, 3] at positions x, y [n, m] in the face frame, [n, m, 3]."""
    import cv2

    return np.asarray(
        cv2.remap(rgb, *_pixels(frame, x, y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _pixels(frame: FaceFrame, x: Map, y: Map) -> tuple[Map, Map]:
    """Return positions in the face frame as pixels of the picture."""
    right, down = pixel_axes(frame)
    at_x, at_y = frame.origin.x + x * right[0] + y * down[0], frame.origin.y + x * right[1] + y * down[1]
    return at_x.astype(np.float32), at_y.astype(np.float32)


def _true_contours(upper: Map, lower: Map) -> tuple[Map, Map]:
    """Return the lids' contours [n, 2] with the mesh's bias taken off."""
    upper, lower = upper.copy(), lower.copy()
    outer = 0 if abs(upper[0, 0]) > abs(upper[-1, 0]) else -1
    inner = -1 - outer
    across = upper[outer] - upper[inner]
    corner = upper[outer] + OUTER * across
    upper[outer] = lower[outer] = corner
    share = np.sin(np.pi * np.linspace(0, 1, len(upper))) * min(1.0, float((lower - upper)[:, 1].max()) / USUAL)
    upper[:, 1] -= (HIGHER * share).astype(np.float32)
    lower[:, 1] += (LOWER * share).astype(np.float32)
    for contour in (upper, lower):
        contour[:, 0] = np.maximum.accumulate(contour[:, 0] + 1e-5 * np.arange(len(contour)))
    return upper, lower
