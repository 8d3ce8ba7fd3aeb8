"""Small weights in the built form, and the same layers computed tap by tap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.sadtalker.networks import folds
from halfgig.animators.sadtalker.networks.build import Builder
from halfgig.animators.sadtalker.networks.context import Arena, LayerContext
from halfgig.nn.kernels import Multiplier
from halfgig.nn.tiles import ThreadPool
from halfgig.nn.weights import Weights, WeightsWriter

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def noise(*shape: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def context(folder: Path, weight: Floats, bias: Floats, *, enlarged: bool = False, threads: int = 1) -> LayerContext:
    """Return the context of one layer [out, in, (depth,) 3, 3] under the name "layer"."""
    taps: NDArray[Any] = folds.taps(weight)
    with (folder / "weights").open("wb") as file:
        writer = WeightsWriter(file, narrow=False)
        Builder({}, writer).blocks("layer", folds.upsampled_taps(taps) if enlarged else taps, bias)
    return LayerContext(Weights(folder / "weights", writer.index()), ThreadPool(threads), Arena(), Multiplier())


def convolved(padded: Floats, weight: Floats, bias: Floats) -> Floats:
    """Convolve a map with a border [rows, columns, depth, channels] tap by tap, in float64."""
    deep = weight if weight.ndim == 5 else weight[:, :, None]
    shape = [n - size + 1 for n, size in zip(padded.shape, (deep.shape[3], deep.shape[4], deep.shape[2]), strict=False)]
    total = np.zeros((*shape, len(deep)))
    for z, y, x in np.ndindex(*deep.shape[2:]):
        part = padded[y : y + shape[0], x : x + shape[1], z : z + shape[2]]
        total += part @ deep[:, :, z, y, x].T.astype(np.float64)
    return np.asarray(total + bias, np.float32)
