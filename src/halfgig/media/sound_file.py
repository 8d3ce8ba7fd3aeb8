"""From chunks of speech to a sound file, encoded as they come, in memory that does not grow with the length.

What a decoder gives back: wav and flac the very samples; mp3 and opus as many samples as were written (their headers
say what to skip; mp3 from 48 samples on); aac, whose bare stream cannot say it, 1024 samples of silence first and the
end filled up to a whole frame of 1024.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

from halfgig.errors import OutputUnwritable, UnknownFormat
from halfgig.media.sound_encode import RECIPES, Encoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType


FORMATS = tuple(RECIPES)
"""The formats that can be written; each is also its file's ending."""


def format_of(path: str | Path) -> str:
    """Tell the format from a file's ending."""
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending not in RECIPES:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UnknownFormat(f'"{path}" has no ending that names a sound format; end it in one of {known}')
    return ending


class SoundWriter:
    """Write mono s16le sound at `SAMPLE_RATE` to a file; leave the `with` block and the file is whole.

    After an exception the file stays as it is, unfinished; its owner removes it.
    """

    def __init__(self, path: Path, sound_format: str, marks: Mapping[str, str]) -> None:
        self._path = path
        # "file:", so that a name like "udp://..." is a name, and ffmpeg's own writing rather than a Python file, whose
        # second error (as the full disk refuses the closing bytes too) PyAV can only print.
        self._encoder = Encoder(f"file:{path}", RECIPES[sound_format], marks)
        with self._naming_the_file():
            self._encoder.begin()

    def write(self, pcm: bytes) -> None:
        """Append a whole number of samples."""
        with self._naming_the_file():
            self._encoder.write(pcm)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with self._naming_the_file():
                self._encoder.finish()
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
