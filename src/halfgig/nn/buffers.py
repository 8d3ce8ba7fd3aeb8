"""Room for tensors as long as the sound: in memory up to a limit, beyond it in a file that has no name.

Pages of the file are the system's to write out when memory is short; a network that walks through them in order loses
little by it (docs/kokoro.md).
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
"""glibc's number for that option."""
LARGE_BYTES = 200_000
"""What is as long as a tile or a layer's weight has a block of its own (`Blocks`), so that a low limit costs no time;
without them every tile was a mapping, and 30 % of the time."""


WRITTEN_BYTES = 1 << 20
"""Zeros written to a file at a time."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a disk says that takes no more."""


def mapped(n_bytes: int) -> mmap.mmap:
    """Map zeros, in large pages where they fit in: a tile's pages are many, and giving them out takes time."""
    block = mmap.mmap(-1, n_bytes, flags=PRIVATE)
    if n_bytes > LARGE_BYTES and hasattr(mmap, "MADV_HUGEPAGE"):
        block.madvise(mmap.MADV_HUGEPAGE)
    return block


class SpillBuffer:
    """Hand out float32 arrays that give their memory back the moment nobody holds them."""

    def __init__(self, limit_bytes: int, spill_dir: Path | None = None) -> None:
        self.limit_bytes = limit_bytes
        self.used_bytes = 0
        self.spilled_bytes = 0
        """All that ever went to files."""
        self._spill_dir = spill_dir
        self._lock = threading.RLock()  # an array may end in the midst of a statement of its own thread

    def array(self, *shape: int) -> Floats:
        """Give an array of zeros; not the heap's, whose freed blocks would stay with the process.

        Raises `DiskFull` when it is to lie in a file and there is no room for it.
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
    """Fill a file rather than leave a hole in it.

    What is written comes in large pages of the file system, a third of the time of touching the hole's; and a full disk
    is an error here, where touching would be the end of the process.
    """
    zeros = memoryview(bytes(min(n_bytes, WRITTEN_BYTES)))
    for start in range(0, n_bytes, WRITTEN_BYTES):
        file.write(zeros[: n_bytes - start])
    file.flush()


class Blocks:
    """Hand out the same few blocks again and again, for what is as long as a tile or a layer's weight.

    Allocated anew such sizes break up the heap, or are mappings whose pages are given out and taken back each time.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], Floats] = {}

    def mine(self, name: str, *shape: int) -> Floats:
        """Give this thread's block of a name in a shape; what it held is lost."""
        return self._block((threading.get_ident(), name), shape)

    def shared(self, name: str, *shape: int) -> Floats:
        """Give all threads' block of a name in a shape; what it held is lost."""
        return self._block((0, name), shape)

    def _block(self, key: tuple[int, str], shape: tuple[int, ...]) -> Floats:
        n, block = math.prod(shape), self._held.get(key)
        if block is None or len(block) < n:
            self._held.pop(key, None)  # before the larger one is there
            block = self._held[key] = self.made(n)
        return block[:n].reshape(shape)

    @staticmethod
    def made(n: int) -> Floats:
        """Map a block of so many numbers."""
        return np.frombuffer(mapped(4 * n), np.float32)

    def clear(self) -> None:
        """Let go of all threads' blocks."""
        self._held.clear()


def keep_large_blocks_apart() -> None:
    """Let large heap blocks be mappings of their own, where the C library can (glibc), so that freeing returns them.

    Left to itself glibc raises that size with every freed block, up to 32 MB, and what lies between freed blocks keeps
    them: at 600 KB, before tiles had blocks, chunks of a speech peaked anywhere from 75 to 109 MB.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(M_MMAP_THRESHOLD, LARGE_BYTES)


def give_back() -> None:
    """Return freed heap blocks to the system, where the C library can (glibc); they would burden the next stage."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
