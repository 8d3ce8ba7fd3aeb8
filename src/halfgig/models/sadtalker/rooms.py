"""Memory by name, used again and again: each thread's own for what is as long as a tile, shared for whole maps."""

from __future__ import annotations

import math
import mmap
import threading
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PAGE_BYTES = 2 << 20
"""A large page; rooms of that size begin with one.  Small pages alone would take a tenth of a frame's time."""


class Rooms:
    """Hand out the same few mappings under their names; what they held is lost whenever they are asked for."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], Floats] = {}

    def mine(self, name: str, *shape: int) -> Floats:
        """Give this thread's room of a name in a shape."""
        return self._room((threading.get_ident(), name), shape)

    def shared(self, name: str, *shape: int) -> Floats:
        """Give all threads' room of a name in a shape."""
        return self._room((0, name), shape)

    def _room(self, key: tuple[int, str], shape: tuple[int, ...]) -> Floats:
        n, held = math.prod(shape), self._held.get(key)
        if held is None or len(held) < n:
            self._held.pop(key, None)  # before the larger one is there
            held = self._held[key] = _mapped(n)
        return held[:n].reshape(shape)

    def keep_only(self, *names: str) -> None:
        """Give all rooms but those of these names back to the system, each once nobody holds it."""
        self._held = {key: room for key, room in self._held.items() if key[1] in names}


def _mapped(n: int) -> Floats:
    n_bytes = 4 * max(1, n)
    large = n_bytes >= PAGE_BYTES and hasattr(mmap, "MADV_HUGEPAGE")
    block = mmap.mmap(-1, n_bytes + large * PAGE_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if not large:
        return np.frombuffer(block, np.float32, n)
    start = -np.frombuffer(block, np.uint8, 1).ctypes.data % PAGE_BYTES
    block.madvise(mmap.MADV_HUGEPAGE, start, n_bytes // PAGE_BYTES * PAGE_BYTES)
    return np.frombuffer(block, np.float32, n, start)
