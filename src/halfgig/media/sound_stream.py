"""Encode speech as a byte stream, for clients that read while it is synthesised.

Earlier bytes are never rewritten, so no header contains the length. mp3 starts with 1105 samples of silence, because a
header written in advance cannot tell players to skip them; otherwise decoding returns the same as in `sound_file`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from halfgig.errors import ServiceError, UnknownFormat
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.media.sound_encode import SOUND_FORMATS, Encoder

if TYPE_CHECKING:
    from collections.abc import Mapping

STREAM_FORMATS = ("mp3", "opus", "ogg", "aac", "flac", "wav", "pcm")
"""Formats that can be streamed; pcm is raw samples: mono, `SAMPLE_RATE`, s16le."""

UNKNOWN_LENGTH = 0xFFFFFFFF
"""Length field of a WAV header if the length is unknown."""

_NOW = {"flush_packets": "1"}  # write each packet at once
# The default page is a second; with 0.1 s page headers are 5 % of the bytes.
_SHORT_PAGES = {"page_duration": "100000"}
_OPTIONS = {
    # The Xing header needs the length, which is only known at the end.
    "mp3": {"write_xing": "0"},
    "opus": _SHORT_PAGES,
    "ogg": _SHORT_PAGES,
}
_WITHOUT_METADATA = {"mp3": {"id3v2_version": "0"}, "aac": {"write_id3v2": "0"}}


class _Buffer:
    """Bytes an encoder has written and that were not read yet."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes, /) -> int:
        self._bytes += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


class StreamWriter:
    """Encoder of mono s16le sound at `SAMPLE_RATE` to the bytes of a file.

    `part` is 0 at the start of a file; a writer that continues after a crash has another number, below 2**31. Raises
    `UnknownFormat`, and `ServiceError` if the format cannot be continued by another writer.
    """

    def __init__(self, sound_format: str, metadata: Mapping[str, str], part: int = 0) -> None:
        check_stream_format(sound_format)
        if part and sound_format == "flac":
            raise ServiceError(
                "the speech broke off, and flac cannot go on in the middle; ask for it again, or for wav, mp3 or opus"
            )
        self._buffer = _Buffer()
        self._encoder: Encoder | None = None
        if sound_format == "wav" and not part:
            self._buffer.write(wav_header(metadata))
        if sound_format not in ("wav", "pcm"):
            self._encoder = Encoder(self._buffer, SOUND_FORMATS[sound_format], metadata, _options(sound_format, part))
            self._encoder.begin()

    def write(self, pcm: bytes) -> bytes:
        """Encode a whole number of samples and return the bytes that are ready."""
        if self._encoder:
            self._encoder.write(pcm)
        else:
            self._buffer.write(pcm)
        return self._buffer.take()

    def close(self) -> bytes:
        """Finish the stream and return its last bytes."""
        if self._encoder:
            self._encoder.finish()
        return self._buffer.take()


def check_stream_format(sound_format: str) -> None:
    """Raise `UnknownFormat` if a format cannot be streamed."""
    if sound_format not in STREAM_FORMATS:
        known = ", ".join(STREAM_FORMATS)
        raise UnknownFormat(f"there is no sound format {sound_format!r:.40}; choose one of: {known}")


def wav_header(metadata: Mapping[str, str]) -> bytes:
    """Return the header of a WAV file of unknown length."""
    info = b"".join(
        _riff_chunk(name, metadata[key].encode() + b"\0")
        for name, key in ((b"INAM", "title"), (b"ICMT", "comment"), (b"ISFT", "software"))
        if key in metadata
    )
    shape = struct.pack("<HHIIHH", 1, 1, SAMPLE_RATE, BYTES_PER_SAMPLE * SAMPLE_RATE, BYTES_PER_SAMPLE, 16)
    unknown = struct.pack("<I", UNKNOWN_LENGTH)
    head = b"RIFF" + unknown + b"WAVE" + _riff_chunk(b"fmt ", shape)
    return head + (_riff_chunk(b"LIST", b"INFO" + info) if info else b"") + b"data" + unknown


def _riff_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _options(sound_format: str, part: int) -> dict[str, str]:
    options = _NOW | _OPTIONS.get(sound_format, {})
    if part:
        options |= _WITHOUT_METADATA.get(sound_format, {})
        if sound_format in ("opus", "ogg"):
            # Chained Ogg streams need different serial numbers.
            options["serial_offset"] = str(part)
    return options
