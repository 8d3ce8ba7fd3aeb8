"""Viseme-driven animation, for speech with phonemes: neighbouring visemes blend, closures close the lips.

Dominance-weighted blending after Cohen and Massaro (1993); envelopes as in TalkingHead, timing rules as in Rhubarb.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import deque
from dataclasses import dataclass
from itertools import count
from operator import mul
from statistics import median
from typing import TYPE_CHECKING

from halfgig.animators.puppet.blendshapes import ACCENT_LEAD_S, LEAD_S, FrameCue, Mouth
from halfgig.animators.puppet.phrases import LOOK_AHEAD_S, phrase_at
from halfgig.animators.puppet.visemes import SILENCE, Viseme, is_vowel, visemes_of
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.media.chunks import Chunk

LOOK_BACK_S = 0.6
"""Window of visemes before a frame; it ends `LOOK_AHEAD_S` after it."""

LONGEST_RAMP_S = 0.14
"""Longest influence of a viseme before its start and after its end."""

RAMP_START_S = 0.01
"""How much farther a ramp begins, so that a sound without length has one."""

FARTHEST_S = LONGEST_RAMP_S + RAMP_START_S

CLOSING_S = 0.04
RELEASE_S = 0.04
SHORTEST_CLOSURE_S = 0.08
"""Ramps of a closure, one frame long, since a vowel between two closures has little time to be seen open, and its
shortest length, so that it shows in two frames of 25 a second."""

HELD_PAUSE_S = 0.12
SHORT_PAUSE_S = 0.35
"""The mouth holds its shape in a pause shorter than the first, relaxes up to the second and closes in longer ones."""

LOUD, LONG_S = 1.5, 0.16
"""Loudness, relative to the usual one, and length of a vowel with the strongest stress."""

LAST_OF_PHRASE_S = 0.45
"""The last stress of a phrase, at most this long before its end, is the strongest."""

OPENING_A_SECOND = 12.5
CLOSING_A_SECOND = 8.4
"""Speed limits of the jaw, in full openings a second."""

HOP_S = 0.02
"""Interval between two levels of loudness."""

KEPT_S = 30.0
"""Levels kept of the past; chunks are read ahead of the frames by less than a sentence."""

SOFTEST = 0.7
LOUDEST = 1.15
"""Range of the factor by which loudness changes the jaw's opening."""


@dataclass(frozen=True, slots=True)
class VisemeSegment:
    """A viseme with its times, in seconds from the start of the speech."""

    viseme: Viseme
    start: float
    end: float
    stress: int
    """Stress of its phoneme: 2 primary, 1 secondary, 0 none."""


def segments_of(chunk: Chunk, offset_s: float) -> Iterator[VisemeSegment]:
    """Yield the visemes of a chunk with their times; a diphthong is two visemes."""
    for phoneme in chunk.phonemes:
        start = offset_s + phoneme.start
        seconds = phoneme.end - phoneme.start
        for viseme, share in visemes_of(phoneme.symbol, seconds):
            end = start + share * seconds
            yield VisemeSegment(viseme, start, end, phoneme.stress)
            start = end


