"""The interactive description at /docs: our own page, which asks nothing of any other host."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from halfgig.server.web.static import file_response

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
