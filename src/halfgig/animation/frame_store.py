"""Frames kept as they are made: encoded, one record each, so that a kill at any moment costs the frame it is at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from halfgig.animation.h264 import X264_AT_ONCE, FrameEncoder, Packet
from halfgig.records import append_record, cut, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import IO

    import numpy as np
    from numpy.typing import NDArray

HEAD, KEY, ODD = 1, 2, 4
"""Flags of a record: it says what frames there are; it is a key frame; its idr_pic_id is odd."""


@dataclass(frozen=True, slots=True)
class Film:
    """Say what frames a store holds."""

    size: tuple[int, int]
    """Width and height in pixels."""
    fps: Fraction
    """Frames a second."""

    def as_bytes(self) -> bytes:
        """Write it for the first record, with the encoder's settings: frames of others do not fit behind."""
        known = {"size": self.size, "fps": str(self.fps), "encoder": X264_AT_ONCE}
        return json.dumps(known, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Film:
        """Read it from the first record."""
        found = json.loads(data)
        width, height = found["size"]
        return cls((int(width), int(height)), Fraction(found["fps"]))


class FrameStore:
    """Append frames to a file, behind those that a process before has kept; use as a context manager.

    A torn tail is cut off.  What is there of another size, rate or encoder is dropped.
    """

    def __init__(self, path: Path, film: Film) -> None:
        self.film = film
        """What frames it holds."""
        self.frames, last, end = _kept(path, film)
        """Frames that are kept."""
        cut(path, end)
        self._file: IO[bytes] = path.open("ab")
        if not end:
            append_record(self._file, film.as_bytes(), HEAD)
        follows_even = bool(last & KEY) and not last & ODD
        self._encoder = FrameEncoder(film.size, film.fps, starts_odd=follows_even)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode and keep a frame, RGB [height, width, 3]; no kill undoes what this has returned from."""
        packet = self._encoder.encode(rgb)
        append_record(self._file, packet.data, KEY * packet.is_key | ODD * packet.is_odd)
        self.frames += 1


def _kept(path: Path, film: Film) -> tuple[int, int, int]:
    """Give how many frames of a film a file holds, the last one's flags, and where it ends."""
    count, last, end = -1, 0, 0
    for record in read_records(path):
        if count < 0 and (record.flags, record.body) != (HEAD, film.as_bytes()):
            break
        count, last, end = count + 1, record.flags, record.end
    return max(count, 0), last, end


def read_film(path: Path) -> Film | None:
    """Say what frames a file holds; None when there is none or it says nothing."""
    first = next(read_records(path), None)
    return Film.from_bytes(first.body) if first and first.flags == HEAD else None


def read_packets(path: Path) -> Iterator[Packet]:
    """Yield the kept frames in their order, one in memory at a time."""
    for record in read_records(path):
        if record.flags != HEAD:
            yield Packet(record.body, bool(record.flags & KEY), bool(record.flags & ODD))
