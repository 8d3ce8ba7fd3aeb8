"""The interactive description at /docs: our own page, which asks nothing of any other host."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

_PAGE = Path(__file__).parent / "page"
_FILES = {
    "/docs": ("docs.html", "text/html; charset=utf-8"),
    "/docs/docs.css": ("docs.css", "text/css; charset=utf-8"),
    "/docs/docs.js": ("docs.js", "text/javascript; charset=utf-8"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob:; media-src blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def docs_routes() -> APIRouter:
    """Make the routes of the page and its two files."""
    router = APIRouter(include_in_schema=False)
    for path, (name, media_type) in _FILES.items():
        router.add_api_route(path, _giver(_PAGE / name, media_type), methods=["GET"])
    return router


def _giver(file: Path, media_type: str) -> Callable[[], Response]:
    def give() -> Response:
        headers = {"content-security-policy": _POLICY, "cache-control": "no-cache"}
        return Response(file.read_bytes(), media_type=media_type, headers=headers)

    return give
