"""Room on the disk: asked for before, explained after."""

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
"""Errors that mean there is no room: the disk's, the user's quota, the process's limit on one file."""

MARGIN = 16_000_000
"""Bytes left free besides, for folders, manifests and whoever else writes."""


def told_mb(size: int) -> str:
    """Write a number of bytes as people read it."""
    return f"{size / 1e6:.0f} MB" if size >= 9.95e6 else f"{size / 1e6:.1f} MB"


def free_bytes(folder: Path) -> int:
    """Give what can be written on the disk of a folder, or of where it will be, in bytes."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def require_room(
    folder: Path, needs: dict[str, int], doing: str, free: Callable[[Path], int] = free_bytes, margin: int = MARGIN
) -> None:
    """Raise DiskFull when the sum of `needs`, bytes by what they are for, does not fit on the folder's disk."""
    there, need = free(folder), sum(needs.values())
    if need and need + margin > there:
        parts = " and ".join(f"{told_mb(size)} {what}" for what, size in needs.items() if size)
        raise DiskFull(
            f"{doing} needs {told_mb(need + margin)} on the disk of {str(folder)!r} ({parts}, and a little to spare), "
            f"of which {told_mb(there)} are free; make room, or set DATA_DIR to a folder on a larger disk"
        )


@contextlib.contextmanager
def explained(folder: Path, doing: str) -> Iterator[None]:
    """Turn an error that means "no room" into DiskFull with the figures."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        limit = "one file may not grow further" if error.errno == errno.EFBIG else f"{error.strerror}"
        raise DiskFull(
            f"{doing} ended for want of room in {str(folder)!r}: {limit}, {told_mb(free_bytes(folder))} are free; "
            "make room, or set DATA_DIR to a folder on a larger disk, and run it again: what is there is kept"
        ) from error
