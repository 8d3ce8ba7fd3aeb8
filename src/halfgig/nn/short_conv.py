"""Convolve along time by short convolutions: mix windows of a tile, multiply by mixed taps, mix back.

A tile is [steps, channels].  With d the dilation and m the outputs of a short convolution, step d (m j + i) + q is
output i of window j of the q-th interleaved sequence; so a mixture runs over rows of d x channels numbers, and for each
product there is one product of matrices, [windows, in] with [in, out].  All three mixings and the multiplying are
products of matrices, which ONNX Runtime does at 90 to 115 GMAC/s a core on the machine they were measured on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.toom_cook import short_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from halfgig.nn.kernels import Kernels

    Floats = NDArray[np.float32]

SIZES = {3: 6}
"""Outputs of a short convolution by its taps."""
USUAL_SIZE = 12


def size_for(taps: int) -> int:
    """Return the number of outputs of a short convolution with `taps` taps."""
    return SIZES.get(taps, USUAL_SIZE)


class ShortFilter:
    """A layer's transformed taps, to convolve tiles with."""

    def __init__(self, kernels: Kernels, weight: Floats, bias: Floats | None, dilation: int, room: str) -> None:
        """Mix a weight [taps, in, out] into the shared block of a name."""
        taps, self._into, self._out = weight.shape
        self._kernels, self._bias, self._dilation = kernels, bias, dilation
        self._form = short_form(size_for(taps), taps)
        self._taps = kernels.blocks.shared(room, self._form.products, self._into, self._out)
        mixed = self._taps.reshape(1, self._form.products, -1)
        kernels.multiply(self._form.taps[None], weight.reshape(1, taps, -1), mixed)
        self._bound: dict[tuple[int, ...], tuple[Callable[[], None], ...]] = {}

    @property
    def step(self) -> int:
        """Steps per window; other tile lengths cost as much as the next multiple."""
        return self._form.size * self._dilation

    @property
    def halo(self) -> int:
        """Extra input steps a tile needs on each side."""
        return self._dilation * (self._form.reach - self._form.size) // 2

    def rows(self, steps: int) -> int:
        """Return the rows of a tile for `steps` steps, including halo and padding."""
        return -(-steps // self.step) * self.step + 2 * self.halo

    def run(self, tile: Floats, out: Floats, beside: Floats | None = None) -> None:
        """Convolve a tile [rows(steps), in] into `out` [steps, out], added to `beside`, which may be `out`.

        All rows of the tile must be finite.  It may lie in this thread's first block; that and the two that follow are
        overwritten.
        """
        form, d, place = self._form, self._dilation, self._kernels.blocks.mine
        count = (len(tile) - 2 * self.halo) // self.step
        windows = place("third", form.reach, count, d * self._into)
        row = tile.strides[0] * d
        np.copyto(windows, np.lib.stride_tricks.as_strided(tile, windows.shape, (row, row * form.size, 4)))
        products = place("first", form.products, count * d, self._out)
        mix, multiply, mix_back = self._steps(count)
        mix()
        multiply()
        if self._bias is not None:
            products[0] += self._bias
        mix_back()
        spread(place("third", form.size, count, d * self._out), out, beside)

    def _steps(self, count: int) -> tuple[Callable[[], None], ...]:
        """Return the three matrix products for `count` windows, bound to this thread's current blocks."""
        form, n, place = self._form, count * self._dilation, self._kernels.blocks.mine
        products = place("first", form.products, n, self._out)
        mixed = place("second", form.products, n, self._into)
        windows = place("third", form.reach, n * self._into)
        key = n, *(one.ctypes.data for one in (products, mixed, windows))
        if key not in self._bound:
            bound = self._kernels.multiply.bound
            outputs = place("third", 1, form.size, n * self._out)
            self._bound[key] = (
                bound(form.inputs[None], windows[None], mixed.reshape(1, form.products, -1)),
                bound(mixed, self._taps, products),
                bound(form.outputs[None], products.reshape(1, form.products, -1), outputs),
            )
        return self._bound[key]


def spread(apart: Floats, out: Floats, beside: Floats | None) -> None:
    """Lay outputs [size, windows, dilation x channels] in order into [steps, channels], added to `beside`."""
    size, windows, width = apart.shape
    by_window = apart.transpose(1, 0, 2)
    step = size * width // out.shape[1]
    whole = len(out) // step
    parts = [(slice(0, whole * step), by_window[:whole])]
    if whole < windows:
        rest = by_window[whole].reshape(-1, out.shape[1])[: len(out) - whole * step]
        parts.append((slice(whole * step, len(out)), rest))
    for rows, part in parts:
        there = out[rows].reshape(part.shape)
        if beside is None:
            np.copyto(there, part)
        else:
            np.add(beside[rows].reshape(part.shape), part, out=there)
