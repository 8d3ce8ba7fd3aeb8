"""Movements between two values, and the random numbers that time them."""

from __future__ import annotations

import math
import random


class Glide:
    """A value that moves from one goal to the next without a jerk and rests in between."""

    def __init__(self) -> None:
        self._from = self._to = 0.0
        self._start, self.end = -math.inf, -math.inf
        """When the latest movement ends, in seconds."""

    def go(self, goal: float, start_s: float, seconds: float) -> None:
        """Move to a goal from wherever the value is at `start_s`."""
        self._from, self._to = self.at(start_s), goal
        self._start, self.end = start_s, start_s + seconds

    def at(self, moment_s: float) -> float:
        """Return the value at a moment."""
        if moment_s >= self.end:
            return self._to
        share = max(0.0, (moment_s - self._start) / (self.end - self._start))
        return self._from + (self._to - self._from) * min_jerk(share)


def min_jerk(share: float) -> float:
    """Return the share of the way after a share of the time, as arms and heads move (Flash and Hogan, 1985)."""
    return share * share * share * (10 - 15 * share + 6 * share * share)


def eased(share: float) -> float:
    """Return a share, clipped to 0..1, with a soft start and end."""
    share = max(0.0, min(1.0, share))
    return share * share * (3 - 2 * share)


def pulse(share: float) -> float:
    """Return a bump that rises from 0 to 1 in the middle and falls again; 0 outside 0..1."""
    return 0.5 - 0.5 * math.cos(math.tau * share) if 0 <= share <= 1 else 0.0


def random_for(seed: int, purpose: str) -> random.Random:
    """Return random numbers that follow from a seed, other ones for each purpose."""
    return random.Random(f"{seed} {purpose}")  # noqa: S311


def log_normal(rng: random.Random, median: float, spread: float) -> float:
    """Return a positive random number; two thirds lie within a factor e^`spread` of the median, and none beyond 3."""
    return median * math.exp(spread * max(-3.0, min(3.0, rng.gauss(0, 1))))
