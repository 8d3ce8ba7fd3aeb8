"""A folder of at most so many bytes, in which files lie under their keys; the ones longest unused go first."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from halfgig.errors import OutputUnwritable
from halfgig.storage.atomic_write import atomic_write


class DiskCache:
    """Keep files in a folder that takes at most `most_bytes`; with 0 none are kept."""

    def __init__(self, folder: Path, most_bytes: float) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def find(self, name: str) -> Path | None:
        """Return a file that is there, and note that it was used."""
        path = self._folder / name
        if not path.is_file():
            return None
        with contextlib.suppress(OSError):  # a folder that is not ours to write still serves what it has
            path.touch()
        return path

    @contextlib.contextmanager
    def room(self, name: str) -> Iterator[Path | None]:
        """Return a file to write to, which is kept under its name when the block ends well; None where none can be.

        A disk that is full or not ours to write keeps nothing, and that is all: a shelf only saves time.
        """
        with contextlib.suppress(OSError, OutputUnwritable), contextlib.ExitStack() as kept:
            yield self._part(name, kept)
            kept.close()
            self._shrink()

    def _part(self, name: str, kept: contextlib.ExitStack) -> Path | None:
        """Begin a file that is finished when `kept` ends."""
        if self._most_bytes <= 0:
            return None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return kept.enter_context(atomic_write(self._folder / name))
        except (OSError, OutputUnwritable):
            return None

    def _shrink(self) -> None:
        files = [(path.stat(), path) for path in self._folder.glob("*")]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda each: each[0].st_mtime):
            if total <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size
