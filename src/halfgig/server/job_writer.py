"""What the worker writes to a job's row: with a fencing token, so that a process that lost the job changes nothing.

The token grows when a process begins to work on the job (`JobStore.claim`), once for all steps. A process that hung or
was cut off meanwhile has a lower one: its statements find no row.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from halfgig.server.errors import LateWriter
from halfgig.server.job import COMPLETED, FAILED, IN_PROGRESS, IS_OPEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.server.sql import Database, Session

ROWS, FILES, GROUPS = REFUSED = ("rows", "files", "groups")
"""The kinds of writes that are refused, and counted."""


class JobWriter:
    """Writes to one job's row; each method raises `LateWriter` if another process has claimed the job since."""

    def __init__(self, database: Database, job_id: str, token: int) -> None:
        self.token = token
        """The fencing token it writes with."""
        self._database = database
        self._job_id = job_id

    def begin(self) -> bool:
        """Mark the job as in progress; return False if it is no longer open."""
        with self._database.open() as database:
            begun = f"status = ?, started_at = coalesce(started_at, {database.now})"
            return self._write(database, begun, (IN_PROGRESS,), IS_OPEN)

    def update_progress(self, progress: Mapping[str, Any]) -> None:
        """Merge values into the job's progress."""
        with self._database.open() as database:
            merged = f"progress = {database.merged('progress')}"
            self._write(database, merged, (database.as_json(progress),))

    def complete(self, progress: Mapping[str, Any]) -> bool:
        """Mark the job as completed; return False if it was no longer open."""
        return self._end(COMPLETED, progress, None)

    def fail(self, error: Mapping[str, Any]) -> bool:
        """Mark the job as failed; return False if it was no longer open."""
        return self._end(FAILED, {}, json.dumps(error))

    def count_crash(self) -> int:
        """Count a cell that died while processing the job; return the new count."""
        with self._database.open() as database:
            self._write(database, "crash_count = crash_count + 1")
            found = database.execute("SELECT crash_count FROM videos WHERE id = ?", (self._job_id,)).fetchone()
        return int(found[0]) if found else 0

    def reset_crash_count(self) -> None:
        """Reset the count of crashes: the job made progress after the last one."""
        with self._database.open() as database:
            self._write(database, "crash_count = 0")

    def _end(self, status: str, progress: Mapping[str, Any], error: str | None) -> bool:
        with self._database.open() as database:
            ended = f"status = ?, error = ?, completed_at = {database.now}, progress = {database.merged('progress')}"
            return self._write(database, ended, (status, error, database.as_json(progress)), IS_OPEN)

    def _write(self, database: Session, change: str, values: tuple[object, ...] = (), condition: str = "") -> bool:
        """Change the row; return False if there is none for which the condition holds."""
        rest = f" AND {condition}" if condition else ""
        changed = f"UPDATE videos SET {change} WHERE id = ? AND fence <= ?{rest}"  # noqa: S608 - written above
        if database.execute(changed, (*values, self._job_id, self.token)).rowcount > 0:
            return True
        found = database.execute("SELECT fence FROM videos WHERE id = ?", (self._job_id,)).fetchone()
        if found and found[0] > self.token:
            count_refused(database, ROWS)
            raise LateWriter(
                f"{self._job_id} is worked on by another process now: its token is {found[0]}, this one's was "
                f"{self.token}"
            )
        return False


def count_refused(database: Session, kind: str) -> None:
    """Count a write that was refused; `kind` is one of `REFUSED`."""
    database.execute(
        "INSERT INTO refused_writes (kind, number) VALUES (?, 1)"
        " ON CONFLICT (kind) DO UPDATE SET number = refused_writes.number + 1",
        (kind,),
    )
