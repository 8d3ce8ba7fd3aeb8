"""From chunks of speech to a sound file, encoded as they come, in memory that does not grow with the length.

What a decoder gives back: wav and flac the very samples; mp3 and opus as many samples as were written (their headers
say what to skip; mp3 from 48 samples on); aac, whose bare stream cannot say it, 1024 samples of silence first and the
end filled up to a whole frame of 1024.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from halfgig.errors import OutputUnwritable, UnknownFormat
from halfgig.speech.resample import mono_frames
from halfgig.speech.speaker import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType


class _Recipe(NamedTuple):
    container: str
    codec: str
    bit_rate: int | None = None
    options: tuple[tuple[str, str], ...] = ()


_RECIPES = {
    "wav": _Recipe("wav", "pcm_s16le", options=(("rf64", "auto"),)),  # RF64 over 4 GB, which is 24 hours
    "mp3": _Recipe("mp3", "libmp3lame", 96_000, (("id3v2_version", "3"),)),
    "opus": _Recipe("ogg", "libopus", 48_000),
    "flac": _Recipe("flac", "flac"),
    "aac": _Recipe("adts", "aac", 96_000, (("write_id3v2", "1"),)),
}

FORMATS = tuple(_RECIPES)
"""The formats that can be written; each is also its file's ending."""


def format_of(path: str | Path) -> str:
    """Tell the format from a file's ending."""
    ending = Path(path).suffix.lower().removeprefix(".")
    if ending not in _RECIPES:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UnknownFormat(f'"{path}" has no ending that names a sound format; end it in one of {known}')
    return ending


class SoundWriter:
    """Write mono s16le sound at `SAMPLE_RATE` to a file; leave the `with` block and the file is whole.

    After an exception the file stays as it is, unfinished; its owner removes it.
    """

    def __init__(self, path: Path, sound_format: str, marks: Mapping[str, str]) -> None:
        import av

        recipe = _RECIPES[sound_format]
        self._path = path
        self._samples = 0
        # Without bitexact Ogg draws a random serial number; with it the same speech is the same file.
        options = {**dict(recipe.options), "fflags": "+bitexact"}
        # "file:", so that a name like "udp://..." is a name, and ffmpeg's own writing rather than a Python file, whose
        # second error (as the full disk refuses the closing bytes too) PyAV can only print.
        self._container = av.open(f"file:{path}", "w", format=recipe.container, container_options=options)
        self._container.metadata.update(marks)
        stream = self._container.add_stream(recipe.codec, rate=SAMPLE_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        self._stream = stream
        self._stream.codec_context.thread_count = 1
        if recipe.bit_rate:
            self._stream.bit_rate = recipe.bit_rate
        with self._naming_the_file():
            self._container.start_encoding()

    def write(self, pcm: bytes) -> None:
        """Append a whole number of samples."""
        from fractions import Fraction

        with self._naming_the_file():
            for frame in mono_frames(pcm, SAMPLE_RATE):
                frame.pts = self._samples
                frame.time_base = Fraction(1, SAMPLE_RATE)
                self._samples += frame.samples
                self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            with self._naming_the_file():
                self._container.mux(self._stream.encode(None))
                self._container.close()
        else:
            import av

            with contextlib.suppress(av.FFmpegError):
                self._container.close()

    @contextlib.contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputUnwritable(
                f'cannot write "{self._path}": {reason}; free some space or name another place with --output'
            ) from error
