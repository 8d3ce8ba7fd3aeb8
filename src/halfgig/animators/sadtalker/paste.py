"""Paste rendered faces back into their picture: match colours along the seam, then fade over it.

A side of the face that is also the picture's border has no seam and is not faded. Frames are independent of each
other, so that a video can resume at any frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.face.crop import Rectangle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

FEATHER = 0.1
"""Width of the faded edge, as a share of the part's shorter side."""

GRID = 32
"""Cells per side of the grid on which colours are compared."""

NEARNESS = 0.1
"""Distance, as a share of the side, over which colour differences are smoothed along the edge."""

OUTLIER = 30.0
"""Difference in levels of 255 beyond which a cell is taken to show motion rather than another colour."""

STRIP = 64
"""Rows faded at a time, to bound the memory of their floating-point colours."""


def pixels(rendered: Floats, width: int, height: int) -> Pixels:
    """Return a rendered frame [any, any, 3] in 0..1 as 8-bit pixels [height, width, 3]."""
    return resized(_levels(rendered * np.float32(255)), width, height)


class Paste:
    """Pastes the frames of a video back into the `part` of the picture that they show.

    The part may touch the picture's border and extend beyond it.
    """

    def __init__(self, picture: Pixels, part: Rectangle) -> None:
        """Prepare for frames of the picture [H, W, 3]: compute everything that does not depend on the frame."""
        self._picture = picture
        self._part = part
        height, width = picture.shape[:2]
        self._seen = part.within(Rectangle(0, 0, width, height))
        feather = max(1, round(FEATHER * min(part.width, part.height)))
        self._across = _ramp(part.left, part.right, width, feather)
        self._down = _ramp(part.top, part.bottom, height, feather)
        self._edge = self._edge_cells()
        if self._edge.any():
            self._known = self._small_picture()[self._edge]  # [edge, 3]
            self._spread = _spread(self._edge)

    def frame(self, rendered: Floats) -> Pixels:
        """Return the whole picture [H, W, 3] with a frame [any, any, 3] in 0..1 pasted in."""
        result = self._picture.copy()
        seen, part = self._seen, self._part
        if seen.width < 1 or seen.height < 1:
            return result
        large = resized(self._matched(rendered * np.float32(255)), part.width, part.height)
        place = result[seen.top : seen.bottom, seen.left : seen.right]
        new = large[seen.top - part.top : seen.bottom - part.top, seen.left - part.left : seen.right - part.left]
        for rows, columns in _areas(self._down, self._across):
            share = self._down[rows, None, None] * self._across[columns, None]  # [rows, columns, 1]
            if share.min() == 1:
                place[rows, columns] = new[rows, columns]
            else:
                old = place[rows, columns].astype(np.float32)
                place[rows, columns] = _levels(old + share * (new[rows, columns] - old))
        return result

    def _matched(self, frame: Floats) -> Pixels:
        """Match the colours of a frame in 0..255 to the picture's along the edge, with a smooth correction inside."""
        if not self._edge.any():
            return _levels(frame)
        import cv2

        cells = cv2.resize(frame, (GRID, GRID), interpolation=cv2.INTER_AREA)
        missing = self._known - cells[self._edge]  # [edge, 3]
        common = np.median(missing, axis=0)
        own = missing - common
        own /= 1 + (own / OUTLIER) ** 4
        added = (self._spread @ (own + common)).reshape(GRID, GRID, 3).astype(np.float32)
        return _levels(frame + cv2.resize(added, frame.shape[1::-1], interpolation=cv2.INTER_CUBIC))

    def _edge_cells(self) -> NDArray[np.bool_]:
        """Return a mask [32, 32] of the part's cells that are inside the picture and faded."""
        part, seen = self._part, self._seen
        x, y = (np.arange(GRID) + 0.5) * part.width / GRID, (np.arange(GRID) + 0.5) * part.height / GRID
        columns = (x.astype(int) + part.left - seen.left, self._across)
        rows = (y.astype(int) + part.top - seen.top, self._down)
        (inside_x, fade_x), (inside_y, fade_y) = (_looked_up(at, ramp) for at, ramp in (columns, rows))
        faded = fade_y[:, None] * fade_x < 1
        return np.asarray(inside_y[:, None] & inside_x & faded)

    def _small_picture(self) -> Floats:
        """Return the picture's mean colour in each cell [32, 32, 3]; cells outside the picture repeat its border."""
        import cv2

        seen, part = self._seen, self._part
        shown = self._picture[seen.top : seen.bottom, seen.left : seen.right]
        around = (seen.top - part.top, part.bottom - seen.bottom, seen.left - part.left, part.right - seen.right)
        whole = cv2.copyMakeBorder(shown, *around, cv2.BORDER_REPLICATE) if any(around) else shown
        # Converted to floats only when small: a very large face would take hundreds of megabytes.
        large = cv2.resize(whole, (8 * GRID, 8 * GRID), interpolation=cv2.INTER_AREA).astype(np.float32)
        return np.asarray(cv2.resize(large, (GRID, GRID), interpolation=cv2.INTER_AREA), np.float32)


