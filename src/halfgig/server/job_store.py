"""The book of accepted videos: a SQLite database that web writes into, work reads from, and a restart finds again.

Web may accept, list and cancel while no work process runs; it needs neither DBOS nor a socket for it.  What is in the
book is done: the work process hands every open row to DBOS, under the row's own id, as often as it starts.
"""

import contextlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from halfgig.requests import AUDIO, PORTRAIT, SpeechRequest, VideoRequest
from halfgig.server.errors import Busy, Conflict

QUEUED, IN_PROGRESS, COMPLETED, FAILED, CANCELLED = "queued", "in_progress", "completed", "failed", "cancelled"
"""What a job can be; the last three are for good."""

OPEN = (QUEUED, IN_PROGRESS)
"""The states of a job that is still to be done."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS videos (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    completed_at REAL,
    asked TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    error TEXT,
    deaths INTEGER NOT NULL DEFAULT 0,
    repeat_key TEXT,
    fingerprint TEXT NOT NULL DEFAULT '',
    UNIQUE (owner, repeat_key)
);
CREATE INDEX IF NOT EXISTS open_videos ON videos (status, place);
CREATE TABLE IF NOT EXISTS shares (
    token TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
);
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the book."""

    id: str
    """ "video_" and 24 hexadecimal digits."""
    owner: str
    """Whose it is: a digest of the API key, empty where there are no keys."""
    status: str
    """QUEUED, IN_PROGRESS, COMPLETED, FAILED or CANCELLED."""
    created_at: float
    """When it was accepted, in seconds since 1970."""
    started_at: float | None
    """When work on it began."""
    completed_at: float | None
    """When it ended, well or not."""
    request: VideoRequest
    """What is wanted."""
    progress: dict[str, Any]
    """What is known of it so far: stage, done, total, unit, rate, left_s, percent (of all the work), frames, seconds,
    width, height, maker, notices, bytes, peak_private_mb, pace (frames that were rendered a second)."""
    error: dict[str, Any] | None
    """Why it failed: message, code, status."""
    crash_count: int
    """How often a cell died of it."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status in OPEN


class Accepted(NamedTuple):
    """What became of a request."""

    job: Job
    """The job, new or as it was."""
    is_new: bool
    """False when the same request was accepted before under the same key."""


class NewJob(NamedTuple):
    """A request that may become a job."""

    id: str
    owner: str
    request: VideoRequest
    repeat_key: str | None = None
    """The client's Idempotency-Key."""
    fingerprint: str = ""
    """A digest of the whole request: the same key with another one is a conflict."""


class Page(NamedTuple):
    """A part of a list."""

    jobs: list[Job]
    has_more: bool


