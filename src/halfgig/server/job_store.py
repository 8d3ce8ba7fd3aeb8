"""The job store: a database of accepted videos that the web writes, the worker reads and a restart continues.

It is SQLite on one machine, and Postgres, with DATABASE_URL, for any number of them.

The web process can accept, list and cancel jobs while no worker runs, without DBOS or a socket.  Every accepted job is
processed: on each start the worker submits all open rows to DBOS, using the row's id as the workflow's id.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from halfgig.requests import VideoRequest
from halfgig.server.errors import Conflict
from halfgig.server.job import CANCELLED, COLUMNS, IS_OPEN, OPEN, QUEUED, Accepted, Figures, Job, NewJob, Page, job_of
from halfgig.server.job_database import SqliteDatabase
from halfgig.server.job_queue import check_room
from halfgig.server.job_schema import DamagedRow
from halfgig.server.job_writer import REFUSED, JobWriter, count_refused
from halfgig.server.nodes import TTL_S, Node, living_nodes, nodes_in
from halfgig.server.paths import ServerPaths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfgig.server.sql import Database, Session
    from halfgig.settings import Settings


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

    def figures(self) -> Figures:
        """Return the numbers that metrics tell, without reading a job whole."""
        with self._database.open() as database:
            open_animator = f"CASE WHEN {IS_OPEN} THEN {database.member('request', 'animator')} END"
            counted = f"SELECT status, {open_animator}, count(*), sum(cost_s) FROM videos GROUP BY 1, 2"  # noqa: S608 - constants
            found = Figures({}, {}, {}, _refused(database), [])
            for status, name, number, cost_s in database.execute(counted).fetchall():
                found.videos[status] = found.videos.get(status, 0) + number
                if status in OPEN:
                    animator = name or VideoRequest().animator
                    found.open_videos[animator] = found.open_videos.get(animator, 0) + number
                    found.open_seconds[animator] = found.open_seconds.get(animator, 0.0) + cost_s
            found.roles.extend(role for node in nodes_in(database) for role in node.roles)
            return found

    def claim(self, job_id: str, floor: int = 0) -> JobWriter | None:
        """Begin to work on a job: what earlier processes write to its row is refused from now on.

        Return what writes with the new fencing token, which is above `floor`; None if the job is no longer open.
        """
        claimed = (
            "UPDATE videos SET fence = 1 + CASE WHEN fence > ? THEN fence ELSE ? END"  # noqa: S608 - constants
            f" WHERE id = ? AND {IS_OPEN} RETURNING fence"
        )
        with self._database.open() as database:
            found = database.execute(claimed, (floor, floor, job_id)).fetchone()
        return self.writer(job_id, found[0]) if found else None

    def writer(self, job_id: str, token: int) -> JobWriter:
        """Return what writes to a job's row with a fencing token."""
        return JobWriter(self._database, job_id, token)

    def note(self, job_id: str, facts: Mapping[str, Any]) -> None:
        """Merge facts into a job's progress, without a fencing token."""
        with self._database.open() as database:
            merged = f"UPDATE videos SET progress = {database.merged('progress')} WHERE id = ?"  # noqa: S608 - constants
            database.execute(merged, (database.as_json(facts), job_id))

    def cancel(self, job_id: str) -> bool:
        """Mark a job as cancelled, without a fencing token; return False if it was no longer open."""
        with self._database.open() as database:
            ended = f"UPDATE videos SET status = ?, completed_at = {database.now} WHERE id = ? AND {IS_OPEN}"  # noqa: S608 - constants
            return database.execute(ended, (CANCELLED, job_id)).rowcount > 0

    def count_refused(self, kind: str) -> None:
        """Count a write that was refused because its process had lost the job; `kind` is one of `REFUSED`."""
        with self._database.open() as database:
            count_refused(database, kind)

    def refused_writes(self) -> dict[str, int]:
        """Return how many writes of each kind were refused since there is the database."""
        with self._database.open() as database:
            return _refused(database)

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

    def nodes(self, ttl_s: float = TTL_S) -> list[Node]:
        """Return the nodes that live: whose lease was renewed within `ttl_s` seconds."""
        return living_nodes(self._database, ttl_s)

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


def database_of(settings: Settings, patience_s: float = 0.0) -> Database:
    """Return the database of a server: the one that DATABASE_URL names, else a file in DATA_DIR."""
    if settings.database_url:
        from halfgig.server.postgres import PostgresDatabase  # 6 MB, for those who set it

        return PostgresDatabase(settings.database_url, patience_s)
    return SqliteDatabase(ServerPaths.of(settings).job_store)


def _refused(database: Session) -> dict[str, int]:
    found = dict(database.execute("SELECT kind, number FROM refused_writes").fetchall())
    return {kind: int(found.get(kind, 0)) for kind in REFUSED}


def _jobs(database: Session, rest: str, *values: object) -> list[Job]:
    rows = database.execute(f"SELECT {COLUMNS} FROM videos {rest}", values)  # noqa: S608 - `rest` is written above
    try:
        return [job_of(row) for row in rows.fetchall()]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedRow(f"a row of the job store cannot be read ({error})") from error


def _the(database: Session, job_id: str) -> Job:
    (job,) = _jobs(database, "WHERE id = ?", job_id)
    return job
