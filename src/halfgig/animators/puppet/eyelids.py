"""Blinks: the upper lid's edge with its lashes goes down to the lower lid, and the skin above is stretched.

The lashes go down as one row.  The skin between them and the brow, glasses or hair is stretched ever more towards
them, so that its upper end stays, and most of it is smoothed along the lid: what is left of lashes would show as combs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import Window, pixel_axes, smoothstep

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.measure import Eye

LASHES = 0.055
"""Height of the row of lashes above the edge of the lid, in eye distances."""

SOFT = 0.03
"""Height over which smoothed skin fades in and out, in eye distances."""

SKIN = 0.18
"""Largest height of skin above the edge of the lid that is stretched, in eye distances."""

ALONG = 0.06
"""Standard deviation of the smoothing of that skin along the lid, in eye distances."""

SMOOTHED = 0.7
"""Share of smoothed skin in the stretched one: without it, stretched lashes and hair show as combs."""

OBSTACLE = 0.45
"""Brightness, in that of the skin under the eye, below which there is no skin: glasses, hair, a brow."""

ROWS = 16
"""Heights above a lid at which its skin is read."""

BELOW_BROW = 0.75
"""Share of the way from lid to brow that is skin for certain."""

ASIDE, BELOW = 0.06, 0.08
"""Margins of the window around the eye, in eye distances."""

OVERLAP = 0.012
"""Travel of the edge past the lower lid in the middle of the eye, in eye distances, so that no white is left."""

ABOVE = 0.012
"""Distance of the edge that moves above the measured one, in the middle of the eye, in eye distances: white that goes
along would show."""

LINE = 0.011
"""Half the thickness of the line along a closed lid, in eye distances."""

LINE_OPACITY = 0.6

UNDER = np.linspace(0.05, 0.12, 6, dtype=np.float32)
"""Depths below the lower lid at which the skin under the eye is read, in eye distances."""

DARKEST = 0.65
"""Smallest brightness of the lid's skin, in that of the skin under the eye."""

COLUMNS = 48
"""Places along a lid at which its skin is read."""


