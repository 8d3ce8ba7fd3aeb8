"""Who is alive: each executor signs a table now and then, by the database's clock; the jobs of one that stopped go on.

DBOS takes up by itself only what an executor of the same name left behind.  Its owner in the table of workflows is
changed by one guarded UPDATE, so that any number of executors may look after the dead at once.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

TTL_S = 60.0
"""Seconds after its last sign from which an executor counts as dead; on a tenth of a processor all is slow."""

GIVES_UP_AT = 0.75
"""The share of the time to live after which an executor that could not sign ends its work: before others begin it."""

_TABLE = "CREATE TABLE IF NOT EXISTS executor_lease (id TEXT PRIMARY KEY, beat DOUBLE PRECISION NOT NULL)"

_NOW = {
    "sqlite": "(julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())",
}
"""Seconds since 1970 on the database's own clock."""


def executor_id(folder: Path) -> str:
    """Name this executor: by its host where that gives names, else by a name kept in a folder."""
    if given := os.environ.get("RENDER_INSTANCE_ID", ""):
        return given
    path = folder / "node"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as part:
            part.write_text(uuid.uuid4().hex, encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


class Lease:
    """Sign for one executor, from a thread that no step can block; all methods may be called from any thread."""

    def __init__(self, url: str, executor: str, ttl_s: float = TTL_S) -> None:
        import sqlalchemy

        self._engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        self._text = sqlalchemy.text
        self._failed = sqlalchemy.exc.SQLAlchemyError
        self._now = _NOW[self._engine.dialect.name]
        self._executor = executor
        self._ttl_s = ttl_s
        self._signed_at = float("-inf")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sign_on, name="lease", daemon=True)

    def start(self) -> None:
        """Sign for the first time, and from now on."""
        with self._engine.begin() as database:
            database.execute(self._text(_TABLE))
        self._sign()
        self._thread.start()

    def is_held(self) -> bool:
        """Return whether nobody else may take our jobs over yet."""
        return time.monotonic() - self._signed_at < GIVES_UP_AT * self._ttl_s

    def living(self) -> set[str]:
        """List who has signed lately."""
        asked = f"SELECT id FROM executor_lease WHERE beat > {self._now} - :ttl"  # noqa: S608 - a constant
        with self._engine.begin() as database:
            return {str(row[0]) for row in database.execute(self._text(asked), {"ttl": self._ttl_s})}

    def close(self) -> None:
        """Sign off: who is left may take our jobs over at once."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        try:
            with self._engine.begin() as database:
                database.execute(self._text("DELETE FROM executor_lease WHERE id = :id"), {"id": self._executor})
        except self._failed as error:
            left = f"the lease could not be given back ({error}); it ends by itself in {self._ttl_s:.0f} s"
            log("worker", left, WARNING)
        self._engine.dispose()

    def _sign(self) -> None:
        begun = time.monotonic()  # before, not after: the database may take its time
        entry = (
            f"INSERT INTO executor_lease (id, beat) VALUES (:id, {self._now})"  # noqa: S608 - a constant
            " ON CONFLICT (id) DO UPDATE SET beat = excluded.beat"
        )
        with self._engine.begin() as database:
            database.execute(self._text(entry), {"id": self._executor})
        self._signed_at = begun

    def _sign_on(self) -> None:
        while not self._over.wait(self._ttl_s / 4):
            try:
                self._sign()
            except self._failed as error:
                log("worker", f"the lease could not be renewed ({error}); trying again", WARNING)


def recover_dead_executors(lease: Lease, executor: str) -> list[str]:
    """Hand the jobs of executors that have stopped signing to the living ones; return the names of the dead."""
    from dbos import DBOS

    running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    owners = {workflow.executor_id for workflow in running} - {executor, None}
    dead = sorted(str(owner) for owner in owners - lease.living()) if owners else []
    if dead:
        # Private, but the one way that keeps the count of attempts: dbos is pinned below 3.5 and a test holds it.
        DBOS._recover_pending_workflows(dead)  # noqa: SLF001
    return dead
