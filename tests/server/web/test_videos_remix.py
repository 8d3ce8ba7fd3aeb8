"""Copies of a video with another text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from halfgig.requests import SpeechRequest
from halfgig.server.job import QUEUED
from tests.server.web.servers import refused, site
from tests.support.media import PRESENTER

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = PRESENTER.read_bytes()


def test_a_remix_has_the_portrait_and_all_but_the_text(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        first = server.job(input_reference=PICTURE, seed=7, voice="af_bella")
        answer = server.http.post(f"/v1/videos/{first.id}/remix", json={"prompt": "Other words."})
        video = answer.json()
        server.http.delete(f"/v1/videos/{first.id}")
        made = server.jobs.get(video["id"])
        assert made
        assert (answer.status_code, video["remixed_from_video_id"], made.status) == (202, first.id, QUEUED)
        assert (made.request.speech, made.request.seed) == (SpeechRequest("Other words.", "af_bella"), 7)
        assert (server.places.job(made.id) / "portrait").read_bytes() == PICTURE


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"prompt": " "}, 400, "empty_text"),
        ({"prompt": "x" * 201}, 413, "text_too_long"),
        ({}, 400, "bad_request"),
        ({"prompt": "Hi", "seed": 1}, 400, "bad_request"),
    ],
)
def test_a_remix_of_nothing_is_refused(tmp_path: Path, body: dict[str, Any], status: int, code: str) -> None:
    with site(tmp_path, max_input_characters=200) as server:
        job = server.job()
        answer = server.http.post(f"/v1/videos/{job.id}/remix", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert server.left() == [job.id]


def test_a_video_without_a_remembered_portrait_cannot_be_remixed(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job(input_reference=PICTURE)
        (server.places.job(job.id) / "portrait").unlink()
        refused(server.http.post(f"/v1/videos/{job.id}/remix", json={"prompt": "Hi"}), 404, "not_found")
        assert server.left() == [job.id]
