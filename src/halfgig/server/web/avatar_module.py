"""The module for other people's pages, `/halfgig-avatar.js`: the files of `avatar/` joined into one.

The files import each other by relative names, and no top-level name stands in two of them, so that joining means to put
each after those it needs and to leave out what only tells files apart.  Comments stay in the files.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from halfgig import __version__
from halfgig.server.web.static import TYPES, bytes_response

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(__file__).parent / "avatar"
"""The folder of the files."""

ENTRY = "index.js"
"""The file whose exports are the module's."""

PATH = "/halfgig-avatar.js"
"""Path of the module; it needs no key, and pages of any origin may load it."""

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
_REEXPORT = re.compile(r'^export (\{[^}]*\}) from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n|[ \t]+// [^\n]*$", re.MULTILINE | re.DOTALL)
_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-cache",
}


def avatar_module(sources: Path = SOURCES) -> str:
    """Return the joined module."""
    parts = [f"// halfgig {__version__}, Apache-2.0; the sources have the comments.\n"]
    for path in _in_order(sources / ENTRY, []):
        text = path.read_text(encoding="utf-8")
        if path.name != ENTRY:
            text = _EXPORT.sub("", text)
        text = _REEXPORT.sub(r"export \1;\n", _IMPORT.sub("", text))
        parts.append(_COMMENT.sub("", text).strip("\n") + "\n")
    return "\n".join(parts)


def _in_order(path: Path, done: list[Path]) -> Iterator[Path]:
    """Yield a file after the files that it needs, each once."""
    done.append(path)
    text = path.read_text(encoding="utf-8")
    for name in (*_IMPORT.findall(text), *(name for _, name in _REEXPORT.findall(text))):
        needed = path.with_name(name)
        if needed not in done:
            yield from _in_order(needed, done)
    yield path


def module_routes() -> APIRouter:
    """Return the route of the module."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(PATH, methods=["GET", "HEAD"], response_class=Response)
    def module(request: Request) -> Response:
        data = avatar_module().encode()
        return bytes_response(data, TYPES[".js"], _HEADERS, request.headers.get("if-none-match", ""))

    return router
