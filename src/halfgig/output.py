"""Files that appear under their name only when they are whole."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from halfgig.errors import OutputUnwritable


@contextlib.contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """Give a file beside `path` to write to; it takes that name when the block ends well, and goes when it does not.

    Raises `OutputUnwritable` before anything is done when the place cannot be written to.
    """
    if path.is_dir():
        raise OutputUnwritable(f"{str(path)!r} is a folder; give the name of a file in it")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.touch()
    except OSError as error:
        raise OutputUnwritable(
            f"{str(path)!r} cannot be written: {error.strerror}; choose a place that exists and is yours"
        ) from error
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
