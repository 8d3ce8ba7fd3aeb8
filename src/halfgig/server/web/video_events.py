"""How far a video is, told as it changes: server-sent events."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from halfgig.server.web.video_schema import VideoDeleted, video_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Receive, Scope, Send

    from halfgig.server.job_store import Job
    from halfgig.server.web.limits import StreamLimit

POLL_EVERY_S = 0.5
"""Seconds between two looks into the book."""

HEARTBEAT_S = 10.0
"""Seconds without news after which a comment keeps the connection from being taken for dead."""

MOST_STREAMS = 32
"""How many are told at a time, by one worker; each costs two looks a second."""

RETRY_MS = 2000
"""When a browser whose connection ended should come back, in milliseconds."""


class EventStream(StreamingResponse):
    """Stream events to one of those who may listen."""

    media_type = "text/event-stream"

    def __init__(self, told: AsyncIterator[str], streams: StreamLimit) -> None:
        # No proxy may gather events before it passes them on.
        super().__init__(told, headers={"x-accel-buffering": "no", "cache-control": "no-store"})
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until the job ends or the client goes.  Raises `Busy` when too many listen."""
        with self._streams.slot():
            await super().__call__(scope, receive, send)


def event(name: str, data: str) -> str:
    """Write an event; `data` is one line."""
    return f"event: {name}\ndata: {data}\n\n"


async def events_of(
    job_id: str,
    look: Callable[[], Job | None],
    keep_hours: float,
    poll_every_s: float = POLL_EVERY_S,
    heartbeat_s: float = HEARTBEAT_S,
) -> AsyncIterator[str]:
    """Yield what becomes of a job: what it is now, each change, and at last completed, failed, cancelled or deleted.

    `look` gives the job as it is, None when there is none any more; it may block.
    """
    yield f"retry: {RETRY_MS}\n\n"
    told, told_at = "", time.monotonic()
    while job := await run_in_threadpool(look):
        news = video_of(job, keep_hours).model_dump_json()
        if not job.is_open:
            yield event(job.status, news)
            return
        if news != told:
            yield event("progress", news)
            told, told_at = news, time.monotonic()
        elif time.monotonic() - told_at >= heartbeat_s:
            yield ": still here\n\n"
            told_at = time.monotonic()
        await asyncio.sleep(poll_every_s)
    yield event("deleted", VideoDeleted(id=job_id).model_dump_json())
