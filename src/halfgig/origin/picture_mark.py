"""Write the mark into frames, in place, between drawing and encoding.

A pixel becomes one level brighter, one darker, or stays as it is: less can't be written, and two show on a plain wall.
Between bright and dark cells there is a gap, and a cell that turns shrinks and grows again. What is added follows from
the frame's number, its size and the payload alone: groups of frames may be marked by any process, in any order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from halfgig.origin.picture_pattern import CHIP_S, CHIPS, SIDE, marked_cells

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.origin.payload import Payload

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

FROM = 0.2
"""Share of a cell's brightness, which fades towards its neighbours, from which a pixel is changed."""

CHANGE = 0.3
"""Share of a chip during which a cell turns from bright to dark."""

_REDUCED = 8  # pixels of a frame in one of the reduced pattern, on each side
_ZERO, _ONE = 128, 127
_BRIGHTER, _DARKER = math.ceil(_ZERO + FROM * _ONE), math.floor(_ZERO - FROM * _ONE)


class PictureMark:
    """Marks the frames of one video; `size` is their width and height."""

    def __init__(self, payload: Payload, size: tuple[int, int], fps: Fraction) -> None:
        import numpy as np

        self._size, self._fps = size, fps
        cells = np.array(marked_cells(payload), np.float32).reshape(CHIPS, SIDE, SIDE)
        across, down = (_shares(side, max(size)) for side in size)
        # Not by BLAS, whose sums may depend on the processor's state.
        self._chips: Floats = np.einsum("cyk,xk->cyx", np.einsum("yr,crk->cyk", down, cells), across)
        # Kept, since the system takes more time to give and clear pages than the pattern takes.
        self._added, self._whole = (np.empty(size[::-1], np.uint8) for _ in range(2))
        self._added_at: tuple[int, float] | None = None

    def add(self, luma: Pixels, number: int, alpha: Pixels | None = None) -> None:
        """Add the mark of frame `number` to its luma [height, width], 16..235; where `alpha` is below 255, nothing."""
        chip, share = divmod(float(number / self._fps) / CHIP_S, 1)
        turned = min(1.0, share / CHANGE)
        at = int(chip) % CHIPS, turned * turned * (3 - 2 * turned)
        if alpha is not None or self._added_at != at:
            self._draw_pattern(*at, alpha)
            self._added_at = at if alpha is None else None
        luma += self._added

    def _draw_pattern(self, chip: int, turned: float, alpha: Pixels | None) -> None:
        import cv2
        import numpy as np

        before, after = self._chips[chip - 1], self._chips[chip]
        signs = before + (after - before) * np.float32(turned)
        if alpha is not None:
            signs *= _opaque(alpha, signs.shape[::-1])
        reduced = np.rint(signs * np.float32(_ONE) + np.float32(_ZERO)).astype(np.uint8)
        cv2.resize(reduced, self._size, self._whole, interpolation=cv2.INTER_LINEAR)
        np.greater_equal(self._whole, _BRIGHTER, out=self._added.view(np.bool_))
        np.less_equal(self._whole, _DARKER, out=self._whole.view(np.bool_))
        self._added -= self._whole  # 255 is one less, as levels wrap around


def _shares(side: int, longer: int) -> Floats:
    """Return how much each cell counts for each reduced pixel along one side, [pixels, cells]."""
    import numpy as np

    count = -(-side // _REDUCED)
    at = (np.arange(count) + 0.5) * side / count * SIDE / longer - 0.5  # in cells, from the middle of the first
    away = np.clip(1.25 * np.abs(at[:, None] - np.arange(SIDE)) - 0.125, 0, 1)
    shares: Floats = (1 - away * away * (3 - 2 * away)).astype(np.float32)
    return shares


def _opaque(alpha: Pixels, small: tuple[int, ...]) -> Floats:
    """Return 1 where all pixels around are opaque, else 0, [height / 8, width / 8]."""
    import cv2
    import numpy as np

    clear = np.where(alpha < 255, np.uint8(255), np.uint8(0))
    near = cv2.dilate(cv2.resize(clear, small, interpolation=cv2.INTER_AREA), np.ones((3, 3), np.uint8))
    opaque: Floats = (near == 0).astype(np.float32)
    return opaque
