"""Any web node takes in and hands out the files of videos that are in a store, whole and by ranges."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from halfgig.server.file_store import file_store
from tests.server.web.servers import Site, refused, site
from tests.server.web.test_operations import looked
from tests.support.media import PRESENTER
from tests.support.object_stores import Relay, environment

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.file_store import KeptFolder
    from halfgig.server.job import Job

FILM = bytes(range(256)) * 8192  # two of the blocks that are read at a time
PICTURE = PRESENTER.read_bytes()


def address(folder: Path) -> str:
    return f"file://{folder / 'store'}"


def kept_of(server: Site, job: Job) -> KeptFolder:
    return file_store(server.settings).job(job.id)


def finished(server: Site) -> Job:
    """Make a job whose video another node has made and kept."""
    job = server.job()
    server.finish(job.id, video__mp4=FILM)
    kept = kept_of(server, job)
    kept.claim()
    kept.save(server.places.job(job.id), ["video.mp4"])
    shutil.rmtree(server.places.job(job.id))
    return job


def test_uploads_are_in_the_store_when_a_video_is_accepted(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = server.job(input_reference=PICTURE)
        kept_of(server, job).fetch(tmp_path / "seen")
    assert (tmp_path / "seen" / "portrait").read_bytes() == PICTURE
    assert (tmp_path / "seen" / "request.json").exists()


def test_a_video_of_another_node_is_handed_out_whole(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = finished(server)
        url = f"/v1/videos/{job.id}/content"
        answer, head = server.http.get(url), server.http.head(url)
        again = server.http.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, FILM, "video/mp4")
    assert answer.headers["content-disposition"] == f'inline; filename="{job.id}.mp4"'
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(FILM)), b"")
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("span", "expected"),
    [("bytes=0-9", FILM[:10]), ("bytes=100-", FILM[100:]), ("bytes=-7", FILM[-7:]), ("bytes=5-999999999", FILM[5:])],
)
def test_a_range_is_given_as_asked(tmp_path: Path, span: str, expected: bytes) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = finished(server)
        answer = server.http.get(f"/v1/videos/{job.id}/content", headers={"range": span})
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["content-range"].endswith(f"/{len(FILM)}")
    assert answer.headers["content-length"] == str(len(expected))


def test_a_range_outside_the_file_cannot_be_given(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = finished(server)
        answer = server.http.get(f"/v1/videos/{job.id}/content", headers={"range": "bytes=999999999-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(FILM)}")


def test_a_result_that_was_not_made_is_not_found_in_the_store_either(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = finished(server)
        refused(server.http.get(f"/v1/videos/{job.id}/content?variant=track"), 404, "not_found")


def test_the_newest_frame_comes_from_the_node_that_renders(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = server.job()
        kept = kept_of(server, job)
        kept.claim()
        kept.put({"newest.jpg": b"a picture"})
        answer = server.http.get(f"/v1/videos/{job.id}/content?variant=newest")
    assert (answer.status_code, answer.content) == (200, b"a picture")


def test_a_retry_takes_the_uploads_from_the_store(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = server.job(input_reference=PICTURE)
        server.http.post(f"/v1/videos/{job.id}/cancel")
        shutil.rmtree(server.places.job(job.id))
        answer = server.http.post(f"/v1/videos/{job.id}/retry")
        assert answer.status_code == 202, answer.text
        assert (server.places.job(answer.json()["id"]) / "portrait").read_bytes() == PICTURE


def test_a_deleted_video_leaves_the_store(tmp_path: Path) -> None:
    with site(tmp_path, store_url=address(tmp_path)) as server:
        job = finished(server)
        assert server.http.delete(f"/v1/videos/{job.id}").status_code == 200
        assert file_store(server.settings).sizes() == {}


def test_a_store_that_is_away_refuses_new_videos_and_readiness_says_so(
    tmp_path: Path, s3_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Relay(s3_port) as relay:
        for name, value in environment(relay.port).items():
            monkeypatch.setenv(name, value)
        with site(tmp_path, store_url="s3://tests/refusals") as server:
            looked(server)
            assert server.http.get("/readyz").status_code == 200
            assert server.ask(prompt="Hello.").status_code == 202
            before = server.left()
            relay.cut()
            answer = server.ask(prompt="Hello.")
            assert "cannot be reached" in refused(answer, 503, "file_store_unavailable")
            assert int(answer.headers["retry-after"]) > 0
            assert server.left() == before
            assert "cannot be reached" in refused(server.http.get("/readyz"), 503, "file_store_unavailable")
            assert len(server.http.get("/v1/videos").json()["data"]) == 1
            relay.mend()
            assert server.ask(prompt="Hello.").status_code == 202
