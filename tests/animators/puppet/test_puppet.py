from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Mouth, Pose
from halfgig.animators.puppet.head_motion import FARTHEST
from halfgig.animators.puppet.puppet import Puppet
from halfgig.animators.puppet.visemes import VISEMES
from halfgig.face.frame import FaceFrame
from halfgig.face.measure import measure_mesh
from halfgig.face.points import Point
from halfgig.face.rig import Rig, make_rig
from tests.support.faces import INSIDE, SKIN, drawn_face, plain_rig, plain_shape, presenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


shares = st.floats(0, 1)
mouths = st.builds(Mouth, *(shares for _ in Mouth._fields))
heads = st.builds(Head, *(st.floats(-most, most) for most in FARTHEST))
eyes = st.builds(Eyes, shares, shares, shares, shares, st.floats(-20, 20), st.floats(-20, 20))
poses = st.builds(Pose, mouths, eyes, st.builds(Brows, shares, shares, shares), heads, shares)


@functools.cache
def measured(name: str) -> tuple[Pixels, Rig]:
    if name == "drawn":
        return drawn_face()[0], plain_rig(*drawn_face())
    picture, points = presenter(512) if name == "presenter" else drawn_face(open_by=0.15)
    return picture, make_rig(picture, measure_mesh(picture, points))


def puppet(name: str = "presenter", longest: int = 256) -> Puppet:
    picture, rig = measured(name)
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    return Puppet(picture, rig, (2 * round(width * scale / 2), 2 * round(height * scale / 2)))


def difference(one: Pixels, other: Pixels) -> NDArray[np.int64]:
    """Return the largest difference of each pixel, [h, w]."""
    return np.asarray(np.abs(one.astype(np.int64) - other).max(axis=2))


def place(name: str, longest: int, x: float, y: float) -> tuple[int, int]:
    """Return row and column of a position in eye distances in a frame of `puppet`."""
    picture, rig = measured(name)
    scale = longest / max(picture.shape)
    column, row = rig.shape.frame.to_picture(Point(x, y))
    return round(row * scale), round(column * scale)


def box(name: str, longest: int, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    """Return the index of a part of the face, given in eye distances, in a frame of `puppet`."""
    (first, start), (last, end) = place(name, longest, left, top), place(name, longest, right, bottom)
    return slice(first, last), slice(start, end)


def opened(actor: Puppet, mouth: Mouth) -> NDArray[np.float32]:
    """Return the opacity of each pixel between the lips, [h, w]; of none, [0, 0]."""
    covers = actor.mouth.move(mouth, *actor._body.maps(Pose()))
    return covers.inside.opacity[..., 0] if covers and covers.inside else np.zeros((0, 0), np.float32)


@pytest.mark.parametrize(("name", "longest"), [("presenter", 256), ("presenter", 512), ("drawn", 200), ("open", 400)])
def test_a_puppet_at_rest_is_the_picture(name: str, longest: int) -> None:
    import cv2

    frame = puppet(name, longest).render(Pose())
    picture, _ = measured(name)
    same = cv2.resize(picture, frame.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(frame.astype(int) - same).mean() < 1.5  # of 255


@given(poses)
@settings(max_examples=20)
def test_the_background_stands_still(pose: Pose) -> None:
    import cv2

    actor = puppet(longest=256)
    changed = difference(actor.render(pose), actor.render(Pose()))
    person = cv2.resize(measured("presenter")[1].matte.person, (256, 256), interpolation=cv2.INTER_AREA)
    near = cv2.dilate(person, np.ones((25, 25), np.uint8)) > 0
    assert near.mean() < 0.7
    assert not changed[~near].any()


def test_the_background_moves_softly_where_the_matte_is_not_sure() -> None:
    picture, rig = measured("presenter")
    actor = Puppet(picture, replace(rig, matte=replace(rig.matte, confidence=0.1)), (256, 256))
    changed = difference(actor.render(Pose(head=FARTHEST)), actor.render(Pose()))
    assert changed.max() > 40
    assert not changed[:, [0, -1]].any()


@pytest.mark.parametrize("name", ["presenter", "drawn"])
def test_a_closed_mouth_shows_no_inner_mouth(name: str) -> None:
    for mouth in (Mouth(), Mouth(close=1), Mouth(stretch=1), Mouth(pucker=1), Mouth(smile=1), Mouth(frown=1)):
        assert opened(puppet(name), mouth).sum() < 0.2


@pytest.mark.parametrize("name", ["presenter", "drawn", "open"])
def test_closed_lips_show_no_inner_mouth_whatever_else_is_asked(name: str) -> None:
    for mouth in (Mouth(close=1), Mouth(close=1, upper_up=1), Mouth(jaw_open=1, close=1), Mouth(close=1, funnel=1)):
        assert opened(puppet(name), mouth).sum() < 0.5  # pixels; 0.34, at most 0.06 of one, is not seen


@pytest.mark.parametrize("name", ["presenter", "drawn"])
@pytest.mark.parametrize("shape", [Mouth(), Mouth(stretch=0.7), Mouth(pucker=1), Mouth(upper_up=1, roll_lower=1)])
def test_the_further_the_jaw_the_wider_the_opening(name: str, shape: Mouth) -> None:
    areas = [opened(puppet(name), shape._replace(jaw_open=jaw)).sum() for jaw in np.linspace(0, 1, 11)]
    assert areas == sorted(areas)
    assert areas[-1] > areas[5] > areas[2] > 0


def test_a_rounded_mouth_is_narrower_than_a_wide_one() -> None:
    def width(mouth: Mouth) -> int:
        return int((opened(puppet(), mouth).max(axis=0) > 0.5).sum())

    assert width(Mouth(jaw_open=0.6, pucker=1)) < 0.6 * width(Mouth(jaw_open=0.6, stretch=1))


def test_o_is_a_round_hole_in_the_frame() -> None:
    hole = opened(puppet(longest=512), Mouth(jaw_open=0.7, funnel=1)) > 0.5
    height, width = hole.any(axis=1).sum(), hole.any(axis=0).sum()
    assert 0.7 < height / width < 1.3
    assert hole.sum() > 0.65 * height * width  # a half moon fills 0.6 of its rectangle at most, an ellipse 0.785


def test_a_soft_portrait_has_soft_teeth() -> None:
    import cv2

    def sharpness(picture: Pixels) -> float:
        actor = Puppet(picture, make_rig(picture, measure_mesh(picture, points)), (512, 512))
        frame = actor.render(Pose(VISEMES["aa"].mouth))[box("presenter", 512, -0.25, 0.95, 0.25, 1.35)]
        return float(np.percentile(np.abs(np.gradient(frame.mean(axis=2), axis=0)), 95))

    picture, points = presenter(1024)
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 6), np.uint8)
    assert sharpness(soft) < 0.5 * sharpness(picture)


