"""Videos of texts with markup and lexicons: checked before they are accepted, kept with the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.server.web.servers import refused, site
from tests.server.web.workers import work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNKNOWN = {"type": "error", "message": 'no voice is named "klingon"', "status": 400, "code": "unknown_voice"}
SSML = '<speak>Hi <break time="1s"/> there.</speak>'


def test_a_lexicon_is_kept_with_the_request_and_by_a_remix_and_a_retry(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job(prompt=SSML, lexicon="nginx = engine X")
        server.finish(job.id)
        copies = [
            server.http.post(f"/v1/videos/{job.id}/remix", json={"prompt": "Ho."}).json(),
            server.http.post(f"/v1/videos/{job.id}/retry").json(),
        ]
        for video in [{"id": job.id}, *copies]:
            kept = server.jobs.get(video["id"])
            assert kept
            assert kept.request.speech
            assert kept.request.speech.lexicon == "nginx = engine X"


def test_in_json_a_lexicon_may_be_an_object(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        body = {"prompt": "Hi.", "lexicon": {"nginx": "engine X", "Nietzsche": "/x/"}}
        video = server.http.post("/v1/videos", json=body).json()
        job = server.jobs.get(video["id"])
        assert job
        assert job.request.speech
        assert job.request.speech.lexicon == "nginx = engine X\nNietzsche = /x/"


@pytest.mark.parametrize(
    ("fields", "code", "param", "said"),
    [
        ({"prompt": "<speak>Hi <audio/></speak>"}, "bad_markup", "prompt", "<audio> is not supported"),
        ({"prompt": "Hi", "lexicon": "nginx"}, "bad_lexicon", "lexicon", "line 1 of the lexicon"),
        ({"prompt": "Hi", "lexicon": {"nginx": 7}}, "bad_request", "lexicon", "a text for each word"),
        ({"prompt": "Hi", "lexicon": {"nginx": "a\nb"}}, "bad_lexicon", "lexicon", "line break"),
        ({"prompt": "Hi", "lexicon": ["nginx"]}, "bad_request", "lexicon", "lexicon must be"),
        ({"prompt": "Hi", "lexicon": "#" * 200_001}, "bad_request", "lexicon", "200000"),
    ],
)
def test_what_is_wrong_is_refused_and_leaves_nothing(
    tmp_path: Path, fields: dict[str, Any], code: str, param: str, said: str
) -> None:
    with site(tmp_path) as server:
        answer = server.http.post("/v1/videos", json=fields)
        assert said in refused(answer, 400, code, param)
        assert server.left() == []


def test_a_text_that_names_an_unknown_voice_is_refused_as_the_worker_says(tmp_path: Path) -> None:
    def answers(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield UNKNOWN if request["op"] == "check" else {"type": "ok"}

    with site(tmp_path) as server, work(server.places.socket, answers) as heard:
        refused(server.ask(prompt="Hi. [voice:klingon] Ho."), 400, "unknown_voice", "voice")
        assert server.left() == []
        job = server.job(prompt="Hi.")  # no voice is named: nobody is asked
        server.finish(job.id)
        answer = server.http.post(f"/v1/videos/{job.id}/remix", json={"prompt": "[voice:klingon] Ho."})
        refused(answer, 400, "unknown_voice", "voice")
    assert [request["op"] for request in heard.requests].count("check") == 2


def test_without_a_worker_a_text_with_voices_is_accepted(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        assert server.ask(prompt="[voice:klingon] Ho.").status_code == 202
