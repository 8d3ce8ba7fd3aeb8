"""Files that grow record by record and outlive a kill at any moment: a torn tail is seen, and cut off.

Each record is a head (length, flags, CRC-32 of flags and body) and a body.  What was appended before a process was
killed is whole; what a failing power supply left half written is told by its length or its sum.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

HEAD = struct.Struct("<III")
"""What stands before each body: its length in bytes, its flags, its sum."""

LONGEST = 1 << 28
"""Bytes of a body; a head that tells of more is damaged."""


class Record(NamedTuple):
    """One record."""

    flags: int
    """What its writer says of it."""
    body: bytes
    """What it holds."""
    end: int
    """Where it ends in the file, in bytes."""


def append_record(file: IO[bytes], body: bytes, flags: int = 0) -> None:
    """Append a record and hand it to the system, where a kill cannot undo it."""
    file.write(HEAD.pack(len(body), flags, _sum(flags, body)) + body)
    file.flush()


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records up to the first that is torn or damaged; none where there is no file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end = 0
        while len(head := file.read(HEAD.size)) == HEAD.size:
            length, flags, told = HEAD.unpack(head)
            body = file.read(length) if length <= LONGEST else b""
            if len(body) != length or _sum(flags, body) != told:
                return
            end += HEAD.size + length
            yield Record(flags, body, end)


def cut(path: Path, end: int) -> None:
    """Drop what a file holds behind byte `end`; a file that is not there is made."""
    with path.open("ab"):
        os.truncate(path, end)


def _sum(flags: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(flags.to_bytes(4, "little")))
