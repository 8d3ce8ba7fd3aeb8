from __future__ import annotations

import numpy as np

from halfgig.animators.puppet.layers import Layers, fill_behind
from halfgig.face.matte import Matte

WALL, COAT = (200, 190, 180), (40, 60, 90)


def person_before_a_wall(blur: float = 1.5) -> tuple[np.ndarray, Matte]:
    """Return a disc before a wall, [100, 100, 3], and its matte."""
    import cv2

    alpha = np.zeros((100, 100), np.uint8)
    cv2.circle(alpha, (50, 60), 25, 255, -1)
    alpha = cv2.GaussianBlur(alpha, (0, 0), blur)
    share = alpha[..., None] / 255
    rgb = (share * COAT + (1 - share) * WALL + 0.5).astype(np.uint8)
    return rgb, Matte(alpha, alpha, None, 1.0)


def shifted(by: float) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[:100, :100].astype(np.float32)
    return columns - np.float32(by), rows


def test_layers_at_rest_are_the_picture() -> None:
    rgb, matte = person_before_a_wall()
    frame = Layers(rgb, matte, (100, 100)).frame(*shifted(0))
    assert np.abs(frame.astype(int) - rgb).max() <= 2  # of 255


def test_what_the_person_uncovers_is_wall_without_a_halo() -> None:
    rgb, matte = person_before_a_wall()
    frame = Layers(rgb, matte, (100, 100)).frame(*shifted(8)).astype(int)
    assert np.abs(frame[60, :29] - WALL).max() <= 12
    between = frame[60, 29:38]
    assert (np.diff(between, axis=0) <= 1).all()  # from the wall straight to the coat
    assert np.abs(frame[60, 45:70] - COAT).max() <= 1


def test_a_person_who_fills_the_picture_leaves_it_as_it_is() -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    everything = np.full((40, 40), 255, np.uint8)
    assert np.array_equal(fill_behind(rgb, everything), rgb)


def test_a_filled_wall_keeps_its_shades() -> None:
    rgb, matte = person_before_a_wall()
    rgb = np.clip(rgb.astype(int) + np.linspace(-40, 40, 100)[:, None, None].astype(int), 0, 255).astype(np.uint8)
    filled = fill_behind(rgb, matte.person).astype(int)
    assert np.abs(filled[60, 45:55] - rgb[60, 2]).max() < 15
