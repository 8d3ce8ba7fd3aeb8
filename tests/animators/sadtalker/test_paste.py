"""Frames back in their picture: no seam, nothing touched around them, and never a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.animators.sadtalker.paste import Paste, pixels
from halfgig.face.crop import Mode, Rectangle, animated_part, cut, points_in
from halfgig.face.yunet import YuNet
from halfgig.media.picture import load_picture
from tests.face.test_crop import face
from tests.support.shared import shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float32]

SIZE = 64
PART = Rectangle(60, 40, 60 + SIZE, 40 + SIZE)
PORTRAITS = ["art_10.png", "art_14.png", "art_6.png", "full4.jpeg", "full_body_1.png"]


def plain(level: float = 128, size: int = SIZE) -> Floats:
    return np.full((size, size, 3), level / 255, np.float32)


def noise(width: int = 200, height: int = 150) -> Pixels:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


def slopes(width: int = 200, height: int = 150) -> Pixels:
    """Draw a picture that gets lighter to the right and redder downwards."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([60 + rows * 0.8, 50 + columns * 0.6, 80 + 0 * rows], axis=2).astype(np.uint8)


def shown(picture: Pixels, part: Rectangle, size: int = SIZE) -> Floats:
    """Return a part as a faultless renderer would."""
    return cut(picture, part, size).astype(np.float32) / np.float32(255)


def tinted(frame: Floats, *levels: float) -> Floats:
    """Add a number of levels of 255 to red, green and blue."""
    return np.asarray(frame + np.array(levels) / 255, np.float32)


def steps_at(picture: Pixels, part: Rectangle) -> float:
    """Return the mean step from the pixels just inside a part to those just outside, sides at the border left out."""
    numbers = picture.astype(int)
    height, width = picture.shape[:2]
    rows, columns = slice(part.top, part.bottom), slice(part.left, part.right)
    across = [numbers[rows, x] - numbers[rows, x - 1] for x in (part.left, part.right) if 0 < x < width]
    down = [numbers[y, columns] - numbers[y - 1, columns] for y in (part.top, part.bottom) if 0 < y < height]
    return float(np.mean([np.abs(step).mean() for step in (*across, *down)]))


def test_a_frame_that_shows_its_part_changes_nothing() -> None:
    picture = noise()
    assert np.array_equal(Paste(picture, PART).frame(shown(picture, PART)), picture)


@pytest.mark.parametrize("brighter", [-25, 9, 25])
def test_a_frame_of_another_brightness_is_brought_to_the_pictures(brighter: int) -> None:
    picture = slopes()
    found = Paste(picture, PART).frame(shown(picture, PART) + np.float32(brighter / 255))
    assert np.abs(found.astype(int) - picture).max() <= 1


def test_a_tint_that_changes_along_the_edge_is_matched_all_around() -> None:
    picture = slopes()
    change = np.linspace(-1, 1, SIZE, dtype=np.float32)[:, None, None]
    frame = shown(picture, PART)
    found = Paste(picture, PART).frame(frame + change * (tinted(frame, 12, 0, -12) - frame))
    assert np.abs(found.astype(int) - picture).max() <= 4


def test_what_moved_into_the_edge_does_not_colour_the_face() -> None:
    picture = np.full((150, 200, 3), 128, np.uint8)
    frame = plain()
    frame[:20, :20] = 0.0  # dark hair before a wall that was light
    found = Paste(picture, PART).frame(frame)
    middle = found[PART.top + 28 : PART.bottom - 8, PART.left + 28 : PART.right - 8]
    assert np.abs(middle.astype(int) - 128).max() <= 3


def test_nothing_changes_around_the_part() -> None:
    picture = noise()
    found = Paste(picture, PART).frame(plain())
    found[PART.top : PART.bottom, PART.left : PART.right] = picture[PART.top : PART.bottom, PART.left : PART.right]
    assert np.array_equal(found, picture)


def test_the_middle_shows_the_frame_alone() -> None:
    picture = slopes()
    frame = shown(picture, PART)
    frame[24:40, 24:40] = 1.0
    found = Paste(picture, PART).frame(frame)
    assert (found[PART.top + 24 : PART.top + 40, PART.left + 24 : PART.left + 40] == 255).all()


def test_the_picture_itself_stays_as_it_is() -> None:
    picture = slopes()
    before = picture.copy()
    Paste(picture, PART).frame(plain(255))
    assert np.array_equal(picture, before)


