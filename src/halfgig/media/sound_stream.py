"""From chunks of speech to the bytes of a sound file as they come, for whoever reads them while they are made.

Nothing is ever gone back to, so no header says how long the sound is.  mp3 begins with 1105 samples of silence that its
header, written before anything is known, cannot tell a player to skip; else it is as in `sound_write`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from halfgig.errors import ServiceError, UnknownFormat
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.media.sound_encode import RECIPES, Encoder

if TYPE_CHECKING:
    from collections.abc import Mapping

STREAM_FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
"""The formats that can be streamed; pcm is the bare samples: mono, `SAMPLE_RATE`, s16le."""

UNKNOWN_LENGTH = 0xFFFFFFFF
"""What stands in a WAV file's header where its length is not known."""

_NOW = {"flush_packets": "1"}  # each packet goes out when it is made
_OPTIONS = {
    # A header with the length can only be written afterwards.
    "mp3": {"write_xing": "0"},
    # Otherwise a page is a second; at 0.1 s its head is one byte in twenty.
    "opus": {"page_duration": "100000"},
}
_WITHOUT_MARKS = {"mp3": {"id3v2_version": "0"}, "aac": {"write_id3v2": "0"}}


class _Held:
    """What an encoder has written until it is taken."""

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
    """Turn mono s16le sound at `SAMPLE_RATE` into the bytes of a file.

    `part` is 0 at the file's beginning; writers that take over from one that was lost have numbers of their own, below
    2**31.  Raises `UnknownFormat`, and `ServiceError` where a format cannot go on with another writer.
    """

    def __init__(self, sound_format: str, marks: Mapping[str, str], part: int = 0) -> None:
        check_stream_format(sound_format)
        if part and sound_format == "flac":
            raise ServiceError(
                "the speech broke off, and flac cannot go on in the middle; ask for it again, or for wav, mp3 or opus"
            )
        self._held = _Held()
        self._encoder: Encoder | None = None
        if sound_format == "wav" and not part:
            self._held.write(wav_header(marks))
        if sound_format not in ("wav", "pcm"):
            self._encoder = Encoder(self._held, RECIPES[sound_format], marks, _options(sound_format, part))
            self._encoder.begin()

    def write(self, pcm: bytes) -> bytes:
        """Take a whole number of samples, give the bytes that are ready."""
        if self._encoder:
            self._encoder.write(pcm)
        else:
            self._held.write(pcm)
        return self._held.take()

    def close(self) -> bytes:
        """Return the last bytes."""
        if self._encoder:
            self._encoder.finish()
        return self._held.take()


def check_stream_format(sound_format: str) -> None:
    """Refuse a format that cannot be streamed.  Raises `UnknownFormat`."""
    if sound_format not in STREAM_FORMATS:
        known = ", ".join(STREAM_FORMATS)
        raise UnknownFormat(f"there is no sound format {sound_format!r:.40}; choose one of: {known}")


def wav_header(marks: Mapping[str, str]) -> bytes:
    """Return what stands before the samples of a WAV file of unknown length."""
    info = b"".join(
        _riff_chunk(name, marks[mark].encode() + b"\0")
        for name, mark in ((b"INAM", "title"), (b"ICMT", "comment"), (b"ISFT", "software"))
        if mark in marks
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
        options |= _WITHOUT_MARKS.get(sound_format, {})
        if sound_format == "opus":
            # The streams of one Ogg file must differ in their serial numbers.
            options["serial_offset"] = str(part)
    return options
