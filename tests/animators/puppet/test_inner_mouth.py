from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.puppet.blendshapes import Mouth
from halfgig.animators.puppet.inner_mouth import InnerMouth
from halfgig.animators.puppet.lips import OPENING, RestingLips
from halfgig.face.colours import measure_colours
from tests.support.faces import drawn_face, plain_shape

if TYPE_CHECKING:
    from halfgig.face.frame import Map

LINE = 1.1
"""Height of the line between the lips of `plain_shape`."""

PER_UNIT = 100


def column(mouth: Mouth, gap: float = 0.0, x: float = 0.06) -> Map:
    """Paint a column of an open mouth, RGB [n, 3], a hundredth of an eye distance each, from the line downwards.

    The upper lip is at the line, the lower one as far as the jaw takes it.
    """
    shape = plain_shape(gap=gap)
    lips = RestingLips(shape, np.linspace(-1, 1, 129, dtype=np.float32))
    inner = InnerMouth(lips, measure_colours(drawn_face()[0], shape), 80)
    opening = lips.opening(mouth)
    y = LINE - 0.05 + np.arange(0, 0.05 + opening.jaw, 1 / PER_UNIT, dtype=np.float32)[:, None]
    places = np.full_like(y, x), y
    return inner.paint(mouth, opening, places, y - LINE + 0.05, LINE + opening.jaw - y)[:, 0]


def bright(painted: Map) -> Map:
    return np.asarray(painted.mean(axis=-1))


def upper_end(mouth: Mouth) -> int:
    """Return the row at which the upper teeth end."""
    rows = bright(column(mouth))
    return int(np.flatnonzero(rows[:12] > 0.6 * rows[:12].max())[-1])


def test_the_upper_teeth_stay_with_the_skull_when_the_jaw_opens() -> None:
    ends = [upper_end(Mouth(jaw_open=jaw)) for jaw in (0.6, 0.8, 1.0)]
    assert max(ends) - min(ends) <= 1
    assert 5 < ends[0] < 10


def test_the_lower_teeth_go_with_the_jaw() -> None:
    tops = []
    for jaw in (0.8, 1.0):
        rows = bright(column(Mouth(jaw_open=jaw), x=0.04))
        below = rows[len(rows) // 2 :]
        tops.append(len(rows) // 2 + int(np.diff(below).argmax()))
        assert below.max() > 1.5 * below[0]
    assert tops[1] - tops[0] == pytest.approx(0.2 * OPENING * PER_UNIT, abs=1.1)


def test_teeth_have_relief() -> None:
    shape = plain_shape()
    lips = RestingLips(shape, np.linspace(-1, 1, 129, dtype=np.float32))
    inner = InnerMouth(lips, measure_colours(drawn_face()[0], shape), 80)
    mouth = Mouth(jaw_open=0.8)
    x = np.linspace(0, 0.3, 121, dtype=np.float32)[None]
    y = np.full_like(x, LINE)
    row = bright(inner.paint(mouth, lips.opening(mouth), (x, y), np.full_like(x, 0.1), np.full_like(x, 0.1)))[0]
    gap, first, between, second = (float(row[np.abs(x[0] - place).argmin()]) for place in (0.0, 0.067, 0.134, 0.184))
    assert gap < 0.95 * first
    assert between < 0.95 * min(first, second)
    assert row[-10:].mean() < 0.9 * row[:30].mean()  # darker towards the cheeks


def test_a_raised_tongue_is_seen() -> None:
    low, high = (column(Mouth(jaw_open=0.6, tongue_up=tongue)) for tongue in (0.0, 1.0))
    assert high[9:14, 0].mean() > low[9:14, 0].mean() + 20


def test_a_mouth_open_in_the_picture_gets_no_second_row_of_teeth() -> None:
    own, none = column(Mouth(jaw_open=1), gap=0.1), column(Mouth(jaw_open=1))
    assert bright(own).max() < 0.6 * bright(none).max()


def test_the_cavity_is_dark_and_warm_and_not_black() -> None:
    red, green, blue = column(Mouth(jaw_open=1))[12]
    assert 20 < red < 110
    assert red > green
    assert red > blue


def test_lips_that_come_forward_leave_the_teeth_in_the_shade() -> None:
    plain, ring = (bright(column(Mouth(jaw_open=0.6, funnel=funnel)))[:8].max() for funnel in (0, 1))
    assert ring < 0.8 * plain
