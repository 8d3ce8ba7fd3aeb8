"""The sound of a video: speech into AAC, and how long sound and frames are beside each other."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

AAC_BITS_A_SECOND = 96_000
AAC_FRAME = 1024
"""Samples the encoder takes at once."""


def frames_for(samples: int, fps: Fraction) -> int:
    """Return how many frames are at least as long as so much sound, to half a frame."""
    return max(1, math.ceil(samples * fps / SAMPLE_RATE - Fraction(1, 2)))


def samples_for(frames: int, fps: Fraction) -> int:
    """Return how many samples are as long as so many frames."""
    return round(frames * SAMPLE_RATE / fps)


class SoundTrack:
    """Encode mono s16le at `SAMPLE_RATE` into a container that is being written."""

    def __init__(self, container: Any) -> None:
        import av

        self._stream: Any = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        self._stream.bit_rate = AAC_BITS_A_SECOND
        self._fifo = av.AudioFifo()
        self.samples = 0
        """Samples taken so far."""

    def encode(self, pcm: bytes) -> Iterator[Any]:
        """Take sound; yield the packets that are ready.  All of them must be asked for."""
        import av
        import numpy as np

        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self.samples
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._fifo.write(frame)
        self.samples += len(pcm) // BYTES_PER_SAMPLE
        while (whole := self._fifo.read(AAC_FRAME)) is not None:
            yield from self._stream.encode(whole)

    def finish(self) -> Iterator[Any]:
        """Yield what is left."""
        if (rest := self._fifo.read(0, partial=True)) is not None:
            yield from self._stream.encode(rest)
        yield from self._stream.encode(None)
