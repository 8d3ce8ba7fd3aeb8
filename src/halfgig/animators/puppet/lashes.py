"""The upper lashes: found as what is darker than the skin, moved as one row, pointing down where the eye is shut."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import smoothstep

if TYPE_CHECKING:
    from halfgig.animators.puppet.eye_window import EyeWindow
    from halfgig.face.frame import Map

LENGTH = 0.085
"""Largest height of lashes above the edge of the lid, in eye distances."""

THICKNESS = 0.05
"""Largest thickness of what is a lash, in eye distances: what is thicker is a shadow or glasses."""

LINE = 0.009
"""Half the thickness of the line along the edge of a lid, in eye distances."""

FRINGE = 0.02
"""Half the thickness of line and lashes where a soft picture lets them run together, in eye distances."""

DARKEST, LIGHTEST = 0.6, 0.35
"""Opacity of that line: the darkest, and the lightest."""

SHADOW, SHADOW_DEPTH = 0.25, 0.06
"""Opacity of the shadow of a lowered lid on the eyeball, and its depth in eye distances."""

DROOP = 1.5
"""Turn of lashes from open to shut: they end up pointing down, and shorter."""

SHORTEST = 0.25
"""Length of lashes seen from their tips, as a share of their length."""


class Lashes:
    """The row of lashes of one upper lid, in the window of the eye."""

    def __init__(self, window: EyeWindow) -> None:
        self._window = window
        left, right = window.corners
        self.left, self.step = left - 0.1, window.pixel
        """Place of the first column of `kept` and distance between its columns and rows, in eye distances."""
        columns, rows = int((right - left + 0.2) / self.step), int(LENGTH / self.step) + 2
        self.kept, self._column = self._read(columns, rows)
        """Opacity of lashes by height above the edge and position across, 0..1."""
        sharp = max(LINE, 0.9 * self.step)
        self.thick = 2 * math.hypot(sharp, window.softness)
        """Half the thickness of the line along the edge, in eye distances."""
        self._strength = self._line_strength() * 2 * max(sharp, min(FRINGE, window.softness)) / self.thick
        self._line = self.line(window.x)

    def _read(self, columns: int, rows: int) -> tuple[Map, Map]:
        """Return the opacity of lashes by height above the edge and position across, and the column of each pixel."""
        import cv2

        window = self._window
        across = (self.left + self.step * np.arange(columns)).astype(np.float32)
        upper, _ = window.edges(across)
        heights = self.step * np.arange(rows, dtype=np.float32)[:, None]
        x, y = np.broadcast_to(across, (rows, columns)), (upper - heights).astype(np.float32)
        light = window.read_picture(x, y).mean(axis=-1)  # [rows, columns], the edge first
        thick = max(3, round(THICKNESS / self.step) | 1)
        usual = cv2.GaussianBlur(np.percentile(light[rows // 3 :], 75, axis=0)[None].astype(np.float32), (0, 0), thick)
        filled = np.concatenate([np.repeat(usual, thick, axis=0), light]).astype(np.float32)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick))
        skin = cv2.morphologyEx(filled, cv2.MORPH_CLOSE, kernel)[thick:]
        kept = (light / np.maximum(skin, 1)).clip(0, 1)
        soft = cv2.GaussianBlur(kept.astype(np.float32), (0, 0), 1.0)
        kept = np.maximum(kept, np.maximum.accumulate(soft, axis=0) - 0.15)  # a fold above is no lash
        dark = (1 - kept) * smoothstep(LENGTH, 0.5 * LENGTH, heights)
        ends = window.from_inner_corner(0.0, 0.05, across) * window.from_outer_corner(-0.05, 0.0, across)
        column = ((window.x - self.left) / self.step).astype(np.float32)
        return (dark * ends).astype(np.float32), column

    def _opacity_at(self, height: Map) -> Map:
        """Return the opacity of lashes at heights above the edge in pixels, [h, w]."""
        import cv2

        found = cv2.remap(self.kept, self._column, height.astype(np.float32), cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=0)  # fmt: skip
        return np.asarray(found, np.float32)

    def _line_strength(self) -> float:
        """Return the opacity of the line along the edge, which is about as dark as the lashes' roots."""
        across = slice(self.kept.shape[1] // 3, -self.kept.shape[1] // 3)
        roots = self.kept[: max(2, round(0.02 / self.step)), across].max(axis=0)
        return float(np.clip(1.2 * np.median(roots), LIGHTEST, DARKEST))

    def line(self, x: Map) -> Map:
        """Return the opacity of the line along the edge at positions x: it tapers towards the corners."""
        window = self._window
        taper = window.from_inner_corner(0.0, 0.14, x) * window.from_outer_corner(-0.02, 0.06, x)
        return np.asarray(self._strength * taper, np.float32)

    def opacity(self, edge: Map, closed: float) -> Map:
        """Return how dark lashes and line are with the lid's edge at heights `edge` [h, w], 0..1."""
        above = edge - self._window.y  # [h, w]
        turned = 1 - DROOP * closed
        stretch = max(SHORTEST, abs(turned)) * (1 if turned > 0 else -1)
        lashes = self._opacity_at(above / (stretch * self.step))
        line = self._line * (1 - (above / self.thick) ** 2).clip(0, 1)
        return np.asarray(1 - (1 - lashes) * (1 - line), np.float32)

    def shadow(self, edge: Map) -> Map:
        """Return how dark the eyeball is under a lid's edge, [h, w]."""
        depth = (self._window.y - edge).clip(0, SHADOW_DEPTH) / SHADOW_DEPTH
        return np.asarray(SHADOW * (1 - depth) ** 2, np.float32)
