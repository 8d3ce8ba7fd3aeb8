"""Fold what never changes into weights, and bring weights into the order they are multiplied in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

EPSILON = 1e-5
"""Added to every variance."""
NINE = np.kron(*[np.array([[1, 1, 1], [1, 0, 0], [0, 0, 1]], np.float64)] * 2)
"""The nine filters of an enlarged map in those of the map: per axis the taps' sum, the first, the last."""


class Tensors(Protocol):
    """Whatever gives tensors by name."""

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a tensor."""
        ...

    def __contains__(self, name: str) -> bool:
        """Return whether there is one of that name."""
        ...


def spectral(tensors: Tensors, stem: str) -> Doubles:
    """Return a layer's weight over its spectral norm, u W v with the u and v that training left."""
    weight = tensors[f"{stem}.weight_orig"].astype(np.float64)
    u, v = (tensors[f"{stem}.weight_{name}"].astype(np.float64) for name in "uv")
    return np.asarray(weight / (u @ weight.reshape(len(weight), -1) @ v))


def normalisation(tensors: Tensors, stem: str) -> tuple[Doubles, Doubles]:
    """Return a batch normalisation as a factor and what is added, a number a channel."""
    weight, bias, mean, variance = (
        tensors[f"{stem}.{leaf}"].astype(np.float64) for leaf in ("weight", "bias", "running_mean", "running_var")
    )
    factor = weight / np.sqrt(variance + EPSILON)
    return factor, bias - mean * factor


def normalised(tensors: Tensors, conv: str, norm: str) -> tuple[Doubles, Doubles]:
    """Return a convolution's weight and bias with the normalisation behind it folded in."""
    factor, added = normalisation(tensors, norm)
    weight = tensors[f"{conv}.weight"].astype(np.float64)
    return weight * factor.reshape(-1, *[1] * (weight.ndim - 1)), tensors[f"{conv}.bias"] * factor + added


def taps(weight: NDArray[Any]) -> NDArray[Any]:
    """Order [out, in, (depth,) rows, columns] as [rows * columns, (depth *) in, out]."""
    out = len(weight)
    if weight.ndim == 5:
        weight = weight.transpose(3, 4, 2, 1, 0)
        return np.ascontiguousarray(weight).reshape(weight.shape[0] * weight.shape[1], -1, out)
    weight = weight.transpose(2, 3, 1, 0)
    return np.ascontiguousarray(weight).reshape(weight.shape[0] * weight.shape[1], -1, out)


def nine(nine_taps: NDArray[Any]) -> Doubles:
    """Return the filters [9, in, out] that convolve an enlarged map at its original size."""
    return np.asarray(NINE @ nine_taps.reshape(9, -1)).reshape(nine_taps.shape)


def depth_first(array: NDArray[Any], depth: int, axis: int) -> NDArray[Any]:
    """Change an axis of channels times depth into depth times channels."""
    shape = array.shape
    parted = array.reshape(*shape[:axis], -1, depth, *shape[axis + 1 :]).swapaxes(axis, axis + 1)
    return np.ascontiguousarray(parted).reshape(shape)
