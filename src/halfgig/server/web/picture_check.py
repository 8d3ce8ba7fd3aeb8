"""What a picture's first bytes tell: enough to refuse what can never work before it is queued.

The picture itself is decoded in a cell only.  Here nothing is refused but what is sure.
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
"""How much is looked at: sizes stand there, but for some TIFFs.  More would be a stranger's to make us search."""

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
    b"P",  # PPM and its kin
)
"""How the formats begin that are read."""

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")
"""The brands of pictures from phones, which are not read."""

NO_SIZE = (ValueError, struct.error, TypeError, IndexError, OverflowError, NameError)
"""What imagesize raises for a header it cannot follow; NameError where it quotes what it has not read yet."""

LONGEST_SIDE = 1 << 32
"""Pixels; what tells of more is no header."""


def check_picture(path: Path, most_megapixels: float) -> None:
    """Refuse a file that is no picture, and one with too many pixels.  Raises `PictureError`."""
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
    """Read width and height in pixels from a file's first bytes; 0, 0 where they do not tell."""
    if head.startswith(STARTS[0]) and head[12:16] != b"IHDR":
        return 0, 0  # imagesize takes it for a PNG of before the standard
    if head.startswith(b"P"):
        head = head[:1024]  # it gathers digits one by one, so a long row of them would take for ever
    try:
        width, height = (abs(int(side)) for side in imagesize.get(io.BytesIO(head)))  # BMP has negative heights
    except NO_SIZE:
        return 0, 0
    return (width, height) if 1 < max(width, height) <= LONGEST_SIDE else (0, 0)  # -1 is what it does not know
