"""The formats of sound files, and the encoder that fills a file or a stream with one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.resample import mono_frames

if TYPE_CHECKING:
    from collections.abc import Mapping


class Recipe(NamedTuple):
    """How ffmpeg makes a format."""

    container: str
    """Its name of the container."""
    codec: str
    """Its name of the encoder."""
    bit_rate: int | None = None
    """Bits a second; None: the encoder's own choice."""
    options: tuple[tuple[str, str], ...] = ()
    """What the container is told."""


RECIPES = {
    "wav": Recipe("wav", "pcm_s16le", options=(("rf64", "auto"),)),  # RF64 over 4 GB, which is 24 hours
    "mp3": Recipe("mp3", "libmp3lame", 96_000, (("id3v2_version", "3"),)),
    "opus": Recipe("ogg", "libopus", 48_000),
    "flac": Recipe("flac", "flac"),
    "aac": Recipe("adts", "aac", 96_000, (("write_id3v2", "1"),)),
}
"""The formats, by the ending of their files."""


class Sink(Protocol):
    """Take bytes."""

    def write(self, data: bytes, /) -> int:
        """Take some and tell how many."""
        ...


class Encoder:
    """Encode mono s16le sound at `SAMPLE_RATE` as `recipe` says, into `target`: a name for ffmpeg, or what takes bytes.

    `options` are told the container beyond the recipe's own.
    """

    def __init__(
        self, target: str | Sink, recipe: Recipe, marks: Mapping[str, str], options: Mapping[str, str] | None = None
    ) -> None:
        import av

        # Without bitexact Ogg draws a random serial number; with it the same speech is the same file.
        told = {**dict(recipe.options), "fflags": "+bitexact", **(options or {})}
        self._samples = 0
        self._container = av.open(target, "w", format=recipe.container, container_options=told)
        self._container.metadata.update(marks)
        stream = self._container.add_stream(recipe.codec, rate=SAMPLE_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        self._stream = stream
        self._stream.codec_context.thread_count = 1
        if recipe.bit_rate:
            self._stream.bit_rate = recipe.bit_rate

    def begin(self) -> None:
        """Write what stands before the sound."""
        self._container.start_encoding()

    def write(self, pcm: bytes) -> None:
        """Append a whole number of samples."""
        from fractions import Fraction

        for frame in mono_frames(pcm, SAMPLE_RATE):
            frame.pts = self._samples
            frame.time_base = Fraction(1, SAMPLE_RATE)
            self._samples += frame.samples
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what the encoder still holds, and what stands behind the sound."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Let go of the target as it is."""
        self._container.close()
