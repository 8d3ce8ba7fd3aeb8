"""The hairstyle: the guides, drawn by hand, between which the hair of each side of the parting runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from presenter.canvas import curve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presenter.canvas import Array

POINTS = 36
"""Points along every run of hair."""


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
        runs = np.array([curve(g, POINTS) for g in self.guides])
        for _ in range(14):
            runs[:, 1:-1] += 0.25 * (runs[:, :-2] - 2 * runs[:, 1:-1] + runs[:, 2:])
        return runs


LEFT = Sheet(
    guides=(
        [
            (57, -146, 122),
            (30, -176, 136),
            (-26, -180, 138),
            (-84, -148, 128),
            (-126, -88, 110),
            (-148, -10, 92),
            (-154, 66, 84),
            (-150, 134, 82),
            (-168, 210, 88),
            (-176, 290, 88),
            (-152, 356, 84),
        ],
        [
            (56, -190, 118),
            (6, -218, 130),
            (-64, -204, 128),
            (-126, -148, 112),
            (-162, -62, 94),
            (-172, 30, 82),
            (-168, 116, 78),
            (-182, 200, 80),
            (-198, 284, 82),
            (-190, 350, 80),
            (-168, 388, 76),
        ],
        [
            (55, -232, 92),
            (-12, -252, 100),
            (-92, -230, 96),
            (-156, -160, 80),
            (-188, -62, 64),
            (-198, 40, 56),
            (-194, 130, 54),
            (-212, 216, 58),
            (-222, 296, 58),
            (-208, 362, 54),
            (-184, 398, 50),
        ],
        [
            (56, -266, 40),
            (-28, -284, 40),
            (-118, -248, 34),
            (-182, -168, 20),
            (-212, -60, 8),
            (-222, 48, 4),
            (-216, 144, 4),
            (-236, 228, 8),
            (-246, 304, 8),
            (-230, 362, 6),
            (-206, 392, 6),
        ],
    ),
    locks=64,
    phase=0.4,
    seed=101,
)
RIGHT = Sheet(
    guides=(
        [
            (50, -146, 122),
            (80, -166, 130),
            (116, -140, 120),
            (142, -78, 104),
            (154, 4, 88),
            (152, 84, 82),
            (150, 158, 82),
            (172, 236, 88),
            (176, 306, 86),
            (156, 362, 80),
        ],
        [
            (47, -190, 118),
            (92, -202, 122),
            (138, -156, 108),
            (164, -70, 92),
            (174, 24, 80),
            (168, 112, 78),
            (176, 200, 80),
            (198, 282, 82),
            (190, 344, 78),
            (170, 380, 74),
        ],
        [
            (42, -232, 92),
            (98, -236, 92),
            (156, -178, 76),
            (188, -76, 60),
            (200, 34, 54),
            (192, 132, 54),
            (206, 222, 58),
            (222, 298, 58),
            (206, 360, 52),
            (186, 392, 50),
        ],
        [
            (36, -266, 40),
            (100, -270, 38),
            (172, -194, 22),
            (208, -78, 8),
            (220, 40, 4),
            (210, 146, 4),
            (228, 236, 8),
            (242, 308, 8),
            (226, 362, 6),
            (204, 388, 6),
        ],
    ),
    locks=56,
    phase=2.6,
    seed=202,
)
