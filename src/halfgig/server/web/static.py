"""The page in the browser: files beside this program, read anew for each request, so that no worker keeps them."""

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
"""The folder of the page's files; it has no folders below it."""

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
"""What is served, by the ends of its names; nothing else is."""

RULES = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(self), microphone=(self)",
}
"""What the page may do in a browser: nothing with any other host."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def is_seen(etag: str, if_none_match: str) -> bool:
    """Return whether a client has what carries this tag already."""
    return etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def file_response(path: Path, request: Request, rules: Mapping[str, str] = RULES) -> Response:
    """Answer with a small file, or with 304 where the client has it.  Raises `NotFound`."""
    try:
        data = path.read_bytes()
    except OSError:
        raise NotFound(f"the page has no file {path.name!r:.80}; it begins at /") from None
    headers = {**rules, "cache-control": "no-cache"}
    return bytes_response(data, TYPES[path.suffix], headers, request.headers.get("if-none-match", ""))


def bytes_response(data: bytes, media_type: str, headers: Mapping[str, str], seen: str) -> Response:
    """Answer with bytes, or with 304 where the client has them; `seen` is the If-None-Match header."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    told = {**headers, "etag": etag}
    if is_seen(etag, seen):
        return Response(status_code=304, headers=told)
    return Response(data, headers=told, media_type=media_type)


def page_routes(page: Path = PAGE) -> APIRouter:
    """Make the routes of the page and its files."""
    router = APIRouter(include_in_schema=False)

    def give(request: Request, name: str = "index.html") -> Response:
        if not _NAME.fullmatch(name) or Path(name).suffix not in TYPES:
            raise NotFound(f"the page has no file {name!r:.80}; it begins at /")
        return file_response(page / name, request)

    def give_shared(request: Request) -> Response:
        return file_response(page / "shared.html", request)

    for path, giver in (("/", give), ("/page/{name}", give), ("/shared/{token}", give_shared)):
        router.add_api_route(path, giver, methods=["GET", "HEAD"], response_class=Response)
    return router


_FOLDER = Path(__file__).parent / "docs_page"
_FILES = {"/docs": "docs.html", "/docs/docs.css": "docs.css", "/docs/docs.js": "docs.js"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob:; media-src blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def docs_routes() -> APIRouter:
    """Make the routes of the page and its two files."""
    router = APIRouter(include_in_schema=False)
    for path, name in _FILES.items():
        router.add_api_route(path, _giver(_FOLDER / name), methods=["GET"], response_class=Response)
    return router


def _giver(file: Path) -> Callable[[Request], Response]:
    def give(request: Request) -> Response:
        return file_response(file, request, {"content-security-policy": _POLICY})

    return give
