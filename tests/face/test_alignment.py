"""The aligned picture, compared with the original's numbers (tests/reference/golden/geometry.npz)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.errors import BadLandmarks
from halfgig.face.alignment import RADIUS, SIDE, STANDARD, align
from halfgig.face.points import FivePoints, Point
from tests.animators.sadtalker.networks.world import golden
from tests.face.test_crop import face, golden_face

if TYPE_CHECKING:
    from numpy.typing import NDArray


def standard_face(scale: float, x: float, y: float) -> FivePoints:
    """Return the points of the standard face seen from the front, with its origin at x, y."""
    return FivePoints(*(Point(x + scale * at[0], y - scale * at[1]) for at in STANDARD.tolist()))


def resized_and_cut(rgb: NDArray[np.uint8], face_points: FivePoints) -> NDArray[np.uint8]:
    """Align by the slow way: scale the whole picture, then crop."""
    from PIL import Image

    found = align(face_points, rgb.shape[1], rgb.shape[0])
    left, top = found.corner
    whole = Image.fromarray(rgb).resize(found.scaled, Image.Resampling.BICUBIC)
    return np.asarray(whole.crop((left, top, left + SIDE, top + SIDE)))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_alignments_are_the_originals(number: int) -> None:
    points, width, height = golden_face(number, means=False)
    found = align(points, width, height)
    expected = golden("geometry")[f"{number}/trans_params"]
    assert (*found.size, found.scale, found.x, found.y) == pytest.approx(tuple(expected), rel=1e-6)


def test_the_standard_face_is_aligned_as_large_as_it_is() -> None:
    found = align(standard_face(50, 300, 200), 640, 480)
    assert found.scale == pytest.approx(RADIUS / 50)
    assert (found.x, found.y) == pytest.approx((300, 479 - 200))


def test_the_standard_numbers_are_the_originals() -> None:
    assert np.allclose(STANDARD, golden("geometry")["lm3d_std"], atol=1e-8)


@pytest.mark.parametrize(("x", "y"), [(150, 150), (20, 20), (290, 280), (150, 299)])
@pytest.mark.parametrize("eyes", [20, 70, 200])
def test_cutting_before_scaling_gives_the_same_picture(x: int, y: int, eyes: int) -> None:
    # Mid-range values: Pillow clips between its two passes, and their order depends on the size.
    picture = np.random.default_rng(1).integers(90, 166, (310, 300, 3), dtype=np.uint8)
    points = face(x, y, eyes)
    found = align(points, 300, 310).cut(picture).astype(int)
    assert np.abs(found - resized_and_cut(picture, points)).max() <= 4


def test_what_lies_outside_the_picture_is_black() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)
    found = align(face(5, 5, 20), 100, 100).cut(white)
    assert not found[:20, :20].any()
    assert found[150, 150].all()


def test_a_face_far_outside_gives_a_black_picture() -> None:
    white = np.full((100, 100, 3), 255, np.uint8)
    assert not align(face(5000, 5000, 20), 100, 100).cut(white).any()


def test_a_tiny_face_takes_no_huge_picture() -> None:
    picture = np.full((2000, 2000, 3), 9, np.uint8)
    found = align(face(1000, 1000, 1), 2000, 2000)
    assert found.scaled[0] > 100_000
    assert (found.cut(picture) == 9).all()


@settings(max_examples=80)
@given(
    st.integers(1, 400),
    st.integers(1, 400),
    st.floats(-500, 900),
    st.floats(-500, 900),
    st.floats(0.01, 5000),
    st.floats(-3.2, 3.2),
)
def test_no_face_in_any_picture_fails(width: int, height: int, x: float, y: float, eyes: float, tilt: float) -> None:
    picture = np.full((height, width, 3), 200, np.uint8)
    found = align(face(x, y, eyes, tilt), width, height).cut(picture)
    assert found.shape == (SIDE, SIDE, 3)
    assert set(np.unique(found)) <= {0, 200}


def test_an_alignment_is_three_plain_numbers() -> None:
    found = align(face(), 640, 480)
    assert [type(number) for number in (found.scale, found.x, found.y)] == [float] * 3


def test_points_in_one_place_are_refused() -> None:
    with pytest.raises(BadLandmarks, match="one place"):
        align(FivePoints(*[Point(50, 50)] * 5), 100, 100)
