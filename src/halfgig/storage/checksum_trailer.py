"""Checksums of files, and files with one at their end, which shows after a crash whether they are complete."""

import zlib
from pathlib import Path

CHECKSUM_BYTES = 4
"""Size of the checksum: the CRC-32 of everything before it, little-endian."""

BLOCK_BYTES = 1 << 20
"""Bytes read at a time."""


def checksum_and_length(path: Path) -> str:
    """Return the CRC-32 and the length in bytes of a file; empty if there is no file."""
    checksum = length = 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                checksum, length = zlib.crc32(block, checksum), length + len(block)
    except FileNotFoundError:
        return ""
    return f"{checksum:08x}-{length}"


def append_checksum(path: Path) -> None:
    """Append the checksum of a file's content."""
    checksum = _checksum(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(checksum)


def has_valid_checksum(path: Path) -> bool:
    """Return whether a file exists and matches the checksum at its end."""
    try:
        end = path.stat().st_size - CHECKSUM_BYTES
        if end < 0:
            return False
        with path.open("rb") as file:
            file.seek(end)
            return file.read(CHECKSUM_BYTES) == _checksum(path, end)
    except OSError:
        return False


def _checksum(path: Path, end: int) -> bytes:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(min(BLOCK_BYTES, end)):
            checksum, end = zlib.crc32(block, checksum), end - len(block)
    return checksum.to_bytes(CHECKSUM_BYTES, "little")
