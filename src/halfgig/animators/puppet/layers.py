"""A portrait as two layers: the person, cut out by the matte, before what is behind them.

So the background stands still while the person moves, and what they uncover is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from halfgig.animators.puppet.backdrop import foreground
from halfgig.animators.puppet.plate import BARE, plate_of, rim_width, widened
from halfgig.media.fill import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.animators.puppet.backdrop import Backdrop
    from halfgig.face.frame import Map
    from halfgig.face.matte import Matte

    Pixels = NDArray[np.uint8]

SOLID = 250
"""Alpha, of 255, from which a pixel shows the person alone."""

HALF = 140
"""Alpha from which a pixel says too little of what is behind to be asked."""

APART = 40.0
"""Difference of colours, of 255, at which half of what it says of the person's share is believed."""

WISPS = (0.1, 0.85)
"""Share of the person's colour at the end of the rim from which it moves with them, and from which it is theirs."""

FEATHER = 0.8
"""Width over which what is around the person fades into the plate, in widths of the rim: it moves with the person."""

BUSY = 5.0
"""Mean detail of the background, of 255, at which that width is halved: what moves would be seen to move."""

STRAYS = 3
"""Distance from a matte up to which it may have left out parts of the person, in widths of the rim."""

STRANGE = 8.0
"""Distance of a colour, of 255, from all that the background has nearby, from which it is surely the person's."""


class Cut(NamedTuple):
    """A portrait taken apart."""

    person: Pixels
    """The person's colours [H, W, 3], premultiplied by their alpha unless they stand before nothing.

    All of the picture where no matte is sure.
    """
    alpha: Pixels | None
    """Alpha of the person [h, w], at most in the frames' size or the matte's; None where no matte is sure."""
    behind: Pixels | None
    """What is behind them, [h, w, 3] in the frames' size, or nothing."""


def cut_apart(rgb: Pixels, matte: Matte | None, size: tuple[int, int], backdrop: Backdrop | None = None) -> Cut:
    """Take RGB [H, W, 3] apart for frames of `size`: the matte's person, and the plate behind or a backdrop."""
    if matte is None:
        return Cut(rgb.copy(), None, None)
    if backdrop:
        alpha = _in_size_of(rgb, matte.person)
        own = foreground(rgb, alpha)
        return Cut(own if backdrop.rgb is None else multiplied(own, alpha), matte.person, backdrop.rgb)
    to_source = _to_source(rgb, size)
    picture = _taken(rgb, *_positions(size), to_source)
    alpha = with_strays(picture, _resized(matte.person, size))
    behind = plate_of(picture, alpha)
    alpha = with_wisps(picture, alpha, behind)
    person, large = rgb.copy(), _in_size_of(rgb, alpha)
    cut_out(person, large, behind)
    shown, cover = (_taken(each, *_positions(size), to_source) for each in (person, large))
    return Cut(person, alpha, _agreeing(picture, shown, cover, behind))


class Layers:
    """The layers of RGB [H, W, 3], the matte's person and the plate behind or a backdrop, for frames of `size`."""

    def __init__(
        self, rgb: Pixels, matte: Matte | None, size: tuple[int, int], backdrop: Backdrop | None = None
    ) -> None:
        self._to_source = _to_source(rgb, size)
        cut = cut_apart(rgb, matte, size, backdrop)
        self.person = cut.person
        """The person's colours [H, W, 3], as `Cut` has them."""
        self._alpha = None if cut.alpha is None else _in_size_of(rgb, cut.alpha)
        self._behind = cut.behind

    def frame(self, x: Map, y: Map) -> Pixels:
        """Return the frame, RGB [h, w, 3], or RGBA before nothing, whose person is taken from x, y [h, w].

        x and y are pixels of a frame. Both are modified: at this size each copy would be a MB of the peak.
        """
        import cv2

        if self._alpha is None:
            return _taken(self.person, x, y, self._to_source)
        person = _taken(self.person, x, y, self._to_source)
        alpha = cv2.remap(self._alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if self._behind is None:
            return np.dstack([person, alpha])
        seen = cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2RGB)
        behind = cv2.multiply(self._behind, seen, scale=1 / 255)
        return np.asarray(cv2.add(behind, person))


def _to_source(rgb: Pixels, size: tuple[int, int]) -> tuple[float, float]:
    """Return the pixels of a picture [H, W, 3] for each one of a frame, across and down."""
    return (rgb.shape[1] - 1) / (size[0] - 1), (rgb.shape[0] - 1) / (size[1] - 1)


def _taken(pixels: Pixels, x: Map, y: Map, to_source: tuple[float, float]) -> Pixels:
    """Sample a picture at pixels x, y of a frame, which are modified."""
    import cv2

    x *= np.float32(to_source[0])
    y *= np.float32(to_source[1])
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _resized(alpha: Pixels, size: tuple[int, int]) -> Pixels:
    import cv2

    return np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR))