def test_a_frame_depends_on_no_other() -> None:
    paste = Paste(slopes(), PART)
    first = paste.frame(plain(90))
    paste.frame(plain(200))
    assert np.array_equal(paste.frame(plain(90)), first)


@pytest.mark.parametrize(
    ("left", "top", "row", "column"), [(0, 20, 32, 0), (36, 20, 32, 63), (18, 0, 0, 32), (18, 36, 63, 32)]
)
def test_a_side_is_faded_unless_it_is_the_pictures_own(left: int, top: int, row: int, column: int) -> None:
    picture = np.full((100, 100, 3), 100, np.uint8)
    frame = plain(100)
    spots = [(row, column), (63 - row if row in (0, 63) else row, 63 - column if column in (0, 63) else column)]
    for y, x in spots:
        frame[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = 1.0
    found = Paste(picture, Rectangle(left, top, left + SIZE, top + SIZE)).frame(frame)
    at_the_border, inside = (int(found[top + y, left + x, 0]) for y, x in spots)
    assert at_the_border == 255
    assert inside < 105


def test_a_frame_as_large_as_the_picture_is_the_picture() -> None:
    frame = np.random.default_rng(2).random((80, 80, 3), np.float32)
    found = Paste(np.zeros((80, 80, 3), np.uint8), Rectangle(0, 0, 80, 80)).frame(frame)
    assert np.array_equal(found, pixels(frame, 80, 80))


def test_a_part_over_the_border_is_shown_as_far_as_the_picture_goes() -> None:
    picture = noise()
    large = np.pad(picture, ((30, 30), (30, 30), (0, 0)), mode="edge")
    frame = shown(large, Rectangle(0, 0, SIZE, SIZE))
    assert np.array_equal(Paste(picture, Rectangle(-30, -30, SIZE - 30, SIZE - 30)).frame(frame), picture)


sides = st.integers(-40, 120)


@settings(max_examples=60)
@given(st.integers(1, 90), st.integers(1, 90), sides, sides, st.integers(1, 150), st.integers(1, 150))
def test_no_part_of_any_picture_fails(width: int, height: int, left: int, top: int, across: int, down: int) -> None:
    picture, part = noise(width, height), Rectangle(left, top, left + across, top + down)
    found = Paste(picture, part).frame(plain(size=256))
    assert found.shape == picture.shape
    inside = np.zeros((height, width), bool)
    inside[max(top, 0) : max(top + down, 0), max(left, 0) : max(left + across, 0)] = True
    assert np.array_equal(found[~inside], picture[~inside])


def test_a_very_large_face_comes_back_to_its_own_place() -> None:
    points = face(1150, 1200, 530)
    part = animated_part("full", points, 2300, 2400)
    assert part.width > 2048
    picture = np.full((2400, 2300, 3), 128, np.uint8)
    frame = plain(size=256)
    column, row = (int(at) for at in points_in(part, points, 256).nose)
    frame[row - 2 : row + 3, column - 2 : column + 3] = 1.0
    rows, columns = np.nonzero(Paste(picture, part).frame(frame)[..., 0] > 200)
    assert (columns.mean(), rows.mean()) == pytest.approx(points.nose, abs=part.width / 256)


@pytest.mark.parametrize("mode", ["full", "extfull"])
@pytest.mark.parametrize("name", PORTRAITS)
def test_a_shifted_and_brighter_portrait_has_no_seam(name: str, mode: Mode) -> None:
    picture = load_picture(shared(f"portraits/{name}"), 10_000_000).rgb
    points = YuNet(shared("models/face_detection_yunet_2026may.onnx")).detect(picture)[0].points
    part = animated_part(mode, points, picture.shape[1], picture.shape[0])
    frame = tinted(np.roll(shown(picture, part, 256), (2, 3), axis=(0, 1)), 16, 12, 8)
    found = Paste(picture, part).frame(frame)
    naive = picture.copy()
    naive[part.top : part.bottom, part.left : part.right] = pixels(frame, part.width, part.height)
    assert steps_at(naive, part) > 5 + steps_at(picture, part)
    assert steps_at(found, part) < 0.5 + steps_at(picture, part)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (256, 218), (2, 300), (17, 9)])
def test_a_frame_of_any_size_keeps_its_colours(width: int, height: int) -> None:
    found = pixels(plain(77), width, height)
    assert found.shape == (height, width, 3)
    assert (found == 77).all()
