"""The files of finished videos, whole and by ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server.web.servers import refused, site

if TYPE_CHECKING:
    from pathlib import Path

FILM = bytes(range(256)) * 1000


def test_a_finished_video_is_handed_out_under_a_safe_name(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        answer = server.http.get(f"/v1/videos/{job.id}/content")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, FILM, "video/mp4")
    assert answer.headers["content-disposition"] == f'inline; filename="{job.id}.mp4"'
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_transparent_video_is_a_webm(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job(background="transparent")
        server.finish(job.id, video__webm=FILM)
        answer = server.http.get(f"/v1/videos/{job.id}/content")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, FILM, "video/webm")
    assert answer.headers["content-disposition"] == f'inline; filename="{job.id}.webm"'


@pytest.mark.parametrize(
    ("span", "expected"),
    [("bytes=0-9", FILM[:10]), ("bytes=100-", FILM[100:]), ("bytes=-7", FILM[-7:]), ("bytes=5-999999999", FILM[5:])],
)
def test_a_range_is_given_as_asked(tmp_path: Path, span: str, expected: bytes) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        answer = server.http.get(f"/v1/videos/{job.id}/content", headers={"range": span})
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["content-range"].endswith(f"/{len(FILM)}")


def test_a_range_outside_the_file_cannot_be_given(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        answer = server.http.get(f"/v1/videos/{job.id}/content", headers={"range": "bytes=999999999-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(FILM)}")
    assert answer.json()["error"]["code"] == "range_not_satisfiable"


@pytest.mark.parametrize(
    "asked",
    ["items=0-1", "bytes", "bytes=", "bytes=a-b", "bytes=5-1", "bytes=--1", "bytes=1-2-3", "0-1", "bytes=0-1;q=1",
     "bytes=" + "9" * 5000 + "-", "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 2000, 2))],
    ids=lambda asked: asked[:12],
)  # fmt: skip
def test_a_range_that_cannot_be_read_is_ignored(tmp_path: Path, asked: str) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        answer = server.http.get(f"/v1/videos/{job.id}/content", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, FILM)


def test_of_several_ranges_those_that_exist_are_given(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        answer = server.http.get(f"/v1/videos/{job.id}/content", headers={"range": "bytes=999999999-, 1-2"})
    assert (answer.status_code, answer.content) == (206, FILM[1:3])


def test_a_range_of_what_has_changed_gives_all_of_it(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        path, span = f"/v1/videos/{job.id}/content", {"range": "bytes=0-9"}
        etag = server.http.get(path).headers["etag"]
        assert server.http.get(path, headers={**span, "if-range": etag}).status_code == 206
        assert server.http.get(path, headers={**span, "if-range": '"other"'}).status_code == 200


def test_what_the_client_has_is_not_sent_again(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id)
        path = f"/v1/videos/{job.id}/content"
        etag = server.http.get(path).headers["etag"]
        answer = server.http.get(path, headers={"if-none-match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_head_tells_the_size_alone(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, video__mp4=FILM)
        answer = server.http.head(f"/v1/videos/{job.id}/content")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(len(FILM)), b"")


@pytest.mark.parametrize(
    ("variant", "file", "media_type"),
    [("thumbnail", "thumbnail__jpg", "image/jpeg"), ("subtitles", "words__vtt", "text/vtt; charset=utf-8")],
)
def test_other_variants_have_files_of_their_own(tmp_path: Path, variant: str, file: str, media_type: str) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id, **{file: b"what it is"})
        answer = server.http.get(f"/v1/videos/{job.id}/content", params={"variant": variant})
    assert (answer.content, answer.headers["content-type"]) == (b"what it is", media_type)


def test_a_variant_that_is_not_made_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id)
        answer = server.http.get(f"/v1/videos/{job.id}/content", params={"variant": "spritesheet"})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], "thumbnail" in error["message"]) == (400, "variant", True)


def test_a_recording_has_no_subtitles_and_says_so(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job_id = server.ask(audio=b"sound").json()["id"]
        server.finish(job_id)
        answer = server.http.get(f"/v1/videos/{job_id}/content", params={"variant": "subtitles"})
    assert (answer.status_code, "recording" in answer.json()["error"]["message"]) == (404, True)


def test_a_video_that_is_being_made_is_not_ready(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.jobs.writer(job.id, 0).begin()
        answer = server.http.get(f"/v1/videos/{job.id}/content")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], "in progress" in error["message"]) == (409, "not_ready", True)
    assert answer.headers["x-should-retry"] == "false"


def test_a_failed_video_says_why_it_cannot_be_had(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.jobs.writer(job.id, 0).fail({"message": "no face was found", "code": "no_face", "status": 400})
        answer = server.http.get(f"/v1/videos/{job.id}/content")
    assert (answer.status_code, "no face was found" in answer.json()["error"]["message"]) == (409, True)


def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        server.finish(job.id)
        (server.places.job(job.id) / "video.mp4").unlink()
        assert server.http.get(f"/v1/videos/{job.id}/content").status_code == 404


def test_the_newest_frame_is_there_while_the_video_is_made(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        path, wanted = f"/v1/videos/{job.id}/content", {"variant": "newest"}
        refused(server.http.get(path, params=wanted), 404, "not_ready")
        (server.places.job(job.id) / "newest.jpg").write_bytes(b"\xff\xd8 one")
        first = server.http.get(path, params=wanted)
        same = server.http.get(path, params=wanted, headers={"if-none-match": first.headers["etag"]})
        server.finish(job.id)
        assert "thumbnail" in refused(server.http.get(path, params=wanted), 404, "not_found")
    assert (first.status_code, first.content, first.headers["content-type"]) == (200, b"\xff\xd8 one", "image/jpeg")
    assert same.status_code == 304
