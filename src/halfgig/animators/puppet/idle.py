"""What a living face does besides speaking: it blinks, sways, nods on what it stresses, lifts its brows at times."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from halfgig.animators.puppet.controls import Head, Pose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from halfgig.animators.puppet.cue import Cue

SWAY = Head(x=0.016, y=0.009, roll=0.009, scale=0.006, yaw=0.026, pitch=0.012)
"""The largest sway: about one percent of the face's width, half a degree."""

RHYTHMS_HZ = (0.11, 0.17, 0.29)
"""Periods that never come together again, so that no sway repeats."""

EASE_IN_S = 1.2
"""How long the sway takes to begin: the first frame is the portrait itself."""

BLINK_EVERY_S = (2.0, 5.5)
BLINK_CLOSING_S = 0.07
BLINK_CLOSED_S = 0.04
BLINK_OPENING_S = 0.14
DOUBLE_BLINKS = 0.15

NOD_EVERY_S = (0.9, 2.6)
NOD_S = 0.48
NOD = (0.018, 0.040)
"""How far a nod goes, in eye distances of the nose against the ears."""

BROWS_WITH_NOD = 0.4
"""How many nods the brows go along with."""


class Blinks:
    """Close the eyes now and then."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._start = chance.uniform(*BLINK_EVERY_S)

    def closed(self, moment_s: float) -> float:
        """Give how far the eyes are closed, 0..1; moments only move forward."""
        since = moment_s - self._start
        length = BLINK_CLOSING_S + BLINK_CLOSED_S + BLINK_OPENING_S
        if since > length:
            pause = 0.12 if self._chance.random() < DOUBLE_BLINKS else self._chance.uniform(*BLINK_EVERY_S)
            self._start += length + pause
            since = moment_s - self._start
        closing, opening = since / BLINK_CLOSING_S, (length - since) / BLINK_OPENING_S
        return _eased(min(closing, opening))


class Sways:
    """Move the head slowly, never twice alike."""

    def __init__(self, chance: random.Random) -> None:
        self._phases = [[chance.uniform(0, math.tau) for _ in RHYTHMS_HZ] for _ in SWAY]
        self._paces = [chance.uniform(0.85, 1.15) for _ in SWAY]

    def head(self, moment_s: float) -> Head:
        """Give where the head is at a moment."""
        begun = _eased(moment_s / EASE_IN_S)
        return Head(
            *(
                begun
                * most
                * sum(math.sin(math.tau * hz * pace * moment_s + p) for hz, p in zip(RHYTHMS_HZ, phases, strict=True))
                / 3
                for most, pace, phases in zip(SWAY, self._paces, self._phases, strict=True)
            )
        )


class Nods:
    """Nod with some of the stressed syllables."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._rest_until = 0.4
        self._start = -math.inf
        self._depth = 0.0
        self._with_brows = False

    def follow(self, moment_s: float, accent: bool) -> tuple[float, float]:
        """Give pitch of the head in eye distances and the brows' rise at a moment; moments only move forward."""
        if accent and moment_s >= self._rest_until:
            self._start, self._depth = moment_s, self._chance.uniform(*NOD)
            self._with_brows = self._chance.random() < BROWS_WITH_NOD
            self._rest_until = moment_s + NOD_S + self._chance.uniform(*NOD_EVERY_S)
        phase = (moment_s - self._start) / NOD_S
        pulse = 0.5 - 0.5 * math.cos(math.tau * phase) if 0 <= phase <= 1 else 0.0
        return self._depth * pulse, (0.7 * pulse if self._with_brows else 0.0)


def _chance(seed: int, use: str) -> random.Random:
    return random.Random(f"{seed} {use}")  # noqa: S311


def _eased(share: float) -> float:
    share = max(0.0, min(1.0, share))
    return share * share * (3 - 2 * share)


def poses(cues: Iterable[Cue], fps: float, seed: int) -> Iterator[Pose]:
    """Yield a pose for each cue; the same seed gives the same poses."""
    blinks, sways, nods = Blinks(_chance(seed, "Blinks")), Sways(_chance(seed, "Sways")), Nods(_chance(seed, "Nods"))
    for frame, cue in enumerate(cues):
        moment = frame / fps
        head = sways.head(moment)
        pitch, brow = nods.follow(moment, cue.accent)
        closed = blinks.closed(moment)
        yield Pose(cue.mouth, closed, closed, brow, head._replace(pitch=head.pitch + pitch, y=head.y + 0.3 * pitch))
