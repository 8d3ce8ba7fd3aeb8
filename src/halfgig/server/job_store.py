"""The job store: a database of accepted videos that the web writes, the worker reads and a restart continues.

It is SQLite on one machine, and Postgres, with DATABASE_URL, for any number of them.

The web process can accept, list and cancel jobs while no worker runs, without DBOS or a socket.  Every accepted job is
processed: on each start the worker submits all open rows to DBOS, using the row's id as the workflow's id.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.server.errors import Conflict
from halfgig.server.job_database import SqliteDatabase
from halfgig.server.job_queue import check_room
from halfgig.server.job_schema import DamagedRow
from halfgig.server.older_rows import request_of
from halfgig.server.paths import ServerPaths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.requests import VideoRequest
    from halfgig.server.sql import Database, Session
    from halfgig.settings import Settings

QUEUED, IN_PROGRESS, COMPLETED, FAILED, CANCELLED = "queued", "in_progress", "completed", "failed", "cancelled"
"""The states of a job; the last three are final."""

OPEN = (QUEUED, IN_PROGRESS)
"""The states of a job that is not finished."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the job store."""

    id: str
    """ "video_" and 24 hexadecimal digits."""
    owner: str
    """A digest of the client's API key; empty if the server has no keys."""
    status: str
    """QUEUED, IN_PROGRESS, COMPLETED, FAILED or CANCELLED."""
    created_at: float
    """When the job was accepted, in seconds since 1970."""
    started_at: float | None
    """When work on it began."""
    completed_at: float | None
    """When the job reached a final state."""
    request: VideoRequest
    """The video to make."""
    progress: dict[str, Any]
    """Progress and results so far: stage, done, total, unit, rate, left_s, percent (of all the work), frames, seconds,
    width, height, maker, notices, bytes, peak_private_mb, pace (frames rendered per second)."""
    error: dict[str, Any] | None
    """Why the job failed: message, code, status."""
    crash_count: int
    """Number of cells that died while processing the job."""
    client: str = ""
    """Who shares the queue with others: the key's digest, or without keys the address's."""
    cost_s: float = 0.0
    """The work in seconds of a plain video."""

    @property
    def is_open(self) -> bool:
        """Whether the job is not finished."""
        return self.status in OPEN


class Accepted(NamedTuple):
    """The result of `JobStore.accept`."""

    job: Job
    """The job: new, or the earlier one."""
    is_new: bool
    """False if the same request was accepted earlier under the same key."""


class NewJob(NamedTuple):
    """A request to be accepted as a job."""

    id: str
    owner: str
    request: VideoRequest
    repeat_key: str | None = None
    """The client's Idempotency-Key."""
    fingerprint: str = ""
    """A digest of the whole request: reusing the key with a different digest is a conflict."""
    client: str = ""
    """Who shares the queue with others: the key's digest, or without keys the address's."""
    cost_s: float = 0.0
    """The work in seconds of a plain video."""


class Page(NamedTuple):
    """One page of a list of jobs."""

    jobs: list[Job]
    has_more: bool


