"""Closed lips meet where the picture has their line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Pose
from halfgig.animators.puppet.lip_line import with_line_of
from halfgig.animators.puppet.puppet import Puppet
from halfgig.animators.puppet.visemes import VISEMES
from tests.support.faces import LIPS, drawn_face, plain_rig, plain_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.face.frame import Map
    from halfgig.face.measure import FaceShape


def picture(line: float, dark: float = 0.3) -> Callable[[Map, Map], Map]:
    """Return a reader of a mouth whose line is at a height, with `dark` of its lips' brightness."""

    def read(x: Map, y: Map) -> Map:
        light = np.where(np.abs(y - line) < 0.008, dark, 1.0) + 0.0 * x
        return np.asarray(150 * np.repeat(light[..., None], 3, axis=2), np.float32)

    return read


def middle(shape: FaceShape) -> float:
    return shape.lips.contours.inner_upper[5].y


@pytest.mark.parametrize("away", [-0.025, -0.01, 0.0, 0.02])
def test_the_line_is_where_the_picture_is_dark(away: float) -> None:
    found = with_line_of(picture(1.1 + away), plain_shape())
    assert middle(found) == pytest.approx(1.1 + away, abs=0.006)
    assert found.lips.line[16].y == pytest.approx(middle(found), abs=0.004)
    assert found.lips.bands.upper + found.lips.bands.lower == pytest.approx(0.23)
    assert found.lips.contours.inner_upper == found.lips.contours.inner_lower


def test_the_corners_stay_where_the_mesh_has_them() -> None:
    shapes = with_line_of(picture(1.08), plain_shape()), plain_shape()
    found, before = (shape.lips.contours.inner_upper for shape in shapes)
    assert [found[end].y for end in (0, -1)] == pytest.approx([before[end].y for end in (0, -1)])


def test_a_line_that_the_picture_does_not_show_is_the_mesh_s() -> None:
    assert middle(with_line_of(picture(1.08, dark=0.99), plain_shape())) == pytest.approx(1.1, abs=0.001)


def test_the_edges_of_an_open_mouth_in_a_sharp_picture_are_the_mesh_s() -> None:
    shape = plain_shape(gap=0.1)
    assert with_line_of(picture(1.08), shape) == shape


def test_an_open_upper_lip_in_a_soft_picture_ends_above_what_shines_into_it() -> None:
    shape = plain_shape(gap=0.1)
    found, mesh = (each.lips.contours for each in (with_line_of(picture(1.08), shape, 0.02), shape))
    raised = [before.y - after.y for before, after in zip(mesh.inner_upper, found.inner_upper, strict=True)]
    assert max(raised) == raised[5] == pytest.approx(0.03)
    assert [raised[0], raised[-1]] == pytest.approx([0, 0])
    assert found.inner_lower == mesh.inner_lower
    softest = with_line_of(picture(1.08), shape, 0.5).lips.contours
    assert all(inner.y >= outer.y for inner, outer in zip(softest.inner_upper, softest.outer_upper, strict=True))


def lips_above_a_ring(line: float) -> NDArray[np.int64]:
    """Return the middle of the upper lip of an "o", top down, [h, 3], of a face whose line lies aside of the mesh's."""
    rgb, points = drawn_face()
    rgb[150 + round(80 * (line - 0.012)) : 150 + round(80 * 1.23), 130:190] = (240, 170, 170)  # a pale lower lip
    rgb[150 + round(80 * (line - 0.012)) : 150 + round(80 * (line + 0.012)), 130:190] = (40, 10, 10)
    frame = Puppet(rgb, plain_rig(rgb, points), (320, 400)).render(Pose(VISEMES["O"].mouth)).astype(int)
    return np.asarray(frame[150 + 74 : 150 + 92, 158:162].mean(axis=1), np.int64)


def test_the_upper_lip_takes_nothing_of_the_lower_one_along() -> None:
    upper = lips_above_a_ring(1.08)
    assert (np.abs(upper - LIPS).max(axis=1) < 25).any()
    assert upper[:, 0].max() < 225  # its own red is 186, the skin's 214, the lower lip's 240
