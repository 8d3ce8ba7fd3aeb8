"""The tables in Postgres, in numbered steps; one node at a time brings a database up to date.

A step only adds: nodes of the version before go on working next to those of the next one until they are drained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

UPGRADE, ALONE = 7_205_260_001, 7_205_260_002
"""Advisory locks: of upgrading the tables, and of `Session.begin_alone`."""

STEPS = (
    """
    CREATE TABLE videos (
        seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        status TEXT NOT NULL,
        created_at DOUBLE PRECISION NOT NULL,
        started_at DOUBLE PRECISION,
        completed_at DOUBLE PRECISION,
        request TEXT NOT NULL,
        progress TEXT NOT NULL DEFAULT '{}',
        error TEXT,
        crash_count INTEGER NOT NULL DEFAULT 0,
        repeat_key TEXT,
        fingerprint TEXT NOT NULL DEFAULT '',
        client TEXT NOT NULL DEFAULT '',
        cost_s DOUBLE PRECISION NOT NULL DEFAULT 0,
        UNIQUE (owner, repeat_key)
    );
    CREATE INDEX open_videos ON videos (status, seq);
    CREATE TABLE shares (
        token TEXT PRIMARY KEY,
        id TEXT NOT NULL UNIQUE
    );
    CREATE TABLE executor_lease (
        id TEXT PRIMARY KEY,
        beat DOUBLE PRECISION NOT NULL
    );
    """,
    """
    ALTER TABLE videos ADD COLUMN fence BIGINT NOT NULL DEFAULT 0;
    CREATE TABLE refused_writes (
        kind TEXT PRIMARY KEY,
        number BIGINT NOT NULL
    );
    """,
    """
    CREATE TABLE frame_groups (
        job TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        animator TEXT NOT NULL,
        version TEXT NOT NULL,
        holder TEXT NOT NULL DEFAULT '',
        token BIGINT NOT NULL DEFAULT 0,
        lease DOUBLE PRECISION NOT NULL DEFAULT 0,
        frames INTEGER NOT NULL DEFAULT 0,
        key TEXT,
        checksum TEXT,
        PRIMARY KEY (job, number)
    );
    CREATE INDEX free_frame_groups ON frame_groups (animator, lease) WHERE key IS NULL;
    """,
    """
    CREATE TABLE nodes (
        id TEXT PRIMARY KEY,
        facts TEXT NOT NULL
    );
    """,
    """
    CREATE UNLOGGED TABLE rates (
        name TEXT PRIMARY KEY,
        full_at DOUBLE PRECISION NOT NULL
    );
    """,
    """
    CREATE FUNCTION halfgig_tell_video() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            PERFORM pg_notify('halfgig_videos', OLD.id);
        ELSE
            PERFORM pg_notify('halfgig_videos', NEW.id);
        END IF;
        IF TG_OP = 'INSERT' THEN
            PERFORM pg_notify('halfgig_work', 'video');
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER tell_video AFTER INSERT OR DELETE OR UPDATE OF status, progress, error ON videos
        FOR EACH ROW EXECUTE FUNCTION halfgig_tell_video();
    CREATE FUNCTION halfgig_tell_group() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('halfgig_work', 'group');
        RETURN NULL;
    END $$;
    CREATE TRIGGER tell_group AFTER INSERT OR UPDATE OF holder, key ON frame_groups
        FOR EACH ROW WHEN (NEW.holder = '' AND NEW.key IS NULL) EXECUTE FUNCTION halfgig_tell_group();
    """,
    """
    CREATE TABLE session_texts (
        name TEXT PRIMARY KEY,
        spoken BIGINT NOT NULL,
        expires_at DOUBLE PRECISION NOT NULL
    );
    """,
    """
    CREATE FUNCTION halfgig_tell_groups() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('halfgig_groups', NEW.job);
        RETURN NULL;
    END $$;
    CREATE TRIGGER tell_groups AFTER UPDATE OF holder, key ON frame_groups
        FOR EACH ROW EXECUTE FUNCTION halfgig_tell_groups();
    """,
)
"""Statements by version: the first ones make version 1."""


def upgrade(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create the tables, or bring an older database up to date; any number of nodes may call this at once.

    A database of a later version stays as it is.
    """
    if _version(connection) >= len(STEPS):
        return
    connection.execute("BEGIN")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (UPGRADE,))
    connection.execute("CREATE TABLE IF NOT EXISTS halfgig_schema (version INTEGER NOT NULL)")
    for statements in STEPS[_version(connection) :]:
        connection.execute(statements.encode())
    connection.execute("DELETE FROM halfgig_schema")
    connection.execute("INSERT INTO halfgig_schema VALUES (%s)", (len(STEPS),))
    connection.execute("COMMIT")


def _version(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    (table,) = connection.execute("SELECT to_regclass('halfgig_schema')::text").fetchone() or (None,)
    if table is None:
        return 0
    (version,) = connection.execute("SELECT max(version) FROM halfgig_schema").fetchone() or (None,)
    return int(str(version or 0))
