"""The pose of every frame: the mouth from speech, combined with blinks, head sway, nods and raised brows."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from halfgig.animators.puppet.audio_animation import audio_cues
from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Pose
from halfgig.animators.puppet.viseme_animation import viseme_cues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from halfgig.animators.puppet.blendshapes import FrameCue
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech

SWAY = Head(x=0.016, y=0.009, scale=0.006, yaw=1.7, pitch=0.8, roll=0.5)
"""Amplitude of the sway: about one percent of the face's width, half a degree."""

RHYTHMS_HZ = (0.11, 0.17, 0.29)
"""Incommensurable frequencies, so that the sway never repeats."""

EASE_IN_S = 1.2
"""Fade-in of the sway, so that the first frame is the portrait itself."""

BLINK_EVERY_S = (2.0, 5.5)
BLINK_CLOSING_S = 0.07
BLINK_CLOSED_S = 0.04
BLINK_OPENING_S = 0.14
DOUBLE_BLINKS = 0.15
"""Share of blinks directly followed by another one."""

NOD_EVERY_S = (0.9, 2.6)
NOD_S = 0.48
NOD = (1.2, 2.6)
"""Depth of a nod, in degrees."""

BROWS_WITH_NOD = 0.4
"""Share of nods accompanied by raised brows."""


class Blinks:
    """Blinks at random intervals."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._start = rng.uniform(*BLINK_EVERY_S)

    def closed(self, moment_s: float) -> float:
        """Return how far the eyes are closed, 0..1; calls must be in order of time."""
        since = moment_s - self._start
        length = BLINK_CLOSING_S + BLINK_CLOSED_S + BLINK_OPENING_S
        if since > length:
            pause = 0.12 if self._rng.random() < DOUBLE_BLINKS else self._rng.uniform(*BLINK_EVERY_S)
            self._start += length + pause
            since = moment_s - self._start
        closing, opening = since / BLINK_CLOSING_S, (length - since) / BLINK_OPENING_S
        return _eased(min(closing, opening))


class Sway:
    """Slow head motion that never repeats."""

    def __init__(self, rng: random.Random) -> None:
        self._phases = [[rng.uniform(0, math.tau) for _ in RHYTHMS_HZ] for _ in SWAY]
        self._paces = [rng.uniform(0.85, 1.15) for _ in SWAY]

    def head(self, moment_s: float) -> Head:
        """Return the displacement of the head at a moment."""
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
    """Nods with some of the stressed syllables."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._rest_until = 0.4
        self._start = -math.inf
        self._depth = 0.0
        self._with_brows = False

    def follow(self, moment_s: float, accent: bool) -> tuple[float, float]:
        """Return head pitch in degrees and brow weight at a moment; calls must be in order of time."""
        if accent and moment_s >= self._rest_until:
            self._start, self._depth = moment_s, self._rng.uniform(*NOD)
            self._with_brows = self._rng.random() < BROWS_WITH_NOD
            self._rest_until = moment_s + NOD_S + self._rng.uniform(*NOD_EVERY_S)
        phase = (moment_s - self._start) / NOD_S
        pulse = 0.5 - 0.5 * math.cos(math.tau * phase) if 0 <= phase <= 1 else 0.0
        return self._depth * pulse, (0.7 * pulse if self._with_brows else 0.0)


def _rng(seed: int, purpose: str) -> random.Random:
    return random.Random(f"{seed} {purpose}")  # noqa: S311


def _eased(share: float) -> float:
    share = max(0.0, min(1.0, share))
    return share * share * (3 - 2 * share)


def poses(cues: Iterable[FrameCue], fps: float, seed: int) -> Iterator[Pose]:
    """Yield a pose for each cue; equal seeds yield equal poses."""
    blinks, sway, nods = Blinks(_rng(seed, "Blinks")), Sway(_rng(seed, "Sways")), Nods(_rng(seed, "Nods"))
    for frame, cue in enumerate(cues):
        moment = frame / fps
        head = sway.head(moment)
        pitch, brow = nods.follow(moment, cue.accent)
        closed = blinks.closed(moment)
        head = head._replace(pitch=head.pitch + pitch, y=head.y + 0.005 * pitch)
        yield Pose(cue.mouth, Eyes(closed, closed), Brows(brow, brow), head)


def cues_of(speech: Speech, chunks: Iterator[Chunk], fps: float) -> Iterator[FrameCue]:
    """Yield a cue for each frame of a speech whose chunks are consumed as needed.

    Visemes drive the mouth if the speech has phonemes, its sound otherwise.
    """
    return viseme_cues(chunks, fps) if speech.has_phonemes else audio_cues(chunks, fps, speech.peak)
