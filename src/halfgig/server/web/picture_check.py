"""Check of a picture's first bytes, to refuse hopeless uploads before they are queued.

Only a cell decodes the picture.  Here only certain failures are refused.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import imagesize

from halfgig.errors import PictureTooLarge, PictureUnreadable

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 256 * 1024
"""Bytes that are read: the size is there except in some TIFFs.  More would let a stranger make us search."""

STARTS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
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

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")
"""Brands of HEIC pictures, from phones, which are not supported."""

NO_SIZE = (ValueError, struct.error, TypeError, IndexError, OverflowError, NameError)
"""What imagesize raises for a broken header; NameError because its message uses a variable not yet set."""

LONGEST_SIDE = 1 << 32
"""Pixels; a header with more is not a real one."""


def check_picture(path: Path, most_megapixels: float) -> None:
    """Refuse a file that is not a picture or has too many pixels.  Raises `PictureError`."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    _check_start(head)
    width, height = size_in(head)
    megapixels = width * height / 1e6
    if megapixels > most_megapixels:
        raise PictureTooLarge(
            f"the picture is {width} x {height} pixels ({megapixels:.0f} megapixels); the limit is "
            f"{most_megapixels:g} megapixels: make it smaller, or raise MAX_PICTURE_MEGAPIXELS"
        )


def _check_start(head: bytes) -> None:
    if head[4:8] == b"ftyp":
        if head[8:12] in HEIC:
            raise PictureUnreadable("the picture is a HEIC file, which is not read; send it as JPEG or PNG")
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