def test_a_grey_portrait_speaks_with_a_grey_mouth() -> None:
    picture, points = presenter(256)
    grey = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    actor = Puppet(grey, make_rig(grey, measure_mesh(grey, points)), (256, 256))
    for name in ("aa", "SS", "TH"):
        frame = actor.render(Pose(VISEMES[name].mouth)).astype(int)
        assert (frame.max(axis=2) - frame.min(axis=2)).max() <= 1


@pytest.mark.parametrize("viseme", ["aa", "E", "SS"])
def test_own_teeth_stay_where_they_are_as_the_mouth_opens(viseme: str) -> None:
    actor = puppet("open", 400)
    still, speaking = actor.render(Pose()), actor.render(Pose(VISEMES[viseme].mouth))
    middle = box("open", 400, -0.12, 1.15, 0.12, 1.2)  # between the lips in the picture
    assert difference(still, speaking)[middle].max() <= 6


@pytest.mark.parametrize("soft", [0.0, 3.0])
@pytest.mark.parametrize("viseme", ["O", "U"])
def test_a_ring_has_no_dark_lines_beside_it(viseme: str, soft: float) -> None:
    import cv2

    picture, points = drawn_face()
    frame = FaceFrame(Point(160, 150), 80, 0.0)
    for side in (-1, 1):  # the corners of the mouth run out into a shade
        (left, top), (right, bottom) = sorted(frame.to_picture(Point(side * x, 1.1)) for x in (0.36, 0.56))
        high = 1 + round(soft)
        picture[round(top) - high : round(bottom) + high + 1, round(left) : round(right)] = INSIDE
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), soft), np.uint8) if soft else picture
    actor = Puppet(picture, plain_rig(picture, points), (320, 400))
    beside = actor.render(Pose(VISEMES[viseme].mouth))[150 + 76 : 150 + 108, 160 + 34 : 160 + 56].astype(int)
    shade = SKIN[0] - picture[150 + 76 : 150 + 108, 160 + 34 : 160 + 56, 0].astype(int)
    assert shade.max() > 100
    assert (SKIN[0] - beside[..., 0]).max() < 0.45 * shade.max()


