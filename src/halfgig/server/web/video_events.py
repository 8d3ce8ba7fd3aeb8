"""Progress of a video as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from halfgig.server.changes import SILENT, Changes
from halfgig.server.web.access import client_in
from halfgig.server.web.video_schema import VideoDeleted, video_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Receive, Scope, Send

    from halfgig.server.job import Job
    from halfgig.server.web.limits import StreamLimit

POLL_EVERY_S = 0.5
"""Seconds between two queries of the job store, where nobody tells its changes."""

RARE_POLL_S = 5.0
"""The same while the database tells them."""

HEARTBEAT_S = 10.0
"""Seconds without a change after which a comment keeps the connection alive."""

MOST_STREAMS = 32
"""Streams of one web worker at a time; each may query the job store twice a second."""

RETRY_MS = 2000
"""Milliseconds after which a browser should reconnect."""


class EventStream(StreamingResponse):
    """A limited stream of events."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], streams: StreamLimit) -> None:
        # Keep proxies from buffering events.
        super().__init__(events, headers={"x-accel-buffering": "no", "cache-control": "no-store"})
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the job ends or the client disconnects.  Raises `Busy` if too many streams are open."""
        with self._streams.slot(client_in(scope)):
            await super().__call__(scope, receive, send)


def event(name: str, data: str) -> str:
    """Return an event in the text format; `data` is one line."""
    return f"event: {name}\ndata: {data}\n\n"


async def events_of(
    job_id: str,
    look: Callable[[], Job | None],
    keep_hours: float,
    poll_every_s: float = POLL_EVERY_S,
    heartbeat_s: float = HEARTBEAT_S,
    changes: Changes = SILENT,
) -> AsyncIterator[str]:
    """Yield the state of a job now and after each change, and at last completed, failed, cancelled or deleted.

    `look` returns the current job, None once it is deleted; it may block.  While `changes` are told it is called
    when the job has changed, else every `poll_every_s` seconds.
    """
    yield f"retry: {RETRY_MS}\n\n"
    sent, sent_at = "", time.monotonic()
    changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    with changes.watched(job_id, wake):
        while job := await run_in_threadpool(look):
            news = video_of(job, keep_hours).model_dump_json()
            if not job.is_open:
                yield event(job.status, news)
                return
            if news != sent:
                yield event("progress", news)
                sent, sent_at = news, time.monotonic()
            elif time.monotonic() - sent_at >= heartbeat_s:
                yield ": still here\n\n"
                sent_at = time.monotonic()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RARE_POLL_S if changes.is_live else poll_every_s):
                    await changed.wait()
            changed.clear()  # before the next look, which sees what changes from now on
    yield event("deleted", VideoDeleted(id=job_id).model_dump_json())
