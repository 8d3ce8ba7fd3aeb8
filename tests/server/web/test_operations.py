"""Routes for operators: health, readiness, metrics, memory, the plan, the log."""

from __future__ import annotations

import contextlib
import io
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from halfgig.log import WARNING, configure, log
from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.errors import Busy, NotFound, Unavailable
from halfgig.server.job import NewJob
from halfgig.server.job_database import SqliteDatabase
from halfgig.server.job_store import JobStore
from halfgig.server.memory_history import MemoryEntry
from halfgig.server.memory_history import MemoryHistory as History
from halfgig.server.memory_state import HIGH, NORMAL, MemoryState, write_state
from halfgig.server.rendered_for_others import count_group
from halfgig.server.web.errors import RefusalLog
from halfgig.server.web.operations import STALE_S, check_folder
from tests.server.web.servers import Site, refused, site
from tests.server.web.workers import work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from halfgig.server.sql import Session


def looked(server: Site, **facts: Any) -> None:
    """Act as the supervisor: write a memory sample."""
    server.places.run.mkdir(parents=True, exist_ok=True)
    state = MemoryState(**{"at": time.time(), "used_mb": 100.0, "limit_mb": 512, "source": "test", **facts})
    write_state(state, server.places.run)


@contextlib.contextmanager
def capturing_log() -> Iterator[io.StringIO]:
    """Return what is written to stderr while the block runs."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        yield said


def figures(server: Site) -> dict[tuple[str, str], float]:
    """Return the Prometheus metrics by name and label values."""
    text = server.http.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, " ".join(sample.labels.values())): sample.value for sample in samples}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_is_told_without_any_other_process(tmp_path: Path, method: str) -> None:
    with site(tmp_path / "nowhere") as server:
        answer = server.http.request(method, "/healthz")
    assert answer.status_code == 200
    assert not (tmp_path / "nowhere").exists()


def test_a_server_is_ready_when_its_guard_looks_after_it(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        before = server.http.get("/readyz")
        looked(server)
        after = server.http.get("/readyz")
        looked(server, at=time.time() - STALE_S - 1)
        stale = server.http.get("/readyz")
    assert [answer.status_code for answer in (before, after, stale)] == [503, 200, 503]
    assert "supervisor" in before.json()["error"]["message"]
    assert "retry-after" in stale.headers


def test_a_server_whose_folder_can_be_made_is_ready(tmp_path: Path) -> None:
    check_folder(tmp_path / "not" / "yet")


def test_a_folder_nobody_may_write_to_is_told() -> None:
    with pytest.raises(Unavailable, match="DATA_DIR"):
        check_folder(Path("/proc/self/halfgig"))


@pytest.mark.parametrize(("warm", "status"), [(True, 200), (False, 503)])
def test_a_server_is_not_ready_before_what_it_should_load_is_loaded(tmp_path: Path, warm: bool, status: int) -> None:
    with site(tmp_path, warm=("kokoro",)) as server:
        looked(server)
        with work(server.places.socket, lambda _request: iter([{"type": "status", "warm": warm}])):
            assert server.http.get("/readyz").status_code == status


def test_requests_are_counted_by_what_they_were_for(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        for path in ("/v1/models/tts-1", "/v1/models/kokoro", "/v1/models/none", "/wp-login.php"):
            server.http.get(path)
        found = figures(server)
    counted = {key[1]: value for key, value in found.items() if key[0] == "halfgig_http_requests_total"}
    assert counted == {"GET /v1/models/{model} 200": 2, "GET /v1/models/{model} 404": 1, "GET other 404": 1}
    assert found["halfgig_http_request_seconds_count", "/v1/models/{model}"] == 3


def test_made_up_methods_and_paths_do_not_make_figures_of_their_own(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        for number in range(20):
            server.http.request(f"BREW{number}", f"/pot/{number}")
        found = figures(server)
    assert [key[1] for key in found if key[0] == "halfgig_http_requests_total"] == ["other other 404"]


def test_memory_and_videos_are_among_the_figures(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        looked(server, pressure=HIGH, processes={"web": 50.0})
        server.job()
        found = figures(server)
    assert found["halfgig_memory_used_bytes", ""] == 100 * 2**20
    assert found["halfgig_memory_headroom_bytes", ""] == 412 * 2**20
    assert found["halfgig_memory_pressure", ""] == 1
    assert found["halfgig_process_private_bytes", "web"] == 50 * 2**20
    assert found["halfgig_videos", "queued"] == 1


def test_open_videos_and_their_work_are_counted_by_animator_for_autoscaling(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        jobs = JobStore(server.places.job_store)
        for number, name in enumerate(("puppet", "puppet", "sadtalker", "sadtalker")):
            request = VideoRequest(SpeechRequest("Good morning."), animator=name)
            jobs.accept(NewJob(f"video_{number:024x}", "", request, cost_s=8.0), 9)
        for number in (2, 3):
            jobs.cancel(f"video_{number:024x}")
        found = figures(server)
    assert (found["halfgig_open_videos", "puppet"], found["halfgig_open_videos", "sadtalker"]) == (2, 0)
    assert (found["halfgig_open_video_seconds", "puppet"], found["halfgig_open_video_seconds", "sadtalker"]) == (16, 0)
    assert (found["halfgig_nodes", "puppet"], found["halfgig_refused_writes_total", "rows"]) == (0, 0)


def test_a_scrape_visits_the_database_once_and_reads_no_job_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path) as server:
        server.job()
        visits: list[str] = []
        opened = SqliteDatabase.open

        def counted(database: SqliteDatabase) -> AbstractContextManager[Session]:
            visits.append("")
            return opened(database)

        monkeypatch.setattr(SqliteDatabase, "open", counted)
        monkeypatch.setattr("halfgig.server.job_store.job_of", None)
        assert figures(server)["halfgig_open_videos", "puppet"] == 1
    assert len(visits) == 1


def test_groups_that_were_rendered_for_other_nodes_are_counted(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        server.places.run.mkdir(parents=True, exist_ok=True)
        before = figures(server)["halfgig_groups_for_others_total", ""]
        for _ in range(2):
            count_group(server.places.run)
        after = figures(server)["halfgig_groups_for_others_total", ""]
    assert (before, after) == (0, 2)


def test_the_memory_is_told_as_it_is_was_and_was_planned(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=512 * 2**20) as server:
        looked(server)
        history = History(server.places.run)
        history.add_entry(MemoryEntry(time.time() - 60, 90.0, 512, NORMAL, {"web": 40.0}))
        history.add_event(time.time() - 30, "cell ended", "a cell took too much")
        told = server.http.get("/v1/memory").json()
    assert told["now"]["used_mb"] == 100.0
    assert [entry["used_mb"] for entry in told["history"]] == [90.0]
    assert [mark["text"] for mark in told["marks"]] == ["a cell took too much"]
    assert told["plan"]["limit_mb"] <= 512
    assert told["plan"]["cells"]["speech"]["private_mb"] > 0


def test_each_entry_says_what_every_process_kept(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        server.places.run.mkdir(parents=True)
        History(server.places.run).add_entry(
            MemoryEntry(time.time() - 60, 90.0, 512, NORMAL, {"supervisor": 12.0, "web": 40.0})
        )
        (entry,) = server.http.get("/v1/memory").json()["history"]
    assert entry["processes"] == {"supervisor": 12.0, "web": 40.0, "worker": 0.0, "cells": 0.0}


def test_the_log_tells_what_was_kept_of_it_and_no_requests(tmp_path: Path) -> None:
    with site(tmp_path, max_queue=0, api_keys=("sk-one",)) as server:
        server.places.run.mkdir(parents=True)
        configure(server.places.run)
        try:
            log("supervisor", "web (process 7) ended by SIGKILL", WARNING)
            assert server.http.get("/v1/log").status_code == 401
            server.http.headers["authorization"] = "Bearer sk-one"
            for _ in range(3):
                server.ask(prompt="A secret text.", voice="en-us")
            told = server.http.get("/v1/log").json()
            assert server.http.get("/v1/log", params={"limit": 1}).json()["data"] == told["data"][-1:]
            refused(server.http.get("/v1/log", params={"limit": 0}), 400, "bad_request", "limit")
        finally:
            logging.getLogger("halfgig").handlers.clear()
    assert told["object"] == "list"
    assert told["data"][0]["text"] == "web (process 7) ended by SIGKILL"
    assert [line["level"] for line in told["data"] if "videos wait" in line["text"]] == ["warning"]
    assert not any("POST" in line["text"] for line in told["data"])
    assert "secret" not in str(told)


def test_refusals_of_one_kind_are_told_now_and_then() -> None:
    now, told = [100.0], RefusalLog(lambda: now[0])
    with capturing_log() as lines:
        for second in (0, 5, 11):
            now[0] = 100.0 + second
            told.record(Busy("the queue is full"))
            told.record(NotFound("none"))
    assert len(lines.getvalue().splitlines()) == 2


def test_the_plan_tells_what_can_be_made_and_how_fast(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=512 * 2**20) as server:
        before = server.http.get("/v1/plan").json()
        for pace in (50.0, 100.0, 12.5):
            job = server.job()
            server.finish(job.id)
            server.jobs.writer(job.id, 0).update_progress({"pace": pace})
        after = server.http.get("/v1/plan").json()
    assert (before["limit_mb"], before["voices"]) == (512, {"kokoro": False})
    puppet, sadtalker = before["animators"]
    assert (puppet["name"], puppet["is_here"], puppet["fits"]) == ("puppet", True, True)
    assert (sadtalker["name"], sadtalker["is_here"]) == ("sadtalker", False)
    assert "halfgig pull sadtalker" in sadtalker["note"]
    assert sadtalker["seconds_per_second"] > 10 > 1 > puppet["seconds_per_second"]
    assert after["animators"][0]["seconds_per_second"] == 0.5
    assert "measured" in after["animators"][0]["note"]


def test_an_animator_that_is_too_large_says_so(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=320 * 2**20) as server:
        told = server.http.get("/v1/plan").json()["animators"][1]
    assert (told["fits"], "MB are left" in told["note"]) == (False, True)


def test_memory_is_told_where_no_guard_is_and_no_plan_fits(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=32 * 2**20) as server:
        told = server.http.get("/v1/memory").json()
    assert told == {"now": None, "history": [], "marks": [], "plan": None}
