"""Multipart uploads, parsed as they stream in: text fields stay in memory, files go to disk, both within limits."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import time
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from halfgig.errors import HalfgigError, OutputUnwritable
from halfgig.server.errors import BadRequest, TooSlow, UploadTooLarge
from halfgig.server.web.form import FileRule, Form, FormRules, checked_text, longest_text, too_long

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from starlette.requests import Request

MOST_PARTS = 40
"""More parts than any of our forms has fields; each part costs a little memory."""


def boundary_of(content_type: str) -> bytes:
    """Return the multipart boundary in a Content-Type header.  Raises `BadRequest`."""
    try:
        kind, options = parse_options_header(content_type)
    except ValueError:
        kind, options = b"", {}
    if kind != b"multipart/form-data":
        raise BadRequest(
            f"the request's Content-Type is {content_type!r:.80}; send a multipart/form-data form, or application/json"
        )
    if not options.get(b"boundary"):
        raise BadRequest("the request's Content-Type names no boundary; let your HTTP library write that header")
    return options[b"boundary"]


class FormReader:
    """Incremental parser of a multipart form."""

    def __init__(self, boundary: bytes, folder: Path, rules: FormRules) -> None:
        self._folder, self._rules = folder, rules
        self._texts: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        self._parts, self._is_whole = 0, False
        self._header, self._value = bytearray(), bytearray()
        self._disposition = ""
        self._sink: _Text | _File | None = None
        with _malformed():
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._open,
                    "on_part_data": self._write,
                    "on_part_end": self._end,
                    "on_end": self._end_form,
                },
            )

    def feed(self, data: bytes) -> None:
        """Parse the next bytes."""
        with _malformed():
            self._parser.write(data)

    def finish(self) -> Form:
        """Return the complete form.  Raises `BadRequest` if its end is missing."""
        if not self._is_whole:
            raise BadRequest("the form ends before its last boundary; was the request cut off?")
        return Form(self._texts, self._digests)

    def close(self) -> None:
        """Close the file that is still open, if any."""
        if isinstance(self._sink, _File):
            self._sink.close()

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise BadRequest(f"the form has more than {MOST_PARTS} parts; send each field once")
        self._disposition = ""

    def _end_header(self) -> None:
        name, value = self._header.decode("latin-1").lower(), self._value.decode("latin-1")
        if name == "content-disposition":
            self._disposition = value
        if name == "content-transfer-encoding" and value.strip().lower() not in ("7bit", "8bit", "binary"):
            raise BadRequest(f"a part of the form has the transfer encoding {value!r:.40}; send its bytes as they are")
        self._header.clear()
        self._value.clear()

    def _open(self) -> None:
        options = parse_options_header(self._disposition)[1]
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if not name:
            raise BadRequest("a part of the form has no name; send form-data with a name for each field")
        if name in self._texts or name in self._digests:
            raise BadRequest(f"the field {name!r:.40} stands twice in the form; send it once", name[:40])
        if rule := self._rules.files.get(name):
            self._sink = _File(name, self._folder / rule.name, rule, bool(options.get(b"filename")))
        else:
            self._sink = _Text(name, longest_text(name, self._rules))

    def _write(self, data: bytes, start: int, end: int) -> None:
        assert self._sink
        self._sink.write(data[start:end])

    def _end(self) -> None:
        sink, self._sink = self._sink, None
        if isinstance(sink, _Text):
            self._texts[sink.name] = sink.text()
        elif sink and (digest := sink.end()):
            self._digests[sink.name] = digest

    def _end_form(self) -> None:
        self._is_whole = True


@contextlib.contextmanager
def _malformed() -> Iterator[None]:
    try:
        yield
    except FormParserError as error:
        raise BadRequest(
            f"the form cannot be read: {error}; send multipart/form-data as your library makes it"
        ) from None


class _Text:
    """Collects a text field."""

    def __init__(self, name: str, longest: int) -> None:
        self.name, self._longest = name, longest
        self._data = bytearray()

    def write(self, data: bytes) -> None:
        self._data += data
        # UTF-8 needs at most four bytes per character.
        if len(self._data) > 4 * self._longest:
            raise too_long(self.name, len(self._data) // 4, self._longest)

    def text(self) -> str:
        try:
            text = self._data.decode()
        except UnicodeDecodeError:
            raise BadRequest(f"{self.name} is not UTF-8; send it in that encoding", self.name) from None
        return checked_text(self.name, text, self._longest)


class _File:
    """Writes a file to disk and computes its digest."""

    def __init__(self, name: str, path: Path, rule: FileRule, has_name: bool) -> None:
        self.name, self._path, self._rule, self._has_name = name, path, rule, has_name
        self._digest, self._bytes = hashlib.sha256(), 0
        with disk_has_room():
            self._file: BinaryIO = path.open("wb")

    def write(self, data: bytes) -> None:
        self._bytes += len(data)
        if self._bytes > self._rule.most_mb * 1e6:
            raise self._rule.too_large(self.name)
        self._digest.update(data)
        with disk_has_room():
            self._file.write(data)

    def end(self) -> str:
        """Close the file and return its digest; "" for a file field that was left empty in a browser."""
        with disk_has_room():
            self._file.flush()
            # A job in the job store must survive a power failure, so its files must be on disk first.
            os.fsync(self._file.fileno())
            self._file.close()
        if self._bytes or self._has_name:
            return self._digest.hexdigest()
        self._path.unlink()
        return ""

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the file is discarded anyway
            self._file.close()


REST_BYTES, REST_S = 64 * 10**6, 10.0
"""How much of a refused request is still read, in bytes and seconds."""


async def read_form(request: Request, folder: Path, rules: FormRules, patience_s: float) -> Form:
    """Read a multipart form; its files are written to `folder` under the names in the rules.

    Raises `BadRequest`, `TextTooLong`, `UploadTooLarge`, `TooSlow`, `OutputUnwritable` and what the rules name.
    """
    reader = FormReader(boundary_of(request.headers.get("content-type", "")), folder, rules)
    body = Body(request, rules.most_bytes, patience_s)
    try:
        async for data in body.pieces():
            await run_in_threadpool(reader.feed, data)
        return reader.finish()
    except HalfgigError:
        await body.drain()
        raise
    finally:
        reader.close()


class Body:
    """A request's body, read in pieces of about 64 KB within limits of size and time."""

    def __init__(self, request: Request, most_bytes: int, patience_s: float) -> None:
        self._request, self._most_bytes, self._patience_s = request, most_bytes, patience_s
        self._received = 0
        self._is_over = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body in pieces.

        Raises `UploadTooLarge`, at once if Content-Length is too large, `TooSlow` if nothing arrives for a while, and
        `BadRequest` if the client disconnects.
        """
        length = self._request.headers.get("content-length", "")
        self._check_bytes(int(length[:20]) if length.isdecimal() else 0)
        while not self._is_over:
            data = await self._next()
            self._check_bytes(self._received)
            if data:
                yield data

    async def drain(self) -> None:
        """Read on after a refusal, within bounds: many clients read a response only after sending everything."""
        if "expect" in self._request.headers:
            return  # the client waits for 100 Continue and will read the error instead
        most = self._received + REST_BYTES
        with contextlib.suppress(TimeoutError, HalfgigError):
            async with asyncio.timeout(REST_S):
                while not self._is_over and self._received < most:
                    await self._next()

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(self._patience_s):
                message = await self._request.receive()
        except TimeoutError:
            self._is_over = True
            raise TooSlow(
                f"nothing came for {self._patience_s:g} seconds, {self._received} bytes into the request; "
                "send it again, or raise SLOW_CLIENT_SECONDS"
            ) from None
        if message["type"] != "http.request":
            self._is_over = True
            raise BadRequest(f"the connection ended {self._received} bytes into the request; send it again")
        data: bytes = message.get("body", b"")
        self._received += len(data)
        self._is_over = not message.get("more_body", False)
        return data

    def _check_bytes(self, count: int) -> None:
        if count > self._most_bytes:
            raise UploadTooLarge(
                f"the request has {count / 1e6:.1f} MB or more; all its parts together may have "
                f"{self._most_bytes / 1e6:.1f} MB: send smaller files"
            )


ABANDONED_S = 3600.0
"""Age in seconds after which an upload nobody writes to counts as left over from a killed process."""


@contextlib.contextmanager
def upload_folder(folder: Path) -> Iterator[Path]:
    """Create a folder for one upload; remove what is left of it when the block ends."""
    with disk_has_room():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(uploads: Path, now: float | None = None) -> None:
    """Remove uploads of killed processes: folders nothing was written to for `ABANDONED_S`."""
    oldest = (time.time() if now is None else now) - ABANDONED_S
    with contextlib.suppress(FileNotFoundError):
        for folder in list(uploads.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                if max(path.stat().st_mtime for path in (folder, *folder.iterdir())) < oldest:
                    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def disk_has_room() -> Iterator[None]:
    """Turn errors of writing, such as a full disk, into `OutputUnwritable`, status 507."""
    try:
        yield
    except OSError as error:
        raise OutputUnwritable(
            f"the server cannot keep the upload: {error.strerror}; delete videos that are not needed, or free its disk"
        ) from error
