"""Motion of the head: postures that are held and change with the phrases, a little drift, and nods on stress."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from halfgig.animators.puppet.blendshapes import Head
from halfgig.animators.puppet.easing import Glide, eased, log_normal, pulse

if TYPE_CHECKING:
    import random

    from halfgig.animators.puppet.blendshapes import FrameCue

FARTHEST = Head(x=0.05, y=0.04, scale=0.03, yaw=8.0, pitch=6.0, roll=5.0)
"""Largest displacement of the liveliest head; what lies beyond is cut off."""

POSTURE = Head(x=0.024, y=0.008, scale=0.014, yaw=7.0, pitch=3.2, roll=3.6)
"""Largest displacement of a held posture."""

DRIFT = Head(x=0.005, y=0.004, scale=0.003, yaw=0.7, pitch=0.45, roll=0.4)
"""Largest displacement of the drift, that keeps a held posture alive."""

RHYTHMS_HZ = (0.11, 0.17, 0.29)
"""Incommensurable frequencies, so that the drift never repeats."""

EASE_IN_S = 1.2
"""Fade-in of the drift, so that the first frame is the portrait itself."""

AT_PHRASE, AT_PAUSE = 0.8, 0.4
"""Shares of phrases and of pauses that begin with another posture."""

PHRASE_LEAD_S = 0.15
"""Lead of the posture over the phrase it belongs to."""

HOLD_S, HOLD_IDLE_S, HOLD_SPREAD = 3.2, 6.0, 0.35
"""Median time for which a posture is held by one who talks and by one who is silent, and its spread."""

SHORTEST_HOLD_S = 0.5
OTHER_SIDE = 0.75
"""Share of postures that are turned to the other side than the one before."""

IDLE_SHARE = 0.55
"""Size of the postures of one who is silent, against those of one who talks."""

MOVE_S, MOVE_S_A_DEGREE = 0.55, 0.08
"""Length of the movement between two postures: at least, and for each degree."""

NOD_EVERY_S = (0.9, 2.6)
NOD_S = 0.48
NOD_DEG = (2.4, 5.2)
"""Depth of a nod with the strongest stress."""

WEAKEST = 0.35
"""Strength of stress below which there is no nod."""

ASIDE_DEG = 1.2
"""Largest tilt and turn that go with a nod."""

BROWS_WITH_NOD = 0.4
BROWS = 0.9
"""Share of nods accompanied by raised brows, and their weight with the strongest stress."""


class Drift:
    """Slow motion of low amplitude that never repeats."""

    def __init__(self, rng: random.Random) -> None:
        self._phases = [[rng.uniform(0, math.tau) for _ in RHYTHMS_HZ] for _ in DRIFT]
        self._paces = [rng.uniform(0.85, 1.15) for _ in DRIFT]

    def head(self, moment_s: float) -> Head:
        """Return the displacement of the head at a moment."""
        begun = eased(moment_s / EASE_IN_S) / len(RHYTHMS_HZ)
        angle = math.tau * moment_s
        waves = (
            sum(math.sin(angle * hz * pace + phase) for hz, phase in zip(RHYTHMS_HZ, phases, strict=True))
            for pace, phases in zip(self._paces, self._phases, strict=True)
        )
        return Head(*(begun * most * wave for most, wave in zip(DRIFT, waves, strict=True)))


class Postures:
    """Postures, each held for a while; calls must be in order of time."""

    def __init__(self, rng: random.Random, pace: float = 1.0) -> None:
        self._rng, self._pace = rng, pace
        self._glides = tuple(Glide() for _ in POSTURE)
        self._goal = Head()
        self._change_at = rng.uniform(0.3, 0.9)
        self._is_voice_seen = self._is_pause_seen = False

    def head(self, moment_s: float, cue: FrameCue) -> Head:
        """Return the displacement of the head at a moment."""
        self._heed(moment_s, cue)
        while self._change_at <= moment_s:
            self._change(self._change_at, is_idle=cue.until_voice == math.inf)
        return Head(*(glide.at(moment_s) for glide in self._glides))

    def _heed(self, moment_s: float, cue: FrameCue) -> None:
        """Move with the phrases: at most once with each beginning and each end."""
        is_voice = cue.until_voice < math.inf
        if is_voice and not self._is_voice_seen and self._rng.random() < AT_PHRASE * self._pace:
            self._hasten(moment_s, moment_s + cue.until_voice - PHRASE_LEAD_S)
        is_pause = cue.until_pause < math.inf
        if is_pause and not self._is_pause_seen and self._rng.random() < AT_PAUSE * self._pace:
            self._hasten(moment_s, moment_s + cue.until_pause)
        self._is_voice_seen, self._is_pause_seen = is_voice, is_pause

    def _hasten(self, now_s: float, start_s: float) -> None:
        self._change_at = min(self._change_at, max(now_s, start_s, self._glides[0].end + SHORTEST_HOLD_S))

    def _change(self, start_s: float, *, is_idle: bool) -> None:
        share = IDLE_SHARE if is_idle else 1.0
        yaw, pitch, roll = share * self._rng.uniform(0.15, 1), share * self._place(), share * self._place()
        is_other_side = self._rng.random() < OTHER_SIDE
        if (self._goal.yaw > 0) == is_other_side:
            yaw = -yaw
        lean = share * self._place()
        places = Head(x=0.6 * yaw + 0.4 * self._place() * share, y=pitch, scale=lean, yaw=yaw, pitch=pitch, roll=roll)
        goal = Head(*(place * most for place, most in zip(places, POSTURE, strict=True)))
        turn = max(abs(a - b) for a, b in zip(goal[3:], self._goal[3:], strict=True))
        seconds = (MOVE_S + MOVE_S_A_DEGREE * turn) / self._pace
        for glide, part in zip(self._glides, goal, strict=True):
            glide.go(part, start_s, seconds)
        hold = log_normal(self._rng, HOLD_IDLE_S if is_idle else HOLD_S, HOLD_SPREAD) / self._pace
        self._goal, self._change_at = goal, start_s + seconds + max(SHORTEST_HOLD_S, hold)

    def _place(self) -> float:
        """Return a place between -1 and 1, more often in the middle."""
        return 0.5 * (self._rng.uniform(-1, 1) + self._rng.uniform(-1, 1))


class Nods:
    """Nods and raised brows with some of the stressed syllables; calls must be in order of time."""

    def __init__(self, rng: random.Random, pace: float = 1.0) -> None:
        self._rng, self._pace = rng, pace
        self._rest_until = 0.4
        self._start = -math.inf
        self._depth = self._aside = self._brows = 0.0

    def follow(self, moment_s: float, accent: float) -> tuple[Head, float]:
        """Return the displacement of the head and the weight of raised brows at a moment."""
        if accent >= WEAKEST and moment_s >= self._rest_until:
            self._start, self._depth = moment_s, accent * self._rng.uniform(*NOD_DEG)
            self._aside = accent * ASIDE_DEG * self._rng.uniform(-1, 1)
            self._brows = BROWS * accent if self._rng.random() < BROWS_WITH_NOD else 0.0
            self._rest_until = moment_s + NOD_S + self._rng.uniform(*NOD_EVERY_S) / self._pace
        nodded = pulse((moment_s - self._start) / NOD_S)
        pitch, aside = nodded * self._depth, nodded * self._aside
        return Head(y=0.004 * pitch, yaw=aside, pitch=pitch, roll=0.6 * aside), nodded * self._brows


def total(parts: tuple[Head, ...], gain: float) -> Head:
    """Return the sum of displacements times a gain, cut off at `FARTHEST`."""
    sums = (gain * sum(values) for values in zip(*parts, strict=True))
    return Head(*(max(-most, min(most, value)) for value, most in zip(sums, FARTHEST, strict=True)))
