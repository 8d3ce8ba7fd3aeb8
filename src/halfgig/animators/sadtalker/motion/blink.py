"""When a face blinks: at random, 10 to 69 frames after the blink before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LIDS = (0.5, 0.9, 1.0, 0.9, 0.5)
"""How far the eyes are shut, frame by frame of a blink."""
FEWEST = 20
"""Frames; a face of so few does not blink."""
SOONEST, LATEST = 10, 70
"""Frames open, the latter no more: in a short film half its frames."""


def blinks(n_frames: int, draw: Callable[[int, int], int]) -> Floats:
    """Return how far the eyes are shut [frames], 0 to 1; `draw(low, high)` gives a whole number from low below high."""
    ratio = np.zeros(n_frames, np.float32)
    latest = min(n_frames // 2, LATEST)
    if n_frames <= FEWEST or latest <= SOONEST:  # of 21 frames: the original draws from nothing there and fails
        return ratio
    start = draw(SOONEST, latest)
    while start + len(LIDS) < n_frames:
        ratio[start : start + len(LIDS)] = LIDS
        start += len(LIDS) + draw(SOONEST, latest)
    return ratio
