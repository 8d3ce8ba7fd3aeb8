from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Brows, Pose
from halfgig.animators.puppet.brows import BEHIND_GLASSES, STEP, BrowField
from halfgig.animators.puppet.eye_window import read_picture
from halfgig.animators.puppet.puppet import Puppet
from halfgig.face.points import Point
from tests.support.faces import presenter, presenter_rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.face.frame import Map

    Pixels = NDArray[np.uint8]

EACH = [Brows(inner_up=1), Brows(outer_up=1), Brows(down=1), Brows(inner_up=1, outer_up=1)]


def picture() -> Pixels:
    """Return the presenter, whose rig is `presenter_rig()`."""
    return presenter(512)[0]


def field(brows: Brows) -> tuple[BrowField, Map]:
    """Return the field of the presenter's brows, and its displacement [h, w, 2] in eye distances."""
    made = BrowField(presenter_rig().shape, (512, 512), partial(read_picture, picture(), presenter_rig().shape.frame))
    return made, np.einsum("k,khwc->hwc", np.array(brows), made.bases)


def moved(brows: Brows, x: float, y: float) -> tuple[float, float]:
    """Return how far a position goes across and down; all in eye distances."""
    made, values = field(brows)
    place = presenter_rig().shape.frame.to_picture(Point(x, y))
    row, column = round((place.y - made.window.top) / STEP), round((place.x - made.window.left) / STEP)
    across, down = values[row, column].tolist()
    return across, down


def brow(end: float) -> tuple[float, float]:
    """Return a place in her left brow, from its inner end 0 to its outer end 1."""
    line = np.array(presenter_rig().shape.left_eye.brow)
    x = line[0, 0] + end * (line[-1, 0] - line[0, 0])
    return float(x), float(np.interp(x, line[:, 0], line[:, 1])) - 0.04


def test_the_inner_ends_rise_without_the_outer_ones_and_the_other_way_round() -> None:
    assert moved(Brows(inner_up=1), *brow(0.0))[1] < -0.04
    assert abs(moved(Brows(inner_up=1), *brow(1.0))[1]) < 0.01
    assert moved(Brows(outer_up=1), *brow(0.8))[1] < -0.04
    assert abs(moved(Brows(outer_up=1), *brow(0.0))[1]) < 0.01


def test_lowered_brows_come_down_and_together() -> None:
    across, down = moved(Brows(down=1), *brow(0.2))
    assert down > 0.02
    assert across < -0.01


@pytest.mark.parametrize("brows", EACH)
def test_no_skin_is_folded_over(brows: Brows) -> None:
    _, values = field(brows)
    step = STEP / presenter_rig().shape.frame.unit
    assert 1 + np.gradient(values[..., 1], step, axis=0).min() > 0.2
    assert 1 + np.gradient(values[..., 0], step, axis=1).min() > 0.2


def changed(puppet: Puppet, brows: Brows, left: float, top: float, right: float, bottom: float) -> int:
    """Return the largest difference to brows at rest in a part of the face, given in eye distances."""
    start, end = (presenter_rig().shape.frame.to_picture(Point(*corner)) for corner in ((left, top), (right, bottom)))
    part = slice(round(start.y), round(end.y)), slice(round(start.x), round(end.x))
    return int(np.abs(puppet.render(Pose(brows=brows))[part].astype(int) - puppet.render(Pose())[part]).max())


@pytest.mark.parametrize("brows", EACH)
def test_lids_stay_when_brows_move(brows: Brows) -> None:
    puppet = Puppet(picture(), presenter_rig(), (512, 512))
    for side in (-0.5, 0.5):
        assert changed(puppet, brows, side - 0.3, -0.6, side + 0.3, -0.2) > 60
        assert changed(puppet, brows, side - 0.22, -0.08, side + 0.22, 0.3) <= 2


def with_bridge(colour: tuple[int, int, int]) -> Pixels:
    """Return the presenter with the bridge of glasses between her eyes."""
    top, bottom = (round(presenter_rig().shape.frame.to_picture(Point(0, y)).y) for y in (-0.05, 0.0))
    glasses = picture()
    glasses[top:bottom, 243:269] = colour
    return glasses


@pytest.mark.parametrize("colour", [(20, 20, 22), (250, 250, 250)])
def test_brows_behind_glasses_move_less(colour: tuple[int, int, int]) -> None:
    bare, behind = (
        BrowField(presenter_rig().shape, (512, 512), partial(read_picture, pixels, presenter_rig().shape.frame)).bases
        for pixels in (picture(), with_bridge(colour))
    )
    assert np.abs(behind).max() == pytest.approx(BEHIND_GLASSES * np.abs(bare).max(), rel=0.05)


@pytest.mark.parametrize("brows", EACH)
def test_glasses_under_a_brow_stay(brows: Brows) -> None:
    top, bottom = (round(presenter_rig().shape.frame.to_picture(Point(0, y)).y) for y in (-0.21, -0.15))
    glasses = picture()
    glasses[top:bottom, 150:362] = (20, 20, 22)
    puppet = Puppet(glasses, presenter_rig(), (512, 512))
    part = np.s_[top:bottom, 150:362]
    assert np.abs(puppet.render(Pose(brows=brows))[part].astype(int) - puppet.render(Pose())[part]).max() <= 3
