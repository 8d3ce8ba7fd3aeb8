"""Postgres as the server's database: a few connections per process, opened when they are needed and opened again.

A database that cannot be reached is told at once, as `DatabaseUnavailable`, or after the caller's patience.  Nothing
that is said names its address: the driver's own messages do, and are replaced.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import select
import threading
import time
from typing import TYPE_CHECKING

from halfgig.server import postgres_schema
from halfgig.server.database_url import connection_url
from halfgig.server.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

    from halfgig.server.sql import Database, Rows, Session

    Connection = psycopg.Connection[tuple[object, ...]]

MOST_CONNECTIONS = 4
"""Connections of one process at a time; further threads wait for one."""

WAIT_S = 5.0
"""Seconds that a thread waits for a connection of its process."""

KEPT_S = 30.0
"""Seconds after which a connection that nobody used is closed."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
"""Pauses after a connection that failed: the first one, doubled until the longest."""

AFTER_S = 2.0
"""Seconds after which a client may ask again."""

IDLE = 0
"""libpq's status of a connection without a transaction."""

_BEGIN_ALONE = (
    "BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL idle_in_transaction_session_timeout = '10s'; "
    f"SELECT pg_advisory_xact_lock({postgres_schema.ALONE})"
)
"""Begins a transaction that waits for others of its kind, for 10 s at most."""

_NOTICE_THE_DEAD = "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 4"
"""Statements by which the server ends the connection of a node that is cut off after a minute, not after two hours."""

_REASONS = {
    "28": "it refuses this user or password; see DATABASE_URL",
    "3D000": "the database that DATABASE_URL names does not exist",
    "42501": "its user may not do that; grant the user of DATABASE_URL what halfgig doctor lists",
    "25006": "it only reads at present, as during a change of servers",
    "53300": "it has no connection left; raise its max_connections, or put a pooler in front of it",
    "53": "it has no room or memory left",
    "55P03": "another process has held a lock for too long",
    "57P01": "it is being shut down",
    "57P02": "it has crashed and recovers",
    "57P03": "it is starting",
    "57": "it ended the connection",
    "40": "it asks to try again",
}
"""What the beginnings of Postgres's error codes mean for an operator; the longest one that fits is meant."""

_WORDS = (
    ("refused", "nobody listens at its address"),
    ("resolve", "the name in its address is not known"),
    ("translate host name", "the name in its address is not known"),
    ("starting up", _REASONS["57P03"]),
    ("shutting down", _REASONS["57P01"]),
    ("password", _REASONS["28"]),
    ("pg_hba", _REASONS["28"]),
    ("does not exist", _REASONS["3D000"]),
    ("too many", _REASONS["53300"]),
    ("read-only", _REASONS["25006"]),
    ("certificate", "its certificate is not accepted; see sslmode in DATABASE_URL"),
    ("SSL", "it and DATABASE_URL do not agree on encryption; see sslmode"),
    ("timeout", "it does not answer"),
    ("invalid", "DATABASE_URL is not the address of a Postgres database"),
)
"""Words in errors without a code, which are those of connecting, and what they mean."""


_QUOTED_OR_MARK = re.compile(r"""'[^']*'|"[^"]*"|[?%]""")


def reason_of(error: psycopg.Error) -> str:
    """Return why a database cannot be used, without its address."""
    code = error.sqlstate or ""
    for length in (5, 2):
        if code and code[:length] in _REASONS:
            return _REASONS[code[:length]]
    text = str(error)
    said = next((meaning for word, meaning in _WORDS if word in text), "the connection was lost")
    return f"error {code}" if code else said


def is_passing(error: psycopg.Error) -> bool:
    """Return whether an error is of the database's state or the network, not of a statement."""
    import psycopg

    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) or (error.sqlstate or "") in (
        "25006",
        "42501",
    )


class PostgresSession:
    """One connection, while it is used."""

    now = "EXTRACT(EPOCH FROM clock_timestamp())::float8"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """Run a statement."""
        text = _driver_statement(statement) if values else statement
        return self._connection.execute(text.encode(), values or None)

    def begin_alone(self) -> None:
        """Begin a transaction that runs alone among those of its kind."""
        self._connection.execute(_BEGIN_ALONE)

    def merged(self, column: str) -> str:
        """Return an expression for a column of JSON with a JSON value merged into it."""
        return f"jsonb_strip_nulls({column}::jsonb || ?::jsonb)::text"

    def member(self, column: str, name: str) -> str:
        """Return an expression: a member of a column of JSON, as text; NULL if there is none."""
        return f"({column}::jsonb ->> '{name}')"

    def as_json(self, value: object) -> str:
        """Format a value; what Postgres cannot store in a JSON text, NUL and halves of characters, is replaced."""
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
        return text.replace("\\u0000", "\\ufffd")