def _in_size_of(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return alpha in the size of RGB [H, W, 3]."""
    return _resized(alpha, (rgb.shape[1], rgb.shape[0]))


def multiplied(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return RGB [H, W, 3] times alpha [H, W]."""
    import cv2

    return np.asarray(cv2.multiply(rgb, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255))


def _positions(size: tuple[int, int]) -> tuple[Map, Map]:
    rows, columns = np.mgrid[: size[1], : size[0]].astype(np.float32)
    return columns, rows


def with_strays(rgb: Pixels, alpha: Pixels) -> Pixels:
    """Return alpha [h, w] with what a matte left out near its outline: locks of hair that would stand still behind it.

    It is theirs if its colour is that of the person nearby and not one that the background has farther out.
    """
    rim = rim_width(rgb)
    solid, wall = alpha >= SOLID, ~widened(alpha > BARE, STRAYS * rim)
    near = (alpha <= BARE) & ~wall
    if not (near.any() and wall.any() and solid.any()):
        return alpha
    own, behind = (filled(rgb.astype(np.float32), known.astype(np.float32))[near] for known in (solid, wall))
    apart = np.square(own - behind).sum(axis=1)
    share = ((rgb[near] - behind) * (own - behind)).sum(axis=1) / np.maximum(apart, 1)
    strange = _strangeness(rgb, wall, 2 * STRAYS * rim)[near]
    strays = np.zeros(alpha.shape, bool)
    strays[near] = (share > 0.5) & (apart > APART**2) & (strange > 2 * STRANGE)
    return np.where(strays, np.uint8(255), alpha)


def with_wisps(rgb: Pixels, alpha: Pixels, behind: Pixels) -> Pixels:
    """Return alpha [h, w] with what sticks out of a matte into the rim around it: single hairs and soft outlines.

    How much of the person is in a pixel of RGB [h, w, 3] follows from its colour, between theirs nearby and that of
    the plate behind; colours that the background has nearby say nothing.
    """
    import cv2

    rim = rim_width(rgb)
    far = cv2.distanceTransform((alpha <= BARE).astype(np.uint8), cv2.DIST_L2, 5)
    at = np.nonzero((alpha < SOLID) & (far < rim))
    inner = ~widened(alpha < SOLID, max(1, rim // 2))
    known = inner if inner.any() else alpha >= SOLID
    own = filled(rgb.astype(np.float32), known.astype(np.float32))[at]
    wall = behind[at].astype(np.float32)
    apart = np.square(own - wall).sum(axis=1)
    share = ((rgb[at] - wall) * (own - wall)).sum(axis=1) / np.maximum(apart, 1)
    low, high = WISPS[0] * (far[at] / rim), WISPS[1]
    found = ((share - low) / (high - low)).clip(0, 1) * apart / (apart + APART**2)
    found *= (2 * (1 - far[at] / rim)).clip(0, 1) * (
        _strangeness(rgb, ~widened(alpha > BARE, rim), 3 * rim)[at] / STRANGE
    ).clip(0, 1)
    found = np.maximum(found, 1 - far[at] / (rim * _feather(rgb, alpha, behind)[at]))
    wider = alpha.copy()
    wider[at] = np.maximum(wider[at], (255 * found + 0.5).astype(np.uint8))
    return wider


def _strangeness(rgb: Pixels, bare: NDArray[np.bool_], reach: int) -> Map:
    """Return how far each pixel's colour, 0..255, is from all that the background has within reach, [h, w]."""
    import cv2

    known = bare[..., None]
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    darkest, lightest = cv2.erode(np.where(known, rgb, 255), kernel), cv2.dilate(np.where(known, rgb, 0), kernel)
    beyond = cv2.max(cv2.subtract(darkest, rgb), cv2.subtract(rgb, lightest))
    return np.asarray(beyond.max(axis=2), np.float32)


def _feather(rgb: Pixels, alpha: Pixels, behind: Pixels) -> Map:
    """Return the width over which the surroundings of the person fade, in widths of the rim, [h, w]."""
    import cv2

    rim = rim_width(rgb)
    bare = (~widened(alpha > BARE, rim)).astype(np.float32)
    wall = np.where(bare[..., None] > 0, rgb, behind)
    detail = cv2.absdiff(wall, cv2.GaussianBlur(wall, (0, 0), rim / 3)).max(axis=2).astype(np.float32)
    sums, seen = (cv2.GaussianBlur(each, (0, 0), 3 * rim) for each in (detail * bare, bare))
    return np.asarray(FEATHER / (1 + np.square(sums / (seen + 1e-3) / BUSY)), np.float32)


def cut_out(rgb: Pixels, alpha: Pixels, behind: Pixels) -> None:
    """Reduce RGB [H, W, 3] to the person, premultiplied by alpha [H, W]; `behind` may be smaller.

    At the edge, the person is what is left of the picture without what is behind.
    """
    import cv2

    wall = cv2.resize(behind, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    edge = np.nonzero((alpha > 0) & (alpha < 255))
    cover = alpha[edge].astype(np.float32)[:, None]  # [n, 1]
    own = rgb[edge] - wall[edge] * (1 - cover / 255)
    rgb[edge] = (own + 0.5).clip(0, cover)
    rgb[alpha == 0] = 0


def _agreeing(picture: Pixels, person: Pixels, alpha: Pixels, behind: Pixels) -> Pixels:
    """Return what is behind such that the person at rest before it is the picture [h, w, 3], as far as can be."""
    agreeing = behind.copy()
    edge = np.nonzero(alpha < HALF)
    cover = alpha[edge][:, None].astype(np.float32)
    wanted = (picture[edge] - person[edge].astype(np.float32)) / (1 - cover / 255)
    wall = behind[edge]
    agreeing[edge] = (wall + (wanted - wall) * (1 - cover / HALF) + 0.5).clip(0, 255)
    return agreeing
