"""A file of a shared store as a response, whole or by one byte range, a megabyte in memory at a time."""

from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

from halfgig.server.errors import NotFound
from halfgig.server.web.ranged_file import refuse_range, spans_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import Receive, Scope, Send

    from halfgig.server.file_store import FileStore, StoredFile


class StoredFileResponse(Response):
    """A file of a shared store; a request for several ranges gets all of it, as HTTP allows (RFC 9110, 14.2)."""

    def __init__(self, files: FileStore, file: StoredFile, media_type: str, headers: Mapping[str, str]) -> None:
        self._files, self._file = files, file
        super().__init__(media_type=media_type, headers=dict(headers))
        self.headers["content-length"] = str(file.size)
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = f'"{file.checksum}"'
        self.headers["last-modified"] = formatdate(file.at, usegmt=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, the range of it that exists, or 416 if none does."""
        start, end, asked = 0, self._file.size, Headers(scope=scope).get("range")
        if asked is not None and scope["method"] == "GET" and self._is_same(Headers(scope=scope).get("if-range")):
            spans = spans_of(asked, end)
            if spans == []:
                await refuse_range(asked, end, scope)(scope, receive, send)
                return
            if spans and len(spans) == 1:
                self.status_code = 206
                self.headers["content-range"] = f"bytes {spans[0].start}-{spans[0].end}/{end}"
                start, end = spans[0].start, spans[0].end + 1
                self.headers["content-length"] = str(end - start)
        blocks = self._files.read(self._file, start, end if scope["method"] == "GET" else start)
        first = await run_in_threadpool(self._first, blocks)  # what fails before the first byte has a status
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for block in iterate_in_threadpool(blocks):
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _first(self, blocks: Iterator[bytes]) -> bytes:
        try:
            return next(blocks, b"")
        except FileNotFoundError:
            raise NotFound("the file was deleted a moment ago") from None

    def _is_same(self, if_range: str | None) -> bool:
        return if_range is None or if_range in (self.headers["etag"], self.headers["last-modified"])
