"""The mouth of a puppet: lips and skin moved by a pose, and the inner mouth painted between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.bases import Window, face_coordinates, pixel_axes, smoothstep
from halfgig.animators.puppet.blendshapes import Mouth
from halfgig.animators.puppet.inner_mouth import InnerMouth
from halfgig.animators.puppet.lip_line import with_line_of
from halfgig.animators.puppet.mouth_field import COLUMNS, ROWS, MouthField

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.lips import Opening
    from halfgig.face.colours import Colours
    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape
    from halfgig.face.texture import Texture

    Part = tuple[slice, slice]


PAINTED_BLUR = 0.4
"""Standard deviation in pixels of the blur that edges have as they are painted."""

FAINTEST_BLUR = 0.35
"""Blur in pixels that is not worth its time."""

SEAM = 1.0
"""Pixels over which one lip passes into the other where they meet."""


BESIDE, BEYOND = (0.75, 1.0), (2.2, 1.5)
"""Places across a rounded mouth, in its half widths, over which the shade of its corners fades, and until where."""

LINE, SHADE = 0.16, 0.13
"""Distance from the line between the lips up to which it does, and height of what is a shade, in eye distances: that
of a soft picture's is the largest."""

FAINTEST_SHARE = 0.02
"""Opacity that is not worth its time."""


class Cover(NamedTuple):
    """What is drawn over a part of one frame."""

    part: Part
    """Its rectangle of the frame."""
    colour: Map
    """RGB [h, w, 3], 0..255."""
    opacity: Map
    """[h, w, 1], 0..1."""


class MouthCovers(NamedTuple):
    """What is drawn over a mouth that was moved."""

    light: Map
    """Share of light on the skin in the window of the mouth, [h, w]."""
    corners: Cover | None
    """The skin at the sides of a ring, without the shade that corners of a wide mouth have."""
    seam: Cover | None
    """Where the lips meet and were apart in the picture."""
    inside: Cover | None
    """The inner mouth, between the lips."""


