"""A Postgres database that many nodes share: stopped, started, upgraded at once, and never named to anybody."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

from halfgig.server.database_url import connection_url, redacted
from halfgig.server.doctor import checks
from halfgig.server.doctor.probes import probe_database
from halfgig.server.errors import DatabaseUnavailable
from halfgig.server.job import QUEUED
from halfgig.server.job_store import JobStore
from halfgig.server.postgres import Connections, PostgresDatabase, connections_to
from halfgig.server.postgres_schema import STEPS
from tests.server.test_job_store import draft
from tests.support.postgres import server
from tests.support.waiting import soon

if TYPE_CHECKING:
    from tests.support.postgres import Server


def reached(store: JobStore) -> bool:
    try:
        store.counts()
    except DatabaseUnavailable:
        return False
    return True


def test_a_database_that_is_restarted_is_missed_for_a_while_and_then_used_again() -> None:
    with server() as it:
        url = it.new()
        store = JobStore(PostgresDatabase(url))
        store.accept(draft(1), 9)
        it.stop()
        with pytest.raises(DatabaseUnavailable) as refused:
            store.accept(draft(2), 9)
        assert (refused.value.status, refused.value.after_s > 0) == (503, True)
        assert not any(word in str(refused.value) for word in ("s3cret-word", "127.0.0.1", "tester", str(it.port)))
        it.start()
        assert soon(lambda: reached(store))
        store.accept(draft(3), 9)
        assert store.counts() == {QUEUED: 2}
        connections_to(url).close()


def test_who_has_patience_waits_until_the_database_is_back() -> None:
    with server() as it:
        url = it.new()
        store = JobStore(PostgresDatabase(url, patience_s=600))
        store.accept(draft(1), 9)
        it.stop()
        found: list[int] = []
        asking = threading.Thread(target=lambda: found.append(len(store.open_jobs())))
        asking.start()
        it.start()
        asking.join(timeout=600)
        assert found == [1]
        connections_to(url).close()


def test_many_nodes_make_the_tables_once(postgres: Server) -> None:
    url = postgres.new()
    nodes = [Connections(url) for _ in range(6)]
    failed: list[BaseException] = []

    def begin(node: Connections) -> None:
        try:
            with node.one(0):
                pass
        except DatabaseUnavailable as error:
            failed.append(error)

    threads = [threading.Thread(target=begin, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with psycopg.connect(url) as connection:
        versions = connection.execute("SELECT version FROM halfgig_schema").fetchall()
    for node in nodes:
        node.close()
    assert (failed, len(versions)) == ([], 1)


def test_a_database_of_the_version_before_gets_what_is_new_and_keeps_its_rows(postgres: Server) -> None:
    url = postgres.new()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(STEPS[0].encode())
        connection.execute("CREATE TABLE halfgig_schema (version INTEGER NOT NULL)")
        connection.execute("INSERT INTO halfgig_schema VALUES (1)")
        connection.execute(
            "INSERT INTO videos (id, owner, status, created_at, request) VALUES ('a', '', 'queued', 0, '{}')"
        )
    row = JobStore(PostgresDatabase(url)).claim("a")
    connections_to(url).close()
    assert row
    assert row.token == 1


def test_clients_on_many_threads_get_no_more_places_than_there_are(postgres: Server) -> None:
    url = postgres.new()
    store, accepted = JobStore(PostgresDatabase(url)), []

    def order(number: int) -> None:
        try:
            accepted.append(store.accept(draft(number), 3))
        except Exception as error:  # noqa: BLE001 - counted below
            accepted.append(error)  # type: ignore[arg-type]

    threads = [threading.Thread(target=order, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections_to(url).close()
    assert store.counts() == {QUEUED: 3}
    connections_to(url).close()
    assert sorted(type(each).__name__ for each in accepted) == ["Accepted"] * 3 + ["Busy"] * 5


def test_a_drivers_words_are_told_without_address_user_or_password() -> None:
    url = "postgresql://halfgig:s3cret@db.example.com:5433/jobs"
    told = (
        'connection to server at "db.example.com" (10.1.2.3), port 5433 failed: FATAL:  password authentication '
        f'failed for user "halfgig" on {url} with s3cret at db.example.com'
    )
    clean = redacted(told, url)
    assert not any(word in clean for word in ("db.example.com", "10.1.2.3", "5433", "s3cret"))
    assert "password authentication" in clean


def test_what_an_address_says_of_its_connections_is_kept() -> None:
    url = connection_url("postgres://u@h/d?connect_timeout=60&sslmode=require")
    assert url.startswith("postgresql://u@h/d?")
    assert "connect_timeout=60" in url
    assert "sslmode=require" in url
    assert "target_session_attrs=read-write" in url


def test_the_doctor_asks_the_database_and_says_what_is_wrong_without_its_address(postgres: Server) -> None:
    url = postgres.new()
    found = checks.of_database(True, *probe_database(url))
    assert (found.grade, found.said[:9]) in ((checks.OK, "Postgres "), (checks.WARNING, "Postgres "))
    connections_to(url).close()
    nowhere = checks.of_database(True, *probe_database(postgres.url("nowhere")))
    assert (nowhere.grade, "does not exist" in nowhere.said) == (checks.WRONG, True)
    assert not any(word in f"{nowhere}" for word in ("s3cret-word", "127.0.0.1", "tester"))


def test_the_server_is_told_to_give_up_connections_of_nodes_that_are_cut_off(postgres: Server) -> None:
    with PostgresDatabase(url := postgres.new()).open() as session:
        found = [
            int(session.execute(f"SHOW tcp_keepalives_{name}").fetchone()[0]) for name in ("idle", "interval", "count")
        ]
    connections_to(url).close()
    assert found[0] + found[1] * found[2] == 60


def test_signs_in_quotes_are_no_places_for_values(postgres: Server) -> None:
    said = """SELECT 'who? 100 %, it''s ' || ? AS "sure?", 7 % 4"""
    with PostgresDatabase(url := postgres.new()).open() as session:
        assert session.execute(said, ["?%s"]).fetchone() == ("who? 100 %, it's ?%s", 3)
        assert session.execute("SELECT 'sure? 100 %'").fetchone() == ("sure? 100 %",)
    connections_to(url).close()
