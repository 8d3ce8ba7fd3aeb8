"""Which requests are sent again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from halfgig.client.calls import Call

BUSY = (408, 429, 502, 503, 504)
"""Answers after which the same request may succeed later."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
"""Pause before the first repetition, which doubles each time, and the longest that a server may ask for."""


@dataclass(frozen=True, slots=True)
class Retries:
    """The rule of a client."""

    most: int
    """Repetitions of a request."""

    def pause_s(self, call: Call, attempt: int, response: httpx.Response | None) -> float | None:
        """Return the seconds to wait before a request is sent again, or None if it must not be.

        `attempt` counts from 0; `response` is None after a connection that failed.
        """
        if attempt >= self.most:
            return None
        if response is None:
            return _backoff_s(attempt) if call.is_repeatable else None
        if response.status_code not in BUSY or response.headers.get("x-should-retry") == "false":
            return None
        return _asked_s(response) or _backoff_s(attempt)


def _asked_s(response: httpx.Response) -> float | None:
    """Return the pause that the server asks for, if it asks for one."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(response.headers[name]) * unit_s
        except (KeyError, ValueError):
            continue
        return min(LONGEST_PAUSE_S, max(0.0, seconds))
    return None


def _backoff_s(attempt: int) -> float:
    # Clients that failed together must not return together.
    return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**attempt)  # noqa: S311
