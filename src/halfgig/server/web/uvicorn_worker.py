"""The web worker: uvicorn on asyncio and h11, with a timeout for request headers."""

import asyncio
import json
from collections import Counter
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn_worker import UvicornWorker

from halfgig.server.web.errors import error_body

MOST_CONNECTIONS = 512
"""Connections of one worker, each about 20 KB; more are refused."""

MOST_OF_ONE = 384
"""Connections of one address, so that no single one can keep all others out; a further one replaces the oldest that has
no request."""

LONGEST_HEAD = 32 * 2**10
"""Largest request line and headers, in bytes."""

HEAD_S = 20.0
"""Seconds a request's line and headers may take."""


class TimeoutProtocol(H11Protocol):
    """HTTP/1.1 with a timeout for request headers; uvicorn alone would wait forever."""

    head_s = HEAD_S
    most_of_one = MOST_OF_ONE
    _of_address: ClassVar[Counter[str]] = Counter()
    _without_request: ClassVar[dict[str, dict["TimeoutProtocol", None]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout for the first request; if the address has too many connections, close one of them."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._of_address[self._address] += 1
        if self._of_address[self._address] > self.most_of_one:
            idle = next(iter(self._without_request.get(self._address, ())), self)
            idle._stop_timer()  # noqa: SLF001 - of the same class
            idle.transport.close()
        self._update_timer()

    def data_received(self, data: bytes) -> None:
        """Process data; complete headers stop the timeout."""
        super().data_received(data)
        self._update_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timeout."""
        self._of_address[self._address] -= 1
        if not self._of_address[self._address]:
            del self._of_address[self._address]
        self._stop_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer invalid HTTP in the same format as every other error."""
        body = json.dumps(error_body(400, msg, "bad_request")).encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
        events: list[Any] = [h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _update_timer(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_timer()
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self.head_s, self.transport.close)
            self._without_request.setdefault(self._address, {})[self] = None

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
            of_address = self._without_request[self._address]
            del of_address[self]
            if not of_address:
                del self._without_request[self._address]


class WebWorker(UvicornWorker):  # type: ignore[misc]  # it has no types
    """A gunicorn worker that runs uvicorn."""

    CONFIG_KWARGS = {  # noqa: RUF012 - as uvicorn's worker has it
        "loop": "asyncio",
        "http": TimeoutProtocol,
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # `client_address` believes them from TRUSTED_PROXIES only
        "limit_concurrency": MOST_CONNECTIONS,
        "h11_max_incomplete_event_size": LONGEST_HEAD,
    }
