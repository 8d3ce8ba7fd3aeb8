"""Accepted videos survive the kill of any process."""

from __future__ import annotations

import contextlib
import io
import os
import signal
from typing import TYPE_CHECKING, Any

import av
import httpx
import pytest

from halfgig.server.job_store import JobStore
from halfgig.server.supervisor.processes import children_of
from tests.support import http
from tests.support.cgroup import fenced
from tests.support.serving import Server, free_port, serving, start
from tests.support.waiting import soon

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The harbour was quiet, and a pale morning light lay over the boats. Nobody spoke above a whisper. "


def ask(server: Server, text: str = TEXT, **fields: str) -> str:
    """Create a video and return its id."""
    form = {name: (None, value) for name, value in ({"prompt": text, "size": "512x512"} | fields).items()}
    with server.client() as client:
        answer = client.post("/v1/videos", files=form)
    assert answer.status_code == 202, answer.text
    name: str = answer.json()["id"]
    return name


def state(server: Server, video: str) -> dict[str, Any]:
    """Return the state of a video; empty while the server does not answer."""
    with contextlib.suppress(httpx.TransportError):
        found: dict[str, Any] = http.get(f"{server.url}/v1/videos/{video}").json()
        return found
    return {}


def frames_of(server: Server, video: str) -> list[bytes]:
    """Download a finished video and return its frames."""
    content = http.get(f"{server.url}/v1/videos/{video}/content").content
    with av.open(io.BytesIO(content), "r") as file:
        return [frame.to_ndarray(format="gray").tobytes() for frame in file.decode(video=0)]


def is_rendering(server: Server, video: str, frames: int = 10) -> bool:
    """Return whether a video is partly rendered."""
    found = state(server, video)
    return found.get("stage") == "rendering" and (found.get("frame") or 0) >= frames


def finished(server: Server, video: str) -> dict[str, Any]:
    """Wait until a video is finished."""
    assert soon(lambda: state(server, video).get("status") in ("completed", "failed"))
    return state(server, video)


def kill(pid: int) -> None:
    """Kill a process with SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.memory
def test_a_video_whose_cell_and_whose_worker_are_killed_has_all_its_frames_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        whole, hurt = ask(server, size="64x64"), ask(server)
        expected = finished(server, whole)["frames"]
        assert soon(lambda: is_rendering(server, hurt))
        for pid in children_of(server.pids()["worker"]):
            kill(pid)
        assert soon(lambda: is_rendering(server, hurt, 30) or state(server, hurt)["completed_at"] is not None)
        kill(server.pids()["worker"])
        assert finished(server, hurt)["status"] == "completed"
        assert len(frames_of(server, hurt)) == expected
        assert server.fence.oom_kills == 0


@pytest.mark.slow
@pytest.mark.memory
def test_a_supervisor_that_is_killed_leaves_nothing_running_and_its_successor_goes_on(tmp_path: Path) -> None:
    with fenced(512) as fence:
        port = free_port()
        first = start(fence, tmp_path, port)
        first.wait_until_ready()
        video = ask(first)
        assert soon(lambda: is_rendering(first, video))
        before = state(first, video)["frame"]
        pids = [first.supervisor.pid, *first.pids().values()]
        kill(first.supervisor.pid)
        first.supervisor.wait()
        assert soon(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids[1:]))  # noqa: PTH110
        second = start(fence, tmp_path, port)
        try:
            second.wait_until_ready()
            assert soon(lambda: (state(second, video).get("frame") or 0) >= before)
            assert finished(second, video)["status"] == "completed"
            assert "did not end normally" in second.said()
        finally:
            second.stop()


@pytest.mark.slow
@pytest.mark.memory
def test_sigterm_ends_the_server_soon_and_the_video_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with fenced(512) as fence:
        port = free_port()
        first = start(fence, tmp_path, port, DRAIN_SECONDS="0")
        first.wait_until_ready()
        video = ask(first, TEXT * 3)
        assert soon(lambda: is_rendering(first, video))
        assert first.stop() == 0
        assert JobStore(first.data / "server" / "jobs.sqlite").open_jobs()
        second = start(fence, tmp_path, port)
        try:
            second.wait_until_ready()
            assert finished(second, video)["status"] == "completed"
        finally:
            second.stop()


@pytest.mark.slow
@pytest.mark.memory
def test_a_burst_is_answered_with_speech_or_with_a_time_to_come_back(tmp_path: Path) -> None:
    import concurrent.futures

    with serving(tmp_path, MAX_STREAMS="2", MAX_QUEUE="3") as server:

        def say(number: int) -> tuple[int, str | None, int]:
            body = {"model": "tts-1", "voice": "alloy", "input": f"{TEXT[:100]} {number}", "response_format": "mp3"}
            answer = http.post(f"{server.url}/v1/audio/speech", json=body)
            return answer.status_code, answer.headers.get("retry-after"), len(answer.content)

        with concurrent.futures.ThreadPoolExecutor(60) as pool:
            answers = list(pool.map(say, range(60)))
        done = [answer for answer in answers if answer[0] == 200]
        busy = [answer for answer in answers if answer[0] == 429]
        assert len(done) + len(busy) == 60
        assert len(done) >= 5
        assert busy
        assert all(after and float(after) > 0 for _, after, _ in busy)
        assert all(length > 7_000 for *_, length in done)
        videos = [
            http.post(
                f"{server.url}/v1/videos",
                files={"prompt": (None, "Hi."), "size": (None, "64")},
            )
            for _ in range(8)
        ]
        accepted = [answer.json()["id"] for answer in videos if answer.status_code == 202]
        assert {answer.status_code for answer in videos} == {202, 429}
        assert all(finished(server, video)["status"] == "completed" for video in accepted)


@pytest.mark.memory
def test_frames_that_can_never_fit_are_refused_with_the_figures(tmp_path: Path) -> None:
    with serving(tmp_path, limit_mb=300) as server:
        form = {"prompt": (None, "Hi."), "size": (None, "2160x2160")}
        answer = http.post(f"{server.url}/v1/videos", files=form)
        assert answer.status_code == 413
        assert "MB" in answer.json()["error"]["message"]


@pytest.mark.memory
def test_a_server_at_rest_takes_little_and_is_ready_soon(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.said().count("Booting worker with pid") == 1
        http.get(f"{server.url}/v1/audio/voices").raise_for_status()
        assert "worker" in server.pids()
        if server.fence.group is not None:
            assert server.fence.must_stay_mb < 120
