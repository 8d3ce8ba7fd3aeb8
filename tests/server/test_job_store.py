"""Accepted jobs are stored once, and every process reads the same."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from typing import TYPE_CHECKING

import pytest

from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.errors import Busy, Conflict, LateWriter
from halfgig.server.job import CANCELLED, COMPLETED, FAILED, IN_PROGRESS, QUEUED, NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.postgres import PostgresDatabase, connections_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Server


def draft(number: int = 1, owner: str = "me", repeat_key: str | None = None, fingerprint: str = "f") -> NewJob:
    """Return a request to accept."""
    return NewJob(f"video_{number:024x}", owner, VideoRequest(SpeechRequest("Good morning.")), repeat_key, fingerprint)


def accept_many(path: Path, first: int) -> None:
    """Insert fifty jobs, as one of several processes."""
    for number in range(first, first + 50):
        JobStore(path).accept(draft(number), 1000)


@pytest.fixture(scope="module")
def address(postgres: Server) -> Iterator[str]:
    url = postgres.new()
    yield url
    connections_to(url).close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> JobStore:
    """Return an empty job store in either database."""
    if request.param == "sqlite":
        return JobStore(tmp_path / "store")
    database = PostgresDatabase(request.getfixturevalue("address"))
    with database.open() as session:
        session.execute("TRUNCATE videos, shares, refused_writes, rates, session_texts, nodes, executor_lease CASCADE")
    return JobStore(database)


def test_what_was_accepted_is_there_for_another_process(tmp_path: Path) -> None:
    job = JobStore(tmp_path / "store").accept(draft(), 1).job
    found = JobStore(tmp_path / "store").get(job.id)
    assert found == job
    assert (found.status, found.request, found.is_open) == (QUEUED, VideoRequest(SpeechRequest("Good morning.")), True)


def test_several_processes_may_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=accept_many, args=(tmp_path / "store", first)) for first in (0, 100, 200)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert JobStore(tmp_path / "store").counts() == {QUEUED: 150}


def test_a_job_more_than_may_wait_is_told_to_come_back_and_leaves_nothing(store: JobStore) -> None:
    store.accept(draft(1), 1)
    with pytest.raises(Busy, match="1 of your videos wait") as busy:
        store.accept(draft(2), 1)
    assert busy.value.after_s > 0
    assert store.get(draft(2).id) is None
    store.cancel(draft(1).id)
    assert store.accept(draft(2), 1).is_new


def test_the_same_request_under_the_same_key_is_the_same_job(store: JobStore) -> None:
    first = store.accept(draft(1, repeat_key="k"), 1)
    again = store.accept(draft(2, repeat_key="k"), 1)
    assert (first.is_new, again.is_new, again.job.id) == (True, False, first.job.id)
    assert store.accept(draft(3, owner="you", repeat_key="k"), 9).is_new


def test_another_request_under_the_same_key_is_a_conflict(store: JobStore) -> None:
    store.accept(draft(1, repeat_key="k"), 9)
    with pytest.raises(Conflict, match="'k' was used before"):
        store.accept(draft(2, repeat_key="k", fingerprint="other"), 9)


def test_a_list_is_paged_in_either_order_and_shows_one_owner_theirs_alone(store: JobStore) -> None:
    for number in range(5):
        store.accept(draft(number), 99)
    store.accept(draft(9, owner="you"), 99)
    newest = store.page("me", None, 2, newest_first=True)
    assert newest is not None
    assert ([job.id[-1] for job in newest.jobs], newest.has_more) == (["4", "3"], True)
    rest = store.page("me", newest.jobs[-1].id, 9, newest_first=True)
    assert rest is not None
    assert ([job.id[-1] for job in rest.jobs], rest.has_more) == (["2", "1", "0"], False)
    oldest = store.page("me", None, 2, newest_first=False)
    assert oldest is not None
    assert [job.id[-1] for job in oldest.jobs] == ["0", "1"]
    assert store.page("me", draft(9).id, 2, newest_first=True) is None
    assert store.get(draft(9).id, "me") is None


def test_progress_is_merged(store: JobStore) -> None:
    job = store.accept(draft(), 1).job
    store.writer(job.id, 0).begin()
    store.writer(job.id, 0).update_progress({"stage": "rendering", "done": 1})
    store.writer(job.id, 0).update_progress({"done": 2})
    found = store.get(job.id)
    assert found is not None
    assert (found.status, found.progress) == (IN_PROGRESS, {"stage": "rendering", "done": 2})
    assert found.started_at is not None


def test_what_has_ended_stays_ended(store: JobStore) -> None:
    ends = {
        COMPLETED: lambda name: store.writer(name, 0).complete({"frames": 3}),
        FAILED: lambda name: store.writer(name, 0).fail({"code": "no_face", "message": "no face"}),
        CANCELLED: store.cancel,
    }
    for number, (status, end) in enumerate(ends.items()):
        name = store.accept(draft(number), 99).job.id
        assert end(name)
        assert not any(other(name) for other in ends.values())
        assert not store.writer(name, 0).begin()
        found = store.get(name)
        assert found is not None
        assert (found.status, found.is_open) == (status, False)
        assert found.completed_at is not None
    assert store.open_jobs() == []
    assert [job.status for job in store.finished_jobs()] == [COMPLETED, FAILED, CANCELLED]


def test_a_process_that_lost_its_job_changes_nothing_more_and_each_try_is_counted(store: JobStore) -> None:
    job_id = store.accept(draft(), 1).job.id
    late, holder = store.claim(job_id), store.claim(job_id)
    assert late
    assert holder
    assert holder.begin()
    holder.update_progress({"done": 5})
    tries = (
        late.begin,
        lambda: late.update_progress({"done": 4}),
        late.count_crash,
        late.reset_crash_count,
        lambda: late.fail({"message": "late"}),
        lambda: late.complete({"done": 4}),
    )
    for tried in tries:
        with pytest.raises(LateWriter, match="its token is 2, this one's was 1"):
            tried()
    found = store.get(job_id)
    assert found
    assert (found.status, found.progress, found.crash_count, found.fence) == (IN_PROGRESS, {"done": 5}, 0, 2)
    assert store.refused_writes() == {"rows": len(tries), "files": 0, "groups": 0}
    assert holder.complete({"done": 6})


def test_a_claim_is_above_what_the_files_have_seen_and_nobody_claims_what_has_ended(store: JobStore) -> None:
    job_id = store.accept(draft(), 1).job.id
    tokens = [row.token for floor in (0, 7, 3) if (row := store.claim(job_id, floor))]
    assert tokens == [1, 8, 9]
    store.cancel(job_id)
    assert store.claim(job_id) is None


def test_crashes_are_counted(store: JobStore) -> None:
    job = store.accept(draft(), 1).job
    assert [store.writer(job.id, 0).count_crash(), store.writer(job.id, 0).count_crash()] == [1, 2]


def test_a_request_comes_back_as_it_was(store: JobStore) -> None:
    request = VideoRequest(
        SpeechRequest("Hi.", "af_bella", 1.5), portrait="portrait", size=64, fps=12.5, options={"yaw": [1.0, 2.0]}
    )
    store.accept(draft()._replace(request=request), 1)
    assert store.open_jobs()[0].request == request


def test_the_row_of_an_older_version_is_read(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "store")
    job_id = store.accept(draft(), 1).job.id
    row = {"prompt": "Hi.", "has_portrait": True, "voice": "en-gb", "speed": 1.5, "size": 256, "still": True, "yaw": []}
    with sqlite3.connect(tmp_path / "store") as database:
        database.execute("UPDATE videos SET request = ? WHERE id = ?", (json.dumps(row), job_id))
    assert store.open_jobs()[0].request == VideoRequest(
        SpeechRequest("Hi.", "en-gb", 1.5), portrait="portrait", size=256, options={"still": True}
    )


def test_the_columns_of_an_older_version_are_renamed(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "store")
    job = store.accept(draft(), 1).job
    store.writer(job.id, 0).update_progress({"stage": "rendering"})
    store.writer(job.id, 0).count_crash()
    older = {"seq": "place", "request": "asked", "progress": "facts", "crash_count": "deaths"}
    with sqlite3.connect(tmp_path / "store") as database:
        for new, old in older.items():
            database.execute(f"ALTER TABLE videos RENAME COLUMN {new} TO {old}")
        database.execute("PRAGMA user_version = 0")
    found = store.get(job.id)
    assert found is not None
    assert (found.progress, found.crash_count) == ({"stage": "rendering"}, 1)
    assert store.accept(draft(2), 2).is_new
    assert [each.id for each in store.open_jobs()] == [job.id, draft(2).id]


def test_a_client_fills_its_own_places_and_nobody_elses(store: JobStore) -> None:
    for number in range(3):
        store.accept(draft(number)._replace(client="greedy"), 3)
    with pytest.raises(Busy, match="3 of your videos"):
        store.accept(draft(3)._replace(client="greedy"), 3)
    assert store.accept(draft(4)._replace(client="other"), 3).is_new


def test_a_clients_videos_may_be_so_many_minutes_together_and_one_is_always_taken(store: JobStore) -> None:
    store.accept(draft(1)._replace(cost_s=600.0), 9, most_minutes=1)
    with pytest.raises(Busy, match="MAX_QUEUED_MINUTES"):
        store.accept(draft(2)._replace(cost_s=1.0), 9, most_minutes=1)
    assert store.accept(draft(3)._replace(cost_s=1.0, client="other"), 9, most_minutes=1).is_new


def test_a_database_of_the_version_before_has_the_new_columns(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "store")
    store.accept(draft(1), 9)
    with sqlite3.connect(tmp_path / "store") as database:
        database.execute("ALTER TABLE videos DROP COLUMN client")
        database.execute("ALTER TABLE videos DROP COLUMN cost_s")
        database.execute("ALTER TABLE videos DROP COLUMN fence")
        database.execute("DROP TABLE refused_writes")
        database.execute("PRAGMA user_version = 1")
    assert [(job.client, job.cost_s, job.fence) for job in store.open_jobs()] == [("", 0.0, 0)]
    assert store.refused_writes() == {"rows": 0, "files": 0, "groups": 0}


def test_a_link_is_the_same_each_time_and_ends_with_its_job(store: JobStore) -> None:
    job = store.accept(draft(), 1).job
    token = store.share(job.id)
    assert store.share(job.id) == token
    assert store.shared(token) == job
    store.remove(job.id)
    assert store.shared(token) is None


def test_progress_may_have_any_text_and_nothing_stands_for_what_is_gone(store: JobStore) -> None:
    job = store.accept(draft(), 1).job
    store.writer(job.id, 0).update_progress({"total": 5, "notices": ["\ud800", "\x00", "é"]})
    store.writer(job.id, 0).update_progress({"total": None})
    found = store.get(job.id)
    assert found is not None
    assert list(found.progress) == ["notices"]
    assert found.progress["notices"][2] == "é"


def test_the_figures_of_metrics_are_those_of_the_rows(store: JobStore) -> None:
    names = ("puppet", "sadtalker", "puppet", "puppet")
    for number, name in enumerate(names):
        request = VideoRequest(SpeechRequest("Good morning."), animator=name)
        store.accept(NewJob(f"video_{number:024x}", "", request, cost_s=2.0 + number), 9)
    store.cancel(f"video_{3:024x}")
    found = store.figures()
    assert (found.videos, found.open_videos) == ({QUEUED: 3, CANCELLED: 1}, {"puppet": 2, "sadtalker": 1})
    assert (found.open_seconds, found.roles) == ({"puppet": 6.0, "sadtalker": 3.0}, [])
    assert found.refused == {"rows": 0, "files": 0, "groups": 0}
    assert sum(found.open_seconds.values()) == sum(job.cost_s for job in store.open_jobs())
