"""What a web worker is: uvicorn on asyncio and h11, with a time limit on the heads of requests too."""

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn_worker import UvicornWorker

from halfgig.server.web.errors import error_body

MOST_CONNECTIONS = 512
"""Connections of one worker, each some 20 KB; more are turned away."""

LONGEST_HEAD = 32 * 2**10
"""Bytes of a request's line and headers."""

HEAD_S = 20.0
"""How long a request's line and headers may take, in seconds."""


class PatientProtocol(H11Protocol):
    """Speak HTTP/1.1 with clients that must come to the point: uvicorn itself would wait for ever."""

    head_s = HEAD_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that is whole ends the wait."""
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait."""
        self._stop_watch()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as every error is answered."""
        body = json.dumps(error_body(400, msg, "bad_request")).encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
        events: list[Any] = [h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()]
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch_head(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_watch()
        elif self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_watch(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class WebWorker(UvicornWorker):  # type: ignore[misc]  # it has no types
    """Serve one process's share of the connections."""

    CONFIG_KWARGS = {  # noqa: RUF012 - as uvicorn's worker has it
        "loop": "asyncio",
        "http": PatientProtocol,
        "ws": "none",
        "lifespan": "off",
        "access_log": False,
        "server_header": False,
        "limit_concurrency": MOST_CONNECTIONS,
        "h11_max_incomplete_event_size": LONGEST_HEAD,
    }
