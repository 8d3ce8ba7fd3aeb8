"""What a closing lid shows and the picture does not: the skin that was folded away, and the lid without its lashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import growing, smoothstep

if TYPE_CHECKING:
    from halfgig.animators.puppet.eye_window import EyeWindow
    from halfgig.face.frame import Map
    from halfgig.face.measure import Eye

FOLD = 0.05
"""Height above the edge of the open lid, in the middle of the eye, up to which skin is painted, in eye distances."""

SOFT = 0.022
"""Height over which painted skin fades in, in eye distances."""

ALONG = 0.1
"""Standard deviation of the smoothing of skin along the lid, in eye distances."""

ROWS, COLUMNS = 16, 48
"""Places at which the skin above and below an eye is read."""

DARKEST, LIGHTEST = 0.7, 1.1
"""Brightness that the lid's skin may have, in that of the skin under the eye."""

BULGE, EDGE_SHADE, CORNER_SHADE, CREASE = 0.05, 0.12, 0.10, 0.14
"""Shading of a closed lid: lighter over the eyeball, darker at the lashes, towards the corners and in the crease."""

GRAIN = 0.025
"""Size of the grain that is taken over from the skin under the eye, in eye distances."""

LOWER_LASHES = 0.07
"""Length of the lower lashes, in eye distances, which are no grain."""


class LidSkin:
    """The skin of one closed upper lid, painted in the window of the eye."""

    def __init__(self, window: EyeWindow, eye: Eye) -> None:
        share = window.opening / window.tallest
        self.top = window.upper - np.float32(FOLD) * smoothstep(0.0, 0.5, share)
        self.cover = smoothstep(-SOFT, SOFT, window.y - self.top) * smoothstep(0.02, 0.2, share)
        """Opacity of the painted skin wherever the lid is, [h, w]."""
        self.rgb = self._painted(window, eye)
        """[h, w, 3]."""

    def _painted(self, window: EyeWindow, eye: Eye) -> Map:
        across = np.linspace(*window.corners, COLUMNS, dtype=np.float32)
        above, below = _skin_around(window, eye, across)
        height = ((window.y - self.top) / np.maximum(window.lower - self.top, 1e-3)).clip(0, 1)[..., None]
        lid, cheek = (
            np.stack([np.interp(window.x, across, each[:, i]) for i in range(3)], axis=-1) for each in (above, below)
        )
        mixed = lid + (cheek - lid) * (0.3 * height)
        left, right = window.corners
        beside = ((2 * window.x - left - right) / (right - left)).clip(-1, 1)[..., None]
        shade = (
            1
            + BULGE * np.exp(-(((height - 0.4) / 0.25) ** 2) - (beside / 0.5) ** 2)
            - EDGE_SHADE * height**4
            - CORNER_SHADE * beside**4
            - CREASE * np.exp(-(((window.y - self.top - 0.6 * SOFT) / (0.5 * SOFT)) ** 2))[..., None]
        )
        return np.asarray(mixed * shade + _grain(window), np.float32)


def _skin_around(window: EyeWindow, eye: Eye, across: Map) -> tuple[Map, Map]:
    """Return the skin between lid and brow, and under the eye, at positions across the eye; each [n, 3]."""
    upper, lower = window.edges(across)
    gap = (upper - np.interp(across, *growing(eye.brow).T)).clip(0.08, 0.3)
    wide = np.broadcast_to(across, (ROWS, len(across)))
    heights = np.linspace(0.02, 0.75, ROWS, dtype=np.float32)[:, None] * gap
    depths = np.linspace(0.05, 0.13, ROWS, dtype=np.float32)[:, None]
    lid = window.read_picture(wide, (upper - heights).astype(np.float32))  # [ROWS, n, 3]
    under = window.read_picture(wide, (lower + depths).astype(np.float32))
    cheek = _smoothed(np.median(under, axis=0), across)
    order = np.argsort(lid.mean(axis=-1), axis=0)[..., None]
    lit = np.take_along_axis(lid, order, axis=0)[ROWS // 2 : -1].mean(axis=0)  # lashes, folds and hair are darker
    goal = cheek.mean(axis=-1, keepdims=True)
    light = np.maximum(lit.mean(axis=-1, keepdims=True), 1)
    is_skin = smoothstep(0.3, DARKEST, light / goal)  # else glasses, hair or a brow
    lit = cheek * DARKEST + (lit - cheek * DARKEST) * is_skin
    light = np.maximum(lit.mean(axis=-1, keepdims=True), 1)
    return _smoothed(lit * (light.clip(DARKEST * goal, LIGHTEST * goal) / light), across), cheek


def _smoothed(row: Map, across: Map) -> Map:
    """Blur colours [n, 3] along a lid."""
    import cv2

    step = max(float(across[1] - across[0]), 1e-3)
    return np.asarray(cv2.GaussianBlur(row[None].astype(np.float32), (0, 0), sigmaX=ALONG / step, sigmaY=1)[0])


def _grain(window: EyeWindow) -> Map:
    """Return the grain of the skin under the eye, mirrored up onto the lid, [h, w, 3]; glasses and hair have none."""
    import cv2

    below = window.read_picture(window.x, 2 * window.lower + 2 * LOWER_LASHES - window.y)
    smooth = cv2.GaussianBlur(below, (0, 0), max(1.0, GRAIN / window.pixel))
    light = smooth.mean(axis=-1)
    usual = max(float(np.median(light)), 1.0)
    plain = smoothstep(0.2, 0.1, np.abs(light / usual - 1))[..., None]
    grain = (below - smooth) * plain
    most = 2 * np.median(np.abs(grain)) + 0.5
    return np.asarray(grain.clip(-most, most), np.float32)
