"""A small window over phonemes in time: the visemes around a moment, as sound is still being made."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfgig.animators.puppet.visemes import Viseme, visemes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.media.chunks import Chunk

LOOK_AHEAD_S = 0.6
"""How much of what comes next a moment may depend on."""

LOOK_BACK_S = 0.6


@dataclass(frozen=True, slots=True)
class Segment:
    """Place one viseme in time, in seconds from the start of the speech."""

    viseme: Viseme
    start: float
    end: float
    stress: int
    """2 when its phoneme has primary stress, 1 secondary, 0 none."""


def segments_of(chunk: Chunk, offset_s: float) -> Iterator[Segment]:
    """Turn a chunk's phonemes into visemes in time, diphthongs in two."""
    for phoneme in chunk.phonemes:
        start = offset_s + phoneme.start
        seconds = phoneme.end - phoneme.start
        for viseme, share in visemes_of(phoneme.symbol, seconds):
            end = start + share * seconds
            yield Segment(viseme, start, end, phoneme.stress)
            start = end


class Track:
    """Hold the segments around a moment that only moves forward; pull chunks as they are needed."""

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks
        self._segments: deque[Segment] = deque()
        self.seconds = 0.0
        """How much speech was pulled so far, in seconds."""
        self.ended = False
        """True once no more speech will come."""

    def around(self, moment_s: float) -> list[Segment]:
        """Give the segments from `LOOK_BACK_S` before a moment to `LOOK_AHEAD_S` after it, in order."""
        while not self.ended and self.seconds < moment_s + LOOK_AHEAD_S:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.ended = True
            else:
                self._segments.extend(segments_of(chunk, self.seconds))
                self.seconds += chunk.seconds
        while self._segments and self._segments[0].end < moment_s - LOOK_BACK_S:
            self._segments.popleft()
        return [segment for segment in self._segments if segment.start < moment_s + LOOK_AHEAD_S]
