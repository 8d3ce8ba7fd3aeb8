"""Reports that a stage sends from its cell; kept apart from the runner, whose imports the cell does not need."""

from __future__ import annotations

import time
from typing import NamedTuple

PROGRESS_EVERY_S = 0.1
"""Seconds between two progress reports."""


class Pace:
    """Rate limiter for progress reports."""

    def __init__(self, every_s: float = PROGRESS_EVERY_S) -> None:
        self._every_s = every_s
        self._next = 0.0

    def due(self) -> bool:
        """Return whether the next report is due; if so, start waiting for the one after it."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._every_s
        return True


class StageResult(NamedTuple):
    """A stage's final report."""

    seconds: float
    """Length of the speech or video in seconds."""
    maker: str
    """Engine and voice: "espeak 1.52.0, voice en-us"."""
    frames: int = 0
    """Number of frames; 0 for sound."""
    size: tuple[int, int] = (0, 0)
    """Width and height of the frames."""
    source_type: str = ""
    """IPTC digital source type of what was made."""
