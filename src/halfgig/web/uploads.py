"""From a request's stream to a form, bounded in bytes and in time."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from halfgig.errors import BadRequest, HalfgigError, TooSlow, UploadTooLarge
from halfgig.web.form_reader import Form, FormReader, FormRules, boundary_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

REST_BYTES, REST_S = 64 * 10**6, 10.0
"""How much of a refused request is still listened to, in bytes and seconds."""


async def arriving(request: Request, most_bytes: int, patience_s: float) -> AsyncIterator[bytes]:
    """Yield a body as it comes, some 64 KB at a time.

    Raises `UploadTooLarge`, at once where Content-Length says so, `TooSlow` when nothing came for `patience_s`, and
    `BadRequest` when the client is gone.
    """
    length = request.headers.get("content-length", "")
    came = 0
    _check_bytes(int(length[:20]) if length.isdecimal() else 0, most_bytes)
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(patience_s):
                data = await anext(stream, None)
        except TimeoutError:
            raise TooSlow(
                f"nothing came for {patience_s:g} seconds, {came} bytes into the request; send it again, or raise "
                "SLOW_CLIENT_SECONDS"
            ) from None
        except ClientDisconnect:
            raise BadRequest(f"the connection ended {came} bytes into the request; send it again") from None
        if data is None:
            return
        came += len(data)
        _check_bytes(came, most_bytes)
        if data:
            yield data


def _check_bytes(count: int, most: int) -> None:
    if count > most:
        raise UploadTooLarge(
            f"the request has {count / 1e6:.1f} MB or more; all its parts together may have {most / 1e6:.1f} MB: "
            "send smaller files"
        )


async def read_form(request: Request, folder: Path, rules: FormRules, patience_s: float) -> Form:
    """Read a multipart form; its files are in `folder` afterwards, under their rules' names.

    Raises `BadRequest`, `TextTooLong`, `UploadTooLarge`, `TooSlow`, `OutputUnwritable` and what the rules name.
    """
    reader = FormReader(boundary_of(request.headers.get("content-type", "")), folder, rules)
    try:
        async for data in arriving(request, rules.most_bytes, patience_s):
            await run_in_threadpool(reader.feed, data)
        return reader.finish()
    except TooSlow:
        raise
    except HalfgigError:
        await _take_the_rest(request)
        raise
    finally:
        reader.close()


async def _take_the_rest(request: Request) -> None:
    """Let a client say what it was saying, within bounds: many hear an answer only when they have done."""
    if "expect" in request.headers:
        return  # it waits to be told to go on, and hears the answer instead
    came = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect, HalfgigError, RuntimeError):
        async with asyncio.timeout(REST_S):
            while came < REST_BYTES and (message := await request.receive())["type"] == "http.request":
                came += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