def _levels(values: Floats) -> Pixels:
    """Round values to 8-bit levels."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def resized(frame: Pixels, width: int, height: int) -> Pixels:
    """Resize a picture [any, any, 3] to [height, width, 3]: by area averages when shrinking, else bicubic."""
    import cv2

    if frame.shape[:2] == (height, width):
        return frame
    smaller = width * height < frame.shape[0] * frame.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(frame, (width, height), interpolation=method), np.uint8)


def _ramp(start: int, stop: int, whole: int, feather: int) -> Floats:
    """Return the frame's opacity along one axis of the part, inside the picture; it falls to 0 at a seam."""
    at = np.arange(max(start, 0), min(stop, whole)) + 0.5
    left = (at - start) / feather if start > 0 else np.ones(len(at))
    right = (stop - at) / feather if stop < whole else np.ones(len(at))
    t = np.clip(np.minimum(left, right), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _areas(down: Floats, across: Floats) -> Iterator[tuple[slice, slice]]:
    """Yield row and column ranges that cover the faded bands and the opaque middle, a few rows at a time."""
    top, bottom = _full(down)
    left, right = _full(across)
    every = slice(0, len(across))
    middle = slice(top, bottom)
    areas = [
        (slice(0, top), every),
        (slice(bottom, len(down)), every),
        (middle, slice(0, left)),
        (middle, slice(right, len(across))),
        (middle, slice(left, right)),
    ]
    for rows, columns in areas:
        if columns.start < columns.stop:
            for start in range(rows.start, rows.stop, STRIP):
                yield slice(start, min(start + STRIP, rows.stop)), columns


def _full(ramp: Floats) -> tuple[int, int]:
    """Return the range [start, stop) where a ramp is 1; an empty range at the end if it never is."""
    ones = np.flatnonzero(ramp == 1)
    return (int(ones[0]), int(ones[-1]) + 1) if len(ones) else (len(ramp), len(ramp))


def _looked_up(at: NDArray[np.int_], ramp: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Return which positions lie on a ramp, and the ramp's values there (1 elsewhere)."""
    inside = (at >= 0) & (at < len(ramp))
    return inside, np.where(inside, ramp[np.clip(at, 0, max(0, len(ramp) - 1))] if len(ramp) else 1, 1)


def _spread(edge: NDArray[np.bool_]) -> Floats:
    """Return the matrix [32 * 32, edge] that interpolates corrections at edge cells to all cells.

    The weights fall with distance: near the edge the closest cells dominate, in the middle all count about equally.
    """
    every = np.indices(edge.shape).reshape(2, -1).T / GRID  # [cells, 2]
    apart = ((every[:, None] - every[edge.ravel()]) ** 2).sum(axis=2)
    weights = (apart + NEARNESS**2) ** -1.5
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
