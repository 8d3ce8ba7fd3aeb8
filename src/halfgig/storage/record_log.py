"""Append-only files of records that survive a kill at any moment: an incomplete last record is detected and cut off.

Each record is a header (length, flags, CRC-32 of flags and body) and a body.  Records appended before a kill are
complete; a record half written when the power failed is detected by its length or checksum.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

HEAD = struct.Struct("<III")
"""The header of a record: the body's length in bytes, flags, checksum."""

LONGEST = 1 << 28
"""Longest body, in bytes; a header with a greater length is damaged."""


class Record(NamedTuple):
    """One record."""

    flags: int
    """Flags set by the writer."""
    body: bytes
    """The content."""
    end: int
    """Offset of the record's end in the file, in bytes."""


def append_record(file: IO[bytes], body: bytes, flags: int = 0) -> None:
    """Append a record and flush it to the system, where a kill of this process cannot lose it."""
    file.write(HEAD.pack(len(body), flags, _checksum(flags, body)) + body)
    file.flush()


def read_records(path: Path, start: int = 0) -> Iterator[Record]:
    """Yield the records up to the first incomplete or damaged one; nothing if there is no file.

    `start` is the offset of the first one, in bytes.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end = file.seek(start)
        while len(head := file.read(HEAD.size)) == HEAD.size:
            length, flags, checksum = HEAD.unpack(head)
            body = file.read(length) if length <= LONGEST else b""
            if len(body) != length or _checksum(flags, body) != checksum:
                return
            end += HEAD.size + length
            yield Record(flags, body, end)


def cut(path: Path, end: int) -> None:
    """Truncate a file to `end` bytes; create it if it does not exist."""
    with path.open("ab"):
        os.truncate(path, end)


def _checksum(flags: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(flags.to_bytes(4, "little")))
