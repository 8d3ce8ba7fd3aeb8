"""The detector that needs no file finds faces, and only faces."""

from __future__ import annotations

import numpy as np

from halfgig.face.dlib_detector import DlibDetector


def test_noise_shows_no_face() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (240, 200, 3), dtype=np.uint8)
    assert DlibDetector().detect(noise) == []
