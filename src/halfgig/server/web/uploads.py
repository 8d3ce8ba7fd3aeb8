"""From a request's stream to a form, bounded in bytes and in time."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from halfgig.errors import HalfgigError
from halfgig.server.errors import BadRequest, TooSlow, UploadTooLarge
from halfgig.server.web.form_reader import Form, FormReader, FormRules, boundary_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

REST_BYTES, REST_S = 64 * 10**6, 10.0
"""How much of a refused request is still listened to, in bytes and seconds."""


async def read_form(request: Request, folder: Path, rules: FormRules, patience_s: float) -> Form:
    """Read a multipart form; its files are in `folder` afterwards, under their rules' names.

    Raises `BadRequest`, `TextTooLong`, `UploadTooLarge`, `TooSlow`, `OutputUnwritable` and what the rules name.
    """
    reader = FormReader(boundary_of(request.headers.get("content-type", "")), folder, rules)
    body = Body(request, rules.most_bytes, patience_s)
    try:
        async for data in body.pieces():
            await run_in_threadpool(reader.feed, data)
        return reader.finish()
    except HalfgigError:
        await body.take_the_rest()
        raise
    finally:
        reader.close()


class Body:
    """Follow a request's body as it comes, some 64 KB at a time."""

    def __init__(self, request: Request, most_bytes: int, patience_s: float) -> None:
        self._request, self._most_bytes, self._patience_s = request, most_bytes, patience_s
        self._came = 0
        self._is_over = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield its bytes.

        Raises `UploadTooLarge`, at once where Content-Length says so, `TooSlow` when nothing came for a time, and
        `BadRequest` when the client is gone.
        """
        length = self._request.headers.get("content-length", "")
        self._check_bytes(int(length[:20]) if length.isdecimal() else 0)
        while not self._is_over:
            data = await self._next()
            self._check_bytes(self._came)
            if data:
                yield data

    async def take_the_rest(self) -> None:
        """Let a refused client say what it was saying, within bounds: many hear an answer only when they have done."""
        if "expect" in self._request.headers:
            return  # it waits to be told to go on, and hears the answer instead
        most = self._came + REST_BYTES
        with contextlib.suppress(TimeoutError, HalfgigError):
            async with asyncio.timeout(REST_S):
                while not self._is_over and self._came < most:
                    await self._next()

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(self._patience_s):
                message = await self._request.receive()
        except TimeoutError:
            self._is_over = True
            raise TooSlow(
                f"nothing came for {self._patience_s:g} seconds, {self._came} bytes into the request; send it again, "
                "or raise SLOW_CLIENT_SECONDS"
            ) from None
        if message["type"] != "http.request":
            self._is_over = True
            raise BadRequest(f"the connection ended {self._came} bytes into the request; send it again")
        data: bytes = message.get("body", b"")
        self._came += len(data)
        self._is_over = not message.get("more_body", False)
        return data

    def _check_bytes(self, count: int) -> None:
        if count > self._most_bytes:
            raise UploadTooLarge(
                f"the request has {count / 1e6:.1f} MB or more; all its parts together may have "
                f"{self._most_bytes / 1e6:.1f} MB: send smaller files"
            )
