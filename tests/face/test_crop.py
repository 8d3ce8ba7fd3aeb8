"""The rectangle around a face, compared with the original's numbers (tests/reference/golden/geometry.npz)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from halfgig.errors import BadLandmarks
from halfgig.face.crop import Mode, Rectangle, animated_part, cut, face_square, points_in, shown_size
from halfgig.face.points import FivePoints, Point
from tests.animators.sadtalker.networks.world import golden

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURES = pytest.mark.parametrize("number", [0, 1, 2])


def face(x: float = 300, y: float = 300, eyes: float = 80, tilt: float = 0) -> FivePoints:
    """Return a face whose nose is at x, y and whose eyes are `eyes` pixels apart."""
    turn = np.exp(1j * tilt)
    places = [(-0.5, -0.5), (0.5, -0.5), (0, 0), (-0.4, 0.5), (0.4, 0.5)]
    turned = [complex(x, y) + eyes * complex(*place) * turn for place in places]
    return FivePoints(*(Point(at.real, at.imag) for at in turned))


def golden_face(number: int, *, means: bool) -> tuple[FivePoints, int, int]:
    """Return a golden face: its five points, or means of its 68, and the size of its picture."""
    numbers = golden("geometry")
    width, height = numbers[f"{number}/size"].tolist()
    at = numbers[f"{number}/landmarks"]
    of_68 = np.array([at[36:42].mean(axis=0), at[42:48].mean(axis=0), at[30], at[48], at[54]])
    places = of_68 if means else numbers[f"{number}/five"]
    return FivePoints(*(Point(*place) for place in places.tolist())), width, height


def ramp(width: int, height: int) -> NDArray[np.uint8]:
    """Draw a picture whose red is a quarter of the column and whose green a quarter of the row."""
    rows, columns = np.mgrid[:height, :width] // 4
    return np.stack([columns, rows, 0 * rows], axis=2).astype(np.uint8)


@PICTURES
@pytest.mark.parametrize("means", [False, True], ids=["five", "68"])
def test_squares_are_the_originals(number: int, means: bool) -> None:
    numbers, square = golden("geometry"), face_square(*golden_face(number, means=means))
    assert square.shrunk == tuple(numbers[f"{number}/rsize"])
    assert square.outer == tuple(numbers[f"{number}/crop"])
    assert np.allclose(square.inner, numbers[f"{number}/quad"], atol=1e-9)


def test_a_square_starts_where_the_cut_off_numbers_say() -> None:
    square = face_square(*golden_face(0, means=False))  # outer 98, 54; inner 37.7, 38.05, 407.3, 407.65
    assert square.rectangle(outer=False) == (98 + 37, 54 + 38, 98 + 407, 54 + 407)


def test_a_square_over_the_border_ends_there() -> None:
    square = face_square(*golden_face(1, means=False))  # inner right 1074.6 of an outer width of 1073
    assert square.rectangle(outer=False) == (327 + 87, 0, 1400, 858)
    assert square.rectangle(outer=True) == (327, 0, 1400, 945)


def test_a_small_faces_border_is_three_pixels() -> None:
    square = face_square(face(100, 100, 6), 200, 200)
    left, _, right, _ = square.inner
    assert square.outer.width == pytest.approx(right - left + 6, abs=2)


def test_a_face_wider_than_its_picture_is_not_cut_below() -> None:
    part = animated_part("crop", face(100, 450, 110), 200, 900)
    assert part.width == 200
    assert part.height == pytest.approx(4 * 110, abs=2)


@pytest.mark.parametrize("outer", [False, True])
@pytest.mark.parametrize("scale", [8, 9, 13])
def test_a_very_large_face_is_cut_where_it_is(outer: bool, scale: int) -> None:
    small = face_square(face(400, 420, 80), 800, 900).rectangle(outer=outer)
    square = face_square(face(400 * scale, 420 * scale, 80 * scale), 800 * scale, 900 * scale)
    assert square.shrunk[0] < square.size[0]
    assert np.allclose(np.divide(square.rectangle(outer=outer), scale), small, atol=1.5)


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(1, 9000),
    st.floats(-3, 3),
    st.sampled_from(["crop", "extcrop", "resize", "full", "extfull"]),
)
def test_every_part_lies_in_its_picture(
    width: int, height: int, x: float, y: float, eyes: float, tilt: float, mode: Mode
) -> None:
    whole = face(x * (width - 1), y * (height - 1), eyes, tilt)
    seen = FivePoints(*(Point(min(max(at.x, 0), width - 1), min(max(at.y, 0), height - 1)) for at in whole.as_tuple()))
    try:
        part = animated_part(mode, seen, width, height)
    except BadLandmarks:  # all in one corner
        reject()
    assert part.within(Rectangle(0, 0, width, height)) == part
    assert part.width > 0
    assert part.height > 0
    columns, rows = shown_size(mode, part, (width, height), 256)
    assert columns % 2 == rows % 2 == 0
    assert columns >= 2
    assert rows >= 2


def test_points_that_make_no_square_are_refused() -> None:
    with pytest.raises(BadLandmarks, match="fall together"):
        face_square(FivePoints(*[Point(5, 5)] * 5), 10, 10)


def test_a_face_outside_its_picture_is_refused() -> None:
    with pytest.raises(BadLandmarks, match="100 x 100 pixels"):
        face_square(face(900, 900, 20), 100, 100)


@pytest.mark.parametrize(
    ("mode", "part"),
    [
        ("crop", (414, 0, 1400, 858)),
        ("full", (414, 0, 1400, 858)),
        ("extcrop", (327, 0, 1400, 945)),
        ("extfull", (327, 0, 1400, 945)),
        ("resize", (0, 0, 1400, 1000)),
    ],
)
def test_each_mode_animates_its_part(mode: Mode, part: tuple[int, ...]) -> None:
    assert animated_part(mode, *golden_face(1, means=False)) == part


@pytest.mark.parametrize(
    ("mode", "part", "size"),
    [
        ("crop", (0, 0, 370, 370), (256, 256)),
        ("crop", (0, 0, 512, 435), (256, 218)),  # upstream: 217, which its encoder stretches to 224
        ("extcrop", (0, 0, 1073, 945), (256, 226)),  # upstream: that of the inner rectangle, 222
        ("resize", (0, 0, 640, 800), (204, 256)),
        ("resize", (0, 0, 4000, 3), (256, 2)),
        ("full", (10, 10, 20, 20), (204, 256)),
        ("extfull", (10, 10, 20, 20), (204, 256)),
    ],
)
def test_videos_keep_the_proportions_of_what_they_show(
    mode: Mode, part: tuple[int, int, int, int], size: tuple[int, int]
) -> None:
    assert shown_size(mode, Rectangle(*part), (640, 801), 256) == size


def test_a_part_of_the_right_size_is_cut_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert np.array_equal(cut(picture, Rectangle(40, 30, 296, 286), 256), picture[30:286, 40:296])


@pytest.mark.parametrize("part", [(0, 0, 800, 600), (100, 200, 300, 250), (0, 0, 1, 1)])
def test_a_cut_shows_its_part_edge_to_edge(part: tuple[int, int, int, int]) -> None:
    picture, (left, top, right, bottom) = ramp(800, 600), part
    found = cut(picture, Rectangle(*part), 256).astype(float)
    assert found.shape == (256, 256, 3)
    assert found[0, 0, :2] * 4 == pytest.approx([left, top], abs=9)
    assert found[-1, -1, :2] * 4 == pytest.approx([right, bottom], abs=9)


def test_a_very_large_part_is_made_smaller_without_speckles() -> None:
    checks = np.zeros((4096, 4096, 3), np.uint8)
    checks[::2, ::2] = checks[1::2, 1::2] = 255
    found = cut(checks, Rectangle(0, 0, 4096, 4096), 256)
    assert int(found.max()) - int(found.min()) <= 2


def test_points_move_with_the_cut() -> None:
    moved = points_in(Rectangle(200, 100, 400, 500), face(300, 300), 256)
    assert tuple(moved.nose) == pytest.approx((128, 128))
    assert moved.left_eye.x - moved.right_eye.x == pytest.approx(80 * 256 / 200)
