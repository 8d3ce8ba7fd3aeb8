from __future__ import annotations

import numpy as np

from halfgig.animators.puppet.layers import Layers
from halfgig.animators.puppet.plate import plate_of
from halfgig.face.matte import Matte

WALL, COAT, THING = (200, 190, 180), (40, 60, 90), (60, 80, 110)


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
    assert np.array_equal(plate_of(rgb, everything), rgb)


def test_a_filled_wall_keeps_its_shades() -> None:
    rgb, matte = person_before_a_wall()
    rgb = np.clip(rgb.astype(int) + np.linspace(-40, 40, 100)[:, None, None].astype(int), 0, 255).astype(np.uint8)
    filled = plate_of(rgb, matte.person).astype(int)
    assert np.abs(filled[60, 45:55] - rgb[60, 2]).max() < 15


def test_a_wisp_beyond_the_matte_goes_with_the_person() -> None:
    rgb, matte = person_before_a_wall()
    rgb[30:34, 49:52] = COAT
    frame = Layers(rgb, matte, (100, 100)).frame(*shifted(8)).astype(int)
    assert np.abs(frame[32, 58] - COAT).max() < 40
    assert np.abs(frame[31, 50] - WALL).max() < 25


def test_a_lock_that_the_matte_left_out_goes_with_the_person_and_a_thing_behind_them_stays() -> None:
    rgb, matte = person_before_a_wall()
    rgb[27:31, 47:54] = COAT
    rgb[10:90, 82:86] = THING
    frame = Layers(rgb, matte, (100, 100)).frame(*shifted(-14)).astype(int)
    assert np.abs(frame[29, 36] - COAT).max() < 20
    assert np.abs(frame[29, 50] - WALL).max() < 20
    assert np.abs(frame[60, 83:85] - THING).max() < 20


def test_a_filled_wall_is_as_grained_as_the_rest() -> None:
    rgb, matte = person_before_a_wall()
    bare = matte.person[..., None] == 0
    grain = np.random.default_rng(1).normal(0, 5, rgb.shape)
    rgb = np.where(bare, (rgb + grain).clip(0, 255), rgb).astype(np.uint8)
    filled = plate_of(rgb, matte.person).astype(int)
    assert filled[50:70, 30:34].std() > 0.6 * filled[:20].std()
