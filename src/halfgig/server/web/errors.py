"""Every error as OpenAI's clients expect it: `{"error": {"message", "type", "param", "code"}}` and when to retry."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from halfgig.errors import HalfgigError
from halfgig.log import WARNING, log
from halfgig.server.web.schemas import ErrorBody

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    429: "rate_limit_error",
}

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_CODES = {404: "not_found", 405: "method_not_allowed", 413: "upload_too_large"}

_FIELDS = {"unknown_voice": "voice", "model_not_found": "model", "unknown_format": "response_format"}
_TEXTS = frozenset({"empty_text", "text_too_long"})

_WANT_OF_ROOM = frozenset({413, 429, 503, 507})

LOG_EVERY_S = 10.0
"""Seconds between two lines in the log on refusals of one kind."""

_RETRIED = frozenset({408, 409})
"""What OpenAI's clients send again unasked, besides 429 and 500 and above."""

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": description}
    for status, description in {
        400: "The request cannot be right; `param` names the field.",
        401: "No key, or a wrong one.",
        404: "There is nothing under this name.",
        405: "The path is there, the method is not.",
        408: "The request did not arrive in time.",
        409: "The request contradicts an earlier one, or what it asks for is not ready.",
        413: "More than may be sent, or more than there is memory for; the message has the figures.",
        429: "Busy: come back after `Retry-After` seconds.",
        500: "Something failed; `x-should-retry` says whether it is worth trying again.",
        501: "A part that this needs is not installed.",
        503: "A part of the server, or a model, is not there just now.",
        507: "The disk is full.",
    }.items()
}
"""How each operation may be refused, for the OpenAPI description."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Choose how an operation may be refused, for the OpenAPI description."""
    return {status: ERROR_RESPONSES[status] for status in statuses}


class RefusalLog:
    """The log what was refused for want of room, each kind now and then only: who is refused comes again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logged_at: dict[str, float] = {}

    def record(self, error: HalfgigError) -> None:
        """Tell of an error, if it is such a refusal and was not told lately."""
        now = self._clock()
        if error.status not in _WANT_OF_ROOM or now - self._logged_at.get(error.code, -LOG_EVERY_S) < LOG_EVERY_S:
            return
        self._logged_at[error.code] = now
        log("web", f"refused with {error.status} {error.code}: {error}", WARNING)


def error_type(status: int) -> str:
    """Return OpenAI's name for the kind of error that a status means."""
    return _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")


def error_body(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Write an error as the body of a response."""
    return {"error": {"message": message, "type": error_type(status), "param": param, "code": code}}


def body_of(error: HalfgigError, path: str = "") -> dict[str, Any]:
    """Write one of our errors as a body; `path` is what was asked for and tells what the text's field is called."""
    param = str(getattr(error, "param", "")) or _FIELDS.get(error.code)
    if param is None and error.code in _TEXTS:
        param = "prompt" if path.startswith("/v1/videos") else "input"
    return error_body(error.status, str(error), error.code, param)


def response_of(error: HalfgigError, path: str = "") -> JSONResponse:
    """Answer with one of our errors."""
    return JSONResponse(body_of(error, path), error.status, headers_of(error))


def headers_of(error: HalfgigError) -> dict[str, str]:
    """Return when the same request may be sent again, or that it should not be."""
    headers = {}
    after_s = getattr(error, "after_s", None)
    if after_s is not None:
        headers = {"retry-after": str(math.ceil(after_s)), "retry-after-ms": str(round(after_s * 1000))}
    if not error.retry and (error.status >= 500 or error.status in _RETRIED):
        headers["x-should-retry"] = "false"
    if error.status in (408, 413):
        headers["connection"] = "close"  # what is still to come of the body will not be read
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


def validation_body(errors: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Write what pydantic found wrong first as one sentence, with the field it is about."""
    first = errors[0]
    paths = [str(place) for place in first["loc"] if place not in ("body", "query", "path")]
    if first["type"] == "json_invalid":
        return error_body(400, f"the body is not valid JSON: {first['ctx']['error']}", "bad_request")
    if not paths:
        return error_body(
            400, "the body must be a JSON object, sent with content-type: application/json", "bad_request"
        )
    message = str(first["msg"])
    return error_body(400, f"{paths[0]}: {message[:1].lower()}{message[1:]}", "bad_request", paths[0])


def handle_errors(app: FastAPI) -> None:
    """Have an app answer every error in OpenAI's shape, those of its framework too."""
    refusal_log = RefusalLog()

    @app.exception_handler(HalfgigError)
    async def _ours(request: Request, error: HalfgigError) -> JSONResponse:
        refusal_log.record(error)
        return response_of(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse(validation_body(list(error.errors())), 400)

    @app.exception_handler(HTTPException)
    async def _frameworks(request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, HalfgigError):  # raised while FastAPI read the body for us
            return response_of(error.__cause__, request.url.path)
        headers = {"allow": ", ".join(_allowed(app, request))} if error.status_code == 405 else error.headers
        return JSONResponse(_framework_error(request, error), error.status_code, headers)


def _allowed(app: FastAPI, request: Request) -> list[str]:
    """List what can be done at a path; the framework names the methods of one of its routes alone."""
    asked = {method: {**request.scope, "method": method} for method in _METHODS}
    return [m for m, scope in asked.items() if any(r.matches(scope)[0] is Match.FULL for r in app.router.routes)]


def _framework_error(request: Request, error: HTTPException) -> dict[str, Any]:
    asked = f"{request.method} {request.url.path:.200}"
    message = {
        404: f"there is nothing at {asked}; /docs lists what there is",
        405: f"{asked} is not among what can be done there; /docs lists what can",
    }.get(error.status_code, str(error.detail))
    return error_body(error.status_code, message, _CODES.get(error.status_code, "bad_request"))
