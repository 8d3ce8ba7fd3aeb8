"""A table of names with two numbers each, in memory that all web workers share."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_S = 0.05
"""Seconds to wait for another worker; one that was stopped in the middle must not stop the others."""

_ENTRY = struct.Struct("=8sdd")
_PLACES = 8  # at which a name may stand


class SharedTable:
    """Two numbers for each of at most `most` names; processes forked after it was made share it.

    A new name that finds its few places taken takes that whose second number is the smallest: a time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        # Anonymous memory, and a lock on a file that is no file: neither needs a disk with room.
        self._table = mmap.mmap(-1, most * _ENTRY.size)
        self._secret = secrets.token_bytes(16)
        self._lock_fd = os.memfd_create("table") if hasattr(os, "memfd_create") else None

    @contextlib.contextmanager
    def numbers(self, name: str, new: tuple[float, float]) -> Iterator[list[float]]:
        """Yield both numbers of a name, `new` for one that is not there, and keep what the block makes of them."""
        digest = hashlib.blake2b(name.encode(), digest_size=8, key=self._secret).digest()
        with self._locked():
            first = int.from_bytes(digest)
            places = [(first + step) % self._most * _ENTRY.size for step in range(min(_PLACES, self._most))]
            entries = {place: _ENTRY.unpack_from(self._table, place) for place in places}
            place = next((each for each in places if entries[each][0] == digest), None)
            found = list(new) if place is None else list(entries[place][1:])
            if place is None:
                place = min(places, key=lambda each: (entries[each][0] != bytes(8), entries[each][2]))
            yield found
            _ENTRY.pack_into(self._table, place, digest, *found)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes out for the block, unless one of them stays in for too long."""
        if self._lock_fd is None:
            yield
            return
        is_locked, gives_up_at = False, time.monotonic() + LOCK_S
        while not is_locked and time.monotonic() < gives_up_at:
            try:
                fcntl.lockf(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_locked = True
            except OSError:
                time.sleep(LOCK_S / 50)
        try:
            yield
        finally:
            if is_locked:
                fcntl.lockf(self._lock_fd, fcntl.LOCK_UN)
