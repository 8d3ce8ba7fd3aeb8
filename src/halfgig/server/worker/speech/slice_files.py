"""The files that end a slice early: the cell computes meanwhile, and reads no messages."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class SliceFiles:
    """The files in `folder`, which is made; streams are named by their numbers."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def stop(self, number: int) -> Path:
        """Return the file that says that nobody wants the stream any more."""
        return self._folder / f"speech-{os.getpid()}-{number}.stop"

    def give_way(self, number: int) -> Path:
        """Return the file that says that another stream goes first."""
        return self._folder / f"speech-{os.getpid()}-{number}.way"

    @staticmethod
    def write(file: Path) -> None:
        """Write one of the files; if that is not possible the slice is made to its end."""
        with contextlib.suppress(OSError):
            file.touch()

    def remove(self, number: int) -> None:
        """Remove a stream's files."""
        for file in (self.stop(number), self.give_way(number)):
            file.unlink(missing_ok=True)
