"""Buffers for tensors as long as the audio: in memory up to a limit, beyond it in an unnamed file.

The kernel can write out the file's pages when memory is short; sequential access loses little time by it
(docs/kokoro.md).
"""

from __future__ import annotations

import ctypes
import errno
import math
import mmap
import tempfile
import threading
import weakref
from typing import IO, TYPE_CHECKING

import numpy as np

from halfgig.errors import DiskFull

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
M_MMAP_THRESHOLD = -3
"""glibc's constant for this mallopt option."""
LARGE_BYTES = 200_000
"""Tile- and weight-sized buffers come from `Blocks`, so this threshold can be low without slowing anything; without
`Blocks` every tile was a mapping, which took 30 % of the time."""


WRITTEN_BYTES = 1 << 20
"""Bytes written to a file at a time."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors for a full disk."""


def mapped(n_bytes: int) -> mmap.mmap:
    """Map zeroed memory, in huge pages if large: faulting in a tile's many small pages takes time."""
    block = mmap.mmap(-1, n_bytes, flags=PRIVATE)
    if n_bytes > LARGE_BYTES and hasattr(mmap, "MADV_HUGEPAGE"):
        block.madvise(mmap.MADV_HUGEPAGE)
    return block


class SpillBuffer:
    """Allocator of float32 arrays whose memory is returned to the system as soon as they are unreferenced."""

    def __init__(self, limit_bytes: int, spill_dir: Path | None = None) -> None:
        self.limit_bytes = limit_bytes
        self.used_bytes = 0
        self.spilled_bytes = 0
        """Total bytes ever allocated in files."""
        self._spill_dir = spill_dir
        self._lock = threading.RLock()  # reentrant: a finalizer may run while this thread has the lock

    def array(self, *shape: int) -> Floats:
        """Return a zeroed array, mapped instead of on the heap, whose freed blocks would stay with the process.

        Raises `DiskFull` if the array must be in a file and the disk is full.
        """
        n_bytes = max(4, 4 * int(np.prod(shape, dtype=np.int64)))
        if self._taken(n_bytes):
            block = mapped(n_bytes)
            weakref.finalize(block, self._returned, n_bytes)
        else:
            block = self._spilled(n_bytes)
        return np.frombuffer(block, np.float32, math.prod(shape)).reshape(shape)

    def _taken(self, n_bytes: int) -> bool:
        with self._lock:
            fits = self.used_bytes + n_bytes <= self.limit_bytes
            self.used_bytes += n_bytes * fits
        return fits

    def _spilled(self, n_bytes: int) -> mmap.mmap:
        with tempfile.TemporaryFile(dir=self._spill_dir) as file:
            try:
                write_zeros(file, n_bytes)
            except OSError as error:
                if error.errno not in NO_ROOM:
                    raise
                folder = self._spill_dir or tempfile.gettempdir()
                raise DiskFull(
                    f"{n_bytes / 1e6:.0f} MB more do not fit on the disk of {folder} ({error.strerror}); "
                    "make room there, or let shorter sentences be said"
                ) from error
            self.spilled_bytes += n_bytes
            return mmap.mmap(file.fileno(), n_bytes)

    def _returned(self, n_bytes: int) -> None:
        with self._lock:
            self.used_bytes -= n_bytes


def write_zeros(file: IO[bytes], n_bytes: int) -> None:
    """Fill a file with zeros instead of leaving a hole.

    Written data is in large page-cache pages, which takes a third of the time of faulting in a hole. A full disk is an
    error here, where writing to a mapped hole would kill the process.
    """
    zeros = memoryview(bytes(min(n_bytes, WRITTEN_BYTES)))
    for start in range(0, n_bytes, WRITTEN_BYTES):
        file.write(zeros[: n_bytes - start])
    file.flush()


class Blocks:
    """Reusable blocks for arrays as large as a tile or a layer's weight.

    Allocating such sizes each time fragments the heap, or maps and unmaps their pages.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], Floats] = {}

    def mine(self, name: str, *shape: int) -> Floats:
        """Return this thread's block of a name in a shape; previous contents are lost."""
        return self._block((threading.get_ident(), name), shape)

    def shared(self, name: str, *shape: int) -> Floats:
        """Return the block shared by all threads in a shape; previous contents are lost."""
        return self._block((0, name), shape)

    def _block(self, key: tuple[int, str], shape: tuple[int, ...]) -> Floats:
        n, block = math.prod(shape), self._held.get(key)
        if block is None or len(block) < n:
            self._held.pop(key, None)  # free the smaller block before allocating the larger
            block = self._held[key] = self.made(n)
        return block[:n].reshape(shape)

    @staticmethod
    def made(n: int) -> Floats:
        """Map a block of `n` numbers."""
        return np.frombuffer(mapped(4 * n), np.float32)

    def clear(self) -> None:
        """Release the blocks of all threads."""
        self._held.clear()


def keep_large_blocks_apart() -> None:
    """Make glibc map large heap blocks separately, so that freeing returns them to the system.

    By default glibc raises the threshold with every freed block, up to 32 MB, and blocks in use keep freed neighbours
    from being returned: at 600 KB, before tiles had blocks, chunks of a speech peaked anywhere from 75 to 109 MB.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(M_MMAP_THRESHOLD, LARGE_BYTES)


def give_back() -> None:
    """Return freed heap blocks to the system (glibc only), so that they do not count against the next stage."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
