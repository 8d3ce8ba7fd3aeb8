"""What a stage reports from its cell, and how often.  The runner's own modules are not loaded there."""

from __future__ import annotations

import time
from typing import NamedTuple

PROGRESS_EVERY_S = 0.1
"""Seconds between two reports of progress."""


class Pace:
    """Rate limiter for reports of progress."""

    def __init__(self, every_s: float = PROGRESS_EVERY_S) -> None:
        self._every_s = every_s
        self._next = 0.0

    def due(self) -> bool:
        """Return whether it is time again."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._every_s
        return True


class StageResult(NamedTuple):
    """What a stage reports at its end."""

    seconds: float
    """Length of what was made."""
    maker: str
    """Who speaks: "espeak 1.52.0, voice en-us"."""
    frames: int = 0
    """The number of frames; 0 for sound."""
    size: tuple[int, int] = (0, 0)
    """Width and height of the frames."""
