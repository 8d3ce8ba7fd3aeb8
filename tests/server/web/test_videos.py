"""Videos over HTTP without a worker process: accepted, listed, cancelled, deleted."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server import ipc
from halfgig.server.job import CANCELLED
from halfgig.server.memory_state import MemoryState, write_state
from tests.server.web.servers import Site, refused, site
from tests.support import http
from tests.support.media import PRESENTER, bomb
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

PICTURE = PRESENTER.read_bytes()
NOBODY = "video_" + "0" * 24


@contextlib.contextmanager
def work_at(server: Site) -> Iterator[list[dict[str, Any]]]:
    """Act as the worker process: collect the notifications."""
    heard: list[dict[str, Any]] = []
    server.places.run.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(server.places.socket))
        listener.listen()

        def listen() -> None:
            with contextlib.suppress(OSError):  # the listener was closed
                while True:
                    line, _ = listener.accept()
                    with line:
                        head = line.recv(ipc.HEAD.size, socket.MSG_WAITALL)
                        body = line.recv(ipc.body_length(head), socket.MSG_WAITALL)
                        heard.append(json.loads(body))
                        line.sendall(ipc.packed({"type": "ok"}))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_an_accepted_video_is_in_the_book_with_its_files(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answer = server.ask(prompt="Hello.", size="256x256", input_reference=("me.png", PICTURE))
        video = answer.json()
        job = server.jobs.get(video["id"])
        assert (answer.status_code, video["status"], video["object"]) == (202, "queued", "video")
        assert job
        assert job.request == VideoRequest(SpeechRequest("Hello."), portrait="portrait", size=256)
        assert (server.places.job(job.id) / "portrait").read_bytes() == PICTURE
        assert server.left() == [job.id]


def test_a_recording_is_kept_beside_the_portrait(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        video = server.ask(audio=b"RIFF and so on").json()
        assert video["prompt"] is None
        assert (server.places.job(video["id"]) / "audio").read_bytes() == b"RIFF and so on"


def test_json_is_taken_with_the_picture_inside(tmp_path: Path) -> None:
    url = "data:image/gif;base64," + base64.b64encode(b"GIF89a\x20\x00\x20\x00").decode()
    with site(tmp_path) as server:
        asked = {"prompt": "Hi", "seed": 3, "speed": 1.25, "voice": None, "input_reference": {"image_url": url}}
        video = server.http.post("/v1/videos", json=asked).json()
        assert (video["seed"], video["speed"]) == (3, 1.25)
        assert (server.places.job(video["id"]) / "portrait").read_bytes().startswith(b"GIF89a")


def test_work_is_told_of_a_new_video(tmp_path: Path) -> None:
    with site(tmp_path) as server, work_at(server) as heard:
        server.job()
        assert soon(lambda: heard == [{"op": "jobs"}])


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({}, 400, "bad_request", "prompt"),
        ({"prompt": "Hi", "audio": b"x"}, 400, "bad_request", "prompt"),
        ({"prompt": " "}, 400, "empty_text", "prompt"),
        ({"prompt": "x" * 201}, 413, "text_too_long", "prompt"),
        ({"prompt": "ß" * 500}, 413, "text_too_long", "prompt"),
        ({"prompt": "Hi", "model": "sora-3"}, 404, "model_not_found", "model"),
        ({"prompt": "Hi", "size": "9999"}, 400, "bad_request", "size"),
        ({"prompt": "Hi", "speed": "9"}, 400, "bad_request", "speed"),
        ({"prompt": "Hi", "fps": "x"}, 400, "bad_request", "fps"),
        ({"prompt": "Hi", "colour": "red"}, 400, "bad_request", "colour"),
        ({"prompt": "Hi", "input_reference": b"no picture"}, 400, "picture_unreadable", None),
    ],
)
def test_a_request_that_cannot_be_right_is_refused_by_its_field(
    tmp_path: Path, fields: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    with site(tmp_path, max_input_characters=200) as server:
        refused(server.ask(**({"seed": 1} | fields)), status, code, param)
        assert server.left() == []
        assert server.jobs.counts() == {}


def test_a_picture_of_too_many_pixels_is_refused_at_once(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answer = server.ask(prompt="Hi", input_reference=bomb(tmp_path / "bomb.png").read_bytes())
        assert "900 megapixels" in refused(answer, 413, "picture_too_large")


def test_frames_that_can_never_fit_are_refused_with_the_figures(tmp_path: Path) -> None:
    with site(tmp_path, memory_limit=512 << 20) as server:
        assert "MB" in refused(server.ask(prompt="Hi", size="2160"), 413, "memory_exceeded")
        assert server.left() == []


def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    with site(tmp_path, max_queue=1) as server:
        server.job()
        server.job()
        answer = server.ask(prompt="Hi")
        assert "MAX_QUEUE" in refused(answer, 429, "busy")
        assert int(answer.headers["retry-after"]) > 0
        assert len(server.left()) == 2


def test_the_same_key_and_request_give_the_same_video(tmp_path: Path) -> None:
    key = {"Idempotency-Key": "once"}
    with site(tmp_path, max_queue=0) as server:
        first, again = (
            server.http.post("/v1/videos", headers=key, files={"prompt": (None, "Hi"), "input_reference": PICTURE})
            for _ in range(2)
        )
        other = server.http.post("/v1/videos", headers=key, files={"prompt": (None, "Ho")})
        assert (first.json()["id"], again.status_code) == (again.json()["id"], 202)
        refused(other, 409, "conflict")
        assert server.left() == [first.json()["id"]]


def test_of_many_requests_with_one_key_one_is_made(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answers: list[httpx.Response] = []

        def ask() -> None:
            url, key = f"{server.http.base_url}/v1/videos", {"Idempotency-Key": "k"}
            answers.append(http.post(url, headers=key, json={"prompt": "Hi"}))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {202}
        assert [len({answer.json()["id"] for answer in answers}), len(server.left())] == [1, 1]


def test_the_list_is_paged_in_either_direction(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        ids = [server.job().id for _ in range(5)]
        newest = server.http.get("/v1/videos", params={"limit": 2}).json()
        older = server.http.get("/v1/videos", params={"limit": 3, "after": newest["last_id"]}).json()
        oldest = server.http.get("/v1/videos", params={"order": "asc", "limit": 1}).json()
    assert [video["id"] for video in newest["data"] + older["data"]] == ids[::-1]
    assert [newest["has_more"], older["has_more"]] == [True, False]
    assert (oldest["first_id"], oldest["last_id"]) == (ids[0], ids[0])


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up"])
def test_a_list_that_cannot_be_is_refused(tmp_path: Path, query: str) -> None:
    with site(tmp_path) as server:
        refused(server.http.get(f"/v1/videos?{query}"), 400, "bad_request", query.partition("=")[0])


def test_a_list_does_not_go_on_from_a_video_that_is_not_there(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        refused(server.http.get("/v1/videos", params={"after": NOBODY}), 404, "not_found")


@pytest.mark.parametrize(
    "name", [NOBODY, "x", "..%2f..%2fetc%2fpasswd", "%2e%2e", "video_%00", "video_" + "A" * 24, "x" * 4000]
)
def test_what_is_no_video_is_not_found(tmp_path: Path, name: str) -> None:
    asked = ["GET", "DELETE", "POST/cancel", "GET/content", "GET/events", "HEAD/content"]
    with site(tmp_path) as server:
        for method, _, rest in (each.partition("/") for each in asked):
            path = f"/v1/videos/{name}{rest and '/' + rest}"
            line = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            assert server.say(line.encode())[0] == 404, method


def test_what_else_can_be_done_at_a_path_is_told(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        paths = ("/v1/videos", f"/v1/videos/{NOBODY}", f"/v1/videos/{NOBODY}/cancel")
        answers = [server.http.patch(path) for path in paths]
    assert [answer.status_code for answer in answers] == [405] * 3
    assert [answer.headers["allow"] for answer in answers] == ["GET, POST", "GET, DELETE", "POST"]


def test_only_its_owner_sees_a_video(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("mine", "yours")) as server:
        server.http.headers["authorization"] = "Bearer mine"
        job = server.job()
        server.finish(job.id)
        server.http.headers["authorization"] = "Bearer yours"
        for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/content"), ("GET", "/events")):
            refused(server.http.request(method, f"/v1/videos/{job.id}{rest}"), 404, "not_found")
        refused(server.http.post(f"/v1/videos/{job.id}/remix", json={"prompt": "Hi"}), 404, "not_found")
        assert server.http.get("/v1/videos").json()["data"] == []
        refused(server.http.get("/v1/videos", params={"after": job.id}), 404, "not_found")


def test_a_video_tells_how_far_it_is_and_when_to_ask_again(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.jobs.writer(job.id, 0).begin()
        known = {"stage": "rendering", "done": 50, "total": 100, "unit": "frames", "rate": 25.0, "left_s": 12.0}
        server.jobs.writer(job.id, 0).update_progress({**known, "percent": 55})
        answer = server.http.get(f"/v1/videos/{job.id}")
        video = answer.json()
    assert (video["status"], video["stage"], video["frame"], video["frames"]) == ("in_progress", "rendering", 50, 100)
    assert (video["rate"], video["left_s"], video["progress"]) == (25.0, 12.0, 55)
    assert answer.headers["openai-poll-after-ms"] == "3000"


@pytest.mark.parametrize("stage", ["moving", "watching", "assembling"])
def test_frames_that_are_looked_at_or_joined_are_not_told_as_rendered(tmp_path: Path, stage: str) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.jobs.writer(job.id, 0).begin()
        server.jobs.writer(job.id, 0).update_progress({"stage": stage, "done": 50, "total": 100, "unit": "frames"})
        video = server.http.get(f"/v1/videos/{job.id}").json()
    assert (video["stage"], video["frame"], video["frames"]) == (stage, None, None)


def test_a_failed_video_says_why(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.jobs.writer(job.id, 0).fail({"message": "no face was found", "code": "no_face", "status": 400})
        answer = server.http.get(f"/v1/videos/{job.id}")
    assert answer.json()["error"] == {"code": "no_face", "message": "no face was found"}
    assert (answer.json()["status"], "openai-poll-after-ms" in answer.headers) == ("failed", False)


def test_cancelling_ends_a_video_and_tells_work_where_it_runs(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        with work_at(server) as heard:
            write_state(MemoryState(pids={"worker": 1}), server.places.run)
            video = server.http.post(f"/v1/videos/{job.id}/cancel").json()
            again = server.http.post(f"/v1/videos/{job.id}/cancel").json()
            assert soon(lambda: {"op": "cancel", "id": job.id} in heard)
        found = server.jobs.get(job.id)
    assert (video["status"], video["error"]["code"], again) == ("failed", "cancelled", video)
    assert found
    assert found.status == CANCELLED


def test_cancelling_does_not_wake_work_that_sleeps(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        with work_at(server) as heard:
            server.http.post(f"/v1/videos/{job.id}/cancel")
            server.job()
            assert soon(lambda: {"op": "jobs"} in heard)
        assert {"op": "cancel", "id": job.id} not in heard


def test_cancelling_leaves_a_finished_video_as_it_is(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id)
        assert server.http.post(f"/v1/videos/{job.id}/cancel").json()["status"] == "completed"


def test_deleting_removes_row_and_files_whatever_the_video_is(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        jobs = [server.job(input_reference=PICTURE) for _ in range(2)]
        server.finish(jobs[0].id)
        for job in jobs:
            answer = server.http.request("DELETE", f"/v1/videos/{job.id}", headers={"content-type": "application/json"})
            assert answer.json() == {"id": job.id, "object": "video.deleted", "deleted": True}
            refused(server.http.get(f"/v1/videos/{job.id}"), 404, "not_found")
        assert server.left() == []


def test_deleting_is_safe_while_files_are_written(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        home, over = server.places.job(job.id), threading.Event()

        def write() -> None:
            count = 0
            while not over.is_set():
                with contextlib.suppress(FileNotFoundError):
                    (home / f"frame{count}").write_bytes(b"x")
                count += 1

        thread = threading.Thread(target=write)
        thread.start()
        status = server.http.delete(f"/v1/videos/{job.id}").status_code
        over.set()
        thread.join()
        assert (status, server.left()) == (200, [])
