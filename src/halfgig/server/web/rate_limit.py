"""A token bucket for each key or address, in memory that all web workers share."""

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

from halfgig.server.errors import RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_BUCKETS = 4096
"""Number of keys or addresses remembered; of those that fall on the same few places, the one seen last."""

LOCK_S = 0.05
"""Seconds to wait for another worker; one that was stopped in the middle must not stop the others."""

_BUCKET = struct.Struct("=8sdd")
_PLACES = 8  # at which a name may stand


class RateLimiter:
    """A token bucket for each name, refilled at `per_minute` and as large as one minute's worth.

    Processes forked after it was made share its buckets.
    """

    def __init__(
        self, per_minute: float, most: int = MOST_BUCKETS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute)
        self._most = most
        self._clock = clock
        # Anonymous memory, and a lock on a file that is no file: neither needs a disk with room.
        self._table = mmap.mmap(-1, most * _BUCKET.size) if per_minute else None
        self._secret = secrets.token_bytes(16)
        self._lock_fd = os.memfd_create("rates") if per_minute and hasattr(os, "memfd_create") else None

    def take(self, name: str) -> None:
        """Take a token from a name's bucket.  Raises `RateLimited` if the bucket is empty."""
        if self._table is None:
            return
        with self._locked():
            tokens = self._taken(self._table, hashlib.blake2b(name.encode(), digest_size=8, key=self._secret).digest())
        if tokens < 1:
            after_s = (1 - tokens) / self._rate
            raise RateLimited(f"more than {self._rate * 60:g} requests a minute; wait {after_s:.1f} s", after_s)

    def _taken(self, table: mmap.mmap, name: bytes) -> float:
        """Return how many tokens there were, and leave one less if there was one."""
        now, first = self._clock(), int.from_bytes(name)
        places = [(first + step) % self._most * _BUCKET.size for step in range(min(_PLACES, self._most))]
        entries = {place: _BUCKET.unpack_from(table, place) for place in places}
        place = next((each for each in places if entries[each][0] == name), None)
        tokens, since = (self._size, now) if place is None else entries[place][1:]
        if place is None:
            place = min(places, key=lambda each: (entries[each][0] != bytes(8), entries[each][2]))
        tokens = min(self._size, tokens + (now - since) * self._rate)
        _BUCKET.pack_into(table, place, name, tokens - 1 if tokens >= 1 else tokens, now)
        return float(tokens)

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
