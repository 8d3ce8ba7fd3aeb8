"""Formats of sound files, and the encoder that writes them to a file or a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.resample import mono_frames

if TYPE_CHECKING:
    from collections.abc import Mapping


class SoundFormat(NamedTuple):
    """How ffmpeg encodes a format."""

    container: str
    """ffmpeg name of the container."""
    codec: str
    """ffmpeg name of the encoder."""
    bit_rate: int | None = None
    """Bits per second; None: the encoder's default."""
    options: tuple[tuple[str, str], ...] = ()
    """Options of the container."""


_OPUS = SoundFormat("ogg", "libopus", 48_000)

SOUND_FORMATS = {
    "wav": SoundFormat("wav", "pcm_s16le", options=(("rf64", "auto"),)),  # RF64 above 4 GB, 24 hours
    "mp3": SoundFormat("mp3", "libmp3lame", 96_000, (("id3v2_version", "3"),)),
    "opus": _OPUS,
    "ogg": _OPUS,
    "oga": _OPUS,
    "flac": SoundFormat("flac", "flac"),
    "aac": SoundFormat("adts", "aac", 96_000, (("write_id3v2", "1"),)),
    "m4a": SoundFormat("ipod", "aac", 96_000, (("movflags", "+faststart"),)),
}
"""Formats by file extension."""


class Sink(Protocol):
    """Destination of bytes."""

    def write(self, data: bytes, /) -> int:
        """Write bytes and return the number accepted."""
        ...


class Encoder:
    """Encoder of mono s16le sound at `SAMPLE_RATE`; `target` is an ffmpeg file name or a `Sink`.

    `options` are added to the container options of the format.
    """

    def __init__(
        self,
        target: str | Sink,
        sound_format: SoundFormat,
        metadata: Mapping[str, str],
        options: Mapping[str, str] | None = None,
    ) -> None:
        import av

        # Without bitexact, Ogg uses a random serial number and the same speech gives different files.
        container_options = {**dict(sound_format.options), "fflags": "+bitexact", **(options or {})}
        self._samples = 0
        self._container = av.open(target, "w", format=sound_format.container, container_options=container_options)
        self._container.metadata.update(metadata)
        stream = self._container.add_stream(sound_format.codec, rate=SAMPLE_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        self._stream = stream
        self._stream.codec_context.thread_count = 1
        if sound_format.bit_rate:
            self._stream.bit_rate = sound_format.bit_rate

    def begin(self) -> None:
        """Write the header."""
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
        """Flush the encoder and write the trailer."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Close the target without finishing it."""
        self._container.close()
