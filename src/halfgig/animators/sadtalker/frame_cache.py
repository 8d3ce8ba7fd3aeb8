"""Rendered face squares of the frame group that is being encoded, so that a restart need not render them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.encoder import SIZE
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

SQUARES = "squares"
"""Name of the files in a job's folder, followed by the number of the group."""

SHAPE = (SIZE, SIZE, 3)


class FrameCache:
    """Squares [256, 256, 3] of the group that this process renders, in a file of its own; other processes have others.

    `path` is that of the files without the group's number, `size` the number of frames in a group.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._group: int | None = None
        self._written: int | None = None
        self._ends: dict[int, int] = {}

    def get(self, frame: int) -> Pixels | None:
        """Return a frame's square, or None if it is not in the file of its group."""
        end = self._squares(frame // self._size).get(frame)
        if end is None:
            return None
        size = SIZE * SIZE * 3
        with self._file(frame // self._size).open("rb") as file:
            file.seek(end - size)
            return np.frombuffer(file.read(size), np.uint8).reshape(SHAPE)

    def end_from(self, frame: int) -> int:
        """Return the first frame from `frame` on, or of the next group, whose square is not in the file."""
        squares = self._squares(frame // self._size)
        while frame in squares:
            frame += 1
        return frame

    def put(self, frame: int, square: Pixels) -> None:
        """Store a frame's square, which survives a kill after this returns; remove the group that came before."""
        group = frame // self._size
        squares = self._squares(group)
        if self._written not in (None, group):
            self._file(self._written).unlink(missing_ok=True)
        self._written = group
        with self._file(group).open("ab") as file:
            append_record(file, square.tobytes(), frame)
            squares[frame] = file.tell()

    def _file(self, group: int | None) -> Path:
        return self._path.with_name(f"{self._path.name}.{group}")

    def _squares(self, group: int) -> dict[int, int]:
        """Return where the squares of a group end in its file, after cutting off a damaged end."""
        if group != self._group:
            end, self._ends, self._group = 0, {}, group
            for record in read_records(self._file(group)):
                self._ends[record.flags] = end = record.end
            if self._file(group).exists():
                cut(self._file(group), end)
        return self._ends
