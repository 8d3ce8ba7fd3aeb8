"""What every layer works with: mapped weights, a thread pool, a matrix product and an arena of reusable memory."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.buffers import PRIVATE, Blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.nn.kernels import Multiplier
    from halfgig.nn.tiles import ThreadPool
    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

PAGE_BYTES = 2 << 20
"""Size of a huge page; with small pages alone, page faults would take a tenth of a frame's time."""


class Arena(Blocks):
    """Named blocks of memory, aligned to huge pages, that are reused within a stage and freed between stages."""

    def keep_only(self, *names: str) -> None:
        """Return all blocks except those of these names to the system, each as soon as it is unreferenced."""
        self._held = {key: block for key, block in self._held.items() if key[1] in names}

    @staticmethod
    def made(n: int) -> Floats:
        """Map memory for `n` float32 values."""
        n_bytes = 4 * max(1, n)
        large = n_bytes >= PAGE_BYTES and hasattr(mmap, "MADV_HUGEPAGE")
        block = mmap.mmap(-1, n_bytes + large * PAGE_BYTES, flags=PRIVATE)
        if not large:
            return np.frombuffer(block, np.float32, n)
        start = -np.frombuffer(block, np.uint8, 1).ctypes.data % PAGE_BYTES
        block.madvise(mmap.MADV_HUGEPAGE, start, n_bytes // PAGE_BYTES * PAGE_BYTES)
        return np.frombuffer(block, np.float32, n, start)


@dataclass(frozen=True, slots=True)
class LayerContext:
    """The resources a layer uses."""

    weights: Weights
    """Mapped from a file; widened to float32 one block of output channels at a time."""
    pool: ThreadPool
    """Threads that run parts of a layer; matrix products themselves are single-threaded."""
    arena: Arena
    """Named memory, per thread or shared."""
    multiply: Multiplier
    """Multiplies stacks of matrices."""

    def filters(self, name: str) -> list[str]:
        """Return the names of a layer's weights, one per block of output channels."""
        names: list[str] = []
        while f"{name}.{len(names)}" in self.weights:
            names.append(f"{name}.{len(names)}")
        return names

    def width(self, name: str) -> int:
        """Return the number of a layer's output channels."""
        return self.weights.shape(f"{name}.bias")[0]

    def widened(self, name: str) -> Floats:
        """Return a block's weights in float32; if stored in 16 bits, in a buffer that the next call overwrites."""
        shape = self.weights.shape(name)
        return self.weights.widened(name, out=self.arena.mine("widened", *shape))

    def map(self, name: str, *shape: int, border: int = 1) -> Floats:
        """Return a shared map [rows, columns, depth, channels], padded with a zeroed border.

        Rows and columns are padded, and the depth if it is above one. The inside is not initialised.
        """
        rows, columns, depth, channels = shape
        padded_depth = depth + 2 * border * (depth > 1)
        padded = self.arena.shared(name, rows + 2 * border, columns + 2 * border, padded_depth, channels)
        clear_border(padded, border)
        return padded


def clear_border(padded: Floats, border: int) -> None:
    """Set a map's border to zero."""
    padded[:border] = padded[-border:] = 0
    padded[:, :border] = padded[:, -border:] = 0
    if padded.shape[2] > 1:
        padded[:, :, :border] = padded[:, :, -border:] = 0


def inside(padded: Floats, border: int = 1) -> Floats:
    """Return a view of a map without its border."""
    within = slice(border, -border)
    return padded[within, within, within if padded.shape[2] > 1 else slice(None)]
