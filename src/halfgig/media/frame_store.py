"""Frames in a file as they are made: closed groups, a record each, so that a kill costs the group that is open.

Frames come out the same to the bit whether a video was broken off or not: whoever goes on begins at the first frame
of the group that is missing, with a fresh encoder, as the one before did.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from halfgig.media.h264 import X264, GroupEncoder, Packet
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import IO

    import numpy as np
    from numpy.typing import NDArray

FORMAT = 1 << 31
"""The flag of the first record, which describes the frames; a group's flags are how many frames it has."""

_PACKET = struct.Struct("<IH?")  # bytes, pts, whether it is a key frame


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """What frames a store holds."""

    size: tuple[int, int]
    """Width and height in pixels."""
    fps: Fraction
    """Frames per second."""
    group: int
    """Frames of a group."""

    def as_bytes(self) -> bytes:
        """Return the first record, with the encoder's settings: frames of other settings do not fit behind."""
        known = {"size": self.size, "fps": str(self.fps), "group": self.group, "encoder": X264}
        return json.dumps(known, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> FrameFormat:
        """Return the format that a first record describes."""
        found = json.loads(data)
        width, height = found["size"]
        return cls((int(width), int(height)), Fraction(found["fps"]), int(found["group"]))


class FrameStore:
    """Appends frames to a file, after the groups that are there; use as a context manager.

    A torn tail is cut off.  Frames of another size, rate or encoder are dropped.  Leaving the block without an error
    closes the last group; leaving it with one loses that group, as a kill does.
    """

    def __init__(self, path: Path, frame_format: FrameFormat) -> None:
        self.format = frame_format
        """What frames it holds."""
        self.frames, end = _kept(path, frame_format)
        """The number of frames so far, those of the open group included."""
        cut(path, end)
        self._file: IO[bytes] = path.open("ab")
        if not end:
            append_record(self._file, frame_format.as_bytes(), FORMAT)
        self._encoder: GroupEncoder | None = None
        self._open = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._close_group()
        finally:
            self._file.close()

    @property
    def kept(self) -> int:
        """The number of frames that outlive a kill: those in closed groups."""
        return self.frames - self._open

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode the next frame, RGB [height, width, 3]; it is safe from kills once its group is full."""
        self._encoder = self._encoder or GroupEncoder(self.format.size, self.format.fps)
        self._encoder.encode(rgb)
        self.frames += 1
        self._open += 1
        if self._open == self.format.group:
            self._close_group()

    def _close_group(self) -> None:
        if self._encoder:
            append_record(self._file, _encoded(self._encoder.finish()), self._open)
            self._encoder, self._open = None, 0


def read_format(path: Path) -> FrameFormat | None:
    """Return what frames a file holds; None where there is no file or its first record is damaged."""
    first = next(read_records(path), None)
    return FrameFormat.from_bytes(first.body) if first and first.flags == FORMAT else None


def read_packets(path: Path) -> Iterator[Packet]:
    """Yield all packets in the order of decoding, times in frames of the whole video; one group in memory at a time."""
    start = 0
    for record in read_records(path):
        if record.flags != FORMAT:
            yield from (each._replace(pts=each.pts + start) for each in _decoded(record.body))
            start += record.flags


def _kept(path: Path, frame_format: FrameFormat) -> tuple[int, int]:
    """Return how many frames of a format a file holds, and where they end in bytes."""
    frames = end = 0
    for count, record in enumerate(read_records(path)):
        if count == 0 and (record.flags, record.body) != (FORMAT, frame_format.as_bytes()):
            break
        frames += record.flags if count else 0
        end = record.end
    return frames, end


def _encoded(packets: list[Packet]) -> bytes:
    heads = [_PACKET.pack(len(each.data), each.pts, each.is_key) for each in packets]
    return b"".join([struct.pack("<I", len(packets)), *heads, *(each.data for each in packets)])


def _decoded(body: bytes) -> Iterator[Packet]:
    (count,) = struct.unpack_from("<I", body)
    start = 4 + count * _PACKET.size
    for length, pts, is_key in _PACKET.iter_unpack(body[4:start]):
        yield Packet(body[start : start + length], pts, is_key)
        start += length
