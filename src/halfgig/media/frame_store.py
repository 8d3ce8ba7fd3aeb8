"""Store of encoded frames: one record per closed group, so a crash loses at most the current group.

An interrupted video is bit-identical to an uninterrupted one: rendering resumes at the first frame of the missing
group, and every group has its own encoder.
"""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from halfgig.media.h264 import X264, GroupEncoder, Packet
from halfgig.media.vp9 import VP9, AlphaGroupEncoder
from halfgig.storage.atomic_write import atomic_write
from halfgig.storage.record_log import append_record, cut, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import IO

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.media.h264 import FrameMark

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
    mark: int | None = None
    """Number of the installation that frames are marked with; None: they are not."""

    def as_bytes(self) -> bytes:
        """Return the first record. It includes the encoder settings: frames encoded differently cannot be appended."""
        known = {"size": self.size, "fps": str(self.fps), "group": self.group, "encoder": X264}
        if self.has_alpha:
            known |= {"encoder": VP9, "alpha": True}
        if self.mark is not None:
            known |= {"mark": self.mark}
        return json.dumps(known, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> FrameFormat:
        """Parse the first record."""
        found = json.loads(data)
        width, height = found["size"]
        has_alpha, mark = found.get("alpha", False), found.get("mark")
        return cls((int(width), int(height)), Fraction(found["fps"]), int(found["group"]), has_alpha, mark)


class KeptGroups:
    """Reader that counts the groups in a file while another process may append some."""

    def __init__(self, path: Path, frame_format: FrameFormat) -> None:
        self._path = path
        self._first = frame_format.as_bytes()
        self.groups = 0
        """Number of groups."""
        self.frames = 0
        """Number of their frames."""
        self.end = 0
        """Where the last of them ends, in bytes."""

    def refresh(self) -> None:
        """Count the groups that were appended since the last call; none if the frames have another format."""
        for record in read_records(self._path, self.end):
            if self.end == 0 and (record.flags, record.body) != (FORMAT, self._first):
                return
            if self.end:
                self.groups, self.frames = self.groups + 1, self.frames + record.flags
            self.end = record.end


class FrameStore:
    """Writer that appends frames after the existing groups of a file; use as a context manager.

    An incomplete record at the end is removed. Existing frames with another size, rate or encoder are dropped. Leaving
    the block normally closes the last group; leaving it with an exception loses that group, as a crash does.
    """

    def __init__(self, path: Path, frame_format: FrameFormat, mark: FrameMark | None = None) -> None:
        kept = KeptGroups(path, frame_format)
        kept.refresh()
        self._mark = mark
        self.format = frame_format
        """Format of the frames."""
        self.frames = kept.frames
        """Number of frames so far, including the open group."""
        self.groups = kept.groups
        """Number of closed groups."""
        cut(path, kept.end)
        self._file: IO[bytes] = path.open("ab")
        if not kept.end:
            append_record(self._file, frame_format.as_bytes(), FORMAT)
        self._open: OpenGroup | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.close_group()
        finally:
            self._file.close()

    @property
    def kept(self) -> int:
        """Number of frames in closed groups: these survive a crash."""
        return self.frames - (self._open.frames if self._open else 0)

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode the next frame, RGB or RGBA [height, width, 3 or 4]. It survives a crash once its group is full."""
        self._open = self._open or OpenGroup(self.format, self.frames, self._mark)
        self._open.append(rgb)
        self.frames += 1
        if self._open.frames == self.format.group:
            self.close_group()

    def close_group(self) -> None:
        """Store the open group, if there is one, as it is."""
        if self._open:
            group, self._open = self._open, None
            append_record(self._file, group.finish(), group.frames)
            self.groups += 1

    def add(self, path: Path) -> None:
        """Append the group in a file of its own."""
        _, group = read_records(path)
        append_record(self._file, group.body, group.flags)
        self.groups, self.frames = self.groups + 1, self.frames + group.flags


class OpenGroup:
    """Frames of one group, on the way into their encoder; the first one has the number `start` in the video."""

    def __init__(self, frame_format: FrameFormat, start: int, mark: FrameMark | None) -> None:
        make = AlphaGroupEncoder if frame_format.has_alpha else GroupEncoder
        self._encoder: GroupEncoder | AlphaGroupEncoder = make(frame_format.size, frame_format.fps, mark, start)
        self.frames = 0
        """Number of frames so far."""

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode the next frame."""
        self._encoder.encode(rgb)
        self.frames += 1

    def finish(self) -> bytes:
        """Return the body of the group's record."""
        return _encoded(self._encoder.finish())


def write_group_file(path: Path, frame_format: FrameFormat, group: OpenGroup) -> None:
    """Write a group to a file of its own, which appears when it is complete."""
    with atomic_write(path) as part:
        part.write_bytes(group_file(frame_format.as_bytes(), group.finish(), group.frames))


def group_file(first: bytes, body: bytes, frames: int) -> bytes:
    """Return the content of a group's own file, given the first record of its frame store and its own one."""
    file = io.BytesIO()
    append_record(file, first, FORMAT)
    append_record(file, body, frames)
    return file.getvalue()


def is_group_file(path: Path, frame_format: FrameFormat) -> bool:
    """Return whether a file has one undamaged group of this format."""
    kept = KeptGroups(path, frame_format)
    kept.refresh()
    return kept.groups == 1


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


def _encoded(packets: list[Packet]) -> bytes:
    heads = [_PACKET.pack(len(each.data), each.pts, each.is_key) for each in packets]
    return b"".join([struct.pack("<I", len(packets)), *heads, *(each.data for each in packets)])


def _decoded(body: bytes) -> Iterator[Packet]:
    (count,) = struct.unpack_from("<I", body)
    start = 4 + count * _PACKET.size
    for length, pts, is_key in _PACKET.iter_unpack(body[4:start]):
        yield Packet(body[start : start + length], pts, is_key)
        start += length
