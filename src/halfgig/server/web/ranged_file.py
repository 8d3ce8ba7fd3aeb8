"""A file, whole or by byte ranges; a Range header that cannot be read is ignored, as HTTP has it (RFC 9110, 14.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse

from halfgig.server.errors import UnsatisfiableRange
from halfgig.server.web.errors import response_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

MOST_RANGES = 8
"""Ranges of one request; players ask for one."""

_RANGE = re.compile(r"(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


class Span(NamedTuple):
    """Bytes of a file, from `start` to `end` inclusive."""

    start: int
    end: int


def spans_of(header: str, size: int) -> list[Span] | None:
    """Return the spans that a Range header asks for and a file of `size` bytes has; None: the header is ignored."""
    unit, _, asked = header.partition("=")
    found = [_RANGE.fullmatch(each.strip()) for each in asked.split(",", MOST_RANGES)]
    if unit.strip().lower() != "bytes" or len(found) > MOST_RANGES:
        return None
    spans = []
    for each in found:
        if each is None or (each[2] and int(each[2]) < int(each[1])):
            return None
        if each[3]:
            spans.append(Span(max(0, size - int(each[3])), size - 1 if int(each[3]) else -1))
        else:
            spans.append(Span(int(each[1]), min(int(each[2] or size), size - 1)))
    return [span for span in spans if span.start <= span.end]


def refuse_range(asked: str, size: int, scope: Scope) -> Response:
    """Return the answer to a range that a file of `size` bytes does not have."""
    error = UnsatisfiableRange(f"the file has {size} bytes, none of them in {asked!r:.80}")
    response = response_of(error, scope["path"])
    response.headers["content-range"] = f"bytes */{size}"
    return response


class RangedFile(FileResponse):
    """A file whose Range requests never fail for their form."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, the ranges of it that exist, or 416 if none does."""
        headers = Headers(scope=scope)
        asked, stat = headers.get("range"), self.stat_result
        if asked is None or scope["method"] == "HEAD" or stat is None:
            await super().__call__(scope, receive, send)
            return
        spans = spans_of(asked, stat.st_size) if self._is_same(headers.get("if-range")) else None
        if spans == []:
            await refuse_range(asked, stat.st_size, scope)(scope, receive, send)
            return
        changed = MutableHeaders(raw=list(headers.raw))
        del changed["range"]
        if spans:
            changed["range"] = "bytes=" + ",".join(f"{span.start}-{span.end}" for span in spans)
        await super().__call__({**scope, "headers": changed.raw}, receive, send)

    def _is_same(self, if_range: str | None) -> bool:
        return if_range is None or if_range in (self.headers["etag"], self.headers["last-modified"])
