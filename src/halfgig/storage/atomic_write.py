"""Files that appear under their name only when they are whole."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from halfgig.errors import OutputUnwritable

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
"""What a place says that stops taking bytes half way."""


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Return a file beside `path` to write to; it takes that name when the block ends well, and goes when it does not.

    Raises `OutputUnwritable` before anything is done when the place cannot be written to.
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
        # Whoever ran out of room knows only the name it wrote to.
        raise OutputUnwritable(str(error).replace(str(part), str(path))) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Turn a full disk under `path` into `OutputUnwritable`, whichever library notices it."""
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
