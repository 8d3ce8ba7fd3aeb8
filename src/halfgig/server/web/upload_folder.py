"""Folders in which uploads lie until their job is accepted."""

from __future__ import annotations

import contextlib
import shutil
import time
from typing import TYPE_CHECKING

from halfgig.errors import OutputUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORGOTTEN_S = 3600.0
"""When an upload that nobody writes to any more was left by a process that was killed, in seconds."""


@contextlib.contextmanager
def upload_folder(folder: Path) -> Iterator[Path]:
    """Make a folder for one upload; what still lies there when the block ends is removed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with disk_has_room():
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_forgotten(uploads: Path, now: float | None = None) -> None:
    """Remove what killed processes left: folders in which nothing was written for an hour."""
    oldest = (time.time() if now is None else now) - FORGOTTEN_S
    with contextlib.suppress(FileNotFoundError):
        for folder in list(uploads.iterdir()):
            with contextlib.suppress(FileNotFoundError):
                if max(path.stat().st_mtime for path in (folder, *folder.iterdir())) < oldest:
                    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def disk_has_room() -> Iterator[None]:
    """Turn a full disk into an answer with status 507."""
    try:
        yield
    except OSError as error:
        raise OutputUnwritable(
            f"the server cannot keep the upload: {error.strerror}; delete videos that are not needed, or free its disk"
        ) from error