class VisemeTrack:
    """The visemes around a moment, from a stream of chunks that are consumed as needed."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._segments: deque[VisemeSegment] = deque()
        self.seconds = 0.0
        """Length of the speech consumed so far, in seconds."""
        self.ended = False
        """Whether the stream has ended."""

    def around(self, moment_s: float) -> list[VisemeSegment]:
        """Return the segments from `LOOK_BACK_S` before a moment to `LOOK_AHEAD_S` after it, in order.

        Calls must be in order of time.
        """
        while not self.ended and self.seconds < moment_s + LOOK_AHEAD_S:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
            else:
                self.add(chunk)
        self.forget(moment_s)
        return self.known(moment_s)

    def add(self, chunk: Chunk) -> None:
        """Append a chunk."""
        self._segments.extend(segments_of(chunk, self.seconds))
        self.seconds += chunk.seconds

    def forget(self, moment_s: float) -> None:
        """Drop what ended `LOOK_BACK_S` before a moment."""
        while self._segments and self._segments[0].end < moment_s - LOOK_BACK_S:
            self._segments.popleft()

    def known(self, moment_s: float) -> list[VisemeSegment]:
        """Return what `around` does, as far as it was consumed already."""
        start, end = moment_s - LOOK_BACK_S, moment_s + LOOK_AHEAD_S
        return [segment for segment in self._segments if segment.end >= start and segment.start < end]


class Loudness:
    """Loudness of speech over time, relative to its usual level."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque()
        self._first = 0
        self._usual = 0.0
        self._rest = b""  # less than a hop: padding it would delay all later levels

    def measured(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Yield the chunks unchanged and record their levels."""
        for chunk in chunks:
            self.record(chunk.pcm)
            yield chunk

    def record(self, pcm: bytes) -> None:
        """Record the levels of further sound."""
        hop = int(HOP_S * SAMPLE_RATE)
        samples = array("h", self._rest + pcm)
        if sys.byteorder == "big":
            samples.byteswap()
        end = len(samples) - len(samples) % hop
        self._rest = (self._rest + pcm)[BYTES_PER_SAMPLE * end :]
        # Without numpy, whose import costs a speaking cell more time than its first sentence.
        levels = [_level(samples[start : start + hop]) for start in range(0, end, hop)]
        if voiced := [level for level in levels if level > 0.15 * max(levels)]:
            usual = median(voiced)
            self._usual = usual if not self._usual else 0.5 * (self._usual + usual)
        self._levels.extend(levels)

    def emphasis(self, moment_s: float) -> float:
        """Return the factor for the jaw at a moment, `SOFTEST` to `LOUDEST`; calls must be in order of time."""
        index = int(moment_s / HOP_S)
        while self._first < index - int(KEPT_S / HOP_S):
            self._levels.popleft()
            self._first += 1
        return min(LOUDEST, max(SOFTEST, 0.55 + 0.45 * self.relative(moment_s)))

    def relative(self, moment_s: float) -> float:
        """Return the loudness at a moment, 1 for the usual one and where nothing is known."""
        at = int(moment_s / HOP_S) - self._first
        near = [self._levels[i] for i in range(max(0, at - 1), min(len(self._levels), at + 3))]
        return float(sum(near) / len(near) / self._usual) if near and self._usual else 1.0


def _level(samples: array[int]) -> float:
    return math.sqrt(sum(map(mul, samples, samples)) / len(samples))


def viseme_cues(chunks: Iterator[Chunk], fps: float) -> Iterator[FrameCue]:
    """Yield a cue for each frame of speech with phonemes; chunks are consumed as needed."""
    loudness = Loudness()
    track = VisemeTrack(loudness.measured(chunks))
    jaw = 0.0
    for frame in count():
        segments = track.around(moment_of(frame, fps))
        if track.ended and frame >= n_frames(track, fps):
            return
        cue = cue_of(frame, fps, segments, loudness, jaw)
        yield cue
        jaw = cue.mouth.jaw_open


def moment_of(frame: int, fps: float) -> float:
    """Return the moment of speech, in seconds, that a frame shows."""
    return (frame + 0.5) / fps + LEAD_S


def n_frames(track: VisemeTrack, fps: float) -> int:
    """Return the number of frames of the speech consumed so far."""
    return math.ceil(track.seconds * fps - 0.5)


def cue_of(frame: int, fps: float, segments: list[VisemeSegment], loudness: Loudness, jaw: float) -> FrameCue:
    """Return the cue of a frame from the segments around it and the opening of the jaw in the frame before."""
    moment = moment_of(frame, fps)
    mouth = _smoothed(segments, moment, 1 / fps)
    mouth = mouth._replace(jaw_open=min(1.0, mouth.jaw_open * loudness.emphasis(frame / fps)))
    jaw = max(jaw - CLOSING_A_SECOND / fps, min(jaw + OPENING_A_SECOND / fps, mouth.jaw_open))
    mouth = _with_closure(mouth._replace(jaw_open=jaw), closed(segments, moment))
    phrase = phrase_at(frame / fps, ((each.start, each.end) for each in segments if each.viseme is not SILENCE))
    accent = _accent(segments, moment, 1 / fps, loudness)
    is_last = accent > 0 and phrase.until_pause < ACCENT_LEAD_S + LAST_OF_PHRASE_S
    return FrameCue(mouth, min(1.0, accent + 0.2 * is_last), *phrase)


def _smoothed(segments: list[VisemeSegment], moment: float, frame_s: float) -> Mouth:
    """Return the mouth averaged over the previous frame, this one and the next (1-2-1), to avoid flicker."""
    taps = [blended(segments, moment + shift * frame_s) for shift in (-0.7, 0.0, 0.7)]
    return Mouth(*((a + 2 * b + c) / 4 for a, b, c in zip(*taps, strict=True)))


def blended(segments: list[VisemeSegment], moment: float) -> Mouth:
    """Return the dominance-weighted mean of the mouths around a moment, without closures."""
    near = (
        segment
        for segment in segments  # a ramp reaches no farther: the rest would weigh nothing
        if segment.start - FARTHEST_S < moment < segment.end + FARTHEST_S and not segment.viseme.closes
    )
    weights = [(_dominance(segment) * _envelope(segment, moment), segment.viseme.mouth) for segment in near]
    total = sum(weight for weight, _ in weights)
    if total <= 0:
        return Mouth()
    return Mouth(*(sum(weight * mouth[i] for weight, mouth in weights) / total for i in range(len(Mouth._fields))))


def _dominance(segment: VisemeSegment) -> float:
    """Return the weight of a segment relative to its neighbours; that of a pause grows with its length."""
    if segment.viseme is not SILENCE:
        return segment.viseme.dominance
    seconds = segment.end - segment.start
    if seconds < HELD_PAUSE_S:
        return 0.05
    return 0.4 if seconds < SHORT_PAUSE_S else 1.5


def _envelope(segment: VisemeSegment, moment: float) -> float:
    """Return the influence of a viseme at a moment, 0..1: rising before its start, full in the middle, then falling."""
    seconds = segment.end - segment.start
    before = min(2 * seconds / 3, LONGEST_RAMP_S) + RAMP_START_S
    after = min(seconds / 2, LONGEST_RAMP_S) + RAMP_START_S
    inner = min(seconds / 2, LONGEST_RAMP_S)
    rise = (moment - (segment.start - before)) / (before + inner)
    fall = ((segment.end + after) - moment) / (after + inner)
    return max(0.0, min(1.0, rise, fall))


def closed(segments: list[VisemeSegment], moment: float) -> float:
    """Return how far the lips are closed by a p, b or m at a moment, 0..1."""
    most = 0.0
    for i, segment in enumerate(segments):
        if segment.viseme.closes:
            start, end = closure_of(segments[i - 1] if i else None, segment)
            most = max(most, min(1.0, 1 - (start - moment) / CLOSING_S, 1 - (moment - end) / RELEASE_S))
    return max(0.0, most)


def closure_of(before: VisemeSegment | None, segment: VisemeSegment) -> tuple[float, float]:
    """Return start and end of the closure for a p, b or m, in seconds.

    The lips meet before the sound, by a fifth of the previous segment's length, but 20 to 50 ms.
    """
    ahead = 0.2 * (before.end - before.start) if before else 0.02
    start = segment.start - min(0.05, max(0.02, ahead))
    end = segment.end - 0.25 * (segment.end - segment.start)
    return start, max(end, start + SHORTEST_CLOSURE_S)


def _with_closure(mouth: Mouth, closure: float) -> Mouth:
    rest = 1 - closure
    return mouth._replace(
        jaw_open=mouth.jaw_open * rest,
        close=max(mouth.close, closure),
        upper_up=mouth.upper_up * rest,
        roll_lower=mouth.roll_lower * rest,
        tongue_up=mouth.tongue_up * rest,
    )


def _accent(segments: list[VisemeSegment], moment: float, frame_s: float, loudness: Loudness) -> float:
    """Return the strength, 0..1, of the stressed vowel that starts `ACCENT_LEAD_S` after this frame; 0 without one."""
    start = moment + ACCENT_LEAD_S
    for segment in segments:
        if segment.stress == 2 and is_vowel(segment.viseme) and start <= segment.start < start + frame_s:
            seconds = segment.end - segment.start
            loud = loudness.relative(segment.start + min(0.5 * seconds, 0.06)) / LOUD
            return 0.15 + 0.45 * min(1.0, loud) + 0.4 * min(1.0, seconds / LONG_S)
    return 0.0
