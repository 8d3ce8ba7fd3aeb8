"""The modules for other people's pages, `/halfgig-avatar.js` and others: each joined from files of `avatar/`.

The files import each other by relative names, and no top-level name stands in two of them, so that joining means to put
each after those it needs and to leave out what only tells files apart.  Comments and indentation stay in the files.
"""

from __future__ import annotations

import functools
import re
import sys
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

MODULES = {
    "/halfgig-avatar.js": "index.js",
    "/halfgig-hearing.js": "hearing.js",
    "/halfgig-opus.js": "opus.js",
    "/halfgig-still.js": "still.js",
    "/halfgig-videos.js": "videos.js",
}
"""Paths of the modules, which need no key and which pages of any origin may load, and the files that they export."""

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
_REEXPORT = re.compile(r'^export (\{[^}]*\}) from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n|[ \t]+// [^\n]*$", re.MULTILINE | re.DOTALL)
_SPACE = re.compile(r"^[\t\n]+", re.MULTILINE)
_HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-cache",
}


def joined(entry: str, sources: Path = SOURCES) -> str:
    """Return the module that exports what a file exports."""
    parts = [f"// halfgig {__version__}, Apache-2.0\n"]
    for path in _in_order(sources / entry, []):
        text = path.read_text(encoding="utf-8")
        if path.name != entry:
            text = _EXPORT.sub("", text)
        text = _REEXPORT.sub(r"export \1;\n", _IMPORT.sub("", text))
        parts.append(_SPACE.sub("", _COMMENT.sub("", text)))
    return "".join(parts)


def _in_order(path: Path, done: list[Path]) -> Iterator[Path]:
    """Yield a file after the files that it needs, each once."""
    done.append(path)
    text = path.read_text(encoding="utf-8")
    for name in (*_IMPORT.findall(text), *(name for _, name in _REEXPORT.findall(text))):
        needed = path.with_name(name)
        if needed not in done:
            yield from _in_order(needed, done)
    yield path


@functools.cache
def _served(entry: str) -> bytes:
    # Joining takes longer than sending, and every visit of a page asks whether its copy is current.
    return joined(entry).encode()


def module_routes() -> APIRouter:
    """Return the routes of the modules."""
    router = APIRouter(include_in_schema=False)

    def handle(request: Request) -> Response:
        data = _served(MODULES[request.url.path])
        return bytes_response(data, TYPES[".js"], _HEADERS, request.headers.get("if-none-match", ""))

    for path in MODULES:
        router.add_api_route(path, handle, methods=["GET", "HEAD"], response_class=Response)
    return router


def write_modules(folder: Path) -> None:
    """Write the modules to a folder, as the files of an npm package."""
    for path, entry in MODULES.items():
        (folder / path.lstrip("/")).write_text(joined(entry), encoding="utf-8")


if __name__ == "__main__":
    write_modules(Path(sys.argv[1]))
