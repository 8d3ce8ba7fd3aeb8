"""Blinks: the skin above an eye drawn down over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animation.window import Window, turn_to_pixels
from halfgig.face.lids import curve

if TYPE_CHECKING:
    from halfgig.animation.bases import Map
    from halfgig.face.frame import FaceFrame
    from halfgig.face.lids import Opening

SKIN = 0.17
"""How much skin above the lid takes part, in eye distances; more would pull at the brow."""

WIDER = 1.12
"""How far a lid closes beyond the measured corners, as a factor: corners are narrow, and white left in one shows."""

EASE = 1.5
"""How the pull fades upwards: below 2 no row of skin overtakes another, whatever the opening."""

CLOSED = 1.06
"""How far a closed upper lid goes, in openings: a little over the lower lid, which stays, so that no white is left."""


class EyeLid:
    """Close one eye by a field over a small window around it."""

    def __init__(self, opening: Opening, frame: FaceFrame, size: tuple[int, int]) -> None:
        reach = opening.half_width * WIDER
        tallest = opening.upper + SKIN + abs(opening.tilt) * reach
        corners = (opening.x - reach, opening.y - tallest, opening.x + reach, opening.y + opening.lower + 0.08)
        self._window = Window(frame, size, corners)
        x, y = self._window.places()
        arch = curve((x - opening.x) / (WIDER * opening.half_width))
        self._height = y - opening.y - opening.tilt * (x - opening.x)  # [h, w] under the line between the corners
        self._edge = -opening.upper * arch
        self._travel = CLOSED * (opening.upper + opening.lower) * arch
        self._down = turn_to_pixels(frame)[1]

    def close(self, closed: float, x: Map, y: Map) -> None:
        """Follow pixels x, y [H, W] of the open eye, in place, to where the eye `closed` by 0..1 has them."""
        if closed <= 0:
            return
        part = self._window.part
        lift = self._window.read(self._lift(closed), x[part], y[part])
        x[part] -= lift * self._down[0]
        y[part] -= lift * self._down[1]

    def _lift(self, closed: float) -> Map:
        """Give how far above each place its content is taken from, in eye distances, [h, w]."""
        drop = self._travel * closed
        top = self._edge - SKIN
        share = ((self._height - top) / (self._edge + drop - top)).clip(0, 1) ** EASE
        return np.where(self._height < self._edge + drop, drop * share, 0).astype(np.float32)
