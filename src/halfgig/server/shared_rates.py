"""Rates of requests that all nodes count together, in their database, with one statement for each request.

A row has the time at which its bucket will be full again: taking a token moves it by what a token takes to come back.
If the database cannot be reached the request is let through: each node's own bucket still holds, and what needs the
database is refused anyway.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.server.errors import RateLimited, StorageFull, StoreFailed

if TYPE_CHECKING:
    from halfgig.server.sql import Database

SWEEP_EVERY_S = 600.0
"""Seconds between two removals of the rows of full buckets, by each process."""


class SharedRates:
    """A token bucket for each name in a database; methods may be called from any thread."""

    def __init__(self, database: Database, per_minute: float) -> None:
        self._database = database
        self._per_minute = per_minute
        self._each_s = 60 / per_minute
        self._most_s = 60 - self._each_s if per_minute > 1 else 0.0
        self._sweep_at = 0.0
        self._is_away = False

    def take(self, name: str) -> None:
        """Take a token from a name's bucket.  Raises `RateLimited` if the bucket is empty."""
        try:
            wait_s = self._wait_s(name)
        except (StoreFailed, StorageFull) as error:
            if not self._is_away:
                log("web", f"rates are counted by this node alone for now: {error}", WARNING)
            self._is_away = True
            return
        self._is_away = False
        if wait_s > 0:
            raise RateLimited(f"more than {self._per_minute:g} requests a minute; wait {wait_s:.1f} s", wait_s)

    def _wait_s(self, name: str) -> float:
        """Take a token; return the seconds until there is one if there is none, else 0."""
        with self._database.open() as database:
            now = database.now
            taken = database.execute(
                f"INSERT INTO rates (name, full_at) VALUES (?, {now} + ?) ON CONFLICT (name) DO UPDATE"  # noqa: S608 - constants
                f" SET full_at = CASE WHEN rates.full_at < {now} THEN {now} ELSE rates.full_at END + ?"
                f" WHERE rates.full_at <= {now} + ? RETURNING 1",
                (name, self._each_s, self._each_s, self._most_s),
            ).fetchone()
            if time.monotonic() >= self._sweep_at:
                self._sweep_at = time.monotonic() + SWEEP_EVERY_S
                database.execute(f"DELETE FROM rates WHERE full_at < {now}")  # noqa: S608 - constants
            if taken:
                return 0.0
            found = database.execute(f"SELECT full_at - {now} FROM rates WHERE name = ?", (name,)).fetchone()  # noqa: S608
            return max(0.001, float(found[0]) - self._most_s) if found else 0.0
