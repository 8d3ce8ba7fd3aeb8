"""Breathing: slow and regular at rest, a quick intake before a phrase and a long exhalation while it is spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from halfgig.animators.puppet.easing import Glide, log_normal

if TYPE_CHECKING:
    import random

    from halfgig.animators.puppet.blendshapes import FrameCue

CYCLE_S, CYCLE_SPREAD = 4.2, 0.1
"""Median length of a breath at rest, 14 a minute, and its spread."""

INHALING = 0.42
"""Share of it spent breathing in."""

DEPTH_AT_REST, DEPTH_OF_INTAKE = 0.6, 0.95

INTAKE_S = 0.45
"""Length of the intake before a phrase."""

EMPTY_S = 6.0
"""Time in which speaking empties a full breath."""

ENOUGH = 0.55
"""A phrase is begun without an intake if this much breath is left."""


class Breathing:
    """How much breath is drawn; calls must be in order of time."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._breath = Glide()
        self._phase: Literal["rest", "intake", "speech"] = "rest"
        self._next = 0.3
        self._is_full = False

    def drawn(self, moment_s: float, cue: FrameCue) -> float:
        """Return the breath drawn, 0..1."""
        before = self._phase
        self._phase = "speech" if cue.until_voice == 0 else "intake" if cue.until_voice <= INTAKE_S else "rest"
        left = self._breath.at(moment_s)
        if self._phase == "rest":
            if before != "rest":
                self._is_full, self._next = True, moment_s
            self._rest(moment_s)
        elif self._phase != before and self._phase == "speech":
            self._breath.go(0.0, moment_s, max(0.8, EMPTY_S * left))
        elif self._phase != before:
            self._breath.go(left if left > ENOUGH else DEPTH_OF_INTAKE, moment_s, max(0.2, cue.until_voice))
        return self._breath.at(moment_s)

    def _rest(self, moment_s: float) -> None:
        while moment_s >= self._next:
            length = log_normal(self._rng, CYCLE_S, CYCLE_SPREAD)
            share = 1 - INHALING if self._is_full else INHALING
            goal = 0.0 if self._is_full else DEPTH_AT_REST * self._rng.uniform(0.85, 1.15)
            self._breath.go(goal, self._next, 0.92 * share * length)
            self._is_full = not self._is_full
            self._next += share * length
