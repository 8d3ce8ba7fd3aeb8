"""A figure is met or not, and says so on one line."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from tests.support.media import ROOT
from tools.golden.figures import Figure, largest, of_scale, psnr


@pytest.mark.parametrize(
    ("figure", "is_met"),
    [
        (Figure("a difference", 1e-4, 1e-3), True),
        (Figure("a difference", 2e-3, 1e-3), False),
        (Figure("likeness", 61, 60, "dB"), True),
        (Figure("likeness", 59, 60, "dB"), False),
        (Figure("no number", math.nan, 1e-3), False),
        (Figure("no number", math.nan, 60, "dB"), False),
    ],
)
def test_a_difference_may_not_be_larger_and_likeness_not_less(figure: Figure, is_met: bool) -> None:
    assert figure.is_met == is_met
    assert figure.line().endswith(" ok" if is_met else " NOT")


def test_a_line_has_what_was_measured_and_what_was_asked() -> None:
    lines = [Figure("frame 1", 77.34, 60, "dB").line(), Figure("mel", 2.34e-7, 1e-4).line()]
    assert [" ".join(line.split()) for line in lines] == [
        "frame 1 77.3 dB asked >= 60.0 dB ok",
        "mel 2.3e-07 asked <= 0.0001 ok",
    ]


def test_lines_stand_below_each_other() -> None:
    lines = [Figure("key points, forced angles, full", 1e-5, 1e-3).line(), Figure("frame 1", 7.0, 8.0, "dB").line()]
    assert len({line.index("asked") for line in lines}) == 1


def test_other_shapes_are_infinitely_far_apart() -> None:
    assert largest(np.zeros(3), np.zeros(4)) == math.inf


def test_differences_are_measured_as_they_are_and_as_a_share_of_the_largest_value() -> None:
    wanted, found = np.array([1.0, -10.0]), np.array([1.5, -10.0])
    assert largest(wanted, found) == 0.5
    assert of_scale(wanted, found) == 0.05


def test_likeness_is_infinite_where_nothing_differs_and_20_decibels_at_a_tenth() -> None:
    picture = np.full((4, 4, 3), 0.5)
    assert psnr(picture, picture) == math.inf
    assert psnr(picture, picture + 0.1) == pytest.approx(20)


def test_the_module_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.golden", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "tests/reference/golden" in done.stdout
