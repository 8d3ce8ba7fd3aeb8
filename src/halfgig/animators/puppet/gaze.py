"""Gaze: mostly at the viewer, in small saccades; away at times and in thought, back before a phrase begins.

Lengths of looks and directions of glances follow Lee, Badler and Badler, "Eyes Alive" (2002), for a person who talks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.puppet.easing import Glide, log_normal

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from halfgig.animators.puppet.blendshapes import FrameCue

LOOK_S, LOOK_IDLE_S, LOOK_SPREAD = 1.8, 5.0, 0.5
"""Median length of a look at the viewer, of one who talks and of one who is silent, and its spread."""

GLANCE_S, GLANCE_SPREAD = 1.0, 0.35
THOUGHT_S = 1.6
"""Median length of a glance away, its spread, and the median of one in thought."""

FIXATION_S, FIXATION_SPREAD = 1.1, 0.5
FIXATION_DEG = 0.7
"""Median interval of small saccades, its spread, and their usual size: from one eye of the viewer to the other."""

NEAREST_DEG, USUAL_DEG, FARTHEST_DEG = 4.0, 2.5, 12.0
"""Size of a glance away: the smallest, what is added on average, and the largest."""

UPWARDS = 0.55
"""Factor on glances up and down, whose range is smaller."""

DIRECTIONS_DEG = {0: 15.5, 45: 6.5, 90: 17.7, 135: 7.4, 180: 16.8, 225: 7.9, 270: 20.4, 315: 7.8}
"""Directions of glances, counterclockwise from the right of the picture, and how often each is taken, in percent."""

THOUGHTFUL_DEG = {20: 1, 45: 2, 135: 2, 160: 1, 215: 1, 325: 1}
"""The same in thought: mostly upwards and aside."""

THINKING_AFTER_S = 0.35
THINKING = 0.65
"""A pause is taken for thought after this long, and this share of them is spent looking away."""

BACK_S, SHORTEST_GLANCE_S = 0.4, 0.35
"""The eyes are back at the viewer this long before a phrase begins, unless the glance would be shorter."""

STAY_S = 0.9
"""The viewer is looked at for this long when a phrase has begun."""

SACCADE_S, SACCADE_S_A_DEGREE = 0.025, 0.0024
"""Length of a saccade: at least, and for each degree."""

HEAD_SHARE = 0.3
HEAD_DELAY_S, HEAD_S = 0.06, 0.55
"""Share of a glance that the head takes over, its delay, and the length of its movement."""


class Direction(NamedTuple):
    """A direction in degrees from that of the viewer."""

    yaw: float = 0.0
    """To the right of the picture."""
    pitch: float = 0.0
    """Downwards."""


class Gaze:
    """Where the eyes look; calls must be in order of time."""

    def __init__(self, rng: random.Random, pace: float = 1.0) -> None:
        self._rng, self._pace = rng, pace
        self._eyes, self._head = (Glide(), Glide()), (Glide(), Glide())
        self._goal = Direction()
        self._fixate_at = 0.4 + self._fixation_s()
        self._turn_at = 1.0 + log_normal(rng, LOOK_S, LOOK_SPREAD)
        self._is_away = False
        self._think_at = math.inf
        self._voice_at = 0.0
        self.shift = (0.0, 0.0)
        """When the latest shift of gaze began, in seconds, and its size in degrees."""

    def follow(self, moment_s: float, cue: FrameCue) -> Direction:
        """Return the direction of gaze in space."""
        self._heed(moment_s, cue)
        while self._turn_at <= moment_s:
            self._turn(self._turn_at, cue)
        while self._fixate_at <= moment_s:
            self._fixate(self._fixate_at)
        return Direction(*(glide.at(moment_s) for glide in self._eyes))

    def head(self, moment_s: float) -> Direction:
        """Return how far the head follows, at the moment of the last call of `follow`."""
        return Direction(*(glide.at(moment_s) for glide in self._head))

    def _heed(self, moment_s: float, cue: FrameCue) -> None:
        """Schedule what speech demands: thought in a long pause, the viewer at the start of a phrase."""
        if cue.until_voice == 0:
            self._think_at = moment_s + cue.until_pause + THINKING_AFTER_S
        elif cue.until_voice < math.inf:
            self._voice_at = moment_s + cue.until_voice
            self._think_at = math.inf
            if self._is_away:
                back_at = max(moment_s, self._voice_at - BACK_S, self.shift[0] + SHORTEST_GLANCE_S)
                self._turn_at = min(self._turn_at, back_at)
        if moment_s >= self._think_at:
            if not self._is_away and self._rng.random() < THINKING:
                self._leave(self._think_at, THOUGHTFUL_DEG, THOUGHT_S)
            self._think_at = math.inf
        if not self._is_away and cue.until_voice < math.inf:
            self._turn_at = max(self._turn_at, self._voice_at + STAY_S)

    def _turn(self, start_s: float, cue: FrameCue) -> None:
        if not self._is_away:
            self._leave(start_s, DIRECTIONS_DEG, GLANCE_S)
            return
        median = LOOK_IDLE_S if cue.until_voice == math.inf else LOOK_S
        self._is_away = False
        self._look(Direction(), start_s)
        self._turn_at = start_s + log_normal(self._rng, median, LOOK_SPREAD) / self._pace

    def _leave(self, start_s: float, directions: Mapping[int, float], median_s: float) -> None:
        angle = math.radians(self._rng.choices(list(directions), list(directions.values()))[0] + self._rng.gauss(0, 8))
        size = min(FARTHEST_DEG, NEAREST_DEG + self._rng.expovariate(1 / USUAL_DEG))
        self._is_away = True
        self._look(Direction(size * math.cos(angle), -UPWARDS * size * math.sin(angle)), start_s)
        self._turn_at = start_s + log_normal(self._rng, median_s, GLANCE_SPREAD)

    def _look(self, goal: Direction, start_s: float) -> None:
        size = math.hypot(goal.yaw - self._goal.yaw, goal.pitch - self._goal.pitch)
        self._goal, self.shift = goal, (start_s, size)
        for glide, part in zip(self._head, goal, strict=True):
            glide.go(HEAD_SHARE * part, start_s + HEAD_DELAY_S, HEAD_S)
        self._saccade(goal, start_s)
        self._fixate_at = start_s + self._fixation_s()

    def _fixate(self, start_s: float) -> None:
        about = (max(-2.0, min(2.0, self._rng.gauss(0, 1))) * FIXATION_DEG for _ in self._goal)
        self._saccade(Direction(*(part + moved for part, moved in zip(self._goal, about, strict=True))), start_s)
        self._fixate_at = start_s + self._fixation_s()

    def _fixation_s(self) -> float:
        return log_normal(self._rng, FIXATION_S, FIXATION_SPREAD)

    def _saccade(self, goal: Direction, start_s: float) -> None:
        size = math.hypot(*(part - glide.at(start_s) for part, glide in zip(goal, self._eyes, strict=True)))
        for glide, part in zip(self._eyes, goal, strict=True):
            glide.go(part, start_s, SACCADE_S + SACCADE_S_A_DEGREE * size)