class Connections:
    """The connections of this process to one database; forked processes open their own."""

    def __init__(self, url: str) -> None:
        import psycopg  # before the web workers fork, which share its pages

        self.driver = psycopg
        """The driver."""
        self._url = connection_url(url)
        self._lock = threading.Lock()
        self._free = threading.Semaphore(MOST_CONNECTIONS)
        self._pid = os.getpid()
        self._idle: list[tuple[float, Connection]] = []
        self._pause_s, self._next_at, self._reason = FIRST_PAUSE_S, 0.0, ""
        self._is_migrated = False

    @contextlib.contextmanager
    def one(self, patience_s: float) -> Iterator[Connection]:
        """Lend a connection; what the block began and did not commit is rolled back.

        Raises `DatabaseUnavailable` if there is none within `patience_s`.
        """
        self._forget_in_fork()
        if not self._free.acquire(timeout=max(WAIT_S, patience_s)):
            raise DatabaseUnavailable(f"all {MOST_CONNECTIONS} connections of this process are in use", AFTER_S)
        try:
            connection = self._patiently(patience_s)
            try:
                yield connection
            except self.driver.Error:
                connection.close()
                raise
            finally:
                self._put_back(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _forget_in_fork(self) -> None:
        if self._pid != os.getpid():  # the parent's connections stay the parent's: they are not closed here
            self._lock, self._free = threading.Lock(), threading.Semaphore(MOST_CONNECTIONS)
            self._pid, self._idle = os.getpid(), []

    def _patiently(self, patience_s: float) -> Connection:
        gives_up_at = time.monotonic() + patience_s
        while True:
            try:
                return self._taken()
            except DatabaseUnavailable:
                if time.monotonic() >= gives_up_at:
                    raise
                time.sleep(FIRST_PAUSE_S)

    def _taken(self) -> Connection:
        """Return an idle connection that still stands, else a new one."""
        while True:
            with self._lock:
                if not self._idle:
                    break
                since, connection = self._idle.pop()
            if time.monotonic() - since < KEPT_S and _stands(connection):
                return connection
            connection.close()
        return self.opened()

    def opened(self) -> Connection:
        """Open a connection, which is the caller's.  Raises `DatabaseUnavailable`, also if one failed a moment ago."""
        with self._lock:
            if time.monotonic() < self._next_at:
                raise _unavailable(self._reason)
        try:
            connection = self.driver.connect(self._url, autocommit=True, prepare_threshold=None)
            try:
                connection.execute(_NOTICE_THE_DEAD)
                self._migrate(connection)
            except BaseException:
                connection.close()
                raise
        except self.driver.Error as error:
            with self._lock:
                self._reason = reason_of(error)
                self._next_at = time.monotonic() + self._pause_s
                self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
            raise _unavailable(self._reason) from None
        with self._lock:
            self._pause_s = FIRST_PAUSE_S
        return connection

    def _migrate(self, connection: Connection) -> None:
        if not self._is_migrated:
            postgres_schema.upgrade(connection)
            self._is_migrated = True

    def _put_back(self, connection: Connection) -> None:
        with contextlib.suppress(self.driver.Error):
            if not connection.closed and connection.info.transaction_status != IDLE:
                connection.execute("ROLLBACK")
        if connection.closed:
            return
        with self._lock:
            self._idle.append((time.monotonic(), connection))


class PostgresDatabase:
    """A Postgres database that all nodes share; `patience_s` is how long a caller waits until it can be reached."""

    def __init__(self, url: str, patience_s: float = 0.0) -> None:
        self._url = url
        self._connections = connections_to(url)
        self._patience_s = patience_s

    @contextlib.contextmanager
    def open(self) -> Iterator[Session]:
        """Lend a connection for the block; a transaction begun in it is committed at its end.

        Raises `DatabaseUnavailable` for a database that cannot be reached, or that was lost meanwhile.
        """
        try:
            with self._connections.one(self._patience_s) as connection:
                yield PostgresSession(connection)
                if connection.info.transaction_status != IDLE:
                    connection.execute("COMMIT")
        except self._connections.driver.Error as error:
            if not is_passing(error):
                raise
            raise _unavailable(reason_of(error)) from None  # the driver's text has the address

    def at_once(self) -> Database:
        """Return the same database without patience."""
        return PostgresDatabase(self._url)

    def exists(self) -> bool:
        """Return True: other nodes may have stored something at any time."""
        return True

    def keep_open(self) -> None:
        """Do nothing: no disk of this machine is involved."""

    def check(self) -> None:
        """Do nothing: Postgres recovers by itself."""


@functools.lru_cache(256)
def _driver_statement(statement: str) -> str:
    """Return a statement with the driver's mark for each value; what is in quotes stays as it is, a `?` too."""
    return _QUOTED_OR_MARK.sub(lambda found: "%s" if found[0] == "?" else found[0].replace("%", "%%"), statement)


@functools.cache
def connections_to(url: str) -> Connections:
    """Return this process's connections to a database."""
    return Connections(url)


def _unavailable(reason: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"the database cannot be used now: {reason}", AFTER_S)


def _stands(connection: Connection) -> bool:
    """Return whether an idle connection was not closed by the other side, without asking it."""
    if connection.closed:
        return False
    readable, _, _ = select.select([connection.fileno()], [], [], 0)
    return not readable  # nobody was asked, so what can be read is the end
