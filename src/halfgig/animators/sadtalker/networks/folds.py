"""Fold spectral norms and batch normalisation into weights, and reorder weights for matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

EPSILON = 1e-5
"""Added to every variance."""
NINE_FILTERS = np.kron(*[np.array([[1, 1, 1], [1, 0, 0], [0, 0, 1]], np.float64)] * 2)
"""Matrix from a 3 x 3 filter to the nine filters of an upsampled map: per axis the taps' sum, the first, the last."""


class Tensors(Protocol):
    """Tensors by name, read from a checkpoint."""

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a tensor."""
        ...

    def __contains__(self, name: str) -> bool:
        """Return whether a tensor of this name exists."""
        ...


def spectral(tensors: Tensors, stem: str) -> Doubles:
    """Return a layer's weight divided by its spectral norm u W v, with u and v as stored in the checkpoint.

    (Miyato et al., 2018, https://arxiv.org/abs/1802.05957.)
    """
    weight = tensors[f"{stem}.weight_orig"].astype(np.float64)
    u, v = (tensors[f"{stem}.weight_{name}"].astype(np.float64) for name in "uv")
    return np.asarray(weight / (u @ weight.reshape(len(weight), -1) @ v))


def normalisation(tensors: Tensors, stem: str) -> tuple[Doubles, Doubles]:
    """Return a batch normalisation as a factor [channels] and an offset [channels]."""
    weight, bias, mean, variance = (
        tensors[f"{stem}.{leaf}"].astype(np.float64) for leaf in ("weight", "bias", "running_mean", "running_var")
    )
    factor = weight / np.sqrt(variance + EPSILON)
    return factor, bias - mean * factor


def normalised(tensors: Tensors, conv: str, norm: str) -> tuple[Doubles, Doubles]:
    """Return a convolution's weight and bias with the batch normalisation after it folded in."""
    factor, added = normalisation(tensors, norm)
    weight = tensors[f"{conv}.weight"].astype(np.float64)
    return weight * factor.reshape(-1, *[1] * (weight.ndim - 1)), tensors[f"{conv}.bias"] * factor + added


def taps(weight: NDArray[Any]) -> NDArray[Any]:
    """Reorder a weight [out, in, (depth,) rows, columns] to [rows * columns, (depth *) in, out]."""
    out = len(weight)
    if weight.ndim == 5:
        weight = weight.transpose(3, 4, 2, 1, 0)
        return np.ascontiguousarray(weight).reshape(weight.shape[0] * weight.shape[1], -1, out)
    weight = weight.transpose(2, 3, 1, 0)
    return np.ascontiguousarray(weight).reshape(weight.shape[0] * weight.shape[1], -1, out)


def upsampled_taps(three_by_three: NDArray[Any]) -> Doubles:
    """Return the nine filters [9, in, out] that convolve an upsampled map at its original size (see `upsampled.py`)."""
    return np.asarray(NINE_FILTERS @ three_by_three.reshape(9, -1)).reshape(three_by_three.shape)


def depth_first(array: NDArray[Any], depth: int, axis: int) -> NDArray[Any]:
    """Reorder an axis from channels * depth to depth * channels."""
    shape = array.shape
    parted = array.reshape(*shape[:axis], -1, depth, *shape[axis + 1 :]).swapaxes(axis, axis + 1)
    return np.ascontiguousarray(parted).reshape(shape)
