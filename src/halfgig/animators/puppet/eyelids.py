"""Blinks: the skin above an eye drawn down over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.window import Window, turn_to_pixels
from halfgig.face.lids import curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.bases import Map
    from halfgig.face.frame import FaceFrame
    from halfgig.face.lids import Opening

SKIN = 0.17
"""How much skin above the lid takes part, in eye distances; more would pull at the brow."""

WIDER = 1.25
"""How far a lid closes beyond the measured corners, as a factor: corners are narrow, and white left in one shows."""

LASH = 0.013
"""Half the thickness of the lashes of a closed eye, in eye distances."""

EASE = 1.5
"""How the pull fades upwards: below 2 no row of skin overtakes another, whatever the opening."""

CLOSED = 1.12
"""How far a closed upper lid goes, in openings: a little over the lower lid, which stays, so that no white is left."""


class EyeLid:
    """Close one eye by a field over a small window around it."""

    def __init__(self, opening: Opening, frame: FaceFrame, size: tuple[int, int]) -> None:
        reach = opening.half_width * WIDER
        tallest = opening.upper + SKIN + abs(opening.tilt) * reach
        corners = (opening.x - reach, opening.y - tallest, opening.x + reach, opening.y + opening.lower + 0.08)
        self._window = Window(frame, size, corners)
        x, y = self._window.places()
        self._arch = curve((x - opening.x) / reach)
        self._height = y - opening.y - opening.tilt * (x - opening.x)  # [h, w] under the line between the corners
        self._edge = -opening.upper * self._arch
        self._travel = CLOSED * (opening.upper + opening.lower) * self._arch
        self._down = turn_to_pixels(frame)[1]
        self._lash = max(LASH, 0.8 / frame.unit)

    def close(self, closed: float, x: Map, y: Map) -> Map | None:
        """Follow pixels x, y [H, W] of the open eye, in place, to where the eye `closed` by 0..1 has them.

        Gives how much of each pixel of the window is lashes, 0..1 [h, w]; None while the eye is open.
        """
        if closed <= 0:
            return None
        part = self._window.part
        lift, lashes = self._closing(closed)
        moved = self._window.read(np.stack([lift, lashes], axis=-1), x[part], y[part])
        x[part] -= moved[..., 0] * self._down[0]
        y[part] -= moved[..., 0] * self._down[1]
        return moved[..., 1]

    def darken(self, frame: NDArray[np.uint8], lashes: Map | None) -> None:
        """Draw the lashes along the lid's edge: they hide where skin ends and eye begins."""
        if lashes is not None:
            part = frame[self._window.part]
            dark = np.percentile(part, 4, axis=(0, 1))
            part[:] = part + (dark - part) * lashes[..., None]

    def _closing(self, closed: float) -> tuple[Map, Map]:
        """Give how far above each place its content is taken from, in eye distances, and where lashes are, [h, w]."""
        drop = self._travel * closed
        edge, top = self._edge + drop, self._edge - SKIN
        share = ((self._height - top) / (edge - top)).clip(0, 1) ** EASE
        lift = np.where(self._height < edge, drop * share, 0)
        lashes = np.exp(-(((self._height - edge) / self._lash) ** 2)) * np.minimum(1, 4 * self._arch)
        return lift.astype(np.float32), (0.85 * min(1.0, 2 * closed) * lashes).astype(np.float32)
