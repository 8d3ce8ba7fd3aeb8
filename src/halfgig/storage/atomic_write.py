"""Atomic writes: a file appears under its name only when it is complete."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from halfgig.errors import OutputUnwritable

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
"""Errors of a file system that stops accepting data during a write."""


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary file next to `path`; it is renamed to `path` if the block succeeds, and deleted if it fails.

    Raises `OutputUnwritable` at the start if the folder cannot be written to.
    """
    if path.is_dir():
        raise OutputUnwritable(f"{str(path)!r} is a folder; give the name of a file in it")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _refused(path):
            part.touch()
        yield part
        with _refused(path):
            part.replace(path)
    except OutputUnwritable as error:
        # The error of a full disk names the temporary file.
        raise OutputUnwritable(str(error).replace(str(part), str(path))) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Turn any library's error for a full disk into `OutputUnwritable` for `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise OutputUnwritable(
            f'cannot write "{path}": {error.strerror}; free some space or name another place with --output'
        ) from error


@contextlib.contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputUnwritable(
            f"{str(path)!r} cannot be written: {error.strerror}; choose a place that exists and is yours"
        ) from error
