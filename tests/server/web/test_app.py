"""What all responses share: one error format, headers, a log line, limits on bodies."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from halfgig.errors import MemoryExceeded
from halfgig.server.errors import Busy, NotReady, TooSlow, Unavailable
from halfgig.server.web.errors import body_of, error_type, handle_errors, headers_of
from halfgig.server.web.headers import Envelope
from halfgig.server.web.limits import BodyLimits, BodyRules
from tests.server.web.servers import Site, heard, site

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from starlette.types import Message, Receive, Scope, Send


def error_of(answer: Any) -> dict[str, Any]:
    found = answer.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    assert isinstance(found, dict)
    return found


def ask(app: Any, *, path: str = "/", body: tuple[bytes, ...] = (b"",), pause_s: float = 0) -> tuple[int, bytes]:
    """Send a request to an ASGI app; the body arrives in parts, with a pause before each."""
    parts, sent = list(body), []

    async def receive() -> Message:
        await asyncio.sleep(pause_s)
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def reads_all(_scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with the size of the body, as a stand-in for the application behind the limits."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def test_what_is_not_there_is_told_in_openais_shape(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answer = server.http.get("/v1/nothing")
    assert answer.status_code == 404
    assert error_of(answer)["type"] == "not_found_error"
    assert "/v1/nothing" in error_of(answer)["message"]


def test_what_cannot_be_done_there_is_told_with_what_can(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        answer = server.http.put("/v1/models")
    assert (answer.status_code, error_of(answer)["code"], answer.headers["allow"]) == (405, "method_not_allowed", "GET")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'"text"', b'{"input": "\\ud800"}', b"[" * 9999])
def test_a_body_that_is_no_json_object_is_a_bad_request(tmp_path: Path, body: bytes) -> None:
    with site(tmp_path) as server:
        answer = server.http.post("/v1/audio/speech", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)["type"]) == (400, "invalid_request_error")


def test_what_nobody_foresaw_is_told_without_details_but_with_its_id(capfd: pytest.CaptureFixture[str]) -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError("secret details")

    status, body = ask(Envelope(fails))
    log = capfd.readouterr().err
    message = json.loads(body)["error"]["message"]
    assert (status, "secret" in message, "secret details" in log) == (500, False, True)
    assert message.rpartition(" ")[2] in log


def test_an_error_in_a_route_is_answered_with_its_status() -> None:
    app = FastAPI()
    handle_errors(app)

    @app.post("/")
    async def fails() -> None:
        raise MemoryExceeded("rendering", 120, "frames of 2048 pixels take 500 MB")

    status, body = ask(app)
    assert status == 413
    assert "120 MB" in json.loads(body)["error"]["message"]


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (Busy("full", 2.5), {"retry-after": "3", "retry-after-ms": "2500"}),
        (Unavailable("gone", 1), {"retry-after": "1", "retry-after-ms": "1000"}),
        (NotReady("being made"), {"x-should-retry": "false"}),
        (TooSlow("slow"), {"x-should-retry": "false", "connection": "close"}),
        (MemoryExceeded("rendering", 1), {"connection": "close"}),
    ],
)
def test_a_client_is_told_whether_to_send_it_again(error: Any, wanted: dict[str, str]) -> None:
    assert headers_of(error) == wanted


def test_the_kinds_of_errors_are_openais() -> None:
    kinds = {status: error_type(status) for status in (400, 401, 404, 413, 422, 429, 500, 503)}
    assert kinds == {
        400: "invalid_request_error",
        401: "authentication_error",
        404: "not_found_error",
        413: "invalid_request_error",
        422: "invalid_request_error",
        429: "rate_limit_error",
        500: "server_error",
        503: "server_error",
    }


def test_a_text_that_is_too_long_is_the_prompt_of_a_video_and_the_input_of_a_speech() -> None:
    from halfgig.errors import TextTooLong

    found = [body_of(TextTooLong("long"), path)["error"]["param"] for path in ("/v1/videos", "/v1/audio/speech")]
    assert found == ["prompt", "input"]


def test_a_sane_request_id_is_kept_and_another_replaced(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        kept = server.http.get("/healthz", headers={"x-request-id": "trace-1.2:3_4"}).headers["x-request-id"]
        new = [
            server.http.get("/healthz", headers={"x-request-id": bad}).headers["x-request-id"]
            for bad in ("", "two words", "x" * 129, "<script>")
        ]
    assert kept == "trace-1.2:3_4"
    assert len(set(new)) == 4
    assert all(each.startswith("req_") for each in new)


@pytest.mark.parametrize("path", ["/healthz", "/v1/models", "/nothing", "/docs"])
def test_every_answer_says_what_browsers_may_do_with_it(tmp_path: Path, path: str) -> None:
    with site(tmp_path) as server:
        headers = server.http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert int(headers["openai-processing-ms"]) >= 0


def test_a_request_leaves_one_line_without_its_key(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with site(tmp_path, api_keys=("sk-secret",)) as server:
        for key in ("sk-secret", "sk-wrong"):
            server.http.get("/v1/models", headers={"authorization": f"Bearer {key}", "x-request-id": key[3:]})
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("halfgig.web: GET")]
    assert [line.split()[2:4] for line in lines] == [["/v1/models", "200"], ["/v1/models", "401"]]
    assert [line.split()[-1] for line in lines] == ["secret", "wrong"]
    assert not any("sk-" in line for line in lines)


def test_a_path_cannot_write_a_line_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with site(tmp_path) as server:
        server.http.get("/a%0Ahalfgig.web: all is lost")
    assert not any(line.startswith("halfgig.web: all") for line in capfd.readouterr().err.splitlines())


def test_pages_of_other_origins_may_not_ask(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        assert (
            "access-control-allow-origin"
            not in server.http.get("/v1/models", headers={"origin": "https://x.org"}).headers
        )


def test_pages_of_named_origins_may_ask_and_read_errors(tmp_path: Path) -> None:
    with site(tmp_path, cors_origins=("https://x.org",), api_keys=("k",)) as server:
        asked = {"origin": "https://x.org", "access-control-request-method": "POST"}
        before = server.http.options("/v1/audio/speech", headers=asked)
        refused = server.http.get("/v1/models", headers={"origin": "https://x.org"})
        stranger = server.http.get("/v1/models", headers={"origin": "https://y.org"})
    assert (before.status_code, before.headers["access-control-allow-origin"]) == (200, "https://x.org")
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "https://x.org")
    assert "access-control-allow-origin" not in stranger.headers


def test_a_body_that_promises_too_much_is_refused_before_it_comes(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        status, said = server.say(_head(server, "content-length: 99999999"))
    assert (status, b"upload_too_large" in said) == (413, True)


def test_a_body_that_grows_too_long_is_refused() -> None:
    app = BodyLimits(reads_all, BodyRules(most_bytes=10, slow_s=5))
    assert ask(app, body=(b"12345", b"67890")) == (200, b"10")
    with pytest.raises(Exception, match="the limit is 10"):
        ask(app, body=(b"12345", b"67890", b"!"))


@pytest.mark.parametrize(("clients", "most"), [(1, 8), (20, 16)])
def test_all_bodies_together_are_bounded_and_half_of_them_are_one_clients(clients: int, most: int) -> None:
    held: list[BodyLimits] = []

    async def asks_again(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if len(held) < 20:
            held.append(app)
            await app(scope_of(len(held)), receive_one, send)

    def scope_of(number: int) -> Scope:
        return {"type": "http", "method": "POST", "path": "/", "headers": [], "halfgig.client": str(number % clients)}

    async def receive_one() -> Message:
        return {"type": "http.request", "body": bytes(2**20), "more_body": False}

    app = BodyLimits(asks_again, BodyRules(most_bytes=2**21, slow_s=5))
    with pytest.raises(Busy):
        asyncio.run(app(scope_of(0), receive_one, _nowhere))
    assert len(held) == most


def test_a_body_that_drips_is_refused_in_time() -> None:
    with pytest.raises(TooSlow):
        ask(BodyLimits(reads_all, BodyRules(100, slow_s=0.2)), body=(b"x",) * 100, pause_s=0.05)


def test_a_client_whose_body_does_not_come_is_let_go(tmp_path: Path) -> None:
    with site(tmp_path, slow_client_seconds=0.3) as server, server.connect() as line:
        line.sendall(_head(server, "content-length: 10"))
        status, said = heard(line)
        assert (status, b"request_timeout" in said) == (408, True)
        assert _has_ended(line)


def test_the_interactive_page_asks_no_other_host(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        page, style, script = (server.http.get(path) for path in ("/docs", "/docs/docs.css", "/docs/docs.js"))
    kinds = [each.headers["content-type"].partition(";")[0] for each in (page, style, script)]
    assert kinds == ["text/html", "text/css", "text/javascript"]
    assert "://" not in page.text + style.text + script.text
    assert "'self'" in page.headers["content-security-policy"]
    assert len(page.content + style.content + script.content) < 15_000


def test_the_description_tells_how_each_operation_may_be_refused(tmp_path: Path) -> None:
    with site(tmp_path, api_keys=("k",)) as server:
        described = server.http.get("/openapi.json").json()
    speech = described["paths"]["/v1/audio/speech"]["post"]["responses"]
    assert {"200", "400", "401", "404", "413", "429", "503"} <= set(speech)
    assert set(speech["200"]["content"]) >= {"audio/mpeg", "audio/wav", "text/event-stream"}


def test_every_schema_that_the_description_names_is_in_it(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        described = server.http.get("/openapi.json")
    named = set(re.findall(r'"#/components/schemas/(\w+)"', described.text))
    schemas = described.json()["components"]["schemas"]
    assert {"ErrorBody", "ErrorFacts", "Video"} <= named
    assert named <= set(schemas)
    assert schemas["ErrorBody"]["properties"]["error"]["$ref"].endswith("/ErrorFacts")


async def _nowhere(_message: Message) -> None:
    pass


def _has_ended(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def _head(server: Site, *headers: str) -> bytes:
    lines = ["POST /v1/audio/speech HTTP/1.1", f"host: 127.0.0.1:{server.port}", "content-type: application/json"]
    return "\r\n".join([*lines, *headers, "", ""]).encode()