class MouthLayer:
    """Moves the lower face of a portrait RGB [H, W, 3] in frames of `size`, width and height; `texture` is theirs."""

    def __init__(
        self,
        rgb: NDArray[np.uint8],
        shape: FaceShape,
        colours: Colours,
        texture: Texture,
        size: tuple[int, int],
    ) -> None:
        self._rgb = rgb
        self._to_source = (rgb.shape[1] - 1) / (size[0] - 1), (rgb.shape[0] - 1) / (size[1] - 1)
        self._frame = shape.frame
        self.field = MouthField(with_line_of(self._at, shape, texture.blur / shape.frame.unit))
        self._window = Window(shape.frame, size, self.field.area)
        self._axes = pixel_axes(shape.frame)
        self.inner = InnerMouth(self.field.lips, colours, shape.frame.unit)
        self.blur = max(0.0, texture.blur**2 - PAINTED_BLUR**2) ** 0.5
        height, width = self._window.bottom - self._window.top, self._window.right - self._window.left
        noise = np.random.default_rng(0).normal(0, texture.grain, (height, width, 1) if texture.grain else (1, 1, 1))
        self._grain = noise.astype(np.float32)

    def move(self, mouth: Mouth, x: Map, y: Map) -> MouthCovers | None:
        """Modify the source positions x, y [H, W] of the frame's pixels; return what `draw` draws over them."""
        if mouth == Mouth():
            return None
        part = self._window.part
        posed, still = self.field.pose(mouth), (x[part], y[part])
        u, v = face_coordinates(self._frame, *still)
        rows, columns = (v - self.field.top) * ROWS, (u - self.field.left) * COLUMNS
        across, shade = np.moveaxis(_read(posed.skin, columns, rows), 2, 0)
        upper, lower, upper_edge, lower_edge = np.moveaxis(_read(posed.down, columns - across * COLUMNS, rows), 2, 0)
        under_upper, over_lower = v - upper - upper_edge, lower_edge - v + lower
        is_lower = over_lower < under_upper
        seam = self._seam(still, across, np.where(is_lower, upper, lower), upper - lower, under_upper - over_lower)
        inside = self._inside(mouth, posed.opening, (u, v), still, under_upper, over_lower)
        down = np.where(is_lower, lower, upper)
        corners = self._corners(posed.opening, u, still, across, down, under_upper - over_lower)
        x[part], y[part] = self._source(still, across, down)
        return MouthCovers(1 - shade, corners, seam, inside)

    def _corners(
        self, opening: Opening, u: Map, still: tuple[Map, Map], across: Map, down: Map, from_edge: Map
    ) -> Cover | None:
        """Return the skin at the sides of a ring, where the shade of the corners came along as a short dark line.

        What is darker than the skin above and below it takes the darker of both.
        """
        aside = np.asarray(np.abs(self.field.lips.extent.across(u)) / opening.width, np.float32)
        share = np.asarray(opening.roundness * smoothstep(*BESIDE, aside) * smoothstep(*BEYOND, aside), np.float32)
        share *= smoothstep(2 * LINE, 0.0, np.abs(from_edge))
        box = _bounds(share > FAINTEST_SHARE)
        if box is None:
            return None
        there = (still[0][box], still[1][box]), across[box]
        own, above, below = (self._picture(*self._source(*there, down[box] + by)) for by in (0.0, SHADE, -SHADE))
        return Cover(self._shifted(box), np.maximum(own, np.minimum(above, below)), share[box][..., None])

    def _seam(self, still: tuple[Map, Map], across: Map, other: Map, apart: Map, from_edge: Map) -> Cover | None:
        """Return the lips that pass into each other where they meet and were apart in the picture.

        `other` is the displacement of the farther lip, `apart` the difference between both, `from_edge` twice the
        distance from where they meet.
        """
        pixels = np.abs(from_edge) * (self._frame.unit / 2)
        box = _bounds((pixels < SEAM / 2) & (np.abs(apart) * self._frame.unit > SEAM / 2))
        if box is None:
            return None
        there = self._source((still[0][box], still[1][box]), across[box], other[box])
        opacity = (0.5 - pixels[box] / SEAM).clip(0, 1)
        return Cover(self._shifted(box), self._picture(*there), opacity[..., None])

    def _inside(
        self,
        mouth: Mouth,
        opening: Opening,
        places: tuple[Map, Map],
        still: tuple[Map, Map],
        under_upper: Map,
        over_lower: Map,
    ) -> Cover | None:
        """Return the inner mouth, as blurred and as noisy as the picture, and the picture's own over it."""
        import cv2

        open_by = np.minimum(under_upper, over_lower) * self._frame.unit  # pixels
        box = _bounds(open_by > 0, math.ceil(2 * self.blur))
        if box is None:
            return None
        under_upper, over_lower, opacity = under_upper[box], over_lower[box], open_by[box].clip(0, 1)
        places, still = (places[0][box], places[1][box]), (still[0][box], still[1][box])
        colour = self.inner.paint(mouth, opening, places, under_upper, over_lower)
        if self.blur > FAINTEST_BLUR:
            colour = np.asarray(cv2.GaussianBlur(colour, (0, 0), self.blur), np.float32)
            opacity = np.asarray(cv2.GaussianBlur(opacity, (0, 0), self.blur), np.float32)
        if self._grain.size > 1:
            colour = colour + self._grain[box]
        if self.field.lips.is_open:
            colour = self._with_own(colour, opening, places, still)
        colour = self.inner.with_rim(colour, opening, under_upper, over_lower)
        return Cover(self._shifted(box), colour, opacity[..., None])

    def draw(self, frame: NDArray[np.uint8], covers: MouthCovers | None) -> None:
        """Draw what `move` returned into a frame [H, W, 3]."""
        import cv2

        if covers is None:
            return
        _put(frame, covers.seam)
        _put(frame, covers.corners)
        skin = frame[self._window.part]
        skin[:] = cv2.multiply(skin, cv2.merge([covers.light] * 3), dtype=cv2.CV_8U)
        _put(frame, covers.inside)

    def _source(self, places: tuple[Map, Map], across: Map, down: Map) -> tuple[Map, Map]:
        """Return the places from which a displacement, in eye distances, takes pixels."""
        (right_x, right_y), (down_x, down_y) = self._axes
        return places[0] - across * right_x - down * down_x, places[1] - across * right_y - down * down_y

    def _at(self, x: Map, y: Map) -> Map:
        """Return the portrait at places in the face frame, RGB [h, w, 3]."""
        origin, (right, down) = self._frame.origin, pixel_axes(self._frame)
        return self._picture(*(np.float32(start) + x * right[i] + y * down[i] for i, start in enumerate(origin)))

    def _picture(self, x: Map, y: Map) -> Map:
        """Return the portrait at places of a frame, RGB [h, w, 3]."""
        import cv2

        at = x * np.float32(self._to_source[0]), y * np.float32(self._to_source[1])
        found = cv2.remap(self._rgb, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found, dtype=np.float32)

    def _with_own(self, colour: Map, opening: Opening, places: tuple[Map, Map], still: tuple[Map, Map]) -> Map:
        """Return the painted inner mouth with the picture's own over it, which stays with the skull.

        A lifted upper lip shows the upper end of what the picture shows once more.
        """
        edges = self.field.lips.edges
        columns = (places[0] - self.field.left) * COLUMNS
        grid = np.arange(len(edges.inner_upper))
        top, bottom = (
            np.interp(columns, grid, each).astype(np.float32) for each in (edges.inner_upper, edges.inner_lower)
        )
        parted = min(1.0, 30 * opening.lower)
        lifted = (top + 0.01 * parted - places[1]).clip(0, 0.1)
        own = self._picture(*self._source(still, np.zeros_like(lifted), -lifted))
        own = self.inner.shaded(own, (0.5 + 0.5 * self.inner.light(opening)) * (1 - 5 * lifted))
        pixel = 1 / self._frame.unit
        share = smoothstep(-pixel / 2, pixel / 2 + 0.03 * parted, bottom - places[1])[..., None]
        share *= 1 - self.inner.own_hidden(opening) * parted
        return np.asarray(colour + (own - colour) * share, dtype=np.float32)

    def _shifted(self, box: Part) -> Part:
        rows, columns = box
        top, left = self._window.top, self._window.left
        return slice(rows.start + top, rows.stop + top), slice(columns.start + left, columns.stop + left)


def _put(frame: NDArray[np.uint8], cover: Cover | None) -> None:
    if cover is not None:
        part = frame[cover.part]
        part[:] = (part + (cover.colour - part) * cover.opacity + 0.5).clip(0, 255)


def _read(values: Map, columns: Map, rows: Map) -> Map:
    """Sample values on the grid; beyond it they are those of its border, where nothing moves."""
    import cv2

    found: Map = cv2.remap(values, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found


def _bounds(shown: NDArray[np.bool_], margin: int = 0) -> Part | None:
    """Return the smallest rectangle with all that is shown and a margin in pixels; None if nothing is shown."""
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    if not len(rows):
        return None
    down, across = (slice(max(0, int(at[0]) - margin), int(at[-1]) + 1 + margin) for at in (rows, columns))
    return down, across
