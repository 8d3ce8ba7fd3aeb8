"""Write speech to sound files as it is synthesised; memory does not grow with the length.

Decoding returns: for wav and flac the same samples; for mp3 (from 48 samples on) and opus the same number of samples,
because their headers tell players what to skip; for m4a padding to a whole frame of 1024 samples at the end; for raw
aac, which has no such header, 1024 samples of silence first as well.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

from halfgig.errors import OutputUnwritable, UnknownFormat
from halfgig.media.sound_encode import SOUND_FORMATS, Encoder, SoundFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType


_WITH_RAW = {**SOUND_FORMATS, "pcm": SoundFormat("s16le", "pcm_s16le")}

FORMATS = tuple(SOUND_FORMATS)
"""Formats that can be written; each is also its file extension."""


def format_of(path: str | Path) -> str:
    """Return the format for a file extension. Raises `UnknownFormat`."""
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending not in SOUND_FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UnknownFormat(f'"{path}" has no ending that names a sound format; end it in one of {known}')
    return ending


class SoundWriter:
    """Writer of mono s16le sound at `SAMPLE_RATE` to a file; leaving the `with` block, or `finish`, completes the file.

    The header says how long the sound is.  `sound_format` is one of `FORMATS`, or "pcm" for raw samples.  After an
    exception the file is left incomplete; the caller removes it.
    """

    def __init__(self, path: Path, sound_format: str, metadata: Mapping[str, str]) -> None:
        self._path = path
        # "file:" makes a name like "udp://..." an ordinary file name. ffmpeg writes the file itself: with a Python file
        # PyAV could only print a second error, as when a full disk rejects the trailer too.
        self._encoder = Encoder(f"file:{path}", _WITH_RAW[sound_format], metadata)
        with self._naming_the_file():
            self._encoder.begin()

    def write(self, pcm: bytes) -> None:
        """Append a whole number of samples."""
        with self._naming_the_file():
            self._encoder.write(pcm)

    def finish(self) -> None:
        """Complete the file."""
        with self._naming_the_file():
            self._encoder.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()
        else:
            import av

            with contextlib.suppress(av.FFmpegError):
                self._encoder.abandon()

    @contextlib.contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputUnwritable(
                f'cannot write "{self._path}": {reason}; free some space or name another place with --output'
            ) from error
