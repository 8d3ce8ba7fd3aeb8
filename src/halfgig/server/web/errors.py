"""Errors as OpenAI's clients expect them, `{"error": {"message", "type", "param", "code"}}`, with retry headers."""

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
from halfgig.server.public_text import public_text
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

_FIELDS = {
    "unknown_voice": "voice",
    "bad_lexicon": "lexicon",
    "model_not_found": "model",
    "unknown_format": "response_format",
}
_TEXTS = frozenset({"empty_text", "text_too_long", "bad_markup"})

_OVERLOADED = frozenset({413, 429, 503, 507})

LOG_EVERY_S = 10.0
"""Seconds between two log lines about refusals of one kind."""

_RETRIED = frozenset({408, 409})
"""Statuses that OpenAI's clients retry on their own, in addition to 429 and 500 and above."""

_SCHEMAS = "#/components/schemas/{model}"
_CONTENT = {"application/json": {"schema": {"$ref": _SCHEMAS.format(model=ErrorBody.__name__)}}}

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"content": _CONTENT, "description": description}
    for status, description in {
        400: "The request is invalid; `param` names the field.",
        401: "The API key is missing or wrong.",
        403: "A server without keys was called by a page of another site, or under a name that is not its own.",
        404: "Nothing with this name exists.",
        405: "The path exists, but not with this method.",
        408: "The request did not arrive in time.",
        409: "The request conflicts with an earlier one, or the result is not ready.",
        413: "The request is too large, or needs more memory than there is; the message has the figures.",
        429: "Busy: retry after `Retry-After` seconds.",
        500: "Internal error; `x-should-retry` is false if retrying is pointless.",
        501: "A required component is not installed.",
        503: "A part of the server or a model is unavailable at the moment.",
        507: "The disk is full.",
    }.items()
}
"""Error responses by status, for the OpenAPI document.

They name the schema, which `Application` adds: a model for each status of each route would be half of the time that
building the application takes.
"""


class Application(FastAPI):
    """FastAPI with the schema of errors in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        error = ErrorBody.model_json_schema(ref_template=_SCHEMAS, mode="serialization")
        added = {**error.pop("$defs"), ErrorBody.__name__: error}
        document["components"]["schemas"] = dict(sorted({**document["components"]["schemas"], **added}.items()))
        return document


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the error responses with these statuses, for the OpenAPI document."""
    return {status: ERROR_RESPONSES[status] for status in statuses}


class RefusalLog:
    """Log refusals for lack of capacity, each kind at most once per `LOG_EVERY_S`, since refused clients retry."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logged_at: dict[str, float] = {}

    def record(self, error: HalfgigError) -> None:
        """Log an error if it is such a refusal and none of its kind was logged recently."""
        now = self._clock()
        if error.status not in _OVERLOADED or now - self._logged_at.get(error.code, -LOG_EVERY_S) < LOG_EVERY_S:
            return
        self._logged_at[error.code] = now
        log("web", f"refused with {error.status} {error.code}: {error}", WARNING)


def error_type(status: int) -> str:
    """Return OpenAI's error type for a status."""
    return _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")


def error_body(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Return an error as a response body."""
    return {"error": {"message": message, "type": error_type(status), "param": param, "code": code}}


def body_of(error: HalfgigError, path: str = "") -> dict[str, Any]:
    """Return one of our errors as a response body; the name of the text's field depends on the request's `path`."""
    param = str(getattr(error, "param", "")) or _FIELDS.get(error.code)
    if param is None and error.code in _TEXTS:
        param = "prompt" if path.startswith("/v1/videos") else "input"
    return error_body(error.status, public_text(str(error)), error.code, param)


def response_of(error: HalfgigError, path: str = "") -> JSONResponse:
    """Return one of our errors as a response."""
    return JSONResponse(body_of(error, path), error.status, headers_of(error))


def headers_of(error: HalfgigError) -> dict[str, str]:
    """Return headers that say when to retry, or not to."""
    headers = {}
    after_s = getattr(error, "after_s", None)
    if after_s is not None:
        headers = {"retry-after": str(math.ceil(after_s)), "retry-after-ms": str(round(after_s * 1000))}
    if not error.retry and (error.status >= 500 or error.status in _RETRIED):
        headers["x-should-retry"] = "false"
    if error.status in (408, 413):
        headers["connection"] = "close"  # the rest of the body will not be read
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


def validation_body(errors: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return pydantic's first error as a response body: one sentence and the field."""
    first = errors[0]
    fields = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    if first["type"] == "json_invalid":
        return error_body(400, f"the body is not valid JSON: {first['ctx']['error']}", "bad_request")
    if not fields:
        return error_body(
            400, "the body must be a JSON object, sent with content-type: application/json", "bad_request"
        )
    message = str(first["msg"])
    return error_body(400, f"{fields[0]}: {message[:1].lower()}{message[1:]}", "bad_request", fields[0])


def handle_errors(app: FastAPI) -> None:
    """Make an app answer every error in OpenAI's format, the framework's own errors included."""
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
        if isinstance(error.__cause__, HalfgigError):  # raised while FastAPI was reading the body
            return response_of(error.__cause__, request.url.path)
        headers = {"allow": ", ".join(_allowed(app, request))} if error.status_code == 405 else error.headers
        return JSONResponse(_framework_error(request, error), error.status_code, headers)


def _allowed(app: FastAPI, request: Request) -> list[str]:
    """Return the methods of a path; the framework itself names only those of one route."""
    asked = {method: {**request.scope, "method": method} for method in _METHODS}
    return [m for m, scope in asked.items() if any(r.matches(scope)[0] is Match.FULL for r in app.router.routes)]


def _framework_error(request: Request, error: HTTPException) -> dict[str, Any]:
    asked = f"{request.method} {request.url.path:.200}"
    message = {
        404: f"there is nothing at {asked}; /docs lists what there is",
        405: f"{asked} is not among what can be done there; /docs lists what can",
    }.get(error.status_code, str(error.detail))
    return error_body(error.status_code, message, _CODES.get(error.status_code, "bad_request"))
