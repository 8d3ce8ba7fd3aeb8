"""Videos made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.server.job import QUEUED
from tests.server.web.servers import Site, refused, site
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.job import Job

PICTURE = PRESENTER.read_bytes()


def retried(server: Site, job: Job) -> Job:
    """Retry a video; return the new job."""
    answer = server.http.post(f"/v1/videos/{job.id}/retry")
    assert answer.status_code == 202, answer.text
    found = server.jobs.get(answer.json()["id"])
    assert found
    assert found.id != job.id
    return found


@pytest.mark.parametrize("ending", ["failed", "cancelled", "completed"])
def test_what_has_ended_is_made_again_as_it_was_asked_for(tmp_path: Path, ending: str) -> None:
    with site(tmp_path) as server:
        job = server.job(input_reference=PICTURE, seed=7, voice="af_bella", prompt="Once more.")
        if ending == "completed":
            server.finish(job.id)
        elif ending == "cancelled":
            server.http.post(f"/v1/videos/{job.id}/cancel")
        else:
            server.jobs.writer(job.id, 0).fail({"message": "it died", "code": "cell_died", "status": 500})
        again = retried(server, job)
        assert (again.request, again.status, again.error) == (job.request, QUEUED, None)
        assert (server.places.job(again.id) / "portrait").read_bytes() == PICTURE


def test_a_recording_is_there_for_the_second_time_too(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.jobs.get(server.ask(audio=b"sound").json()["id"])
        assert job
        server.jobs.cancel(job.id)
        assert (server.places.job(retried(server, job).id) / "audio").read_bytes() == b"sound"


def test_what_is_still_open_is_not_made_twice(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        assert "queued" in refused(server.http.post(f"/v1/videos/{job.id}/retry"), 409, "conflict")
        assert server.left() == [job.id]


def test_what_is_another_ones_or_has_lost_its_files_is_not_found(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job(input_reference=PICTURE)
        server.jobs.cancel(job.id)
        (server.places.job(job.id) / "portrait").unlink()
        refused(server.http.post(f"/v1/videos/{job.id}/retry"), 404, "not_found")
        refused(server.http.post(f"/v1/videos/video_{'0' * 24}/retry"), 404, "not_found")
        assert server.left() == [job.id]


def test_a_full_queue_takes_no_retry(tmp_path: Path) -> None:
    with site(tmp_path, max_queue=0) as server:
        job = server.job()
        server.jobs.cancel(job.id)
        server.job()
        refused(server.http.post(f"/v1/videos/{job.id}/retry"), 429, "busy")
