"""The short ways to convolve give what the long way gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.animators.sadtalker.networks.context import Arena
from halfgig.animators.sadtalker.networks.conv import conv
from halfgig.animators.sadtalker.networks.fourier import seven_conv
from halfgig.animators.sadtalker.networks.rows import store_into
from halfgig.animators.sadtalker.networks.upsampled import upsampled_conv
from halfgig.animators.sadtalker.networks.warp import RowWindow, shift_matrix, voxel_index
from halfgig.animators.sadtalker.networks.winograd import FOUR, TWO, Form
from halfgig.nn.weights import Weights, WeightsWriter
from tests.animators.sadtalker.networks.small import context, convolved, noise
from tools.golden.figures import of_scale

if TYPE_CHECKING:
    from pathlib import Path

EXACT = 1e-5
BOTH_FORMS = pytest.mark.parametrize("form", [FOUR, TWO], ids=["four", "two"])
ONE_OR_TWO = pytest.mark.parametrize("threads", [1, 2])


@BOTH_FORMS
@ONE_OR_TWO
@pytest.mark.parametrize(("rows", "columns", "channels", "out"), [(8, 8, 5, 7), (64, 32, 16, 200), (4, 12, 64, 64)])
def test_tiles_convolve_a_flat_map(
    tmp_path: Path, form: Form, threads: int, rows: int, columns: int, channels: int, out: int
) -> None:
    weight, bias = noise(out, channels, 3, 3), noise(out, seed=1)
    padded, found = noise(rows + 2, columns + 2, 1, channels, seed=2), np.empty((rows, columns, 1, out), np.float32)
    conv(context(tmp_path, weight, bias, threads=threads), padded, "layer", store_into(found), form)
    assert of_scale(convolved(padded, weight, bias), found) < EXACT


@BOTH_FORMS
@pytest.mark.parametrize("size", [4, 32])
def test_tiles_convolve_a_deep_map_by_windows_or_by_pairs(tmp_path: Path, form: Form, size: int) -> None:
    weight, bias = noise(6, 5, 3, 3, 3), noise(6, seed=1)
    padded, found = noise(size + 2, size + 2, 6, 5, seed=2), np.empty((size, size, 4, 6), np.float32)
    conv(context(tmp_path, weight, bias), padded, "layer", store_into(found), form)
    assert of_scale(convolved(padded, weight, bias), found) < EXACT


@ONE_OR_TWO
@pytest.mark.parametrize("times", [2, 4])
@pytest.mark.parametrize("size", [2, 20])
def test_an_enlarged_map_is_convolved_at_its_original_size(tmp_path: Path, times: int, size: int, threads: int) -> None:
    weight, bias, x = noise(70, 5, 3, 3), noise(70, seed=1), noise(size, size, 1, 5, seed=2)
    found = np.empty((times * size, times * size, 1, 70), np.float32)
    one = ((1, 1), (1, 1), (0, 0), (0, 0))
    room = context(tmp_path, weight, bias, enlarged=True, threads=threads)
    upsampled_conv(room, np.pad(x, one), "layer", store_into(found), times)
    enlarged = np.pad(x.repeat(times, axis=0).repeat(times, axis=1), one)
    assert of_scale(convolved(enlarged, weight, bias), found) < EXACT


@pytest.mark.parametrize("size", [2, 16])
def test_an_enlarged_deep_map_is_convolved_at_its_original_size(tmp_path: Path, size: int) -> None:
    weight, bias, x = noise(6, 5, 3, 3, 3), noise(6, seed=1), noise(size, size, 4, 5, seed=2)
    found = np.empty((2 * size, 2 * size, 4, 6), np.float32)
    one = ((1, 1), (1, 1), (1, 1), (0, 0))
    upsampled_conv(context(tmp_path, weight, bias, enlarged=True), np.pad(x, one), "layer", store_into(found))
    enlarged = np.pad(x.repeat(2, axis=0).repeat(2, axis=1), one)
    assert of_scale(convolved(enlarged, weight, bias), found) < EXACT


def test_spectra_convolve_seven_by_seven_by_seven(tmp_path: Path) -> None:
    weight, bias = noise(3, 4, 7, 7, 7), noise(3, seed=1)
    padded = noise(38, 22, 8, 4, seed=2)
    with (tmp_path / "mask").open("wb") as file:
        writer = WeightsWriter(file, narrow=False)
        writer.add("mask", weight.transpose(3, 4, 1, 2, 0).reshape(49 * 4, 7 * 3))
        writer.add("mask.bias", bias)
    room = context(tmp_path, noise(1, 1, 3, 3), noise(1))
    object.__setattr__(room, "weights", Weights(tmp_path / "mask", writer.index()))
    deep = np.pad(padded, ((0, 0), (0, 0), (3, 3), (0, 0)))
    assert of_scale(convolved(deep, weight, bias), seven_conv(room, padded, "mask")) < EXACT


def test_places_are_read_half_a_pixel_askew_with_zeros_around() -> None:
    still = shift_matrix(4, 0.0)
    assert voxel_index(np.array([-1, 1], np.float32), 4).tolist() == [-0.5, 3.5]
    assert still[0].tolist() == [0.5, 0, 0, 0]
    assert still.sum(axis=1)[1:3].tolist() == pytest.approx([1, 1])


def test_a_line_moved_out_of_sight_is_zero() -> None:
    assert not shift_matrix(8, 5.0).any()


def test_rows_that_are_still_needed_are_kept() -> None:
    window = RowWindow(Arena(), "rows", 16, 16, 1)
    for start, ready in ((0, 0), (8, 4)):
        window.rows(start)[:8] = np.arange(start, start + 8, dtype=np.float32)[:, None, None, None]
        stop = start + 8
        now = 16 if stop == 16 else stop - 4
        seen = window.part(ready, now)[:, 1, 0, 0].tolist()
        wanted = [max(row, 0) if row < 16 else 0 for row in range(ready - 1, now + 1)]
        assert seen == wanted
        window.forget(now, stop)
