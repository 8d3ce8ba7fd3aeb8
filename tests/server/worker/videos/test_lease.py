from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from halfgig.server.job_database import SqliteDatabase
from halfgig.server.worker.videos.lease import Lease, new_executor
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path


def lease(folder: Path, executor: str = "one", ttl_s: float = 60.0) -> Lease:
    return Lease(SqliteDatabase(folder / "leases.sqlite"), executor, ttl_s)


def test_who_has_signed_lives_and_holds_its_jobs(tmp_path: Path) -> None:
    it = lease(tmp_path)
    assert not it.is_held()
    it.start()
    try:
        assert it.is_held()
        assert it.living() == {"one"}
    finally:
        it.close()


def test_who_signs_off_lives_no_longer(tmp_path: Path) -> None:
    one, two = lease(tmp_path), lease(tmp_path, "two")
    one.start()
    two.start()
    try:
        assert two.living() == {"one", "two"}
        one.close()
        assert two.living() == {"two"}
    finally:
        two.close()


def test_who_goes_on_signing_lives_on(tmp_path: Path) -> None:
    it = lease(tmp_path, ttl_s=12.0)
    it.start()
    try:
        first = it._renewed_at
        assert soon(lambda: it._renewed_at > first)
        assert it.is_held()
    finally:
        it.close()


def test_who_cannot_sign_gives_up_before_others_count_it_as_dead(tmp_path: Path) -> None:
    it, other = lease(tmp_path, ttl_s=3600), lease(tmp_path, "two", ttl_s=3600)
    it.start()
    try:
        database = sqlite3.connect(tmp_path / "leases.sqlite", isolation_level=None)
        database.execute("ALTER TABLE executor_lease RENAME COLUMN beat TO gone")
        with pytest.raises(sqlite3.OperationalError):
            it._renew()
        assert it.is_held()
        database.execute("ALTER TABLE executor_lease RENAME COLUMN gone TO beat")
        grown_older_s = 0.8 * 3600
        database.execute("UPDATE executor_lease SET beat = beat - ?", (grown_older_s,))
        it._renewed_at -= grown_older_s
        database.close()
        assert not it.is_held()
        assert "one" in other.living()
    finally:
        it.close()


def test_each_start_has_a_name_of_its_own_and_ends_the_lease_of_the_start_before(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "leases.sqlite")
    before, other = new_executor(tmp_path / "a", database), new_executor(tmp_path / "b", database)
    first, second = lease(tmp_path, before), lease(tmp_path, other)
    first._renew()
    second._renew()
    after = new_executor(tmp_path / "a", database)
    assert len({before, other, after}) == 3
    assert second.living() == {other}
