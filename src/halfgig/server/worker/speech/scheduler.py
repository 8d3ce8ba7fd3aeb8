"""Choice of the stream that speaks next: clients in turn, streams without any sound yet first, then background."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_PASSED_OVER = 4
"""Slices made for foreground streams while a background stream is ready; the next slice is the background's."""


AHEAD_S = 3.0
"""Seconds of the cell that a client may have had more than another one and still have its first sound made first."""


SPARE_STREAMS = 8
"""Streams beyond MAX_STREAMS, and beyond MAX_QUEUE, for clients that have none."""


class Schedulable(Protocol):
    """A stream, as the scheduler sees it."""

    @property
    def number(self) -> int:
        """Its place in the order of requests."""
        ...

    @property
    def is_active(self) -> bool:
        """Whether it has left the waiting queue."""
        ...

    @property
    def is_background(self) -> bool:
        """Whether foreground streams come first."""
        ...

    @property
    def is_begun(self) -> bool:
        """Whether any of its sound was made already."""
        ...

    @property
    def client(self) -> str:
        """Who shares the cell with others."""
        ...


T = TypeVar("T", bound=Schedulable)


def to_activate(streams: Sequence[T], most: int) -> list[T]:
    """Return the streams that may leave the queue, so that `most` are active: clients with the fewest first.

    A client that has none is taken beyond the limit.
    """
    active = Counter(stream.client for stream in streams if stream.is_active)
    waiting = sorted((stream for stream in streams if not stream.is_active), key=lambda each: each.number)
    chosen = []
    for stream in sorted(waiting, key=lambda each: active[each.client]):
        if active.total() < most + (0 if active[stream.client] else SPARE_STREAMS):
            active[stream.client] += 1
            chosen.append(stream)
    return chosen


def pick_next(ready: Sequence[T], passed_over: int, used_s: Callable[[str], float] = lambda _client: 0.0) -> T | None:
    """Return the stream that speaks next; `ready` is sorted by last turn, the longest ago first.

    `passed_over` is the number of slices in a row made for foreground streams, `used_s` how long a client had the cell.
    Listeners come before videos, unless their client had much more of the cell than the video's.
    """
    background = next((each for each in ready if each.is_background), None)
    if background is not None and passed_over >= MOST_PASSED_OVER:
        return background
    least_s = min((used_s(each.client) for each in ready), default=0.0)
    near = [each for each in ready if used_s(each.client) <= least_s + AHEAD_S]
    foreground = [each for each in near if not each.is_background]
    new = [each for each in foreground if not each.is_begun]
    return _least(new or foreground or near, used_s)


def _least(streams: Sequence[T], used_s: Callable[[str], float]) -> T | None:
    return min(streams, key=lambda stream: used_s(stream.client), default=None)
