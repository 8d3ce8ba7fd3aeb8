"""Figures: measured differences from the original's numbers, with the accepted limit."""

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
    """What was compared, as shown to the user: "frame 1"."""
    measured: float
    """The measured difference, or the PSNR in dB."""
    asked: float
    """The limit: the largest accepted difference, or the smallest accepted PSNR."""
    unit: Literal["", "px", "dB"] = ""
    """"dB" for a PSNR, "px" for a difference in pixels, "" for any other difference."""

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its limit; NaN never is."""
        return self.measured >= self.asked if self.unit == "dB" else self.measured <= self.asked

    def line(self) -> str:
        """Format the figure on one line: what, measured, asked, and "ok" or "NOT"."""
        sign = ">=" if self.unit == "dB" else "<="
        digits = ".1f" if self.unit == "dB" else ".2g"
        measured, asked = format(self.measured, digits), format(self.asked, digits)
        end = "ok" if self.is_met else "NOT"
        return f"{self.what:<34} {measured:>8} {self.unit:<2}  asked {sign} {asked:>6} {self.unit:<2}  {end}"


def largest(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the largest absolute difference; infinity if the shapes differ."""
    import numpy as np

    if wanted.shape != found.shape:
        return math.inf
    return float(np.abs(wanted.astype(np.float64) - found).max())


def of_scale(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the largest absolute difference divided by the largest wanted magnitude."""
    import numpy as np

    return largest(wanted, found) / float(np.abs(wanted).max())


def psnr(wanted: NDArray[Any], found: NDArray[Any]) -> float:
    """Return the peak signal-to-noise ratio of two pictures in 0..1, in dB."""
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
