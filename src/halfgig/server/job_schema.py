"""The tables of the job store, and the upgrade of databases of older versions."""

import sqlite3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS videos (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    completed_at REAL,
    request TEXT NOT NULL,
    progress TEXT NOT NULL DEFAULT '{}',
    error TEXT,
    crash_count INTEGER NOT NULL DEFAULT 0,
    repeat_key TEXT,
    fingerprint TEXT NOT NULL DEFAULT '',
    client TEXT NOT NULL DEFAULT '',
    cost_s REAL NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, repeat_key)
);
CREATE INDEX IF NOT EXISTS open_videos ON videos (status, seq);
CREATE TABLE IF NOT EXISTS shares (
    token TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS executor_lease (
    id TEXT PRIMARY KEY,
    beat REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS nodes (
    id TEXT PRIMARY KEY,
    facts TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rates (
    name TEXT PRIMARY KEY,
    full_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS session_texts (
    name TEXT PRIMARY KEY,
    spoken INTEGER NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS refused_writes (
    kind TEXT PRIMARY KEY,
    number INTEGER NOT NULL
);
"""

_SCHEMA_VERSION = 7
"""The database's `PRAGMA user_version`; databases of halfgig 0.3 and before have 0."""

_RENAMED = {"place": "seq", "asked": "request", "facts": "progress", "deaths": "crash_count"}
"""Columns of version 0 and their names since."""

_ADDED = {
    "client": "TEXT NOT NULL DEFAULT ''",
    "cost_s": "REAL NOT NULL DEFAULT 0",
    "fence": "INTEGER NOT NULL DEFAULT 0",
}
"""Columns that earlier versions do not have."""


class DamagedRow(sqlite3.DatabaseError):
    """Report a row whose values make no sense, although the database's structure is whole."""


def upgrade(database: sqlite3.Connection) -> None:
    """Create the tables, or bring an older database up to date; several processes may call this at once."""
    if _version(database) >= _SCHEMA_VERSION:
        return
    # Readers do not block the writer; a killed process loses nothing that was committed.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("BEGIN IMMEDIATE")
    if _version(database) < _SCHEMA_VERSION:
        columns = [row[1] for row in database.execute("PRAGMA table_info(videos)")]
        for old, new in _RENAMED.items():
            if old in columns:
                database.execute(f"ALTER TABLE videos RENAME COLUMN {old} TO {new}")
        for name, kind in _ADDED.items():
            if columns and name not in columns:
                database.execute(f"ALTER TABLE videos ADD COLUMN {name} {kind}")
        for statement in _SCHEMA.split(";"):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    database.execute("COMMIT")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
