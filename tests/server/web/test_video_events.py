"""Following a video by server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.server.web.video_events import MOST_STREAMS, events_of
from tests.server.web.servers import Site, site
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx


@contextlib.contextmanager
def following(server: Site, job_id: str) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
    """Open a stream of events; return their names and data."""
    with server.http.stream("GET", f"/v1/videos/{job_id}/events") as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        yield events_in(answer)


def events_in(answer: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in answer.iter_lines():
        kind, _, said = line.partition(": ")
        if kind == "event":
            name = said
        if kind == "data":
            yield name, json.loads(said)


def test_a_stream_tells_the_state_at_once_each_change_and_the_end(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        with following(server, job.id) as events:
            assert next(events)[1]["status"] == "queued"
            server.jobs.writer(job.id, 0).begin()
            server.jobs.writer(job.id, 0).update_progress(
                {"stage": "rendering", "done": 3, "total": 9, "unit": "frames", "left_s": 1.5}
            )
            name, video = next(events)
            assert (name, video["stage"], video["frame"], video["left_s"]) == ("progress", "rendering", 3, 1.5)
            server.finish(job.id)
            assert [(name, video["status"]) for name, video in events] == [("completed", "completed")]


def test_whoever_comes_late_hears_the_end_at_once(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        failed, cancelled = server.job(), server.job()
        server.jobs.writer(failed.id, 0).fail({"message": "no face", "code": "no_face"})
        server.jobs.cancel(cancelled.id)
        with following(server, failed.id) as events:
            assert [(name, video["error"]["code"]) for name, video in events] == [("failed", "no_face")]
        with following(server, cancelled.id) as events:
            assert [(name, video["error"]["code"]) for name, video in events] == [("cancelled", "cancelled")]


def test_a_stream_ends_with_a_video_that_is_deleted(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        with following(server, job.id) as events:
            next(events)
            server.jobs.remove(job.id)
            assert list(events) == [("deleted", {"id": job.id, "object": "video.deleted", "deleted": True})]


def test_streams_are_bounded_and_free_again_when_clients_go(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        path = f"/v1/videos/{job.id}/events"
        asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        with contextlib.ExitStack() as lines:
            for _ in range(MOST_STREAMS):
                line = lines.enter_context(server.connect())
                line.sendall(asked)
                assert line.recv(100).startswith(b"HTTP/1.1 200")
            refused = server.http.get(path)
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "busy")
            assert "retry-after" in refused.headers

        def can_be_heard() -> bool:
            with server.http.stream("GET", path) as answer:
                return answer.status_code == 200

        assert soon(can_be_heard)


@pytest.mark.parametrize("beats", [1, 3])
def test_a_stream_without_news_still_beats(tmp_path: Path, beats: int) -> None:
    with site(tmp_path) as server:
        job = server.job()

    async def hear() -> list[str]:
        heard = []
        async for said in events_of(job.id, lambda: job, 24, poll_every_s=0.001, heartbeat_s=0):
            heard.append(said)
            if len(heard) == 2 + beats:
                break
        return heard

    heard = asyncio.run(hear())
    assert heard[1].startswith("event: progress\n")
    assert heard[2:] == [": still here\n\n"] * beats
