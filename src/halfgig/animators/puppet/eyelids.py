"""Blinks: the upper lid's edge with its lashes goes down to the lower lid, and skin is drawn behind it.

Above the lashes nothing moves, so crease and brow stay.  The lashes go down as one row.  What they uncover, and the eye
that they pass, is covered by the lid's own skin, smoothed along the lid: skin that is stretched shows no detail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import Window, pixel_axes, smoothstep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.measure import Eye

LASHES = 0.055
"""Height of the row of lashes above the edge of the lid, in eye distances."""

SOFT = 0.05
"""Height over which drawn skin fades in above that row, in eye distances."""

SKIN = (0.06, 0.16)
"""Heights above the edge of the lid between which its skin is looked for, in eye distances, below the brow."""

ALONG = (0.03, 0.07)
"""Standard deviations of the smoothing of that skin along the lid, above and at the lashes, in eye distances."""

BELOW_BROW = 0.75
"""Share of the way from lid to brow that is skin for certain."""

ASIDE, BELOW = 0.06, 0.08
"""Margins of the window around the eye, in eye distances."""

OVERLAP = 0.012
"""Travel of the edge past the lower lid in the middle of the eye, in eye distances, so that no white is left."""

LINE = 0.011
"""Half the thickness of the line along a closed lid, in eye distances."""

LINE_OPACITY = 0.45

UNDER = np.linspace(0.05, 0.12, 6, dtype=np.float32)
"""Depths below the lower lid at which the skin under the eye is read, in eye distances."""

DARKEST = 0.8
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
        top = float(upper[:, 1].min()) - SKIN[1] - SOFT
        corners = (
            float(both[:, 0].min()) - ASIDE,
            top,
            float(both[:, 0].max()) + ASIDE,
            float(both[:, 1].max()) + BELOW,
        )
        self._window = Window(frame, size, corners)
        x, y = self._window.places()
        self._upper, self._lower = _along(upper, x), _along(lower, x)
        opening = (self._lower - self._upper).clip(0, None)
        tallest = max(float((_along(lower, upper[:, 0]) - upper[:, 1]).max()), 1e-3)
        share: Map = np.asarray(opening / tallest, dtype=np.float32)
        self._drop = opening + OVERLAP * smoothstep(0.0, 0.6, share)
        self._height = y - self._upper  # [h, w] below the edge of the upper lid
        self._open = smoothstep(0.0, 0.35, share)
        self._skin = self._lid_skin(eye, frame, rgb, to_source, x)
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
        is_lid = (self._height < drop + self._line) & (self._height > drop - LASHES - SOFT)
        lift = np.where(is_lid, drop, 0).astype(np.float32)
        share = smoothstep(0.0, 1.0, (self._height + LASHES) / np.maximum(drop, 0.02))[..., None]
        skin = self._skin[0] + (self._skin[1] - self._skin[0]) * share
        here = x[part].copy(), y[part].copy()
        moved = self._window.read(lift, *here)
        x[part] -= moved * self._down[0]
        y[part] -= moved * self._down[1]
        return np.concatenate([self._window.read(each, *here) for each in (skin, self._covered(drop, closed))], axis=-1)

    def draw(self, frame: NDArray[np.uint8], cover: Map | None) -> None:
        """Draw the skin of the lid and the line along its edge into a frame [H, W, 3]."""
        if cover is None:
            return
        part = frame[self._window.part]
        dark = np.percentile(part, 4, axis=(0, 1))
        skin, line = cover[..., 3:4], cover[..., 4:]
        shown = part + (cover[..., :3] - part) * skin
        part[:] = (shown + (dark - shown) * line + 0.5).clip(0, 255)

    def _covered(self, drop: Map, closed: float) -> Map:
        """Return the opacity of skin and of the line along the edge, [h, w, 2]."""
        row = drop - LASHES
        begun = smoothstep(0.0, 0.25 * LASHES, drop)
        above = smoothstep(-LASHES - SOFT, -LASHES, self._height)
        skin = above * smoothstep(row + SOFT, row, self._height) * begun * self._open
        line = np.exp(-(((self._height - drop) / self._line) ** 2)) * self._open * min(1.0, 2 * closed)
        return np.stack([skin, LINE_OPACITY * line], axis=-1).astype(np.float32)

    def _lid_skin(
        self, eye: Eye, frame: FaceFrame, rgb: NDArray[np.uint8], to_source: tuple[float, float], x: Map
    ) -> Map:
        """Return the colours of the lid's skin at each pixel of the window, above and at the lashes, [2, h, w, 3]."""
        across = np.linspace(eye.upper[0].x, eye.upper[-1].x, COLUMNS, dtype=np.float32)
        edge = _along(np.array(eye.upper, np.float32), across)
        free = BELOW_BROW * (edge - _along(np.array(eye.brow, np.float32), across))
        low, high = np.minimum(SKIN[0], 0.5 * free.clip(0.02, None)), np.minimum(SKIN[1], free.clip(0.04, None))
        heights = low + (high - low) * np.linspace(0, 1, 16, dtype=np.float32)[:, None]  # [16, COLUMNS]
        colours = _read(rgb, frame, to_source, np.broadcast_to(across, heights.shape), edge - heights)
        step = max(float(across[1] - across[0]), 1e-3)
        under = _along(np.array(eye.lower, np.float32), across) + UNDER[:, None]
        cheek = np.median(_read(rgb, frame, to_source, np.broadcast_to(across, under.shape), under), axis=(0, 1))
        rows = [_no_darker(row, cheek) for row in (colours[:8].mean(axis=0), np.median(colours, axis=0))]
        smooth = [_smoothed(row, sigma / step) for row, sigma in zip(rows, ALONG, strict=True)]
        skin = np.stack([[np.interp(x, across, row[:, i]) for i in range(3)] for row in smooth])
        return skin.transpose(0, 2, 3, 1).astype(np.float32)


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