class EyeLid:
    """Closing of one eye of a portrait, RGB [H, W, 3], in a window around it.

    `to_source` has the pixels of the portrait per pixel of the frame, across and down.
    """

    def __init__(
        self,
        eye: Eye,
        frame: FaceFrame,
        size: tuple[int, int],
        rgb: NDArray[np.uint8],
        to_source: tuple[float, float],
    ) -> None:
        upper, lower = np.array(eye.upper, np.float32), np.array(eye.lower, np.float32)  # [9, 2]
        both = np.concatenate([upper, lower])
        top = float(upper[:, 1].min()) - SKIN - SOFT
        corners = (
            float(both[:, 0].min()) - ASIDE,
            top,
            float(both[:, 0].max()) + ASIDE,
            float(both[:, 1].max()) + BELOW,
        )
        self._window = Window(frame, size, corners)
        x, y = self._window.places()
        opening = (_along(lower, x) - _along(upper, x)).clip(0, None)
        tallest = max(float((_along(lower, upper[:, 0]) - upper[:, 1]).max()), 1e-3)
        share: Map = np.asarray(opening / tallest, dtype=np.float32)
        wider = smoothstep(0.0, 0.6, share)
        self._drop = opening + (ABOVE + OVERLAP) * wider
        self._height = y - _along(upper, x) + ABOVE * wider  # [h, w] below the edge of the upper lid
        self._open = smoothstep(0.0, 0.35, share)
        self._reach, self._skin = self._read_skin(eye, x, lambda x, y: _read(rgb, frame, to_source, x, y))
        self._down = pixel_axes(frame)[1]
        self._line = max(LINE, 0.7 / frame.unit)

    def close(self, closed: float, x: Map, y: Map) -> Map | None:
        """Modify the source positions x, y [H, W] of the frame's pixels for an eye that is `closed` by 0..1.

        Returns for `draw` what covers the eye in the window: colour 0..255 of the skin, its opacity, and the opacity
        of the line along the lid's edge, [h, w, 5]; None if the eye is open.
        """
        if closed <= 0:
            return None
        part = self._window.part
        drop = self._drop * np.float32(closed)
        here = x[part].copy(), y[part].copy()
        moved = self._window.read(self._lift(drop), *here)
        x[part] -= moved * self._down[0]
        y[part] -= moved * self._down[1]
        covered = self._covered(drop, closed)
        return np.concatenate([self._window.read(each, *here) for each in (self._skin, covered)], axis=-1)

    def draw(self, frame: NDArray[np.uint8], cover: Map | None) -> None:
        """Draw the skin of the lid and the line along its edge into a frame [H, W, 3]."""
        if cover is None:
            return
        part = frame[self._window.part]
        dark = np.percentile(part, 4, axis=(0, 1))
        skin, line = cover[..., 3:4], cover[..., 4:]
        shown = part + (cover[..., :3] - part) * skin
        part[:] = (shown + (dark - shown) * line + 0.5).clip(0, 255)

    def _lift(self, drop: Map) -> Map:
        """Return the displacement down of each pixel, in eye distances, [h, w]: the lashes' is that of the edge.

        The skin above them is stretched from its upper end on, where it is left as it is, ever more towards them.
        """
        row, still = drop - LASHES, self._reach - LASHES
        longer = (row + self._reach) / still
        share = ((self._height + self._reach) / (row + self._reach)).clip(0, 1)
        taken = 0.5 * share + 0.5 * longer * share / (1 + (longer - 1) * share)
        skin = self._height + self._reach - still * taken
        is_skin, is_row = (
            np.abs(self._height + self._reach / 2 - row / 2) < (row + self._reach) / 2,
            self._height >= row,
        )
        lashes = np.where(is_row & (self._height < drop), drop, 0)
        return np.where(is_skin, skin, lashes).astype(np.float32)

    def _covered(self, drop: Map, closed: float) -> Map:
        """Return the opacity of skin and of the line along the edge, [h, w, 2]."""
        row = drop - LASHES
        begun = smoothstep(0.0, 0.5 * LASHES, drop)
        above = smoothstep(-self._reach, -LASHES, self._height)
        skin = SMOOTHED * above * smoothstep(row + SOFT, row - SOFT, self._height) * begun * self._open
        line = np.exp(-(((self._height - drop) / self._line) ** 2)) * self._open * min(1.0, 2 * closed)
        return np.stack([skin, LINE_OPACITY * line], axis=-1).astype(np.float32)

    def _read_skin(self, eye: Eye, x: Map, read: Callable[[Map, Map], Map]) -> tuple[Map, Map]:
        """Return how far up the lid is skin, [h, w], and its colour, [h, w, 3]; `read` samples the portrait."""
        across = np.linspace(eye.upper[0].x, eye.upper[-1].x, COLUMNS, dtype=np.float32)
        edge, under = _along(np.array(eye.upper, np.float32), across), _along(np.array(eye.lower, np.float32), across)
        cheek = np.median(read(np.broadcast_to(across, (len(UNDER), COLUMNS)), under + UNDER[:, None]), axis=(0, 1))
        free = BELOW_BROW * (edge - _along(np.array(eye.brow, np.float32), across))
        heights = np.linspace(LASHES, SKIN, ROWS, dtype=np.float32)[:, None]
        colours = read(np.broadcast_to(across, (ROWS, COLUMNS)), edge - heights)  # [ROWS, COLUMNS, 3]
        is_skin = (colours.mean(axis=-1) > OBSTACLE * cheek.mean()) & (heights <= free)
        is_skin[: ROWS // 4] = True  # lashes may be long
        rows = np.where(is_skin.all(axis=0), ROWS - 1, is_skin.argmin(axis=0))
        step = max(float(across[1] - across[0]), 1e-3)
        reach = _smoothed(heights[rows].repeat(3, axis=1), ALONG / step)[:, 0].clip(LASHES + SOFT, SKIN)
        seen = np.arange(ROWS)[:, None, None] <= rows[:, None]
        mean = (colours * seen).sum(axis=0) / seen.sum(axis=0)
        smooth = _smoothed(_no_darker(mean, cheek), ALONG / step)
        skin = np.stack([np.interp(x, across, smooth[:, i]) for i in range(3)], axis=-1)
        return np.interp(x, across, reach).astype(np.float32), skin.astype(np.float32)


def _read(rgb: NDArray[np.uint8], frame: FaceFrame, to_source: tuple[float, float], x: Map, y: Map) -> Map:
    """Sample RGB [H, W, 3] at positions x, y [n, m] in the face frame."""
    import cv2

    cos, sin = np.cos(frame.roll) * frame.unit, np.sin(frame.roll) * frame.unit
    at_x = (frame.origin.x + cos * x - sin * y) * to_source[0]
    at_y = (frame.origin.y + sin * x + cos * y) * to_source[1]
    places = at_x.astype(np.float32), at_y.astype(np.float32)
    read = cv2.remap(rgb, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read, np.float32)


def _no_darker(row: Map, cheek: Map) -> Map:
    """Mix the skin under the eye [3] into colours [n, 3] that are too dark for skin: lashes, glasses, hair."""
    light, goal = row.mean(axis=-1, keepdims=True), float(cheek.mean())
    share = ((DARKEST * goal - light) / np.maximum(goal - light, 1)).clip(0, 1)
    return np.asarray(row + (cheek - row) * share, np.float32)


def _smoothed(row: Map, sigma: float) -> Map:
    """Blur colours [n, 3] along a lid."""
    import cv2

    return np.asarray(cv2.GaussianBlur(row[None].astype(np.float32), (0, 0), sigmaX=sigma, sigmaY=1)[0])


def _along(contour: Map, x: Map) -> Map:
    """Return the height of a contour [n, 2] at positions x; beyond its ends that of its nearer end."""
    return np.interp(x, np.maximum.accumulate(contour[:, 0]), contour[:, 1]).astype(np.float32)
