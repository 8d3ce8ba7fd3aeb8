"""Sound track of a video: AAC or Opus encoding, and conversion between numbers of frames and samples."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

BIT_RATE = 96_000


class Codec(NamedTuple):
    """How a sound track is encoded."""

    name: str
    """ffmpeg's name of the encoder."""
    frame: int
    """Samples per frame of sound."""
    samples: str
    """Format of the samples it takes."""


AAC, OPUS = Codec("aac", 1024, "fltp"), Codec("libopus", 480, "flt")
"""The sound of MP4 and of WebM."""


def frames_for(samples: int, fps: Fraction) -> int:
    """Return the number of frames that covers this many samples, to within half a frame."""
    return max(1, math.ceil(samples * fps / SAMPLE_RATE - Fraction(1, 2)))


def samples_for(frames: int, fps: Fraction) -> int:
    """Return the number of samples that is as long as this many frames."""
    return round(frames * SAMPLE_RATE / fps)


class SoundTrack:
    """Encoder of mono s16le at `SAMPLE_RATE`, for a container that is being written."""

    def __init__(self, container: Any, codec: Codec = AAC) -> None:
        import av

        self._stream: Any = container.add_stream(codec.name, rate=SAMPLE_RATE, layout="mono")
        self._stream.bit_rate = BIT_RATE
        self._codec = codec
        self._fifo = av.AudioFifo()
        self.samples = 0
        """Number of samples encoded so far."""

    def encode(self, pcm: bytes) -> Iterator[Any]:
        """Encode sound and yield the finished packets. The iterator must be exhausted."""
        import av
        import numpy as np

        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768
        frame = av.AudioFrame.from_ndarray(samples[None], format=self._codec.samples, layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self.samples
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._fifo.write(frame)
        self.samples += len(pcm) // BYTES_PER_SAMPLE
        while (whole := self._fifo.read(self._codec.frame)) is not None:
            yield from self._stream.encode(whole)

    def finish(self) -> Iterator[Any]:
        """Yield the remaining packets."""
        if (rest := self._fifo.read(0, partial=True)) is not None:
            yield from self._stream.encode(rest)
        yield from self._stream.encode(None)
