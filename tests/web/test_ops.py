"""What operators and hosts are told: health, readiness, figures, memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from halfgig.memory.history import Book as History
from halfgig.memory.history import Entry
from halfgig.memory.state import CALM, HIGH, MemoryState, write_state
from halfgig.service_errors import Unavailable
from halfgig.web.ops import STALE_S, check_folder
from tests.web.servers import Site, site
from tests.web.works import work


def looked(server: Site, **facts: Any) -> None:
    """Do as the guard does: write what was seen."""
    server.places.run.mkdir(parents=True, exist_ok=True)
    state = MemoryState(**{"at": time.time(), "used_mb": 100.0, "limit_mb": 512, "source": "test", **facts})
    write_state(state, server.places.run)


def figures(server: Site) -> dict[tuple[str, str], float]:
    """Read the figures for Prometheus, each by its name and the values of its labels."""
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
    assert "guard" in before.json()["error"]["message"]
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


def test_the_memory_is_told_as_it_is_was_and_was_planned(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=512 * 2**20) as server:
        looked(server)
        history = History(server.places.run)
        history.enter(Entry(time.time() - 60, 90.0, 512, CALM, {"web": 40.0}))
        history.mark(time.time() - 30, "cell ended", "a cell took too much")
        told = server.http.get("/v1/memory").json()
    assert told["now"]["used_mb"] == 100.0
    assert [entry["used_mb"] for entry in told["history"]] == [90.0]
    assert [mark["text"] for mark in told["marks"]] == ["a cell took too much"]
    assert told["plan"]["limit"]["mb"] <= 512
    assert told["plan"]["speech"]["private_mb"] > 0


def test_memory_is_told_where_no_guard_is_and_no_plan_fits(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=32 * 2**20) as server:
        told = server.http.get("/v1/memory").json()
    assert told == {"now": None, "history": [], "marks": [], "plan": None}
