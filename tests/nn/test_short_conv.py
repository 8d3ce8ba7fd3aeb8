"""Short convolutions give what the plain sum gives, whatever the filter, the tile and where it ends."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from halfgig.nn.kernels import Kernels
from halfgig.nn.short_conv import ShortFilter, size_for
from halfgig.nn.tiles import padded_rows
from halfgig.nn.toom_cook import points_for, short_form
from tests.nn.noise import decibels, floats

KERNELS = Kernels(1)
TAPS = pytest.mark.parametrize("taps", [3, 7, 11])


def noise(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def summed(x: NDArray[Any], weight: NDArray[Any], dilation: int) -> NDArray[np.float64]:
    """Convolve [time, in] with [taps, in, out], zeros around, by the definition."""
    halo = dilation * (len(weight) - 1) // 2
    around = np.pad(x.astype(np.float64), ((halo, halo), (0, 0)))
    return np.asarray(sum(around[k * dilation :][: len(x)] @ tap for k, tap in enumerate(weight.astype(np.float64))))


def tile_of(short: ShortFilter, x: NDArray[np.float32], start: int, steps: int) -> NDArray[np.float32]:
    tile = KERNELS.blocks.mine("first", short.rows(steps), x.shape[1])
    inside, part = padded_rows(x, start - short.halo, tile)
    inside[:] = x[part]
    return tile


@TAPS
@pytest.mark.parametrize("dilation", [1, 3, 5])
@pytest.mark.parametrize("steps", [1, 59, 60, 61, 180, 333])
def test_a_short_convolution_is_the_sum_within_115_decibels(taps: int, dilation: int, steps: int) -> None:
    x, weight, bias = noise(steps, 24), noise(taps, 24, 16), noise(16)
    short, found = ShortFilter(KERNELS, weight, bias, dilation, "taps"), np.empty((steps, 16), np.float32)
    short.run(tile_of(short, x, 0, steps), found)
    assert decibels(summed(x, weight, dilation) + bias, found) > 115


@TAPS
@given(cut=st.integers(1, 199), dilation=st.sampled_from([1, 3, 5]))
def test_a_sound_cut_anywhere_is_convolved_as_a_whole(taps: int, cut: int, dilation: int) -> None:
    x, weight = noise(200, 8), noise(taps, 8, 8)
    short, found = ShortFilter(KERNELS, weight, None, dilation, "taps"), np.empty((200, 8), np.float32)
    for start, stop in ((0, cut), (cut, 200)):
        short.run(tile_of(short, x, start, stop - start), found[start:stop])
    assert decibels(summed(x, weight, dilation), found) > 115


@pytest.mark.parametrize("steps", [72, 75])
def test_a_result_is_added_to_what_stands_beside_it_or_where_it_goes(steps: int) -> None:
    x, weight, beside = noise(steps, 8), noise(7, 8, 8), noise(steps, 8, seed=1)
    short, found, total = ShortFilter(KERNELS, weight, None, 1, "taps"), np.empty_like(beside), beside.copy()
    short.run(tile_of(short, x, 0, steps), found, beside)
    short.run(tile_of(short, x, 0, steps), total, total)
    assert (found == total).all()
    assert decibels(summed(x, weight, 1) + beside, found) > 115


def test_two_layers_with_blocks_of_their_own_do_not_disturb_each_other() -> None:
    x, weights = noise(60, 8), [noise(7, 8, 8, seed=i) for i in range(2)]
    shorts = [ShortFilter(KERNELS, weight, None, 1, f"taps {i}") for i, weight in enumerate(weights)]
    for short, weight in zip(shorts, weights, strict=True):
        found = np.empty((60, 8), np.float32)
        short.run(tile_of(short, x, 0, 60), found)
        assert decibels(summed(x, weight, 1), found) > 115


@pytest.mark.parametrize(("size", "taps"), [(1, 1), (2, 3), (4, 3), (6, 3), (5, 4), (12, 7), (12, 11), (20, 11)])
def test_a_form_needs_only_its_products(size: int, taps: int) -> None:
    form, x, h = short_form(size, taps), noise(size + taps - 1, seed=2), noise(taps, seed=3)
    found = form.outputs @ ((form.taps @ h) * (form.inputs @ x))
    assert form.products <= 1.5 * (size + taps - 1)
    assert decibels(np.correlate(x.astype(np.float64), h), found) > 100


@TAPS
def test_less_than_half_of_the_products_are_left(taps: int) -> None:
    size = size_for(taps)
    assert short_form(size, taps).products < 0.5 * size * taps


@given(count=st.integers(1, 40))
def test_there_are_as_many_points_as_coefficients_and_none_twice(count: int) -> None:
    points = points_for(count)
    assert sum(1 + isinstance(point, complex) for point in points) == count
    assert len(set(points)) == len(points)


def test_what_is_added_to_the_first_product_reaches_every_output() -> None:
    assert short_form(12, 7).outputs[:, 0].tolist() == [1.0] * 12
    assert floats(short_form(6, 3).outputs[:, 0]).tolist() == [1.0] * 6
