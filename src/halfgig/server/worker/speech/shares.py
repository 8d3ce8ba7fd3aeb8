"""The clients' shares of the speech cell, and of the processor next to a video that is being made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from halfgig.server.worker.speech.scheduler import AHEAD_S
from halfgig.server.worker.speech.stream import LEAD_S
from halfgig.server.worker.turns import Shares

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from halfgig.server.worker.speech.stream import Stream

BACKGROUND_WEIGHT = 4.0
"""How many times a second of the cell counts that a video's speech had: listeners get most of it."""

SPARE_S = 8.0
"""The same from which on other programs go first, until it is `LEAD_S` again."""

REST = 2.0
"""How many times as long as a slice took the processor is left to another client's video."""

MOST_REST_S = 5.0
"""The most seconds at a time."""


class SpeechShares:
    """How much of the cell each client had; callers hold a lock of their own.

    `video_client` returns the client whose video is being made, `clock` the time in seconds.
    """

    def __init__(self, video_client: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._video_client = video_client
        self._clock = clock
        self._shares = Shares(AHEAD_S)
        self._slice_s, self._sliced_at = 0.0, float("-inf")
        self._waits = False

    def may_wait(self, streams: Collection[Stream]) -> bool:
        """Return whether other programs go first: all who listen have enough to hear, or nobody listens."""
        listening = [each for each in streams if not (each.is_background or each.is_over or each.has_left)]
        # On a busy machine the next slice takes long, and twice as long where others go first.
        least_s = (LEAD_S if self._waits else SPARE_S) + 2 * self._slice_s
        self._waits = all(each.lead_s > least_s for each in listening)
        return self._waits

    def used_s(self, client: str) -> float:
        """Return how long a client had the cell."""
        return self._shares.used_s(client)

    def enter(self, client: str, streams: Collection[Stream]) -> None:
        """Note that a client has something to speak, next to others that have, or whose video is being made."""
        present = {stream.client for stream in streams if not stream.is_over}
        if client not in present:
            self._shares.enter(client, {*present, *filter(None, [self._video_client()])} - {client})

    def charge(self, stream: Stream, took_s: float) -> None:
        """Count a slice that ends now."""
        self._shares.charge(stream.client, took_s * (BACKGROUND_WEIGHT if stream.is_background else 1.0))
        self._slice_s, self._sliced_at = took_s, self._clock()

    def may_pause(self, listener: str, client: str) -> bool:
        """Return whether a client that listens had so little of the cell that another one's video pauses for it."""
        return self.used_s(listener) <= self.used_s(client) + AHEAD_S

    def rest_s(self, stream: Stream, streams: Collection[Stream]) -> float:
        """Return for how many seconds the processor is left to another client's video before a stream's slice.

        A client that had little of the cell is not held up, nor is its only speech that would else fall silent.
        """
        video = self._video_client()
        if video is None or video == stream.client or stream.is_background or self.may_pause(stream.client, video):
            return 0.0
        if _would_fall_silent(stream, streams):
            return 0.0
        return min(self._slice_s * REST, MOST_REST_S) - (self._clock() - self._sliced_at)

    def gives_way(self, current: Stream, new: Stream, streams: Collection[Stream]) -> bool:
        """Return whether the sentence in progress is given up for a stream that has no sound yet.

        That is so if its client had much more of the cell, and does not fall silent.
        """
        had_more = self.used_s(current.client) > self.used_s(new.client) + AHEAD_S
        is_first = new.is_ready and not new.is_begun
        if not (had_more and is_first and current.may_give_way):
            return False
        return current.is_background or not _would_fall_silent(current, streams)


def _would_fall_silent(stream: Stream, streams: Collection[Stream]) -> bool:
    """Return whether a stream is the only one of its client, which has heard nearly all of it."""
    own = sum(each.client == stream.client and not each.is_over for each in streams)
    return own == 1 and stream.lead_s < LEAD_S
