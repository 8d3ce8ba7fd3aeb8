"""Mouth shapes from phonemes in time: neighbours melt into each other, closures close.

Dominance-weighted blending after Cohen and Massaro (1993); envelopes as in TalkingHead, timing rules as in Rhubarb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.puppet.controls import Mouth
from halfgig.animators.puppet.cue import LEAD_S, Cue
from halfgig.animators.puppet.loudness import Loudness
from halfgig.animators.puppet.track import Segment, Track
from halfgig.animators.puppet.visemes import SILENCE, is_vowel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.media.chunks import Chunk

LONGEST_RAMP_S = 0.14
"""How long before and after its time a viseme is felt at most."""

CLOSING_S = 0.04
RELEASE_S = 0.04
SHORTEST_CLOSURE_S = 0.08
"""A closure lasts at least this long, so that two frames of 25 a second show it, and takes a frame to come and to go:
a vowel between two has little time to be seen open."""

HELD_PAUSE_S = 0.12
SHORT_PAUSE_S = 0.35
"""In a pause shorter than the first the mouth waits; shorter than the second, it relaxes; longer, it closes."""

ACCENT_LEAD_S = 0.13
"""A nod begins three frames before the stress it goes with."""

OPENING_A_SECOND = 12.5
CLOSING_A_SECOND = 8.4
"""How fast a jaw goes, in full openings a second."""


def _hold(segment: Segment) -> float:
    """Give a segment's weight against its neighbours."""
    if segment.viseme is not SILENCE:
        return segment.viseme.hold
    seconds = segment.end - segment.start
    if seconds < HELD_PAUSE_S:
        return 0.05
    return 0.4 if seconds < SHORT_PAUSE_S else 1.5


def _envelope(segment: Segment, moment: float) -> float:
    """Give how much of a viseme is felt at a moment, 0..1: up before it starts, full in its middle, then down."""
    seconds = segment.end - segment.start
    before = min(2 * seconds / 3, LONGEST_RAMP_S) + 0.01
    after = min(seconds / 2, LONGEST_RAMP_S) + 0.01
    inner = min(seconds / 2, LONGEST_RAMP_S)
    rise = (moment - (segment.start - before)) / (before + inner)
    fall = ((segment.end + after) - moment) / (after + inner)
    return max(0.0, min(1.0, rise, fall))


def blended(segments: list[Segment], moment: float) -> Mouth:
    """Blend the shapes around a moment, closures left out."""
    weights = [
        (_hold(segment) * _envelope(segment, moment), segment.viseme.mouth)
        for segment in segments
        if not segment.viseme.closes
    ]
    total = sum(weight for weight, _ in weights)
    if total <= 0:
        return Mouth()
    return Mouth(*(sum(weight * mouth[i] for weight, mouth in weights) / total for i in range(len(Mouth._fields))))


def closure_of(before: Segment | None, segment: Segment) -> tuple[float, float]:
    """Give from when to when the lips are closed for a p, b or m, in seconds.

    They meet before the sound, for a fifth of the time of what comes before it, but 20 to 50 ms.
    """
    ahead = 0.2 * (before.end - before.start) if before else 0.02
    start = segment.start - min(0.05, max(0.02, ahead))
    end = segment.end - 0.25 * (segment.end - segment.start)
    return start, max(end, start + SHORTEST_CLOSURE_S)


def closed(segments: list[Segment], moment: float) -> float:
    """Give how far the lips are on each other at a moment, 0..1."""
    most = 0.0
    for i, segment in enumerate(segments):
        if segment.viseme.closes:
            start, end = closure_of(segments[i - 1] if i else None, segment)
            most = max(most, min(1.0, 1 - (start - moment) / CLOSING_S, 1 - (moment - end) / RELEASE_S))
    return max(0.0, most)


def _with_closure(mouth: Mouth, closure: float) -> Mouth:
    still = 1 - closure
    return mouth._replace(
        jaw=mouth.jaw * still,
        press=max(mouth.press, closure),
        teeth=mouth.teeth * still,
        tuck=mouth.tuck * still,
        tongue=mouth.tongue * still,
    )


def _accent(segments: list[Segment], moment: float, frame_s: float) -> bool:
    """Tell whether a stressed vowel begins one accent lead after this frame."""
    start = moment + ACCENT_LEAD_S
    return any(
        segment.stress == 2 and is_vowel(segment.viseme) and start <= segment.start < start + frame_s
        for segment in segments
    )


def _pausing(segments: list[Segment], moment: float) -> bool:
    begun = [segment for segment in segments if segment.start <= moment]
    return not begun or begun[-1].viseme is SILENCE


def spoken_cues(chunks: Iterator[Chunk], fps: float) -> Iterator[Cue]:
    """Yield a cue for each frame of speech whose phonemes are known; pulls chunks as it needs them."""
    loudness = Loudness()
    track = Track(loudness.heard(chunks))
    jaw, frame = 0.0, 0
    while True:
        moment = (frame + 0.5) / fps + LEAD_S
        segments = track.around(moment)
        if track.ended and frame / fps >= track.seconds - 0.5 / fps:
            return
        mouth = _softened(segments, moment, 1 / fps)
        mouth = mouth._replace(jaw=mouth.jaw * loudness.emphasis(frame / fps))
        closure = closed(segments, moment)
        jaw = max(jaw - CLOSING_A_SECOND / fps, min(jaw + OPENING_A_SECOND / fps, mouth.jaw))
        mouth = _with_closure(mouth._replace(jaw=jaw), closure)
        yield Cue(mouth, _accent(segments, moment, 1 / fps), not _pausing(segments, moment))
        jaw = mouth.jaw
        frame += 1


def _softened(segments: list[Segment], moment: float, frame_s: float) -> Mouth:
    """Blend over the frame before, this one and the next (1-2-1), against flicker."""
    taps = [blended(segments, moment + shift * frame_s) for shift in (-0.7, 0.0, 0.7)]
    return Mouth(*((a + 2 * b + c) / 4 for a, b, c in zip(*taps, strict=True)))
