"""Smoothing against the original's numbers, and at the lengths it fails at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.sadtalker.motion.smoothing import parabola, smoothed, width_for
from tests.animators.sadtalker.networks.world import golden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def test_poses_are_smoothed_as_the_original_does() -> None:
    numbers = golden("coefficients")
    found = np.concatenate(list(smoothed([numbers["pose_7"][0]], 55)))
    assert np.abs(found - numbers["pose_7_smoothed"][0]).max() < 1e-5


@pytest.mark.parametrize(
    ("n_rows", "width"), [(1, 1), (2, 1), (3, 3), (4, 3), (5, 5), (12, 11), (13, 13), (14, 13), (1000, 13)]
)
def test_fewer_rows_are_smoothed_over_fewer(n_rows: int, width: int) -> None:
    assert width_for(n_rows) == width


def test_the_middle_of_five_weighs_its_neighbours_as_the_paper_says() -> None:
    assert parabola(5)[2] * 35 == pytest.approx([-3, 12, 17, 12, -3])


@given(st.integers(1, 60), st.integers(1, 20))
def test_a_parabola_stays_as_it_is_however_it_comes(n_rows: int, length: int) -> None:
    at = np.arange(n_rows, dtype=np.float32)[:, None] / n_rows
    rows = np.concatenate([at, 1 - 2 * at + 3 * at * at], axis=1)
    blocks = [rows[i : i + length] for i in range(0, n_rows, length)]
    found = np.concatenate(list(smoothed(blocks, n_rows)))
    assert found.shape == rows.shape
    assert np.abs(found - rows).max() < 1e-5


def test_a_row_is_given_as_soon_as_six_more_are_known() -> None:
    came = 0

    def rows() -> Iterator[NDArray[np.float32]]:
        nonlocal came
        while came < 1000:
            came += 1
            yield np.zeros((1, 6), np.float32)

    given_rows = 0
    for block in smoothed(rows(), 1000):
        given_rows += len(block)
        assert came == 1000 or came - given_rows <= 7 + 5
