"""A figure: how far numbers are from the original's, and how far they may be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison."""

    what: str
    """What was compared, for a person: "frames, crop"."""
    measured: float
    asked: float
    unit: Literal["", "px", "dB"] = ""
    """Differences, as numbers or in pixels; "dB": likeness, and the figure is the least that is accepted."""

    @property
    def is_met(self) -> bool:
        """Whether it is as asked; what is no number never is."""
        return self.measured >= self.asked if self.unit == "dB" else self.measured <= self.asked

    def told(self) -> str:
        """Write it on one line: what, measured, asked, and whether it is met."""
        sign = ">=" if self.unit == "dB" else "<="
        digits = ".1f" if self.unit == "dB" else ".2g"
        measured, asked = format(self.measured, digits), format(self.asked, digits)
        end = "ok" if self.is_met else "NOT"
        return f"{self.what:<34} {measured:>8} {self.unit:<2}  asked {sign} {asked:>6} {self.unit:<2}  {end}"


def largest(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the largest difference; infinite where the shapes differ."""
    import numpy as np

    if wanted.shape != found.shape:
        return math.inf
    return float(np.abs(wanted.astype(np.float64) - found).max())


def of_scale(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the largest difference as a share of the largest value."""
    import numpy as np

    return largest(wanted, found) / float(np.abs(wanted).max())


def psnr(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the likeness of two pictures in 0..1, in dB."""
    import numpy as np

    error = float(np.square(wanted.astype(np.float64) - found).mean())
    return math.inf if error == 0 else -10 * math.log10(error)


def signal_db(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the power of a signal over that of the difference, in dB; minus infinity where the lengths differ."""
    import numpy as np

    if wanted.shape != found.shape:
        return -math.inf
    error = float(np.square(wanted.astype(np.float64) - found).mean())
    power = float(np.square(wanted.astype(np.float64)).mean())
    return math.inf if error == 0 else 10 * math.log10(power / error)
