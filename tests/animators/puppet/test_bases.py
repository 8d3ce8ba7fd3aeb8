from __future__ import annotations

import numpy as np

from halfgig.animators.puppet.bases import BROWS, brow_base


def lifted(x: float, y: float) -> float:
    return float(brow_base(np.array([[x]], np.float32), np.array([[y]], np.float32))[0, 0])


def test_the_brow_lifts_and_the_lids_stay() -> None:
    assert lifted(0.5, -0.36) < -0.04
    assert lifted(0.5, -0.1) == 0


def test_nothing_lifts_at_the_border_of_what_moves_with_the_brows() -> None:
    left, top, right, bottom = BROWS
    for x, y in ((left, -0.36), (right, -0.36), (0.5, top), (0.5, bottom)):
        assert abs(lifted(x, y)) < 5e-4  # of an eye distance: a twentieth of a pixel
