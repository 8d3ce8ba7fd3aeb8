"""Static files: the page and the API documentation, read from disk for each request so that no worker keeps them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from halfgig.server.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE = Path(__file__).parent / "page"
"""The folder of the page's files, without subfolders."""

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
"""Media type by suffix; no other files are served."""

RULES = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(self), microphone=(self)",
}
"""Headers that keep the page from contacting any other host."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def is_seen(etag: str, if_none_match: str) -> bool:
    """Return whether an If-None-Match header contains a tag."""
    return etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def file_response(path: Path, request: Request, rules: Mapping[str, str] = RULES) -> Response:
    """Return a small file, or 304 if the client's copy is current.  Raises `NotFound`."""
    try:
        data = path.read_bytes()
    except OSError:
        raise NotFound(f"the page has no file {path.name!r:.80}; it begins at /") from None
    headers = {**rules, "cache-control": "no-cache"}
    return bytes_response(data, TYPES[path.suffix], headers, request.headers.get("if-none-match", ""))


def bytes_response(data: bytes, media_type: str, headers: Mapping[str, str], seen: str) -> Response:
    """Return bytes as a response, or 304 if the client's copy is current; `seen` is the If-None-Match header."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {**headers, "etag": etag}
    if is_seen(etag, seen):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=media_type)


def page_routes(page: Path = PAGE) -> APIRouter:
    """Return the routes of the page and its files."""
    router = APIRouter(include_in_schema=False)

    def handle(request: Request, name: str = "index.html") -> Response:
        if not _NAME.fullmatch(name) or Path(name).suffix not in TYPES:
            raise NotFound(f"the page has no file {name!r:.80}; it begins at /")
        return file_response(page / name, request)

    def handle_shared(request: Request) -> Response:
        return file_response(page / "shared.html", request)

    for path, handler in (("/", handle), ("/page/{name}", handle), ("/shared/{token}", handle_shared)):
        router.add_api_route(path, handler, methods=["GET", "HEAD"], response_class=Response)
    return router


_FOLDER = Path(__file__).parent / "docs_page"
_FILES = {"/docs": "docs.html", "/docs/docs.css": "docs.css", "/docs/docs.js": "docs.js"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob:; media-src blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def docs_routes() -> APIRouter:
    """Return the routes of the API documentation, which loads nothing from other hosts."""
    router = APIRouter(include_in_schema=False)
    for path, name in _FILES.items():
        router.add_api_route(path, _handler(_FOLDER / name), methods=["GET"], response_class=Response)
    return router


def _handler(file: Path) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        return file_response(file, request, {"content-security-policy": _POLICY})

    return handle
