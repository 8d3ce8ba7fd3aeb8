"""The hairstyle: the guides, drawn by hand, between which the hair of each side of the parting runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presenter.canvas import Array

POINTS = 40
"""Points along every run of hair."""


def _even(run: Array) -> Array:
    for _ in range(600):
        run[1:-1] += 0.25 * (run[:-2] - 2 * run[1:-1] + run[2:])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(run[:, :2], axis=0), axis=1))])
    at = np.linspace(0, length[-1], POINTS)
    return np.stack([np.interp(at, length, run[:, i]) for i in range(3)], axis=-1)


@dataclass(frozen=True)
class Sheet:
    """Span one side of the hair between a few drawn guides, from the face outwards."""

    guides: Sequence[Sequence[tuple[float, float, float]]]
    """Each guide runs root to tip: u, v and height over the picture, in units."""
    locks: int
    """How many locks lie between the first and the last guide."""
    phase: float
    """Where its waves begin, in radians."""
    seed: int
    """Seed of its irregularities."""

    def runs(self) -> Array:
        """Give the smooth guides (guides, points, 3)."""
        return np.array([_even(curve(g, 400)) for g in self.guides], np.float32)


# fmt: off
LEFT = Sheet(
    guides=(
        [(57, -158, 126), (30, -171, 136), (-24, -170, 138), (-88, -136, 128), (-130, -76, 110), (-150, -4, 92),
         (-156, 68, 84), (-150, 134, 82), (-168, 210, 88), (-176, 290, 88), (-152, 356, 84)],
        [(56, -190, 118), (6, -216, 130), (-66, -200, 128), (-130, -140, 112), (-166, -56, 94), (-176, 34, 82),
         (-168, 116, 78), (-184, 200, 80), (-200, 284, 82), (-190, 350, 80), (-168, 388, 76)],
        [(55, -232, 92), (-12, -254, 100), (-94, -230, 96), (-160, -158, 80), (-192, -62, 64), (-202, 40, 56),
         (-196, 130, 54), (-214, 216, 58), (-226, 296, 58), (-210, 362, 54), (-184, 398, 50)],
        [(56, -266, 40), (-28, -286, 40), (-120, -252, 34), (-188, -168, 20), (-218, -60, 8), (-228, 48, 4),
         (-220, 144, 4), (-240, 228, 8), (-250, 304, 8), (-230, 362, 6), (-204, 392, 6)],
    ),
    locks=64, phase=0.4, seed=101,
)
RIGHT = Sheet(
    guides=(
        [(50, -158, 126), (82, -163, 131), (120, -126, 120), (146, -66, 104), (157, 10, 88), (154, 84, 82),
         (150, 158, 82), (172, 236, 88), (176, 306, 86), (156, 362, 80)],
        [(47, -190, 118), (92, -202, 122), (140, -154, 108), (167, -68, 92), (177, 24, 80), (170, 112, 78),
         (176, 200, 80), (198, 282, 82), (190, 344, 78), (170, 380, 74)],
        [(42, -232, 92), (98, -240, 92), (160, -178, 76), (192, -76, 60), (204, 34, 54), (194, 132, 54),
         (206, 222, 58), (222, 298, 58), (206, 360, 52), (186, 392, 50)],
        [(36, -266, 40), (100, -272, 38), (176, -194, 22), (212, -78, 8), (224, 40, 4), (212, 146, 4),
         (228, 236, 8), (242, 308, 8), (226, 362, 6), (204, 388, 6)],
    ),
    locks=56, phase=2.6, seed=202,
)
# fmt: on
