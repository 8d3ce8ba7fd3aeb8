"""How much may be sent, and how slowly: requests' bodies are counted and timed while they come."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from halfgig.errors import HalfgigError
from halfgig.server.errors import Busy, TooSlow, UploadTooLarge
from halfgig.server.web.errors import response_of

MOST_HELD = 16 * 2**20
"""Bytes of all bodies that one worker keeps in memory at a time."""

SLOWEST = 4096
"""Bytes a second that a long body must come with, once its first seconds have passed."""


@dataclass(frozen=True, slots=True)
class BodyRules:
    """What a body may be."""

    most_bytes: int
    """The longest body that is kept in memory; forms with files are counted by who writes them to disk."""
    slow_s: float
    """How long a short body may take, in seconds."""


class BodyLimits:
    """Refuse bodies that are too long or come too slowly; an ASGI middleware."""

    def __init__(self, app: ASGIApp, rules: BodyRules) -> None:
        self._app = app
        self._rules = rules
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body under watch."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").lower().startswith("multipart/form-data")
        body = _Body(receive, self._rules, None if is_form else self._hold)
        try:
            body.check_promise(headers.get("content-length", ""))
        except HalfgigError as error:
            await response_of(error, scope["path"])(scope, receive, send)
            return
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._held -= body.held

    def _hold(self, size: int) -> None:
        if self._held + size > MOST_HELD:
            raise Busy(f"requests of {MOST_HELD // 2**20} MB are being read already; come back in a moment", 2)
        self._held += size


class _Body:
    """Follow one body on its way in."""

    def __init__(self, receive: Receive, rules: BodyRules, hold: Callable[[int], None] | None) -> None:
        self._receive = receive
        self._rules = rules
        self._hold = hold
        self._began = asyncio.get_running_loop().time()
        self._received = 0
        self._is_whole = False
        self.held = 0

    def check_promise(self, content_length: str) -> None:
        """Refuse by what the headers say."""
        if self._hold and content_length.isdecimal():
            self._check(int(content_length))

    async def receive(self) -> Message:
        """Wait for the next part."""
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
    """Count open streams and refuse those beyond the limit."""

    def __init__(self, most: int, tell: Callable[[int], None] | None = None) -> None:
        self._most = most
        self._tell = tell
        self._open = 0

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        """Keep a stream's place while the block runs.  Raises `Busy` when there is none."""
        if self._open >= self._most:
            raise Busy(f"{self._open} streams are open, and {self._most} may be; come back in a moment", _AFTER_S)
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._open += change
        if self._tell:
            self._tell(change)
