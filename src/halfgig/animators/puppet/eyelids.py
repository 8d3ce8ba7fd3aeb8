"""Blinks: the skin above an eye is warped down over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.bases import Window, pixel_axes
from halfgig.face.lids import curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import FaceFrame, Map
    from halfgig.face.lids import Opening

SKIN = 0.17
"""Height of the skin above the lid that moves, in eye distances; more would move the brow."""

WIDER = 1.25
"""Width of the lid as a multiple of the measured opening: white left in a narrow corner would show."""

LASH = 0.013
"""Half the thickness of the lashes of a closed eye, in eye distances."""

EASE = 1.5
"""Exponent of the fade of the motion upwards: below 2 no row of skin overtakes another, whatever the opening."""

CLOSED = 1.12
"""Travel of the upper lid in openings: slightly over the lower lid, which stays, so that no white is left."""


class EyeLid:
    """Closing of one eye by a displacement field in a window around it."""

    def __init__(self, opening: Opening, frame: FaceFrame, size: tuple[int, int]) -> None:
        reach = opening.half_width * WIDER
        tallest = opening.upper + SKIN + abs(opening.tilt) * reach
        corners = (opening.x - reach, opening.y - tallest, opening.x + reach, opening.y + opening.lower + 0.08)
        self._window = Window(frame, size, corners)
        x, y = self._window.places()
        self._arch = curve((x - opening.x) / reach)
        self._height = y - opening.y - opening.tilt * (x - opening.x)  # [h, w] below the line between the corners
        self._edge = -opening.upper * self._arch
        self._travel = CLOSED * (opening.upper + opening.lower) * self._arch
        self._down = pixel_axes(frame)[1]
        self._lash = max(LASH, 0.8 / frame.unit)

    def close(self, closed: float, x: Map, y: Map) -> Map | None:
        """Modify the source positions x, y [H, W] of the frame's pixels for an eye that is `closed` by 0..1.

        Returns the opacity of the lashes in the window, 0..1 [h, w]; None if the eye is open.
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
        """Draw the lashes along the edge of the lid; they hide the seam between skin and eye."""
        if lashes is not None:
            part = frame[self._window.part]
            dark = np.percentile(part, 4, axis=(0, 1))
            part[:] = part + (dark - part) * lashes[..., None]

    def _closing(self, closed: float) -> tuple[Map, Map]:
        """Return the displacement of the skin down, in eye distances, and the opacity of the lashes, [h, w]."""
        drop = self._travel * closed
        edge, top = self._edge + drop, self._edge - SKIN
        share = ((self._height - top) / (edge - top)).clip(0, 1) ** EASE
        lift = np.where(self._height < edge, drop * share, 0)
        lashes = np.exp(-(((self._height - edge) / self._lash) ** 2)) * np.minimum(1, 4 * self._arch)
        return lift.astype(np.float32), (0.85 * min(1.0, 2 * closed) * lashes).astype(np.float32)
