"""A folder of at most so many bytes, in which files lie under their keys; the ones longest unused go first."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from halfgig.output import finished_file


class Shelf:
    """Keep files in a folder that takes at most `most_bytes`; with 0 none are kept."""

    def __init__(self, folder: Path, most_bytes: float) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def find(self, name: str) -> Path | None:
        """Give a file that is there, and note that it was used."""
        path = self._folder / name
        if not path.is_file():
            return None
        with contextlib.suppress(OSError):  # a folder that is not ours to write still serves what it has
            path.touch()
        return path

    @contextlib.contextmanager
    def room(self, name: str) -> Iterator[Path | None]:
        """Give a file to write to, which is kept under its name when the block ends well; None where none are kept."""
        if self._most_bytes <= 0:
            yield None
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with finished_file(self._folder / name) as part:
            yield part
        self._shrink()

    def _shrink(self) -> None:
        files = [(path.stat(), path) for path in self._folder.glob("*")]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda each: each[0].st_mtime):
            if total <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size
