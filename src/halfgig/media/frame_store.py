"""Frames kept as they are made: encoded, one record each, so that a kill at any moment costs the frame it is at.

Frames may be kept in groups, each by an encoder of its own.  Whoever goes on then gives the frames of the group that
was broken off once more, and what follows is to the bit what it would have been without the break.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, Self

from halfgig.media.h264 import X264_AT_ONCE, FrameEncoder, Packet
from halfgig.storage.record_log import append_record, cut, read_records

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
    group: int = 0
    """How many frames one encoder makes; 0: as many as there are until a break."""

    def as_bytes(self) -> bytes:
        """Write it for the first record, with the encoder's settings: frames of others do not fit behind."""
        known: dict[str, object] = {"size": self.size, "fps": str(self.fps), "encoder": X264_AT_ONCE}
        known |= {"group": self.group} if self.group else {}
        return json.dumps(known, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Film:
        """Read it from the first record."""
        found = json.loads(data)
        width, height = found["size"]
        return cls((int(width), int(height)), Fraction(found["fps"]), int(found.get("group", 0)))


class FrameStore:
    """Append frames to a file, behind those that a process before has kept; use as a context manager.

    A torn tail is cut off.  What is there of another size, rate or encoder is dropped.
    """

    def __init__(self, path: Path, film: Film) -> None:
        self.film = film
        """What frames it holds."""
        kept = _kept(path, film)
        self.frames = kept.frames
        """Frames that are kept."""
        self.next = kept.first
        """The number of the frame to append next: with groups, the first of the one that was broken off."""
        cut(path, kept.end)
        self._file: IO[bytes] = path.open("ab")
        if not kept.end:
            append_record(self._file, film.as_bytes(), HEAD)
        self._begin(kept.before)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode and keep frame number `next`, RGB [height, width, 3]; no kill undoes what this has returned from.

        One that is kept already only brings the encoder to where it was.
        """
        packet = self._encoder.encode(rgb)
        flags = KEY * packet.is_key | ODD * packet.is_odd
        if self.next == self.frames:
            append_record(self._file, packet.data, flags)
            self.frames += 1
        self.next += 1
        if self.film.group and self.next % self.film.group == 0:
            self._begin(flags)

    def _begin(self, before: int) -> None:
        """Take an encoder for what follows a frame with the flags `before`."""
        follows_even = bool(before & KEY) and not before & ODD
        self._encoder = FrameEncoder(self.film.size, self.film.fps, starts_odd=follows_even)


class _Kept(NamedTuple):
    """Say what a file holds of a film."""

    frames: int = 0
    """How many frames."""
    end: int = 0
    """Where the last one ends, in bytes."""
    first: int = 0
    """The first frame that an encoder must be given."""
    before: int = 0
    """The flags of the frame before that."""


def _kept(path: Path, film: Film) -> _Kept:
    """Give how many frames of a film a file holds, and where an encoder goes on."""
    kept = _Kept()
    for count, record in enumerate(read_records(path)):  # the head is counted, so `count` frames end here
        if count == 0 and (record.flags, record.body) != (HEAD, film.as_bytes()):
            break
        begins = film.group == 0 or count % film.group == 0
        first, before = (count, record.flags & ~HEAD) if begins else (kept.first, kept.before)
        kept = _Kept(count, record.end, first, before)
    return kept


def read_film(path: Path) -> Film | None:
    """Say what frames a file holds; None when there is none or it says nothing."""
    first = next(read_records(path), None)
    return Film.from_bytes(first.body) if first and first.flags == HEAD else None


def read_packets(path: Path) -> Iterator[Packet]:
    """Yield the kept frames in their order, one in memory at a time."""
    for record in read_records(path):
        if record.flags != HEAD:
            yield Packet(record.body, bool(record.flags & KEY), bool(record.flags & ODD))
