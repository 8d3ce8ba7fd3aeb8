"""Files on disk: checksums as publishers state them, and free space."""

from __future__ import annotations

import contextlib
import errno
import shutil
from typing import TYPE_CHECKING

from halfgig.errors import DiskFull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors for a full disk, an exhausted user quota, and a file at the process's size limit."""

MARGIN = 16_000_000
"""Bytes to leave free for folders, manifests and other processes."""


def format_mb(size: int) -> str:
    """Format a number of bytes in MB."""
    return f"{size / 1e6:.0f} MB" if size >= 9.95e6 else f"{size / 1e6:.1f} MB"


def free_bytes(folder: Path) -> int:
    """Return the free bytes on the disk of a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_room(
    folder: Path, needs: dict[str, int], doing: str, free: Callable[[Path], int] = free_bytes, margin: int = MARGIN
) -> None:
    """Raise DiskFull if `needs` (bytes by purpose) and the margin do not fit on the folder's disk."""
    there, need = free(folder), sum(needs.values())
    if need and need + margin > there:
        parts = " and ".join(f"{format_mb(size)} {what}" for what, size in needs.items() if size)
        raise DiskFull(
            f"{doing} needs {format_mb(need + margin)} on the disk of {str(folder)!r} "
            f"({parts}, and a little to spare), of which {format_mb(there)} are free; "
            "make room, or set DATA_DIR to a folder on a larger disk"
        )


@contextlib.contextmanager
def explain_disk_full(folder: Path, doing: str) -> Iterator[None]:
    """Convert an out-of-space error into DiskFull with the figures."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        limit = "one file may not grow further" if error.errno == errno.EFBIG else f"{error.strerror}"
        raise DiskFull(
            f"{doing} ended for want of room in {str(folder)!r}: {limit}, {format_mb(free_bytes(folder))} are free; "
            "make room, or set DATA_DIR to a folder on a larger disk, and run it again: what is there is kept"
        ) from error


BLOCK_BYTES = 1 << 18


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    import hashlib  # its library takes 3 MB, which a command that fetches nothing is spared

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_sha1_of(path: Path) -> str:
    """Return git's blob SHA-1 of a file in hexadecimal, which the hub states for small files."""
    import hashlib

    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def is_checksum(text: str) -> bool:
    """Return whether a text is a SHA-1 or SHA-256 in hexadecimal."""
    return len(text) in {40, 64} and all(letter in "0123456789abcdef" for letter in text)


def checksum_as(path: Path, stated: str) -> str:
    """Return a file's checksum, of the same kind as `stated`."""
    return git_sha1_of(path) if len(stated) == 40 else sha256_of(path)
