"""A portrait as two layers: the person, cut out by the matte, before what is behind them, filled in once.

So the background stands still while the person moves, and what they uncover is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.puppet.backdrop import foreground
from halfgig.media.fill import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.backdrop import Backdrop
    from halfgig.face.frame import Map
    from halfgig.face.matte import Matte

    Pixels = NDArray[np.uint8]

MARGIN = 0.006
"""Width of the rim around the person that may hold something of them, in shares of the longer side."""

BARE = 8
"""Alpha, of 255, up to which a pixel is background."""

SOLID = 0.8
"""Alpha from which a pixel says too little of the background to be asked."""


class Layers:
    """The layers of RGB [H, W, 3], the matte's person and the background or a backdrop, for frames of `size`."""

    def __init__(
        self, rgb: Pixels, matte: Matte | None, size: tuple[int, int], backdrop: Backdrop | None = None
    ) -> None:
        import cv2

        self._to_source = (rgb.shape[1] - 1) / (size[0] - 1), (rgb.shape[0] - 1) / (size[1] - 1)
        self.person = rgb.copy()
        """The person's colours [H, W, 3], premultiplied by their alpha; all of the picture where no matte is sure."""
        self._alpha = self._behind = None
        if matte is None:
            return
        self._alpha = np.asarray(cv2.resize(matte.person, size, interpolation=cv2.INTER_LINEAR))
        if backdrop:
            wide = cv2.resize(matte.person, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
            self.person = multiplied(foreground(rgb, wide), wide)
            self._behind = backdrop.rgb
            return
        picture = self._taken(rgb, *_positions(size))
        behind = fill_behind(picture, self._alpha)
        cut_out(self.person, self._alpha, behind)
        self._behind = _agreeing(picture, self._taken(self.person, *_positions(size)), self._alpha, behind)

    def frame(self, x: Map, y: Map) -> Pixels:
        """Return the frame, RGB [h, w, 3], whose person is taken from x, y [h, w], in pixels of a frame.

        Both are modified: at this size each copy would be a MB of the peak.
        """
        import cv2

        if self._alpha is None or self._behind is None:
            return self._taken(self.person, x, y)
        alpha = cv2.remap(self._alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        seen = cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2RGB)
        behind = cv2.multiply(self._behind, seen, scale=1 / 255)
        return np.asarray(cv2.add(behind, self._taken(self.person, x, y)))

    def _taken(self, pixels: Pixels, x: Map, y: Map) -> Pixels:
        """Sample the picture at pixels x, y of a frame, which are modified."""
        import cv2

        x *= np.float32(self._to_source[0])
        y *= np.float32(self._to_source[1])
        return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def multiplied(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return RGB [H, W, 3] times alpha [H, W]."""
    import cv2

    return np.asarray(cv2.multiply(rgb, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255))


def _positions(size: tuple[int, int]) -> tuple[Map, Map]:
    rows, columns = np.mgrid[: size[1], : size[0]].astype(np.float32)
    return columns, rows


def fill_behind(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return RGB [h, w, 3] with the person, by alpha [h, w], replaced by what surrounds them."""
    import cv2

    side = 2 * round(MARGIN * max(rgb.shape)) + 1
    person = cv2.dilate((alpha > BARE).astype(np.uint8), np.ones((side, side), np.uint8))
    bare = person == 0
    if not bare.any():
        return rgb
    found = filled(rgb.astype(np.float32), bare.astype(np.float32))
    return np.asarray(found.clip(0, 255) + 0.5, np.uint8)


def cut_out(rgb: Pixels, alpha: Pixels, behind: Pixels) -> None:
    """Reduce RGB [H, W, 3] to the person, premultiplied by alpha; `alpha` and `behind` may be smaller.

    At the edge, the person is what is left of the picture without what is behind.
    """
    import cv2

    wide = cv2.resize(alpha, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    wall = cv2.resize(behind, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    edge = np.nonzero((wide > 0) & (wide < 255))
    cover = wide[edge].astype(np.float32)[:, None]  # [n, 1]
    own = rgb[edge] - wall[edge] * (1 - cover / 255)
    rgb[edge] = (own + 0.5).clip(0, cover)
    rgb[wide == 0] = 0


def _agreeing(picture: Pixels, person: Pixels, alpha: Pixels, behind: Pixels) -> Pixels:
    """Return what is behind such that the person at rest before it is the picture [h, w, 3], as far as can be."""
    agreeing = behind.copy()
    edge = np.nonzero(alpha < 255 * SOLID)
    seen = 1 - alpha[edge][:, None].astype(np.float32) / 255
    wanted = (picture[edge].astype(np.float32) - person[edge]) / seen
    agreeing[edge] = (wanted + 0.5).clip(0, 255)
    return agreeing
