"""The squares that were rendered for the group of frames that is being filmed: they are not rendered again."""

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
    """Keep squares [256, 256, 3] in a file, those of the newest group alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ends: dict[int, int] = {}
        end = 0
        for record in read_records(path):
            self._ends[record.flags] = end = record.end
        cut(path, end)

    def get(self, frame: int) -> Pixels | None:
        """Return a frame's square; None where it is not there."""
        end = self._ends.get(frame)
        if end is None:
            return None
        size = SIZE * SIZE * 3
        with self._path.open("rb") as file:
            file.seek(end - size)
            return np.frombuffer(file.read(size), np.uint8).reshape(SHAPE)

    def end_from(self, frame: int) -> int:
        """Return the first frame from `frame` on whose square is not kept."""
        while frame in self._ends:
            frame += 1
        return frame

    def put(self, frame: int, square: Pixels) -> None:
        """Keep a frame's square; no kill undoes what this has returned from."""
        if frame % GROUP == 0:
            cut(self._path, 0)
            self._ends.clear()
        with self._path.open("ab") as file:
            append_record(file, square.tobytes(), frame)
            self._ends[frame] = file.tell()
