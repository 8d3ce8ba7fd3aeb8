"""Check of a picture's first bytes, to refuse hopeless uploads before they are queued.

Only a cell decodes the picture.  Here only certain failures are refused.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import imagesize

from halfgig.errors import PictureUnreadable
from halfgig.media.picture import PictureLimits, check_megapixels

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 256 * 1024
"""Bytes that are read: the size is there except in some TIFFs.  More would let a stranger make us search."""

JPEG = b"\xff\xd8\xff"
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers of the segment with a JPEG's size."""
PROGRESSIVE_FRAMES = {0xC2, 0xC6, 0xCA, 0xCE}

STARTS = (
    b"\x89PNG\r\n\x1a\n",
    JPEG,
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"MM\x00*",
    b"II*\x00",
    b"MM*\x00",
    b"II\x00*",
    b"MM\x00+",
    b"II+\x00",
    b"RIFF",
    b"P",  # PPM and related formats
)
"""First bytes of the supported formats."""

NO_SIZE = (ValueError, struct.error, TypeError, IndexError, OverflowError, NameError)
"""What imagesize raises for a broken header; NameError because its message uses a variable not yet set."""

LONGEST_SIDE = 1 << 32
"""Pixels; a header with more is not a real one."""


def check_picture(path: Path, most_megapixels: float) -> None:
    """Refuse a file that is not a picture or has too many pixels.  Raises `PictureError`."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    _check_start(head)
    limits = PictureLimits(megapixels=most_megapixels)
    is_baseline = head.startswith(JPEG) and not is_progressive(head)
    check_megapixels(*size_in(head), limits.jpeg_megapixels if is_baseline else limits.megapixels)


def is_progressive(head: bytes) -> bool:
    """Return whether the first bytes of a JPEG say that it is progressive: then all of it is decoded at full size."""
    position = 2
    while position + 4 <= len(head) and head[position] == 0xFF:
        if head[position + 1] in JPEG_FRAMES:
            return head[position + 1] in PROGRESSIVE_FRAMES
        position += 2 + int.from_bytes(head[position + 2 : position + 4])
    return False


def _check_start(head: bytes) -> None:
    if head[4:8] == b"ftyp":
        return
    if not head:
        raise PictureUnreadable("the picture is empty; send a JPEG, PNG, WEBP or GIF file")
    if not head.startswith(STARTS):
        raise PictureUnreadable("the uploaded file is not a picture that can be read; send a JPEG, PNG, WEBP or GIF")


def size_in(head: bytes) -> tuple[int, int]:
    """Return width and height in pixels from a file's first bytes; 0, 0 if unknown."""
    if head.startswith(STARTS[0]) and head[12:16] != b"IHDR":
        return 0, 0  # imagesize would read it as a PNG from before the standard
    if head.startswith(b"P"):
        head = head[:1024]  # imagesize collects digits one by one: a long run of them would take forever
    try:
        width, height = (abs(int(side)) for side in imagesize.get(io.BytesIO(head)))  # BMP has negative heights
    except NO_SIZE:
        return 0, 0
    return (width, height) if 1 < max(width, height) <= LONGEST_SIDE else (0, 0)  # -1 means unknown
