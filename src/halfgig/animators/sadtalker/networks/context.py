"""What every layer of SadTalker works with: weights, threads, and memory that is used again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.sadtalker.networks.arena import Arena
    from halfgig.nn.kernels import Multiplier
    from halfgig.nn.tiles import ThreadPool
    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LayerContext:
    """What layers work with."""

    weights: Weights
    """Mapped; widened a block of channels at a time."""
    pool: ThreadPool
    """Threads; the linear algebra library itself uses one."""
    arena: Arena
    """Memory by name, each thread's own or shared."""
    multiply: Multiplier
    """Multiplies stacks of matrices."""

    def filters(self, name: str) -> list[str]:
        """Return the names of a layer's weights, one for each block of output channels."""
        names: list[str] = []
        while f"{name}.{len(names)}" in self.weights:
            names.append(f"{name}.{len(names)}")
        return names

    def widened(self, name: str) -> Floats:
        """Return a block's weights in float32, in this thread's block where they were narrower."""
        shape = self.weights.shape(name)
        return self.weights.widened(name, out=self.arena.mine("widened", *shape))

    def map(self, name: str, *shape: int, border: int = 1) -> Floats:
        """Return a shared map [rows, columns, depth, channels] with a border of zeros around rows and columns.

        A depth above one has the border too.
        """
        rows, columns, depth, channels = shape
        deep = depth + 2 * border * (depth > 1)
        found = self.arena.shared(name, rows + 2 * border, columns + 2 * border, deep, channels)
        clear_border(found, border)
        return found


def clear_border(padded: Floats, border: int) -> None:
    """Set a map's border to zero."""
    padded[:border] = padded[-border:] = 0
    padded[:, :border] = padded[:, -border:] = 0
    if padded.shape[2] > 1:
        padded[:, :, :border] = padded[:, :, -border:] = 0


def inside(padded: Floats, border: int = 1) -> Floats:
    """Return a map without its border."""
    within = slice(border, -border)
    return padded[within, within, within if padded.shape[2] > 1 else slice(None)]