class JobStore:
    """Read and write the book; each call opens the database for itself, so any thread or process may call."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def accept(self, draft: NewJob, most_open: int) -> Accepted:
        """Enter a job; it is durable when this returns.

        Raises `Busy` when `most_open` jobs are open already, and `Conflict` for a key that was used with another
        request.
        """
        with self._open() as database:
            # Durable even against a failing power supply: this row is the promise.
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN IMMEDIATE")
            if draft.repeat_key is not None and (before := self._repeated(database, draft)):
                return Accepted(before, is_new=False)
            (count,) = database.execute("SELECT count(*) FROM videos WHERE status IN (?, ?)", OPEN).fetchone()
            if count >= most_open:
                raise Busy(
                    f"{count} videos wait or are being made, and {most_open} may; come back later, or raise MAX_QUEUE",
                    30,
                )
            database.execute(
                "INSERT INTO videos (id, owner, status, created_at, asked, repeat_key, fingerprint)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    draft.id,
                    draft.owner,
                    QUEUED,
                    time.time(),
                    json.dumps(draft.request.as_json()),
                    draft.repeat_key,
                    draft.fingerprint,
                ),
            )
            return Accepted(_the(database, draft.id), is_new=True)

    def get(self, job_id: str, owner: str | None = None) -> Job | None:
        """Find a job; with an owner, only one of theirs."""
        with self._open() as database:
            rows = _jobs(database, "WHERE id = ?", job_id)
        return next((job for job in rows if owner is None or job.owner == owner), None)

    def page(self, owner: str, after: str | None, limit: int, *, newest_first: bool) -> Page | None:
        """List an owner's jobs behind the one named `after`; None when there is no such job."""
        with self._open() as database:
            where, values = "WHERE owner = ?", [owner]
            if after is not None:
                found = database.execute(
                    "SELECT place FROM videos WHERE id = ? AND owner = ?", (after, owner)
                ).fetchone()
                if found is None:
                    return None
                where += f" AND place {'<' if newest_first else '>'} {int(found[0])}"
            order = f"ORDER BY place {'DESC' if newest_first else 'ASC'} LIMIT {int(limit) + 1}"
            jobs = _jobs(database, f"{where} {order}", *values)
        return Page(jobs[:limit], len(jobs) > limit)

    def open_jobs(self) -> list[Job]:
        """List what is still to be done, the oldest first."""
        with self._open() as database:
            return _jobs(database, "WHERE status IN (?, ?) ORDER BY place", *OPEN)

    def finished_jobs(self) -> list[Job]:
        """List what is done with, the oldest first."""
        with self._open() as database:
            return _jobs(database, "WHERE status NOT IN (?, ?) ORDER BY completed_at, place", *OPEN)

    def counts(self) -> dict[str, int]:
        """Count the jobs of each state."""
        with self._open() as database:
            return dict(database.execute("SELECT status, count(*) FROM videos GROUP BY status").fetchall())

    def begin(self, job_id: str) -> bool:
        """Mark a job as being made; False when it is not open any more."""
        return self._change(
            "UPDATE videos SET status = ?, started_at = coalesce(started_at, ?) WHERE id = ? AND status IN (?, ?)",
            (IN_PROGRESS, time.time(), job_id, *OPEN),
        )

    def update_progress(self, job_id: str, progress: Mapping[str, Any]) -> None:
        """Add to what is known of a job."""
        self._change("UPDATE videos SET facts = json_patch(facts, ?) WHERE id = ?", (json.dumps(progress), job_id))

    def complete(self, job_id: str, progress: Mapping[str, Any]) -> bool:
        """Mark a job as done; False when it was not open any more."""
        return self._change(
            "UPDATE videos SET status = ?, completed_at = ?, facts = json_patch(facts, ?)"
            " WHERE id = ? AND status IN (?, ?)",
            (COMPLETED, time.time(), json.dumps(progress), job_id, *OPEN),
        )

    def fail(self, job_id: str, error: Mapping[str, Any]) -> bool:
        """Mark a job as failed; False when it was not open any more."""
        return self._change(
            "UPDATE videos SET status = ?, completed_at = ?, error = ? WHERE id = ? AND status IN (?, ?)",
            (FAILED, time.time(), json.dumps(error), job_id, *OPEN),
        )

    def cancel(self, job_id: str) -> bool:
        """Mark a job as cancelled; False when it was not open any more."""
        return self._change(
            "UPDATE videos SET status = ?, completed_at = ? WHERE id = ? AND status IN (?, ?)",
            (CANCELLED, time.time(), job_id, *OPEN),
        )

    def count_crash(self, job_id: str) -> int:
        """Note that a cell died of a job; give how often that has happened."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("UPDATE videos SET deaths = deaths + 1 WHERE id = ?", (job_id,))
            return _the(database, job_id).crash_count

    def reset_crash_count(self, job_id: str) -> None:
        """Start counting deaths anew: since the last one, work has come further."""
        self._change("UPDATE videos SET deaths = 0 WHERE id = ?", (job_id,))

    def remove(self, job_id: str) -> bool:
        """Strike a job out, with the link that shares it; False when it was not there."""
        self.unshare(job_id)
        return self._change("DELETE FROM videos WHERE id = ?", (job_id,))

    def share(self, job_id: str) -> str:
        """Return the token under which anyone finds a job; the same one as often as it is asked for."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO shares VALUES (?, ?)", (secrets.token_urlsafe(24), job_id))
            (token,) = database.execute("SELECT token FROM shares WHERE id = ?", (job_id,)).fetchone()
            return str(token)

    def unshare(self, job_id: str) -> bool:
        """Make a job's token worthless; False when it had none."""
        return self._change("DELETE FROM shares WHERE id = ?", (job_id,))

    def shared(self, token: str) -> Job | None:
        """Find the job that was shared under a token."""
        with self._open() as database:
            return next(iter(_jobs(database, "WHERE id = (SELECT id FROM shares WHERE token = ?)", token)), None)

    def _repeated(self, database: sqlite3.Connection, draft: NewJob) -> Job | None:
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
        with self._open() as database:
            return database.execute(statement, values).rowcount > 0

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the database, made on first use; what the block does is one transaction."""
        is_there = self._path.exists()
        if not is_there:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            database.execute("PRAGMA synchronous = NORMAL")
            if not is_there or not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'shares'").fetchone():
                # Readers and a writer side by side; a killed process loses nothing that was committed.
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(_SCHEMA)
            yield database
            if database.in_transaction:
                database.commit()
        finally:
            database.close()


_COLUMNS = ", ".join(
    ("id", "owner", "status", "created_at", "started_at", "completed_at", "asked", "facts", "error", "deaths")
)


def _jobs(database: sqlite3.Connection, rest: str, *values: object) -> list[Job]:
    rows = database.execute(f"SELECT {_COLUMNS} FROM videos {rest}", values)  # noqa: S608 - `rest` is written above
    return [_job(row) for row in rows]


def _job(row: tuple[Any, ...]) -> Job:
    *plain, asked, facts, error, deaths = row
    job_id, owner, status, created_at, started_at, completed_at = plain
    return Job(
        job_id,
        owner,
        status,
        created_at,
        started_at,
        completed_at,
        _request(json.loads(asked)),
        json.loads(facts),
        error and json.loads(error),
        deaths,
    )


def _request(found: dict[str, Any]) -> VideoRequest:
    """Return the request of a row; rows of version 0.3 have one flat table of fields."""
    if "prompt" not in found:
        return VideoRequest.from_json(found)
    own = {name: found[name] for name in _OWN_IN_0_3 if found.get(name) not in (None, _OWN_IN_0_3[name])}
    own |= {name: name for name in ("reference_blink", "reference_pose") if found.get(f"has_{name}")}
    speaks = not found.get("has_audio") and not found.get("idle")
    shared = {name: found[name] for name in ("idle", "animator", "size", "fps", "seed", "landmarks") if name in found}
    return VideoRequest(
        SpeechRequest(found["prompt"], found.get("voice", ""), found.get("speed", 1.0)) if speaks else None,
        audio=AUDIO if found.get("has_audio") else "",
        portrait=PORTRAIT if found.get("has_portrait") else "",
        options=own,
        **shared,
    )


_OWN_IN_0_3: dict[str, Any] = {
    "preprocess": "full",
    "still": False,
    "pose_style": 0,
    "expression_scale": 1.0,
    "blink": True,
    "yaw": [],
    "pitch": [],
    "roll": [],
    "follow": False,
}
"""The animator's own options in rows of version 0.3, with their defaults."""


def _the(database: sqlite3.Connection, job_id: str) -> Job:
    (job,) = _jobs(database, "WHERE id = ?", job_id)
    return job
