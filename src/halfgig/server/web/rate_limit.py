"""A token bucket for each key or address, in memory that all web workers share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from halfgig.server.errors import RateLimited
from halfgig.server.web.shared_table import SharedTable

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BUCKETS = 4096
"""Number of keys or addresses remembered; of those that fall on the same few places, the one seen last."""


class RateLimiter:
    """A token bucket for each name, refilled at `per_minute` and as large as one minute's worth.

    Processes forked after it was made share its buckets.
    """

    def __init__(
        self, per_minute: float, most: int = MOST_BUCKETS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = per_minute / 60
        self._size = max(1.0, per_minute)
        self._clock = clock
        self._table = SharedTable(most) if per_minute else None

    def take(self, name: str) -> None:
        """Take a token from a name's bucket.  Raises `RateLimited` if the bucket is empty."""
        if self._table is None:
            return
        with self._table.numbers(name, (self._size, 0.0)) as bucket:
            now = self._clock()
            tokens = min(self._size, bucket[0] + (now - bucket[1]) * self._rate)
            bucket[:] = tokens - 1 if tokens >= 1 else tokens, now
        if tokens < 1:
            after_s = (1 - tokens) / self._rate
            raise RateLimited(f"more than {self._rate * 60:g} requests a minute; wait {after_s:.1f} s", after_s)
