"""Store of encoded frames: one record per closed group, so a crash loses at most the current group.

An interrupted video is bit-identical to an uninterrupted one: rendering resumes at the first frame of the missing
group, and every group has its own encoder.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from halfgig.media.h264 import X264, GroupEncoder, Packet
from halfgig.media.vp9 import VP9, AlphaGroupEncoder
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import IO

    import numpy as np
    from numpy.typing import NDArray

FORMAT = 1 << 31
"""Flags of the first record, which describes the frames. The flags of a group's record are its number of frames."""

_PACKET = struct.Struct("<IH?")  # bytes, pts, whether it is a key frame


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """Size, rate and grouping of the frames in a store."""

    size: tuple[int, int]
    """Width and height in pixels."""
    fps: Fraction
    """Frames per second."""
    group: int
    """Frames per group."""
    has_alpha: bool = False
    """Whether frames are RGBA, encoded as VP9, instead of RGB, encoded as H.264."""

    def as_bytes(self) -> bytes:
        """Return the first record. It includes the encoder settings: frames encoded differently cannot be appended."""
        known = {"size": self.size, "fps": str(self.fps), "group": self.group, "encoder": X264}
        if self.has_alpha:
            known |= {"encoder": VP9, "alpha": True}
        return json.dumps(known, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> FrameFormat:
        """Parse the first record."""
        found = json.loads(data)
        width, height = found["size"]
        return cls((int(width), int(height)), Fraction(found["fps"]), int(found["group"]), found.get("alpha", False))


class FrameStore:
    """Writer that appends frames after the existing groups of a file; use as a context manager.

    An incomplete record at the end is removed. Existing frames with another size, rate or encoder are dropped. Leaving
    the block normally closes the last group; leaving it with an exception loses that group, as a crash does.
    """

    def __init__(self, path: Path, frame_format: FrameFormat) -> None:
        self.format = frame_format
        """Format of the frames."""
        self.frames, end = _kept(path, frame_format)
        """Number of frames so far, including the open group."""
        cut(path, end)
        self._file: IO[bytes] = path.open("ab")
        if not end:
            append_record(self._file, frame_format.as_bytes(), FORMAT)
        self._encoder: GroupEncoder | AlphaGroupEncoder | None = None
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
        """Number of frames in closed groups: these survive a crash."""
        return self.frames - self._open

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode the next frame, RGB or RGBA [height, width, 3 or 4]. It survives a crash once its group is full."""
        make = AlphaGroupEncoder if self.format.has_alpha else GroupEncoder
        self._encoder = self._encoder or make(self.format.size, self.format.fps)
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
    """Return the format of the frames in a file; None if the file is missing or its first record is damaged."""
    first = next(read_records(path), None)
    return FrameFormat.from_bytes(first.body) if first and first.flags == FORMAT else None


def read_packets(path: Path) -> Iterator[Packet]:
    """Yield all packets in decoding order, `pts` counted from the start of the video; one group in memory at a time."""
    start = 0
    for record in read_records(path):
        if record.flags != FORMAT:
            yield from (each._replace(pts=each.pts + start) for each in _decoded(record.body))
            start += record.flags


def _kept(path: Path, frame_format: FrameFormat) -> tuple[int, int]:
    """Return the number of frames of this format in a file, and the byte offset of their end."""
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
