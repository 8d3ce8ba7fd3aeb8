from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Eyes, Pose
from halfgig.animators.puppet.eyeball import RADIUS
from halfgig.animators.puppet.puppet import Puppet
from halfgig.face.measure import measure_mesh
from halfgig.face.points import Point
from halfgig.face.rig import make_rig
from tests.support.faces import IRIS, SKIN, drawn_face, plain_rig, presenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import FaceFrame

    Pixels = NDArray[np.uint8]

SIDES = (-0.5, 0.5)
BLINK = Eyes(blink_right=1, blink_left=1)
TURNS = ((-15, 0), (10, 0), (20, 0), (0, -8), (0, 10), (8, 6))
LOOKING = [Eyes(gaze_yaw=yaw, gaze_pitch=pitch) for yaw, pitch in TURNS]


class World(NamedTuple):
    """A puppet with its face frame in pixels of its frames."""

    puppet: Puppet
    face: FaceFrame

    def frame(self, eyes: Eyes) -> Pixels:
        """Return the frame of a pose of the eyes."""
        return self.puppet.render(Pose(eyes=eyes))

    def box(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        """Return the index of a part of the face, given in eye distances, in a frame."""
        start, end = self.face.to_picture(Point(left, top)), self.face.to_picture(Point(right, bottom))
        return slice(round(start.y), round(end.y)), slice(round(start.x), round(end.x))

    def changed(self, eyes: Eyes) -> NDArray[np.int64]:
        """Return the largest difference of each pixel to eyes at rest, [h, w]."""
        return np.asarray(np.abs(self.frame(eyes).astype(np.int64) - self.frame(Eyes())).max(axis=2))


def world(picture: Pixels, *, name: str = "drawn") -> World:
    points = drawn_face()[1] if name == "drawn" else presenter(512)[1]
    size = 2 * (picture.shape[1] // 2), 2 * (picture.shape[0] // 2)
    rig = plain_rig(picture, points) if name == "drawn" else make_rig(picture, measure_mesh(picture, points))
    return World(Puppet(picture, rig, size), rig.shape.frame)


@functools.cache
def drawn() -> World:
    return world(drawn_face()[0])


@functools.cache
def presenter_world() -> World:
    return world(presenter(512)[0], name="presenter")


def grey(picture: Pixels) -> Pixels:
    return np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)


def iris_place(of: World, eyes: Eyes, side: float) -> tuple[float, float]:
    """Return the middle of the iris in eye distances; lids cut off its top and bottom."""
    box = of.box(side - 0.24, -0.09, side + 0.24, 0.11)
    part = of.frame(eyes)[box].astype(float)
    dark = np.abs(part - IRIS).max(axis=2) < 40
    rows, columns = np.nonzero(dark)
    return float(columns.mean()) / of.face.unit, float(rows.mean()) / of.face.unit


def dark_and_white(of: World, eyes: Eyes) -> tuple[int, int]:
    parts = [of.frame(eyes)[of.box(side - 0.24, -0.1, side + 0.24, 0.11)] for side in SIDES]
    dark = sum(int((np.abs(part.astype(int) - IRIS).max(axis=2) < 40).sum()) for part in parts)
    return dark, sum(int((part.min(axis=2) > 225).sum()) for part in parts)


def test_a_blink_hides_iris_and_white() -> None:
    dark, white = dark_and_white(drawn(), Eyes())
    closed_dark, closed_white = dark_and_white(drawn(), BLINK)
    assert dark > 150
    assert white > 150
    assert closed_dark < 0.1 * dark
    assert closed_white == 0


def test_a_blink_closes_steadily() -> None:
    whites = [dark_and_white(drawn(), Eyes(c, c))[1] for c in np.linspace(0, 1, 9)]
    assert whites == sorted(whites, reverse=True)


def test_a_closed_eye_is_skin() -> None:
    frame = drawn().frame(BLINK)
    for side in SIDES:
        place = drawn().face.to_picture(Point(side, -0.01))
        assert np.abs(frame[round(place.y), round(place.x)].astype(int) - SKIN).max() < 30


def test_the_presenter_closes_her_eyes() -> None:
    def green_or_white(eyes: Eyes) -> int:
        part = presenter_world().frame(eyes)[presenter_world().box(-0.8, -0.15, 0.8, 0.15)].astype(int)
        return int((part[..., 2] - part[..., 0] > -25).sum())  # skin is much redder

    assert green_or_white(Eyes()) > 300
    assert green_or_white(BLINK) < 0.2 * green_or_white(Eyes())


def test_each_eye_closes_by_itself() -> None:
    changed = drawn().changed(Eyes(blink_right=1))
    assert changed[drawn().box(-0.8, -0.2, -0.2, 0.2)].max() > 60
    assert changed[drawn().box(0.2, -0.2, 0.8, 0.2)].max() == 0


@pytest.mark.parametrize("closed", [0.3, 0.6, 1.0])
def test_the_brow_stays_where_it_is_in_a_blink(closed: float) -> None:
    changed = presenter_world().changed(Eyes(closed, closed))
    for side in SIDES:
        assert changed[presenter_world().box(side - 0.35, -0.5, side + 0.35, -0.27)].max() == 0


def test_the_row_of_lashes_goes_down_with_the_lid() -> None:
    def darkest_row(closed: float) -> float:
        part = presenter_world().frame(Eyes(closed, closed))[presenter_world().box(0.34, -0.2, 0.42, 0.15)]
        return float(part.mean(axis=(1, 2)).argmin()) / presenter_world().face.unit

    rows = [darkest_row(closed) for closed in (0.3, 0.6, 1.0)]
    assert rows == sorted(rows)
    assert rows[2] - rows[0] > 0.05


@pytest.mark.parametrize("eyes", LOOKING)
def test_the_iris_moves_by_the_angle_asked_for(eyes: Eyes) -> None:
    asked = [RADIUS * math.sin(math.radians(angle)) for angle in (eyes.gaze_yaw, eyes.gaze_pitch)]
    for side in SIDES:
        before, after = iris_place(drawn(), Eyes(), side), iris_place(drawn(), eyes, side)
        assert after[0] - before[0] == pytest.approx(asked[0], abs=max(0.15 * abs(asked[0]), 0.004))
        if eyes.gaze_pitch == 0:  # else lids hide part of it
            assert abs(after[1] - before[1]) < 0.01


@pytest.mark.parametrize("make", [drawn, presenter_world])
@pytest.mark.parametrize("yaw", [-15, 8])
def test_looking_aside_changes_nothing_but_the_eyeballs(make: functools._lru_cache_wrapper[World], yaw: float) -> None:
    of = make()
    changed = of.changed(Eyes(gaze_yaw=yaw))
    for side in SIDES:
        changed[of.box(side - 0.25, -0.11, side + 0.25, 0.12)] = 0
    assert changed.max() == 0


def test_the_upper_lid_follows_a_look_down_and_the_lower_stays() -> None:
    of = presenter_world()
    changed = of.changed(Eyes(gaze_pitch=12))
    for side in SIDES:
        assert changed[of.box(side - 0.1, -0.16, side + 0.1, -0.11)].max() > 10
        assert changed[of.box(side - 0.3, 0.13, side + 0.3, 0.3)].max() == 0


@pytest.mark.parametrize("eyes", [Eyes(gaze_yaw=0.1), Eyes(gaze_pitch=-0.1), Eyes(squint=0.01), Eyes(wide=0.01)])
def test_eyes_begin_to_move_without_a_jump(eyes: Eyes) -> None:
    assert presenter_world().changed(eyes).max() <= 8


def test_what_an_iris_uncovers_is_white() -> None:
    of = drawn()
    part = of.frame(Eyes(gaze_yaw=20))[of.box(-0.59, -0.02, -0.56, 0.04)]  # iris at rest
    assert part.min() > 200


def test_a_squint_raises_the_lower_lid_and_wide_eyes_the_upper() -> None:
    heights = {}
    for name, eyes in (("rest", Eyes()), ("squint", Eyes(squint=1)), ("wide", Eyes(wide=1))):
        part = drawn().frame(eyes)[drawn().box(-0.51, -0.15, -0.49, 0.17)].astype(int)
        rows = np.nonzero(np.abs(part - SKIN).max(axis=(1, 2)) > 60)[0] / drawn().face.unit
        heights[name] = rows.min(), rows.max()
    assert heights["squint"][1] < heights["rest"][1] - 0.025
    assert heights["squint"][0] == pytest.approx(heights["rest"][0], abs=0.013)
    assert heights["wide"][0] < heights["rest"][0] - 0.02
    assert heights["wide"][1] == pytest.approx(heights["rest"][1], abs=0.013)


def test_eyes_that_are_closed_in_the_picture_stay_as_they_are() -> None:
    of = world(presenter_world().frame(BLINK), name="presenter")
    assert of.changed(Eyes(1, 1, 1, 1, 15, 10)).max() == 0


def test_an_eye_that_is_covered_stays_and_the_other_blinks() -> None:
    picture = drawn_face()[0]
    picture[drawn().box(0.1, -0.3, 0.9, 0.3)] = (30, 26, 24)
    of = world(picture)
    changed = of.changed(Eyes(1, 1, gaze_yaw=10))
    assert changed[of.box(0.1, -0.3, 0.9, 0.3)].max() == 0
    assert changed[of.box(-0.8, -0.2, -0.2, 0.2)].max() > 60


@pytest.mark.parametrize("eyes", [BLINK, Eyes(0.4, 0.4), Eyes(gaze_yaw=12, gaze_pitch=8), Eyes(squint=1, wide=1)])
def test_eyes_of_a_grey_picture_stay_grey(eyes: Eyes) -> None:
    frame = world(grey(presenter(512)[0]), name="presenter").frame(eyes).astype(int)
    assert (frame.max(axis=2) - frame.min(axis=2)).max() <= 1


@pytest.mark.parametrize("eyes", [BLINK, Eyes(0.4, 0.4, 1, 1, 20, 15)])
def test_glasses_are_not_dragged_along(eyes: Eyes) -> None:
    picture = presenter(512)[0]
    boxes = [presenter_world().box(side - 0.4, -0.24, side + 0.4, -0.20) for side in SIDES]
    for box in boxes:
        picture[box] = (20, 20, 22)
    changed = world(picture, name="presenter").changed(eyes)
    assert max(changed[box].max() for box in boxes) <= 3


def test_eyes_whose_iris_has_no_round_edge_do_not_look_aside() -> None:
    picture = drawn_face()[0]
    top, bottom = (round(drawn().face.to_picture(Point(0, y)).y) for y in (-0.1, 0.12))
    left, right = (round(drawn().face.to_picture(Point(x, 0)).x) for x in (0.3, 0.5))
    picture[top:bottom, left:right] = (90, 60, 40)  # a strand of hair over half of an iris
    of = world(picture)
    assert of.changed(Eyes(gaze_yaw=15)).max() == 0
    assert of.changed(BLINK).max() > 60


def light_along_the_eye(of: World, down: float, eyes: Eyes) -> NDArray[np.float64]:
    """Return the brightness along the middle of the right eye in a height, in eye distances, in the skin's."""
    row = of.box(0, down, 0, 0)[0].start
    part = of.frame(eyes)[row - 1 : row + 2, of.box(-0.6, 0, -0.4, 0)[1]]
    return np.asarray(part.astype(float).mean(axis=(0, 2)) / np.mean(SKIN))


def test_a_lid_in_a_dark_socket_is_as_dark_as_the_skin_above_it() -> None:
    picture = drawn_face()[0]
    skin = np.abs(picture.astype(int) - SKIN).max(axis=2) < 8
    skin[:, :90] = skin[:, 150:] = skin[:118] = skin[162:] = False
    picture[skin] = 0.66 * np.array(SKIN)
    assert 0.6 < light_along_the_eye(world(picture), -0.01, BLINK).mean() < 0.82
    assert light_along_the_eye(drawn(), -0.01, BLINK).mean() > 0.9


def test_lashes_leave_no_dots_in_the_fold_above_a_closed_lid() -> None:
    picture = drawn_face()[0]
    for column in range(106, 136, 4):
        picture[150 - 15 : 150 - 6, column : column + 2] = IRIS
    of = world(picture)
    rest, closed = (np.ptp(light_along_the_eye(of, -0.14, eyes)) for eyes in (Eyes(), BLINK))
    assert rest > 0.6
    assert closed < 0.12 * rest


def lid_of(of: World, top: float, bottom: float) -> NDArray[np.float64]:
    """Return the middle of the closed right lid between two heights in eye distances, RGB [h, w, 3]."""
    return np.asarray(of.frame(BLINK)[of.box(-0.58, top, -0.42, bottom)], np.float64)


def test_a_closed_lid_is_as_noisy_as_the_skin_in_uneven_light() -> None:
    picture = drawn_face()[0].astype(float)
    light = np.interp(np.arange(len(picture)), (140, 200), (0.4, 1.5))[:, None, None]
    noise = np.random.default_rng(1).normal(0, 14, picture.shape)
    of = world((picture * light + noise).clip(0, 255).astype(np.uint8))
    lid, cheek = lid_of(of, -0.04, 0.04), of.frame(BLINK)[of.box(-0.58, 0.45, -0.42, 0.53)].astype(float)
    assert 0.5 < np.diff(lid, axis=1).std() / np.diff(cheek, axis=1).std() < 1.3


def test_make_up_above_an_eye_keeps_its_colour_in_a_blink() -> None:
    picture = drawn_face()[0]
    red, skin = np.array((200, 110, 120)), np.abs(picture.astype(int) - SKIN).max(axis=2) < 8
    skin[:, :96] = skin[:, 144:] = skin[:133] = skin[146:] = False
    picture[skin] = red
    for column in range(102, 138, 5):
        picture[133:146, column : column + 2] = (60, 30, 32)  # lashes
    share = lid_of(world(picture), -0.155, -0.1)
    assert share[..., 1].sum() / share[..., 0].sum() < 0.64  # of green in red: 0.55 in the make-up, 0.8 in skin


def test_the_rim_of_glasses_under_an_eye_leaves_no_stripe_on_its_lid() -> None:
    picture = drawn_face()[0]
    picture[184:190, 88:152] = (20, 20, 22)
    found, plain = (lid_of(of, -0.14, 0.05) for of in (world(picture), drawn()))
    assert np.abs(found - plain).max() < 8
