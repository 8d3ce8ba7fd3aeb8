"""The state of the disk that the server writes to, and the reserve that is given up when it is full.

A full disk is a state, not an error: videos can be read, cancelled and deleted, new ones are refused with the figures,
and work goes on when there is room again.  The few pages that the databases need for that are kept in a reserve file.
"""

import contextlib
import errno
import os
from dataclasses import dataclass
from pathlib import Path

from halfgig.server.errors import StorageFull

RESERVE = "reserve"
"""The reserve file's name in the server's folder."""

MOST_RESERVE = 4 * 2**20
"""Largest reserve, in bytes; the databases' logs grow to this."""

SHARE = 16
"""The reserve is at most this part of the disk."""

AFTER_S = 30.0
"""Seconds after which a refused client may ask again."""

MB = 2**20


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """Room on a disk, in bytes."""

    free: int
    """What an ordinary user may still write."""
    total: int
    """Size of the file system."""
    is_read_only: bool
    """Whether the disk is mounted for reading only."""

    @property
    def reserve(self) -> int:
        """Size of the reserve; work stops while less than this is free next to the reserve."""
        return min(MOST_RESERVE, self.total // SHARE)


class Disk:
    """The disk of the server's folder, which may not exist yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._reserve = root / RESERVE

    def room(self) -> DiskRoom:
        """Return the room on the disk.  Raises `OSError` for a disk that fails."""
        folder = self._root
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        found = os.statvfs(folder)
        is_read_only = bool(found.f_flag & os.ST_RDONLY)
        return DiskRoom(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, is_read_only)

    def problem(self, more: int = 0) -> str:
        """Return why nothing new can be written, `more` bytes in addition; empty if it can."""
        try:
            room = self.room()
        except OSError as error:
            return f"the disk fails ({error.strerror}); see the log of the machine"
        if room.is_read_only:
            return "the disk can only be read; mount it for writing, or give DATA_DIR another folder"
        # A reserve that was given up must fit again, too.
        least = room.reserve * (1 if self._reserve.exists() else 2) + more
        if room.total and room.free < least:
            needed = f"{least / MB:.1f} MB are needed"
            return (
                f"the disk is full: {room.free / MB:.1f} of {room.total / MB:.0f} MB are free, and {needed}; "
                "delete videos, or free its disk"
            )
        return ""

    def check(self, more: int = 0) -> None:
        """Raise `StorageFull` if nothing new can be written."""
        if problem := self.problem(more):
            raise StorageFull(problem, AFTER_S)

    def keep_reserve(self) -> None:
        """Set the reserve aside if there is room for it and for as much again; an unsuitable disk has none."""
        with contextlib.suppress(OSError):
            room = self.room()
            if self._reserve.exists() or room.is_read_only or room.free < 3 * room.reserve:
                return
            with self._reserve.open("wb") as file:
                _allocate(file.fileno(), room.reserve)

    def give_up_reserve(self) -> bool:
        """Free the reserve if the disk has hardly a page left; return whether that is so."""
        with contextlib.suppress(OSError):
            room = self.room()
            if room.total and room.free < room.reserve // 4:
                self._reserve.unlink(missing_ok=True)
                return True
        return False


def _allocate(descriptor: int, size: int) -> None:
    try:
        os.posix_fallocate(descriptor, 0, size)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            raise
        for _ in range(0, size, 2**16):
            os.write(descriptor, bytes(2**16))
