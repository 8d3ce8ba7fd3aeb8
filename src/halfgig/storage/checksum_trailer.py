"""Files with a sum at their end: whoever goes on with them after a kill or a failing disk knows that they are whole."""

import zlib
from pathlib import Path

SUM = 4
"""Bytes of the sum: a CRC-32 of all before, little-endian."""

AT_ONCE = 1 << 20
"""Bytes that are read together."""


def append_checksum(path: Path) -> None:
    """Append the sum of what a file holds."""
    told = _sum(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(told)


def has_valid_checksum(path: Path) -> bool:
    """Return whether a file is there and holds what it held when it was sealed."""
    try:
        end = path.stat().st_size - SUM
        if end < 0:
            return False
        with path.open("rb") as file:
            file.seek(end)
            return file.read(SUM) == _sum(path, end)
    except OSError:
        return False


def _sum(path: Path, end: int) -> bytes:
    found = 0
    with path.open("rb") as file:
        while block := file.read(min(AT_ONCE, end)):
            found, end = zlib.crc32(block, found), end - len(block)
    return found.to_bytes(SUM, "little")