class JobStore:
    """Reads and writes jobs; each call opens the database itself, so any thread or process may call."""

    def __init__(self, place: Path | Database) -> None:
        self._database: Database = SqliteDatabase(place) if isinstance(place, Path) else place

    @classmethod
    def of(cls, settings: Settings, patience_s: float = 0.0) -> JobStore:
        """Return the job store of a server; with `patience_s` calls wait that long for a database to come back."""
        return cls(database_of(settings, patience_s))

    def at_once(self) -> JobStore:
        """Return the same job store without patience, for those who must not wait."""
        return JobStore(self._database.at_once())

    def exists(self) -> bool:
        """Return whether there may be a job."""
        return self._database.exists()

    def keep_open(self) -> None:
        """Keep what reading needs on the disk, which may have no room for it later."""
        self._database.keep_open()

    def check(self) -> None:
        """Recover the job store if it is damaged."""
        self._database.check()

    def accept(self, draft: NewJob, most_open: int, most_minutes: float = float("inf")) -> Accepted:
        """Insert a job; it is durable when this returns.  A client may have `most_open` jobs, of `most_minutes`.

        Raises `Busy` if the client has no place left, and `Conflict` if the key was used with another request.
        """
        with self._database.open() as database:
            database.begin_alone()  # and durable even if the power fails: the client was promised this job
            if restored := _jobs(database, "WHERE id = ?", draft.id):  # by a recovery, from the job's folder
                if restored[0].is_open:
                    return Accepted(restored[0], is_new=True)
                database.execute("DELETE FROM videos WHERE id = ?", (draft.id,))
            if draft.repeat_key is not None and (before := self._repeated(database, draft)):
                return Accepted(before, is_new=False)
            check_room(database, draft.client, draft.cost_s, most_open, most_minutes)
            database.execute(
                "INSERT INTO videos (id, owner, status, created_at, request, repeat_key, fingerprint, client, cost_s)"  # noqa: S608 - constants
                f" VALUES (?, ?, ?, {database.now}, ?, ?, ?, ?, ?)",
                (
                    draft.id,
                    draft.owner,
                    QUEUED,
                    json.dumps(draft.request.as_json()),
                    draft.repeat_key,
                    draft.fingerprint,
                    draft.client,
                    draft.cost_s,
                ),
            )
            return Accepted(_the(database, draft.id), is_new=True)

    def check_room(self, client: str, most_open: int) -> None:
        """Raise `Busy` if a client has no place left for the smallest video."""
        with self._database.open() as database:
            check_room(database, client, 0.0, most_open)

    def get(self, job_id: str, owner: str | None = None) -> Job | None:
        """Return a job, or None; with an owner, only a job of that owner."""
        with self._database.open() as database:
            rows = _jobs(database, "WHERE id = ?", job_id)
        return next((job for job in rows if owner is None or job.owner == owner), None)

    def page(self, owner: str, after: str | None, limit: int, *, newest_first: bool) -> Page | None:
        """Return the owner's jobs that follow the job `after`; None if there is no such job."""
        with self._database.open() as database:
            where, values = "WHERE owner = ?", [owner]
            if after is not None:
                found = database.execute("SELECT seq FROM videos WHERE id = ? AND owner = ?", (after, owner)).fetchone()
                if found is None:
                    return None
                where += f" AND seq {'<' if newest_first else '>'} {int(found[0])}"
            order = f"ORDER BY seq {'DESC' if newest_first else 'ASC'} LIMIT {int(limit) + 1}"
            jobs = _jobs(database, f"{where} {order}", *values)
        return Page(jobs[:limit], len(jobs) > limit)

    def open_jobs(self) -> list[Job]:
        """Return the jobs that are not finished, oldest first."""
        with self._database.open() as database:
            return _jobs(database, "WHERE status IN (?, ?) ORDER BY seq", *OPEN)

    def finished_jobs(self) -> list[Job]:
        """Return the jobs in a final state, oldest first."""
        with self._database.open() as database:
            return _jobs(database, "WHERE status NOT IN (?, ?) ORDER BY completed_at, seq", *OPEN)

    def counts(self) -> dict[str, int]:
        """Return the number of jobs in each state."""
        with self._database.open() as database:
            return dict(database.execute("SELECT status, count(*) FROM videos GROUP BY status").fetchall())

    def begin(self, job_id: str) -> bool:
        """Mark a job as in progress; return False if it is no longer open."""
        with self._database.open() as database:
            begun = f"UPDATE videos SET status = ?, started_at = coalesce(started_at, {database.now})"  # noqa: S608 - constants
            return database.execute(f"{begun} WHERE id = ? AND {_IS_OPEN}", (IN_PROGRESS, job_id)).rowcount > 0

    def update_progress(self, job_id: str, progress: Mapping[str, Any]) -> None:
        """Merge values into a job's progress."""
        with self._database.open() as database:
            merged = f"UPDATE videos SET progress = {database.merged('progress')} WHERE id = ?"  # noqa: S608 - constants
            database.execute(merged, (database.as_json(progress), job_id))

    def complete(self, job_id: str, progress: Mapping[str, Any]) -> bool:
        """Mark a job as completed; return False if it was no longer open."""
        return self._end(job_id, COMPLETED, progress=progress)

    def fail(self, job_id: str, error: Mapping[str, Any]) -> bool:
        """Mark a job as failed; return False if it was no longer open."""
        return self._end(job_id, FAILED, error=json.dumps(error))

    def cancel(self, job_id: str) -> bool:
        """Mark a job as cancelled; return False if it was no longer open."""
        return self._end(job_id, CANCELLED)

    def _end(
        self, job_id: str, status: str, progress: Mapping[str, Any] | None = None, error: str | None = None
    ) -> bool:
        with self._database.open() as database:
            ended = (
                f"UPDATE videos SET status = ?, error = ?, completed_at = {database.now}, "  # noqa: S608 - constants
                f"progress = {database.merged('progress')} WHERE id = ? AND {_IS_OPEN}"
            )
            return database.execute(ended, (status, error, database.as_json(progress or {}), job_id)).rowcount > 0

    def count_crash(self, job_id: str) -> int:
        """Count a cell that died while processing a job; return the new count."""
        counted = "UPDATE videos SET crash_count = crash_count + 1 WHERE id = ? RETURNING crash_count"
        with self._database.open() as database:
            return int(database.execute(counted, (job_id,)).fetchone()[0])

    def reset_crash_count(self, job_id: str) -> None:
        """Reset the count of crashes: the job made progress after the last one."""
        self._change("UPDATE videos SET crash_count = 0 WHERE id = ?", (job_id,))

    def remove(self, job_id: str) -> bool:
        """Delete a job and its share link; return False if there was no such job."""
        self.unshare(job_id)
        return self._change("DELETE FROM videos WHERE id = ?", (job_id,))

    def share(self, job_id: str) -> str:
        """Return the token that gives anyone access to a job; repeated calls return the same token."""
        with self._database.open() as database:
            added = "INSERT INTO shares (token, id) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
            database.execute(added, (secrets.token_urlsafe(24), job_id))
            (token,) = database.execute("SELECT token FROM shares WHERE id = ?", (job_id,)).fetchone()
            return str(token)

    def unshare(self, job_id: str) -> bool:
        """Revoke a job's share token; return False if it had none."""
        return self._change("DELETE FROM shares WHERE id = ?", (job_id,))

    def shared(self, token: str) -> Job | None:
        """Return the job that was shared under a token, or None."""
        with self._database.open() as database:
            return next(iter(_jobs(database, "WHERE id = (SELECT id FROM shares WHERE token = ?)", token)), None)

    def _repeated(self, database: Session, draft: NewJob) -> Job | None:
        found = database.execute(
            "SELECT id, fingerprint FROM videos WHERE owner = ? AND repeat_key = ?", (draft.owner, draft.repeat_key)
        ).fetchone()
        if found is None:
            return None
        if found[1] != draft.fingerprint:
            raise Conflict(
                f"the Idempotency-Key {draft.repeat_key!r:.80} was used before with another request; use a new one"
            )
        return _the(database, found[0])

    def _change(self, statement: str, values: tuple[Any, ...]) -> bool:
        with self._database.open() as database:
            return database.execute(statement, values).rowcount > 0


