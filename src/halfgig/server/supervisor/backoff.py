"""The delay before a crashed process is restarted."""

from dataclasses import dataclass

FIRST_S = 0.1
"""First delay, in seconds; each crash doubles it."""

MAX_S = 10.0
"""Longest delay, in seconds."""

RESET_S = 30.0
"""After this many seconds of uptime a crash resets the backoff."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The delay after a number of crashes in a row."""

    crashes: int = 0

    def after(self, uptime_s: float) -> "Backoff":
        """Return the backoff after one more crash; a long uptime resets the count."""
        return Backoff(1 if uptime_s >= RESET_S else self.crashes + 1)

    @property
    def wait_s(self) -> float:
        """The delay before the next start, in seconds."""
        return min(MAX_S, FIRST_S * 2.0 ** (self.crashes - 1)) if self.crashes else 0.0
