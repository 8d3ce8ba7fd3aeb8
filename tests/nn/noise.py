"""How far apart two signals are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def decibels(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the power of what was wanted over that of the difference, in dB."""
    assert wanted.shape == found.shape
    error = float(np.square(wanted.astype(np.float64) - found).mean())
    return math.inf if error == 0 else 10 * math.log10(float(np.square(wanted.astype(np.float64)).mean()) / error)


def floats(values: Any) -> NDArray[np.float32]:
    """Make a float32 array."""
    return np.array(values, np.float32)
