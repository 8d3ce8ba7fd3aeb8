"""Blinks: at log-normal intervals, more at the ends of phrases and with large shifts of gaze, fewer within a phrase."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.puppet.easing import eased, log_normal

if TYPE_CHECKING:
    import random

    from halfgig.animators.puppet.blendshapes import FrameCue

EARLIEST_S = 1.0
"""No blink begins before: a video's first frames show the portrait itself."""

INTERVAL_S, INTERVAL_SPREAD = 3.2, 0.55
"""Median interval of one who talks, and its spread: 15 to 30 blinks a minute (Bentivoglio et al., 1997)."""

QUIET = 1.05
"""Factor on the intervals of one who is silent."""

AT_PHRASE_END = 0.4
PHRASE_END_S = (-0.05, 0.3)
"""Share of phrases that end with a blink, and when, from the beginning of the pause (Nakano and Kitazawa, 2010)."""

HELD_BACK_S = 0.5
"""A blink that is due waits for the end of the phrase, if it comes within this time."""

WITH_GAZE, GAZE_DEG = 0.35, 5.0
"""Share of shifts of gaze that are accompanied by a blink, and how large they must be (Evinger et al., 1994)."""

DOUBLE, DOUBLE_S = 0.12, (0.05, 0.15)
"""Share of blinks that are directly followed by another one, and after how long."""

INCOMPLETE, INCOMPLETE_DEPTH = 0.12, (0.55, 0.85)
"""Share of blinks that do not close the eyes, and how far those go."""

REST_S = 0.5
"""Shortest interval but that of a double blink."""

CLOSING_S, CLOSED_S, OPENING_S = 0.075, 0.04, 0.17
PACE_SPREAD = 0.15
"""Usual lengths of the parts of a blink, and their common spread: lids close faster than they open."""


class Blink(NamedTuple):
    """One blink."""

    start: float = -math.inf
    """Seconds from the start of the stream."""
    depth: float = 0.0
    """How far it closes the eyes, 0..1."""
    slowness: float = 1.0
    """Factor on its length."""

    @property
    def end(self) -> float:
        """When the eyes are open again."""
        return self.start + self.slowness * (CLOSING_S + OPENING_S) + CLOSED_S

    def closed(self, moment_s: float) -> float:
        """Return how far the eyes are closed at a moment, 0..1."""
        closing = (moment_s - self.start) / (self.slowness * CLOSING_S)
        opening = (self.end - moment_s) / (self.slowness * OPENING_S)
        return self.depth * eased(min(closing, opening))


class Blinks:
    """When the eyes blink; calls must be in order of time."""

    def __init__(self, rng: random.Random, pace: float = 1.0) -> None:
        self._rng, self._pace = rng, pace
        self._blink = Blink()
        self._due = EARLIEST_S + log_normal(rng, 0.5 * INTERVAL_S, INTERVAL_SPREAD)
        self._is_within_phrase = False
        self._seen_shift = 0.0

    def closed(self, moment_s: float, cue: FrameCue, shift: tuple[float, float]) -> float:
        """Return how far the eyes are closed, 0..1; `shift` is the latest shift of gaze, its start and its size."""
        self._heed_phrase(moment_s, cue)
        self._heed_gaze(shift)
        while self._due <= moment_s and moment_s >= self._blink.end:
            is_early = cue.until_voice == 0 < cue.until_pause < HELD_BACK_S
            if is_early and self._due > self._blink.end + REST_S:
                self._due = moment_s + cue.until_pause
                break
            self._begin(self._due, is_quiet=cue.until_voice == math.inf)
        return self._blink.closed(moment_s)

    def _heed_phrase(self, moment_s: float, cue: FrameCue) -> None:
        if cue.until_pause == math.inf:
            self._is_within_phrase = True
        elif self._is_within_phrase:
            self._is_within_phrase = False
            if self._rng.random() < AT_PHRASE_END * self._pace:
                self._hasten(moment_s + cue.until_pause + self._rng.uniform(*PHRASE_END_S))

    def _heed_gaze(self, shift: tuple[float, float]) -> None:
        start, size = shift
        if start > self._seen_shift:
            self._seen_shift = start
            if size >= GAZE_DEG and self._rng.random() < WITH_GAZE * self._pace:
                self._hasten(start)

    def _hasten(self, start_s: float) -> None:
        if start_s >= max(EARLIEST_S, self._blink.end + REST_S):
            self._due = min(self._due, start_s)

    def _begin(self, start_s: float, *, is_quiet: bool) -> None:
        is_whole = self._rng.random() >= INCOMPLETE
        depth = 1.0 if is_whole else self._rng.uniform(*INCOMPLETE_DEPTH)
        self._blink = Blink(start_s, depth, log_normal(self._rng, 1.0, PACE_SPREAD))
        if self._rng.random() < DOUBLE:
            self._due = self._blink.end + self._rng.uniform(*DOUBLE_S)
            return
        interval = log_normal(self._rng, INTERVAL_S, INTERVAL_SPREAD) / self._pace * (QUIET if is_quiet else 1.0)
        self._due = start_s + max(interval, self._blink.end - start_s + REST_S)
