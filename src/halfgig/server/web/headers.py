"""The outermost middleware: headers of every response, unexpected errors, and one log line per request."""

import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from halfgig.log import ERROR, ROUTINE, log
from halfgig.server.web.errors import error_body

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

REQUEST_ID = "halfgig.request_id"
"""Key of the request id in the ASGI scope."""


class StreamBroken(Exception):
    """Abort a response, so that the client sees that it is incomplete."""


class Envelope:
    """Add common headers to every response and answer unexpected errors; an ASGI middleware."""

    def __init__(self, app: ASGIApp, observe: Callable[[Scope, int, float], None] | None = None) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, add headers to its response, and log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[REQUEST_ID] = _request_id(scope)
        response = _Response(scope, send)
        try:
            await self._app(scope, receive, response.send)
        except StreamBroken as broken:
            response.note = f": {broken}"
        except Exception as error:  # noqa: BLE001 - logged in full; the client gets a 500 without details
            await _report_unexpected(error, response, scope, receive)
        finally:
            seconds = time.perf_counter() - response.began
            if self._observe:
                self._observe(scope, response.status, seconds)
            _log_request(scope, response, seconds)


class _Response:
    """One response on its way to the client."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.began = time.perf_counter()
        self.status = 0
        self.note = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._add_headers(MutableHeaders(scope=message))
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers["x-request-id"] = self._scope[REQUEST_ID]
        headers["openai-processing-ms"] = str(round(1000 * (time.perf_counter() - self.began)))
        headers["x-content-type-options"] = "nosniff"
        headers["referrer-policy"] = "no-referrer"
        headers.setdefault("content-security-policy", _STRICT_POLICY)
        headers.setdefault("cache-control", "no-store")
        asked = Headers(scope=self._scope)
        if "content-length" in asked and "transfer-encoding" in asked:
            headers["connection"] = "close"  # a proxy may have taken another end of the body for the request's


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else f"req_{uuid.uuid4().hex}"


async def _report_unexpected(error: Exception, response: _Response, scope: Scope, receive: Receive) -> None:
    where = "".join(traceback.format_exception(error))
    log("web", f"{scope[REQUEST_ID]} failed with an unexpected error", ERROR, f"\n{where}")
    if response.status:
        return  # the body stays incomplete, which closes the connection
    body = error_body(
        500, f"something failed that nobody foresaw; the log has it under {scope[REQUEST_ID]}", "internal_error"
    )
    await JSONResponse(body, 500, {"x-should-retry": "false"})(scope, receive, response.send)


def _log_request(scope: Scope, response: _Response, seconds: float) -> None:
    path = scope["path"].encode("unicode_escape").decode()  # newlines must not start a new log line
    status: Any = response.status or "gone"
    line = f"{scope['method']} {path:.200} {status} {1000 * seconds:.0f} ms {scope[REQUEST_ID]}{response.note}"
    log("web", line, ROUTINE)
