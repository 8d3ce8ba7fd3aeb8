"""Speech over HTTP: replies of the worker process reach the client, and failures are visible."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import threading
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest

from halfgig.server.paths import ServerPaths
from halfgig.server.web.schemas import SpeechBody
from halfgig.server.web.speech import MIME_TYPES
from halfgig.settings import Settings
from tests.server.web.servers import Site, refused, site
from tests.server.web.workers import BUSY, DONE, STARTED, Dies, Work, speaks, work
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.web.workers import Answers

HELLO = {"model": "tts-1", "voice": "alloy", "input": "Hello."}


@contextlib.contextmanager
def spoken(folder: Path, answers: Answers, **settings: Any) -> Iterator[tuple[Site, Work]]:
    """Run a server whose worker process sends these replies."""
    with work(ServerPaths.of(Settings(data_dir=folder)).socket, answers) as heard, site(folder, **settings) as server:
        yield server, heard


def openais_client(server: Site) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="any")


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]


def test_a_speech_arrives_as_work_made_it(tmp_path: Path) -> None:
    with spoken(tmp_path, speaks(STARTED, b"one", b"two", DONE)) as (server, heard):
        answer = server.http.post("/v1/audio/speech", json=HELLO)
    assert (answer.status_code, answer.content) == (200, b"onetwo")
    assert answer.headers["x-speaker"] == "a fake, voice alloy"
    assert answer.headers["x-c2pa"] == "none; reason=stream"
    (request,) = heard.requests
    assert request.pop("client")
    assert [request] == [
        {
            "op": "speech",
            "input": "Hello.",
            "voice": "alloy",
            "engine": "",
            "format": "mp3",
            "speed": 1.0,
            "words": False,
            "poses": False,
            "unheard": 0.0,
            "lexicon": "",
            "whole": False,
        }
    ]


@pytest.mark.parametrize("name", MIME_TYPES)
def test_each_format_has_its_content_type(tmp_path: Path, name: str) -> None:
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, heard):
        answer = server.http.post("/v1/audio/speech", json={**HELLO, "response_format": name})
    assert answer.headers["content-type"] == MIME_TYPES[name]
    assert heard.requests[0]["format"] == name


def test_the_first_sentence_is_sent_before_the_second_is_made(tmp_path: Path) -> None:
    heard_first = threading.Event()

    def answers(_request: dict[str, Any]) -> Iterator[Any]:
        yield from (STARTED, b"first")
        assert heard_first.wait(PATIENCE_S)
        yield from (b"second", DONE)

    with spoken(tmp_path, answers) as (server, _), server.http.stream("POST", "/v1/audio/speech", json=HELLO) as answer:
        parts = answer.iter_raw()
        assert next(parts) == b"first"
        heard_first.set()
        assert b"".join(parts) == b"second"


def test_a_refusal_before_the_first_sound_has_its_own_status(tmp_path: Path) -> None:
    with spoken(tmp_path, speaks(BUSY)) as (server, _):
        answer = server.http.post("/v1/audio/speech", json=HELLO)
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["retry-after-ms"]) == (429, "3", "2500")
    assert answer.json()["error"] == {"message": "full", "type": "rate_limit_error", "param": None, "code": "busy"}


def test_openais_client_hears_the_sound_and_the_errors(tmp_path: Path) -> None:
    def answers(request: dict[str, Any]) -> Iterator[Any]:
        unknown = {**BUSY, "status": 400, "code": "unknown_voice", "message": "no such voice", "retry": False}
        return iter((STARTED, b"sound", DONE) if request["voice"] == "nova" else ({**unknown, "after_s": None},))

    with spoken(tmp_path, answers) as (server, _), openais_client(server) as client:
        speech = client.audio.speech.create(model="tts-1", voice={"id": "nova"}, input="Hello.")
        with pytest.raises(openai.BadRequestError) as caught:
            client.audio.speech.create(model="tts-1", voice="zork", input="Hello.")
    assert speech.content == b"sound"
    assert (caught.value.code, caught.value.param, "no such voice" in str(caught.value)) == (
        "unknown_voice",
        "voice",
        True,
    )


def test_events_carry_sound_words_and_what_was_used(tmp_path: Path) -> None:
    words = {"type": "words", "offset": 0, "start": 0.0, "words": [["Hello.", 0.0, 0.5]]}
    with spoken(tmp_path, speaks(STARTED, b"sound", words, DONE)) as (server, heard):
        answer = server.http.post("/v1/audio/speech", json={**HELLO, "stream_format": "sse", "words": True})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert heard.requests[0]["words"] is True
    assert events(answer) == [
        {"type": "speech.audio.delta", "audio": base64.b64encode(b"sound").decode()},
        {"type": "speech.audio.words", "offset": 0, "start": 0.0, "words": [["Hello.", 0.0, 0.5]]},
        {"type": "speech.audio.done", "usage": {"input_tokens": 6, "output_tokens": 15, "total_tokens": 21}},
    ]


def test_poses_come_before_their_sound_as_the_worker_made_them(tmp_path: Path) -> None:
    poses = {"type": "poses", "start": 0.0, "rate": 25.0, "names": ["jawOpen"], "weights": "AP8="}
    with spoken(tmp_path, speaks(STARTED, poses, b"sound", DONE)) as (server, heard):
        asked = {**HELLO, "stream_format": "sse", "include": ["poses", "words"]}
        answer = server.http.post("/v1/audio/speech", json=asked)
    assert (heard.requests[0]["poses"], heard.requests[0]["words"]) == (True, True)
    assert events(answer)[0] == {**poses, "type": "speech.poses.delta"}
    assert events(answer)[1]["type"] == "speech.audio.delta"


def test_an_error_in_the_middle_cuts_the_file_short_so_that_the_client_sees_it(tmp_path: Path) -> None:
    broken = speaks(STARTED, b"half", {**BUSY, "status": 500, "message": "broke"})
    with spoken(tmp_path, broken) as (server, _), pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        server.http.post("/v1/audio/speech", json=HELLO)


def test_a_work_process_that_dies_in_the_middle_cuts_the_file_short(tmp_path: Path) -> None:
    broken = speaks(STARTED, b"half")
    with spoken(tmp_path, broken) as (server, _), pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        server.http.post("/v1/audio/speech", json=HELLO)


def test_an_error_in_the_middle_is_the_last_event(tmp_path: Path) -> None:
    with spoken(tmp_path, speaks(STARTED, b"half", {**BUSY, "status": 500, "message": "broke"})) as (server, _):
        answer = server.http.post("/v1/audio/speech", json={**HELLO, "stream_format": "sse"})
    assert [event["type"] for event in events(answer)] == ["speech.audio.delta", "error"]
    assert events(answer)[-1]["error"]["message"] == "broke"


def test_a_request_that_died_with_work_before_its_first_answer_is_sent_again(tmp_path: Path) -> None:
    count = itertools.count()

    def answers(_request: dict[str, Any]) -> Iterator[Any]:
        if next(count) == 0:
            raise Dies
        return iter((STARTED, b"sound", DONE))

    with spoken(tmp_path, answers) as (server, heard):
        assert server.http.post("/v1/audio/speech", json=HELLO).content == b"sound"
    assert len(heard.requests) == 2


def test_a_work_process_that_always_dies_is_told_as_unavailable(tmp_path: Path) -> None:
    with spoken(tmp_path, speaks()) as (server, _):
        answer = server.http.post("/v1/audio/speech", json=HELLO)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert "retry-after" in answer.headers


def test_a_client_that_leaves_takes_its_request_back(tmp_path: Path) -> None:
    def answers(_request: dict[str, Any]) -> Iterator[Any]:
        yield STARTED
        while True:
            yield b"sound" * 1000

    with spoken(tmp_path, answers) as (server, heard):
        with server.http.stream("POST", "/v1/audio/speech", json=HELLO) as answer:
            next(answer.iter_raw())
        assert heard.hung_up.wait(PATIENCE_S)


def test_a_client_that_leaves_before_the_first_sound_takes_its_request_back(tmp_path: Path) -> None:
    left = threading.Event()

    def answers(_request: dict[str, Any]) -> Iterator[Any]:
        assert left.wait(PATIENCE_S)
        while True:
            yield STARTED

    with spoken(tmp_path, answers) as (server, heard):
        with server.connect() as line:
            body = json.dumps(HELLO).encode()
            head = f"POST /v1/audio/speech HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n"
            line.sendall(head.encode() + b"content-type: application/json\r\n\r\n" + body)
            assert soon(lambda: bool(heard.requests))
        left.set()
        assert heard.hung_up.wait(PATIENCE_S)


def test_a_client_that_takes_nothing_is_let_go(tmp_path: Path) -> None:
    def answers(_request: dict[str, Any]) -> Iterator[Any]:
        yield STARTED
        while True:
            yield bytes(2**20)

    with (
        spoken(tmp_path, answers, slow_client_seconds=0.5) as (server, heard),
        server.http.stream("POST", "/v1/audio/speech", json=HELLO),
    ):
        assert heard.hung_up.wait(PATIENCE_S)


def test_streams_beyond_the_limit_are_told_to_come_back(tmp_path: Path) -> None:
    is_over = threading.Event()

    def answers(_request: dict[str, Any]) -> Iterator[Any]:
        yield STARTED
        assert is_over.wait(PATIENCE_S)
        yield DONE

    with spoken(tmp_path, answers, max_streams=1, max_queue=0) as (server, _):
        with server.http.stream("POST", "/v1/audio/speech", json=HELLO):
            turned_away = server.http.post("/v1/audio/speech", json=HELLO)
            is_over.set()
        assert (turned_away.status_code, turned_away.json()["error"]["code"]) == (429, "busy")
        assert soon(lambda: server.http.post("/v1/audio/speech", json=HELLO).status_code == 200)


@pytest.mark.parametrize(
    ("change", "status", "param", "code"),
    [
        ({"input": None}, 400, "input", "bad_request"),
        ({"input": ""}, 400, "input", "bad_request"),
        ({"input": "x" * 101}, 413, "input", "text_too_long"),
        ({"model": "gpt-5"}, 404, "model", "model_not_found"),
        ({"voice": 5}, 400, "voice", "bad_request"),
        ({"voice": {"name": "alloy"}}, 400, "voice", "bad_request"),
        ({"speed": 4.1}, 400, "speed", "bad_request"),
        ({"speed": 0.2}, 400, "speed", "bad_request"),
        ({"speed": "fast"}, 400, "speed", "bad_request"),
        ({"response_format": "m4a"}, 400, "response_format", "bad_request"),
        ({"stream": False, "stream_format": "sse"}, 400, "stream", "bad_request"),
        ({"stream_format": "chunks"}, 400, "stream_format", "bad_request"),
        ({"words": True}, 400, "words", "bad_request"),
        ({"include": ["poses"]}, 400, "include", "bad_request"),
        ({"include": ["smells"], "stream_format": "sse"}, 400, "include", "bad_request"),
    ],
)
def test_a_field_that_cannot_be_right_is_named(
    tmp_path: Path, change: dict[str, Any], status: int, param: str, code: str
) -> None:
    with site(tmp_path, max_input_characters=100) as server:
        answer = server.http.post("/v1/audio/speech", json={**HELLO, **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (status, param, code)


@pytest.mark.parametrize("missing", ["input", "model", "voice"])
def test_what_openai_requires_is_required(tmp_path: Path, missing: str) -> None:
    with site(tmp_path) as server:
        answer = server.http.post("/v1/audio/speech", json={k: v for k, v in HELLO.items() if k != missing})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, missing)


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd-1106", "gpt-4o-mini-tts-2025-12-15", "kokoro", "espeak"])
def test_models_have_openais_names_with_and_without_a_date(tmp_path: Path, model: str) -> None:
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, _):
        assert server.http.post("/v1/audio/speech", json={**HELLO, "model": model}).status_code == 200


def test_fields_nobody_knows_are_passed_over(tmp_path: Path) -> None:
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, _):
        answer = server.http.post("/v1/audio/speech", json={**HELLO, "lang_code": "a", "instructions": "whisper"})
    assert answer.status_code == 200


@pytest.mark.parametrize("lexicon", ["nginx = engine X\nA1 = b", {"nginx": "engine X", "A1": "b"}])
def test_a_lexicon_reaches_the_worker_as_lines(tmp_path: Path, lexicon: object) -> None:
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, heard):
        assert server.http.post("/v1/audio/speech", json={**HELLO, "lexicon": lexicon}).status_code == 200
    assert heard.requests[0]["lexicon"] == "nginx = engine X\nA1 = b"


@pytest.mark.parametrize("lexicon", ["nginx", {"nginx": ""}, {"nginx": "a\nb"}])
def test_a_wrong_lexicon_is_refused_before_the_worker_is_asked(tmp_path: Path, lexicon: object) -> None:
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, heard):
        refused(server.http.post("/v1/audio/speech", json={**HELLO, "lexicon": lexicon}), 400, "bad_lexicon", "lexicon")
    assert heard.requests == []


def test_null_for_an_optional_field_means_that_it_was_left_out(tmp_path: Path) -> None:
    optional = {name: None for name, field in SpeechBody.model_fields.items() if not field.is_required()}
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, heard):
        answers = [server.http.post("/v1/audio/speech", json={**HELLO, **nulls}) for nulls in ({}, optional)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert heard.requests[0] == heard.requests[1]


def test_the_openapi_document_says_that_null_is_taken(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        fields = server.http.get("/openapi.json").json()["components"]["schemas"]["SpeechBody"]
    optional = {name for name in fields["properties"] if name not in fields["required"]}
    assert {"speed", "response_format", "stream", "words"} <= optional
    assert all({"type": "null"} in fields["properties"][name]["anyOf"] for name in optional)


def test_a_whole_file_comes_with_its_size(tmp_path: Path) -> None:
    with spoken(tmp_path, speaks({**STARTED, "bytes": 5}, b"whole", DONE)) as (server, heard):
        answer = server.http.post("/v1/audio/speech", json={**HELLO, "stream": False})
    assert (answer.content, answer.headers["content-length"]) == (b"whole", "5")
    assert heard.requests[0]["whole"] is True


@pytest.mark.parametrize(("model", "engine"), [("kokoro", "kokoro"), ("espeak", "espeak"), ("tts-1-hd-1106", "")])
def test_a_model_that_is_an_engine_asks_for_it(tmp_path: Path, model: str, engine: str) -> None:
    with spoken(tmp_path, speaks(STARTED, DONE)) as (server, heard):
        server.http.post("/v1/audio/speech", json={**HELLO, "model": model})
    assert heard.requests[0]["engine"] == engine
