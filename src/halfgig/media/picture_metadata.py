"""A picture's file without what no pixel needs: place and time, names, comments, previews, a second picture.

The pixels are not encoded again.  Colour profiles stay, and which side is up.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from halfgig.media.picture_structure import COMMENT, END, JPEG, PNG, jpeg_segments, png_chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

_JFIF, _ICC, _ADOBE, _EXIF = b"JFIF\0", b"ICC_PROFILE\0", b"Adobe", b"Exif\0\0"
_KEPT_OF_APPLICATIONS = {0xE0: _JFIF, 0xE2: _ICC, 0xEE: _ADOBE}
_JFIF_HEAD = 16  # bytes of a JFIF segment up to its preview's size
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"sBIT"}
)
_WEBP_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
_WEBP_METADATA, _WEBP_EXIF = 0x0C, 0x08  # bits of VP8X: EXIF and XMP, and EXIF
_ORIENTATION, _UPRIGHT = 0x0112, 1


def without_metadata(content: bytes, orientation: int = _UPRIGHT) -> bytes | None:
    """Return a JPEG, PNG or WebP file without its metadata, but with its EXIF orientation; None if that cannot be done.

    That is so for other formats, and for files that are cut short or do not follow their format.
    """
    head = content[:12]
    if head.startswith(JPEG):
        return _joined(_jpeg(content, orientation), JPEG, bytes((0xFF, END)))
    if head.startswith(PNG):
        return _joined(_png(content, orientation), PNG, _png_chunk(b"IEND", b""))
    if head[:4] == b"RIFF" and head[8:] == b"WEBP" and len(content) >= 8 + int.from_bytes(head[4:8], "little"):
        chunks = b"".join(_webp(content, orientation))
        return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks if chunks else None
    return None


def _joined(parts: Iterator[bytes], start: bytes, end: bytes) -> bytes | None:
    data = start + b"".join(parts)
    return data if data.endswith(end) else None


def _jpeg(content: bytes, orientation: int) -> Iterator[bytes]:
    places = [at for at in jpeg_segments(content) if content[at + 1] != 0xFF]
    has_started = False
    for number, at in enumerate(places):
        end = places[number + 1] if number + 1 < len(places) else len(content)
        marker, head = content[at + 1], content[at + 4 : at + 4 + len(_ICC)]
        if marker == END:
            yield content[at : at + 2]
            return
        is_jfif = marker == 0xE0 and head.startswith(_JFIF)
        if not has_started and not is_jfif and orientation != _UPRIGHT:
            exif = _EXIF + _exif(orientation)
            yield b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif
        has_started = has_started or not is_jfif
        if is_jfif:  # without its preview
            yield b"\xff\xe0\0\x10" + content[at + 4 : at + _JFIF_HEAD] + b"\0\0"
        elif _has_pixels(marker, head):
            yield content[at:end]


def _has_pixels(marker: int, head: bytes) -> bool:
    """Return whether a segment of a JPEG says something about its pixels."""
    if marker in _KEPT_OF_APPLICATIONS:
        return head.startswith(_KEPT_OF_APPLICATIONS[marker])
    return not 0xE0 <= marker <= 0xEF and marker != COMMENT


def _png(content: bytes, orientation: int) -> Iterator[bytes]:
    for at in png_chunks(content):
        kind = content[at + 4 : at + 8]
        if kind in _PNG_KEPT:
            yield content[at : at + 12 + int.from_bytes(content[at : at + 4])]
        if kind == b"IHDR" and orientation != _UPRIGHT:
            yield _png_chunk(b"eXIf", _exif(orientation))
        if kind == b"IEND":
            return


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _webp(content: bytes, orientation: int) -> Iterator[bytes]:
    at, end = 12, 8 + int.from_bytes(content[4:8], "little")
    while at + 8 <= end:
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        whole = content[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            flags = whole[8] & ~_WEBP_METADATA | (_WEBP_EXIF if orientation != _UPRIGHT else 0)
            whole = whole[:8] + bytes((flags,)) + whole[9:]
        if kind in _WEBP_KEPT:
            yield whole
        at += len(whole)
    if orientation != _UPRIGHT:
        yield b"EXIF" + struct.pack("<I", len(_exif(orientation))) + _exif(orientation)


def _exif(orientation: int) -> bytes:
    """Return EXIF data of one tag, of an even length."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
