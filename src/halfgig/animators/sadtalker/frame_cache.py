"""Rendered face squares of the frame group that is being encoded, so that a restart need not render them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.encoder import SIZE
from halfgig.animators.sadtalker.spec import GROUP
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

SQUARES = "squares"
"""The file's name in a job's folder."""

SHAPE = (SIZE, SIZE, 3)


class FrameCache:
    """A file of squares [256, 256, 3] of the newest frame group."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ends: dict[int, int] = {}
        end = 0
        for record in read_records(path):
            self._ends[record.flags] = end = record.end
        cut(path, end)

    def get(self, frame: int) -> Pixels | None:
        """Return a frame's square, or None if it is not in the file."""
        end = self._ends.get(frame)
        if end is None:
            return None
        size = SIZE * SIZE * 3
        with self._path.open("rb") as file:
            file.seek(end - size)
            return np.frombuffer(file.read(size), np.uint8).reshape(SHAPE)

    def end_from(self, frame: int) -> int:
        """Return the first frame from `frame` on whose square is not in the file."""
        while frame in self._ends:
            frame += 1
        return frame

    def put(self, frame: int, square: Pixels) -> None:
        """Store a frame's square; the first frame of a group clears the file. It survives a kill after this returns."""
        if frame % GROUP == 0:
            cut(self._path, 0)
            self._ends.clear()
        with self._path.open("ab") as file:
            append_record(file, square.tobytes(), frame)
            self._ends[frame] = file.tell()
