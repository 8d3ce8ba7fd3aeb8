"""Recovery of a damaged job store: what can be read goes into a new file, and the old one is kept.

Rows come from the damaged file, then from the last safe copy; a job without a row comes from the request that was
stored in its folder when it was accepted.  A video whose request is lost is listed as failed, and says so.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from halfgig.log import ERROR, WARNING, log
from halfgig.pipeline.video import video_name
from halfgig.requests import VideoRequest
from halfgig.server.job_schema import upgrade
from halfgig.server.paths import is_job_id
from halfgig.storage.file_lock import held

REQUEST_FILE = "request.json"
"""The file in a job's folder from which its row can be written again."""

COPY = "jobs.copy.sqlite"
"""The last safe copy, next to the job store."""

MOST_GAPS = 2000
"""Rows in a row that cannot be read, after which a damaged table is given up."""

_STATES = ("queued", "in_progress", "completed", "failed", "cancelled")

Row = dict[str, Any]
"""The columns of one video."""


def request_text(row: Mapping[str, Any]) -> str:
    """Return the content of a job's request file; `row` has the columns that are known when it is accepted."""
    return json.dumps({**row, "created_at": time.time()})


def is_damaged(path: Path) -> bool:
    """Return whether a database is there and cannot be read as a whole."""
    if not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.OperationalError:  # busy, or no room: not its content
        return False
    except sqlite3.DatabaseError:
        return True


def copy_safely(path: Path) -> None:
    """Copy a database that is whole, by SQLite's own means, so that the copy is of one moment."""
    part = path.with_name(f".{COPY}.part")
    source, target = sqlite3.connect(path, timeout=30), sqlite3.connect(part)
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)
    if not is_damaged(part):
        part.replace(path.with_name(COPY))


def recover(path: Path, inode: int | None) -> bool:
    """Replace a damaged database by what can be recovered; False if another process did since it had this inode.

    Where there is no database, `inode` is None: it is written from the copy and the folders.
    """
    with held(path.with_name("recovery.lock"), lambda _pid: None):
        if inode_of(path) != inode:
            return False
        rows = dict(_valid(path)) if inode is not None else {}
        for job_id, row in _valid(path.with_name(COPY)):
            rows.setdefault(job_id, row)
        found = _from_folders(path.parent / "videos", rows)
        new = path.with_name(f".{path.name}.new")
        _write(new, [*rows.values(), *found], _shares(path) | _shares(path.with_name(COPY)))
        _set_aside(path)
        new.replace(path)
    lost = sum(row["status"] == "failed" and row["request"] == "{}" for row in found)
    text = (
        f"the job store was damaged and is written anew: {len(rows)} videos from it or its copy, "
        f"{len(found) - lost} from their folders, {lost} whose request is lost"
    )
    log("jobs", text, ERROR if lost else WARNING)
    return True


def inode_of(path: Path) -> int | None:
    """Return what tells a file from another one of the same name; None if there is none."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def set_aside(path: Path) -> None:
    """Rename a damaged database and its log, so that another one can take its name."""
    with held(path.with_name("recovery.lock"), lambda _pid: None):
        _set_aside(path)


def _set_aside(path: Path) -> None:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for ending in ("", "-wal", "-shm"):
        old = path.with_name(f"{path.name}{ending}")
        with contextlib.suppress(FileNotFoundError):
            old.replace(path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}{ending}"))


def _valid(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a database that make sense, by id."""
    for row in _readable(path, "videos", "seq"):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            asked = json.loads(row["request"])
            if "prompt" not in asked:
                VideoRequest.from_json(asked)
            for column in ("progress", "error"):
                json.loads(row[column] or "null")
            if is_job_id(row["id"]) and row["status"] in _STATES:
                row.pop("seq")
                yield row["id"], row


def _shares(path: Path) -> dict[str, str]:
    return {str(row["token"]): str(row["id"]) for row in _readable(path, "shares", "rowid")}


def _readable(path: Path, table: str, key: str) -> Iterator[Row]:
    """Yield the rows of a table that can be read, those around a damaged page included."""
    if not path.exists():
        return
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=5)) as database:
        database.row_factory = sqlite3.Row
        at, gaps = 0, 0
        while gaps < MOST_GAPS:
            try:
                query = f"SELECT {key} AS place, * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT 1"  # noqa: S608
                row = database.execute(query, (at,)).fetchone()
            except sqlite3.DatabaseError:
                at, gaps = at + 1, gaps + 1
                continue
            if row is None or not isinstance(row["place"], int):
                return
            at, gaps = max(at + 1, row["place"]), 0
            yield {name: row[name] for name in row.keys() if name != "place"}  # noqa: SIM118 - no mapping


def _from_folders(videos: Path, rows: Mapping[str, Row]) -> list[Row]:
    """Return rows for the jobs that have a folder and no row: what is finished is kept, and the rest is made."""
    found = []
    for folder in sorted(videos.glob("video_*"), key=lambda each: each.stat().st_mtime):
        if folder.name in rows or not is_job_id(folder.name):
            continue
        try:
            row = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
            finished = folder / video_name(VideoRequest.from_json(row["request"]))
            row["request"] = json.dumps(row["request"])
            row["status"] = "queued"
            if finished.exists():
                row |= {"status": "completed", "completed_at": finished.stat().st_mtime}
        except (OSError, ValueError, KeyError, TypeError):
            row = _lost(folder)
        found.append({**row, "id": folder.name})
    return found


def _lost(folder: Path) -> Row:
    told = "the job store was damaged, and the request of this video is lost; send it again"
    error = {"message": told, "code": "internal_error", "status": 500}
    at = folder.stat().st_mtime
    row = {"owner": "", "status": "failed", "created_at": at, "completed_at": at, "request": "{}"}
    return {**row, "error": json.dumps(error)}


def _write(path: Path, rows: list[Row], shares: Mapping[str, str]) -> None:
    """Write a new database with these rows."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        upgrade(database)
        columns = {row[1] for row in database.execute("PRAGMA table_info(videos)")}
        database.execute("BEGIN")
        for row in rows:
            known = {name: value for name, value in row.items() if name in columns}
            names, marks = ", ".join(known), ", ".join("?" * len(known))
            database.execute(f"INSERT OR IGNORE INTO videos ({names}) VALUES ({marks})", tuple(known.values()))  # noqa: S608
        database.executemany("INSERT OR IGNORE INTO shares VALUES (?, ?)", shares.items())
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb") as file:
        os.fsync(file.fileno())
