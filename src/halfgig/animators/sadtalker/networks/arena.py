"""Memory by name, used again and again: each thread's own for what is as long as a tile, shared for whole maps."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import numpy as np

from halfgig.nn.buffers import PRIVATE, Blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PAGE_BYTES = 2 << 20
"""A large page; blocks of that size begin with one.  Small pages alone would take a tenth of a frame's time."""


class Arena(Blocks):
    """Hand out blocks that begin with a large page, and give those back that the next stage does not need."""

    def keep_only(self, *names: str) -> None:
        """Return all blocks but those of these names back to the system, each once nobody holds it."""
        self._held = {key: room for key, room in self._held.items() if key[1] in names}

    @staticmethod
    def made(n: int) -> Floats:
        """Map memory for a number of float32 values."""
        n_bytes = 4 * max(1, n)
        large = n_bytes >= PAGE_BYTES and hasattr(mmap, "MADV_HUGEPAGE")
        block = mmap.mmap(-1, n_bytes + large * PAGE_BYTES, flags=PRIVATE)
        if not large:
            return np.frombuffer(block, np.float32, n)
        start = -np.frombuffer(block, np.uint8, 1).ctypes.data % PAGE_BYTES
        block.madvise(mmap.MADV_HUGEPAGE, start, n_bytes // PAGE_BYTES * PAGE_BYTES)
        return np.frombuffer(block, np.float32, n, start)
