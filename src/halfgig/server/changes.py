"""Changes that any node makes, told by Postgres at once, for those who would otherwise ask again and again.

Triggers of the database tell them (`postgres_schema`), so that nodes of earlier versions do too.  One connection of a
process listens to a channel while somebody watches.  A pooler may swallow what is told: so the process tells itself
something, by another connection, and only while it hears that are the looks of those who watch rare.
"""

from __future__ import annotations

import contextlib
import functools
import secrets
import select
import threading
import time
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.server.errors import StoreFailed
from halfgig.server.postgres import PostgresDatabase, connections_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from halfgig.server.postgres import Connection
    from halfgig.settings import Settings

VIDEOS, WORK, GROUPS = "halfgig_videos", "halfgig_work", "halfgig_groups"
"""Channels: the ids of videos whose row changed; that there is a new video or a free group of frames; and the ids of
videos whose groups were claimed, given back or rendered."""

PROBE = "probe "
"""How probes begin, which are for their sender alone."""

PROBE_EVERY_S = 30.0
"""Seconds between two probes whether what is told arrives."""

ANSWER_S = 5.0
"""Seconds within which a probe must arrive."""

TICK_S = 1.0
"""Seconds after which a thread that listens notices that nobody watches any more."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
"""Pauses after a connection that was lost: the first one, doubled until the longest."""


class Changes:
    """What is told on a channel of a database; any thread may watch.  Without a database nothing is told."""

    def __init__(self, url: str, channel: str) -> None:
        self._url, self._channel = url, channel
        self._lock = threading.Lock()
        self._watchers: dict[object, tuple[str, Callable[[], None]]] = {}
        self._thread: threading.Thread | None = None
        self._probe, self._probed_at = "", 0.0
        self.is_live = False
        """Whether what is told arrives; who watches is woken when that begins and when it ends."""

    @contextlib.contextmanager
    def watched(self, name: str, wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake`, from a thread of its own, when a name is told during the block; "": when anything is."""
        if not self._url:
            yield
            return
        key = object()
        with self._lock:
            self._watchers[key] = (name, wake)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"listen {self._channel}", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._watchers[key]

    def _run(self) -> None:
        """Listen, again and again, until nobody watches."""
        pause_s, complained = FIRST_PAUSE_S, False
        while not self._is_over():
            try:
                self._listen()
            except StoreFailed as error:
                if not complained:
                    log("server", f"changes are looked for, since the database does not tell them: {error}", WARNING)
                complained = True
            else:
                pause_s, complained = FIRST_PAUSE_S, False
            self._set_live(is_live=False)
            time.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, 2 * pause_s)

    def _is_over(self) -> bool:
        with self._lock:
            if not self._watchers:
                self._thread = None
            return not self._watchers

    def _listen(self) -> None:
        """Listen over one connection until it is lost or nobody watches.  Raises `StoreFailed` if there is none."""
        connections = connections_to(self._url)
        with contextlib.closing(connections.opened()) as connection, contextlib.suppress(connections.driver.Error):
            connection.execute(f"LISTEN {self._channel}".encode())
            self._probe, self._probed_at = "", float("-inf")
            while self._watchers:
                self._check()
                select.select([connection.fileno()], [], [], TICK_S)
                for told in _told(connection):
                    self._hear(told)

    def _check(self) -> None:
        """Send a probe when it is time, and notice one that did not arrive."""
        now = time.monotonic()
        if self._probe and now - self._probed_at > ANSWER_S:
            self._set_live(is_live=False)
        if now - self._probed_at > PROBE_EVERY_S:
            self._probe, self._probed_at = PROBE + secrets.token_hex(8), now
            with PostgresDatabase(self._url).open() as session:
                session.execute("SELECT pg_notify(?, ?)", (self._channel, self._probe))

    def _hear(self, told: str) -> None:
        if told == self._probe:
            self._probe = ""
            self._set_live(is_live=True)
        elif not told.startswith(PROBE):
            self._wake(told)

    def _set_live(self, *, is_live: bool) -> None:
        if is_live != self.is_live:
            self.is_live = is_live
            self._wake(None)

    def _wake(self, told: str | None) -> None:
        """Wake who watches a name, or all."""
        with self._lock:
            woken = [wake for name, wake in self._watchers.values() if told is None or name in ("", told)]
        for wake in woken:
            with contextlib.suppress(RuntimeError):  # the loop that it would wake has ended
                wake()


def _told(connection: Connection) -> Iterator[str]:
    """Yield what has arrived at a connection.  Raises the driver's error if it was lost."""
    connection.pgconn.consume_input()
    while found := connection.pgconn.notifies():
        yield found.extra.decode()


SILENT = Changes("", VIDEOS)
"""What is told without such a database: nothing."""


@functools.cache
def _changes(url: str, channel: str) -> Changes:
    return Changes(url, channel)


def changes_of(settings: Settings, channel: str) -> Changes:
    """Return what is told on a channel of a server's database, one for a process; nothing is with SQLite."""
    return _changes(settings.database_url, channel)
