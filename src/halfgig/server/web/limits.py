"""Limits of one web worker: size and duration of request bodies, and the number of open streams."""

import asyncio
import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from halfgig.errors import HalfgigError
from halfgig.server.errors import Busy, TooSlow, UploadTooLarge
from halfgig.server.web.access import client_in
from halfgig.server.web.errors import response_of

MOST_HELD = 16 * 2**20
"""Bytes of all request bodies one worker keeps in memory at a time."""

SLOWEST = 4096
"""Bytes per second at which a long body must arrive, after the first `slow_s` seconds."""


@dataclass(frozen=True, slots=True)
class BodyRules:
    """Limits of a request body."""

    most_bytes: int
    """Size of the largest body kept in memory; multipart forms are limited by `upload`, which writes them to disk."""
    slow_s: float
    """Seconds a short body may take."""


class BodyLimits:
    """Refuse bodies that are too large or too slow; an ASGI middleware."""

    def __init__(self, app: ASGIApp, rules: BodyRules) -> None:
        self._app = app
        self._rules = rules
        self._held = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a limited body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        by = client_in(scope)
        is_form = headers.get("content-type", "").lower().startswith("multipart/form-data")
        body = _Body(receive, self._rules, None if is_form else functools.partial(self._hold, by))
        try:
            body.check_length(headers.get("content-length", ""))
        except HalfgigError as error:
            await response_of(error, scope["path"])(scope, receive, send)
            return
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._held[by] -= body.held
            if not self._held[by]:
                del self._held[by]

    def _hold(self, client: str, size: int) -> None:
        own, everybodys = self._held[client], self._held.total()
        if everybodys + size > MOST_HELD or own + size > MOST_HELD // 2:
            raise Busy(f"requests of {MOST_HELD // 2**20} MB are being read already; come back in a moment", 2)
        self._held[client] += size


class _Body:
    """One request body."""

    def __init__(self, receive: Receive, rules: BodyRules, hold: Callable[[int], None] | None) -> None:
        self._receive = receive
        self._rules = rules
        self._hold = hold
        self._began = asyncio.get_running_loop().time()
        self._received = 0
        self._is_whole = False
        self.held = 0

    def check_length(self, content_length: str) -> None:
        """Refuse a body whose Content-Length is too large."""
        if self._hold and content_length.isdecimal():
            self._check(int(content_length))

    async def receive(self) -> Message:
        """Return the next part of the body."""
        if self._is_whole:
            return await self._receive()
        deadline = self._began + self._rules.slow_s + self._received / SLOWEST
        try:
            async with asyncio.timeout_at(deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise TooSlow(
                f"{self._received} bytes of the body came in {self._rules.slow_s:g} s and it is not whole; "
                "send it faster, or raise SLOW_CLIENT_SECONDS"
            ) from error
        if message["type"] == "http.request":
            self._take(len(message.get("body", b"")))
            self._is_whole = not message.get("more_body", False)
        return message

    def _take(self, size: int) -> None:
        self._received += size
        if self._hold:
            self._check(self._received)
            self._hold(size)
            self.held += size

    def _check(self, size: int) -> None:
        if size > self._rules.most_bytes:
            raise UploadTooLarge(
                f"the body has {size} bytes or more; the limit is {self._rules.most_bytes}: send less, "
                "or raise MAX_INPUT_CHARACTERS"
            )


_AFTER_S = 5.0


class StreamLimit:
    """Limit on the number of open streams in one worker; a client that has none is taken beyond it, up to twice."""

    def __init__(self, most: int, on_change: Callable[[int], None] | None = None) -> None:
        self._most = most
        self._on_change = on_change
        self._open = Counter[str]()

    @contextlib.contextmanager
    def slot(self, client: str = "") -> Iterator[None]:
        """Reserve a client's stream for the duration of the block.  Raises `Busy` if all are in use."""
        count = self._open.total()
        if count >= self._most * (1 if self._open[client] else 2):
            raise Busy(f"{count} streams are open, and {self._most} may be; come back in a moment", _AFTER_S)
        self._count(client, 1)
        try:
            yield
        finally:
            self._count(client, -1)

    def _count(self, client: str, change: int) -> None:
        self._open[client] += change
        if not self._open[client]:
            del self._open[client]
        if self._on_change:
            self._on_change(change)
