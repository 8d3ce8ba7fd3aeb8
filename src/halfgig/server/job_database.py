"""The job store's database file: opened for each call, on a disk that may be full, read-only or failing."""

import contextlib
import json
import os
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path

from halfgig.server.disk import AFTER_S, Disk
from halfgig.server.errors import StorageFull, StoreDamaged
from halfgig.server.job_recovery import REQUEST_FILE, inode_of, is_damaged, recover
from halfgig.server.job_schema import DamagedRow, upgrade
from halfgig.server.sql import Database, Rows, Session

BUSY_S = 30
"""Seconds to wait for another process's transaction."""

REPLACED_S = 1.0
"""Seconds after which a client may ask again whose request met a damaged database."""

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_DISK_ERRORS = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})


class SqliteSession:
    """The open database."""

    now = "(julianday('now') - 2440587.5) * 86400.0"

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def execute(self, statement: str, values: Sequence[object] = ()) -> Rows:
        """Run a statement."""
        return self._database.execute(statement, values)

    def begin_alone(self) -> None:
        """Begin a transaction that alone writes; it survives even if the power fails."""
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("BEGIN IMMEDIATE")

    def merged(self, column: str) -> str:
        """Return an expression for a column of JSON with a JSON value merged into it."""
        return f"json_patch({column}, ?)"

    def member(self, column: str, name: str) -> str:
        """Return an expression: a member of a column of JSON, as text; NULL if there is none."""
        return f"json_extract(CASE WHEN json_valid({column}) THEN {column} END, '$.{name}')"

    def as_json(self, value: object) -> str:
        """Format a value that will be merged."""
        return json.dumps(value)


class SqliteDatabase:
    """Opens the database; any thread or process may."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._disk = Disk(path.parent)
        self._kept: tuple[tuple[int, int | None], sqlite3.Connection] | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[Session]:
        """Open the database, creating it on first use; a transaction begun in the block is committed at its end.

        Raises `StorageFull` for a disk on which nothing can be written, or nothing read, and `StoreDamaged` after the
        recovery of a damaged database.
        """
        is_short = self._disk.give_up_reserve()
        inode = None
        try:
            with contextlib.closing(self._connected()) as database:
                inode = inode_of(self._path)
                if is_short:
                    _rewind(database)
                yield SqliteSession(database)
                if database.in_transaction:
                    database.commit()
                if database.total_changes and inode_of(self._path) != inode:
                    raise StoreDamaged("the job store was replaced during this request; send it again", REPLACED_S)
        except sqlite3.Error as error:
            if _is_damage(error):
                recover(self._path, inode or inode_of(self._path))
                told = "the job store was damaged, and is recovered as far as it can be; send the request again"
                raise StoreDamaged(told, REPLACED_S) from error
            raise self._explained(error) from error
        except OSError as error:
            raise StorageFull(f"the job store cannot be reached ({error.strerror})", AFTER_S) from error

    def at_once(self) -> Database:
        """Return this database: nobody waits for it."""
        return self

    def exists(self) -> bool:
        """Return whether there is a file."""
        return self._path.exists()

    def check(self) -> None:
        """Recover the database if it is damaged, or gone while there are videos."""
        if is_damaged(self._path) or self._is_gone():
            recover(self._path, inode_of(self._path))

    def _is_gone(self) -> bool:
        is_there = self._path.exists() and self._path.stat().st_size
        return not is_there and any((self._path.parent / "videos").glob(f"video_*/{REQUEST_FILE}"))

    def keep_open(self) -> None:
        """Keep a connection, so that the database's log and index stay on the disk: a full one has no room for them."""
        here = (os.getpid(), inode_of(self._path))
        if self._kept and self._kept[0] == here:
            return
        with contextlib.suppress(sqlite3.Error, OSError):
            if self._path.exists():
                database = sqlite3.connect(self._path, timeout=BUSY_S, check_same_thread=False)
                database.execute("SELECT count(*) FROM sqlite_master").fetchone()
                weakref.finalize(self, database.close)
                self._kept = (here, database)

    def _connected(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._is_gone():
                self.check()
            try:
                return self._opened()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                recover(self._path, inode_of(self._path))
            return self._opened()
        except (sqlite3.OperationalError, OSError) as error:
            # Nothing can be written next to the database, as reading through its log needs: read the file alone.
            if not self._path.exists() or not (self._disk.problem() or _is_of_the_disk(error)):
                raise
            return sqlite3.connect(f"{self._path.as_uri()}?immutable=1", uri=True, isolation_level=None)

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
        try:
            database.execute("PRAGMA synchronous = NORMAL")
            upgrade(database)
        except BaseException:
            database.close()
            raise
        return database

    def _explained(self, error: sqlite3.Error) -> Exception:
        if _is_of_the_disk(error):
            why = self._disk.problem() or f"the job store cannot be written ({error})"
            return StorageFull(why, AFTER_S)
        return error


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in _DAMAGE or isinstance(error, DamagedRow) or "no such table" in str(error)


def _is_of_the_disk(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK_ERRORS


def _rewind(database: sqlite3.Connection) -> None:
    """Write the log's pages to the database, so that the next transaction overwrites the log and needs no room."""
    with contextlib.suppress(sqlite3.Error):
        database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