def test_a_ring_hides_the_teeth_that_a_picture_shows() -> None:
    picture, points = drawn_face(open_by=0.15)
    top, left = 150 + round(1.1 * 80), 160 - round(0.25 * 80)
    picture[top : top + 5, left : left + 40] = 240
    actor = Puppet(picture, make_rig(picture, measure_mesh(picture, points)), (320, 400))

    def white(mouth: Mouth) -> int:
        return int((actor.render(Pose(mouth))[top - 12 : top + 25, left : left + 40].min(axis=2) > 150).sum())

    assert white(VISEMES["SS"].mouth) > 100
    assert white(VISEMES["O"].mouth) < 10


def dark_between_the_lips(frame: Pixels) -> int:
    return int((frame[box("open", 256, -0.35, 0.9, 0.35, 1.5)].max(axis=2) < 80).sum())


def test_pressed_lips_close_a_mouth_that_stands_open() -> None:
    actor = puppet("open")
    at_rest, pressed = (dark_between_the_lips(actor.render(Pose(Mouth(close=press)))) for press in (0, 1))
    assert at_rest > 100
    assert pressed < 0.2 * at_rest


@pytest.mark.parametrize("viseme", VISEMES)
def test_speaking_leaves_eyes_and_forehead_as_they_are(viseme: str) -> None:
    actor = puppet()
    changed = difference(actor.render(Pose(VISEMES[viseme].mouth)), actor.render(Pose()))
    row, _ = place("presenter", 256, 0, 0.45)
    assert changed[:row].max() <= 4  # of 255: cheeks move with the corners by a seventh of a pixel


def test_the_inner_mouth_goes_along_with_the_head() -> None:
    actor = puppet()
    mouth = Mouth(jaw_open=0.8, upper_up=0.4)
    still, moved = (actor.render(Pose(mouth, head=Head(x=x))) for x in (0.0, 0.1))
    shift = round(0.1 * measured("presenter")[1].shape.frame.unit * 256 / 512)
    cut = box("presenter", 256, -0.5, 0.9, 0.5, 1.5)
    columns = slice(cut[1].start + shift, cut[1].stop + shift)
    assert difference(moved[cut[0], columns], still[cut]).mean() < 0.5 * difference(moved[cut], still[cut]).mean()


@pytest.mark.parametrize(
    ("x", "y", "roll"),
    [(0, 0, 0.0), (159, 0, 0.2), (80, 199, 0.0), (0, 199, -1.0), (159, 199, 1.6), (80, 100, 3.1), (-40, 60, 0.0)],
)
def test_a_face_at_or_over_the_border_moves(x: float, y: float, roll: float) -> None:
    drawn = drawn_face(160, 200, 40, x, y)
    actor = Puppet(drawn[0], plain_rig(*drawn, plain_shape(FaceFrame(Point(x, y), 40, roll))), (160, 200))
    for mouth in (Mouth(jaw_open=1, upper_up=1), Mouth(close=1), Mouth(pucker=1)):
        frame = actor.render(Pose(mouth, Eyes(0.5, 1.0), Brows(1.0, 1.0), FARTHEST))
        assert frame.shape == (200, 160, 3)
        assert frame.dtype == np.uint8


@pytest.mark.parametrize("size", [(333, 401), (401, 333), (97, 640), (161, 201)])
def test_pictures_with_odd_sides_work(size: tuple[int, int]) -> None:
    width, height = size
    picture, points = drawn_face(width, height, 40, width / 2, height / 2)
    actor = Puppet(picture, make_rig(picture, measure_mesh(picture, points)), (2 * (width // 4), 2 * (height // 4)))
    assert actor.render(Pose(Mouth(jaw_open=1), Eyes(1, 1), Brows(1, 1), FARTHEST)).shape == (
        2 * (height // 4),
        2 * (width // 4),
        3,
    )


def test_a_mouth_moves_in_frames_of_64_pixels() -> None:
    actor = puppet(longest=64)
    changed = difference(actor.render(Pose(Mouth(jaw_open=1))), actor.render(Pose()))
    assert changed.max() > 30
    assert not changed[:20].any()


@given(poses)
@settings(max_examples=20)
def test_the_same_pose_gives_the_same_bytes(pose: Pose) -> None:
    actor = puppet("drawn", 100)
    first = actor.render(pose)
    actor.render(Pose(Mouth(jaw_open=1), Eyes(1, 1), Brows(1, 1), FARTHEST))
    assert actor.render(pose).tobytes() == first.tobytes()
    assert puppet("drawn", 100).render(pose).tobytes() == first.tobytes()


def test_the_picture_is_left_as_it_was() -> None:
    picture, _ = measured("drawn")
    before = picture.copy()
    puppet("drawn").render(Pose(Mouth(jaw_open=1), Eyes(1, 1)))
    assert (picture == before).all()
