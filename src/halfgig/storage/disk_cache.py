"""A cache folder of limited size; the least recently used files are deleted first."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from halfgig.errors import OutputUnwritable
from halfgig.storage.atomic_write import atomic_write


class DiskCache:
    """Caches files in a folder of at most `max_bytes`; with 0 nothing is cached."""

    def __init__(self, folder: Path, max_bytes: float) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def find(self, name: str) -> Path | None:
        """Return a cached file and mark it as used; None if it is not cached."""
        path = self._folder / name
        if not path.is_file():
            return None
        with contextlib.suppress(OSError):  # a read-only folder can still be read
            path.touch()
        return path

    @contextlib.contextmanager
    def room(self, name: str) -> Iterator[Path | None]:
        """Yield a file to write to, cached under `name` if the block succeeds; None if nothing can be cached.

        A full or read-only disk is no error: the cache only saves time.
        """
        with contextlib.suppress(OSError, OutputUnwritable), contextlib.ExitStack() as stack:
            yield self._part(name, stack)
            stack.close()
            self._shrink()

    def _part(self, name: str, stack: contextlib.ExitStack) -> Path | None:
        """Create a temporary file that gets its final name when `stack` closes."""
        if self._max_bytes <= 0:
            return None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return stack.enter_context(atomic_write(self._folder / name))
        except (OSError, OutputUnwritable):
            return None

    def _shrink(self) -> None:
        files = [(path.stat(), path) for path in self._folder.glob("*")]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda each: each[0].st_mtime):
            if total <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size