_IS_OPEN = "status IN ('queued', 'in_progress')"

_COLUMNS = ", ".join(
    (
        *("id", "owner", "status", "created_at", "started_at", "completed_at", "request", "progress", "error"),
        *("crash_count", "client", "cost_s"),
    )
)


def database_of(settings: Settings, patience_s: float = 0.0) -> Database:
    """Return the database of a server: the one that DATABASE_URL names, else a file in DATA_DIR."""
    if settings.database_url:
        from halfgig.server.postgres import PostgresDatabase  # 6 MB, for those who set it

        return PostgresDatabase(settings.database_url, patience_s)
    return SqliteDatabase(ServerPaths.of(settings).job_store)


def _jobs(database: Session, rest: str, *values: object) -> list[Job]:
    rows = database.execute(f"SELECT {_COLUMNS} FROM videos {rest}", values)  # noqa: S608 - `rest` is written above
    try:
        return [_job(row) for row in rows.fetchall()]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedRow(f"a row of the job store cannot be read ({error})") from error


def _job(row: tuple[Any, ...]) -> Job:
    *plain, request, progress, error, crash_count, client, cost_s = row
    job_id, owner, status, created_at, started_at, completed_at = plain
    return Job(
        job_id,
        owner,
        status,
        created_at,
        started_at,
        completed_at,
        request_of(json.loads(request)),
        json.loads(progress),
        error and json.loads(error),
        crash_count,
        client,
        cost_s,
    )


def _the(database: Session, job_id: str) -> Job:
    (job,) = _jobs(database, "WHERE id = ?", job_id)
    return job
