"""Leases: each executor renews a row in the database; when a lease expires, other executors take over its jobs.

DBOS by itself recovers only the workflows of an executor with the same name. Taking over changes a workflow's owner
with one guarded UPDATE, so several executors may do it at once. All times are by the database's clock.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

from halfgig.log import WARNING, log
from halfgig.server.errors import StorageFull, StoreFailed
from halfgig.server.nodes import TTL_S
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from halfgig.server.sql import Database

_FAILED = (sqlite3.Error, StorageFull, StoreFailed)

FORGOTTEN_S = 86_400.0
"""Seconds after which the row of an executor that was killed is removed."""

STOP_AT = 0.75
"""Share of the lifetime after which an executor that cannot renew its lease stops working, before others start."""


def new_executor(folder: Path, database: Database) -> str:
    """Return a name for this start of the worker that no other start has, and end the lease of the start before.

    Who calls this has the lock of the folder, so the start before is dead, and its jobs are free at once. DBOS lets two
    executors of one name start the same job.
    """
    path = folder / "node"
    if path.exists():
        _end(path.read_text(encoding="utf-8").strip(), database)
    name = f"{os.environ.get('RENDER_INSTANCE_ID') or socket.gethostname()}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as part:
        part.write_text(name, encoding="utf-8")
    return name


def _end(executor: str, database: Database) -> None:
    with database.open() as session:
        session.execute("DELETE FROM executor_lease WHERE id = ?", (executor,))
        session.execute("DELETE FROM nodes WHERE id = ?", (executor,))


class Lease:
    """One executor's lease, renewed from a thread that no step can block; methods may be called from any thread."""

    def __init__(
        self, database: Database, executor: str, ttl_s: float = TTL_S, facts: Mapping[str, Any] | None = None
    ) -> None:
        """`facts` are what other nodes are told of this one."""
        self.executor = executor
        """The name of the executor that holds it."""
        self._database = database
        self._ttl_s = ttl_s
        self._facts = json.dumps(facts or {})
        self._renewed_at = float("-inf")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_renewing, name="lease", daemon=True)

    def start(self) -> None:
        """Take the lease and start renewing it, unless that was done; announce the node."""
        if self._thread.ident:
            return
        self._renew()
        with self._database.open() as database:
            database.execute(f"DELETE FROM executor_lease WHERE beat < {database.now} - ?", (FORGOTTEN_S,))  # noqa: S608 - constants
            database.execute("DELETE FROM nodes WHERE id NOT IN (SELECT id FROM executor_lease)")
            database.execute(
                "INSERT INTO nodes (id, facts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts",
                (self.executor, self._facts),
            )
        self._thread.start()

    def is_held(self) -> bool:
        """Return whether the lease is recent enough that no other executor may take over the jobs."""
        return time.monotonic() - self._renewed_at < STOP_AT * self._ttl_s

    def living(self) -> set[str]:
        """Return the names of executors whose lease has not expired."""
        with self._database.open() as database:
            found = database.execute(f"SELECT id FROM executor_lease WHERE beat > {database.now} - ?", (self._ttl_s,))  # noqa: S608 - constants
            return {str(row[0]) for row in found.fetchall()}

    def close(self) -> None:
        """Return the lease, so that other executors can take over the jobs at once."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        try:
            _end(self.executor, self._database)
        except _FAILED as error:
            left = f"the lease could not be given back ({error}); it ends by itself in {self._ttl_s:.0f} s"
            log("worker", left, WARNING)

    def _renew(self) -> None:
        begun = time.monotonic()  # taken before the statement, which may be slow
        with self._database.open() as database:
            database.execute(
                f"INSERT INTO executor_lease (id, beat) VALUES (?, {database.now})"  # noqa: S608 - constants
                " ON CONFLICT (id) DO UPDATE SET beat = excluded.beat",
                (self.executor,),
            )
        self._renewed_at = begun

    def _keep_renewing(self) -> None:
        while not self._over.wait(self._ttl_s / 4):
            try:
                self._renew()
            except _FAILED as error:
                log("worker", f"the lease could not be renewed ({error}); trying again", WARNING)


def recover_dead_executors(lease: Lease) -> list[str]:
    """Hand the jobs of executors with an expired lease to the living ones; return the names of the dead."""
    from dbos import DBOS

    running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    owners = {workflow.executor_id for workflow in running} - {lease.executor, None}
    dead = sorted(str(owner) for owner in owners - lease.living()) if owners else []
    if dead:
        # Private API, but the only one that keeps the count of attempts; dbos is pinned below 3.5 and a test covers it.
        DBOS._recover_pending_workflows(dead)  # noqa: SLF001
    return dead
