"""Bounds on what a picture's file may make its reader do, checked before the reader sees it.

A reader's time should follow from the number of pixels.  It does not where a file consists of a million comments, or
sends each pixel again in twenty thousand scans; such files are refused by counting.
"""

from __future__ import annotations

import mmap
import re
import struct
from typing import TYPE_CHECKING

from halfgig.errors import PictureUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_SCANS = 100
"""Scans of a progressive JPEG; encoders write 6 to 20, and each reads all pixels again."""

MOST_PARTS = 20_000
"""Segments, chunks, blocks and tags of a file; a PNG of 32 MB in its writers' usual pieces has 4,000."""

MOST_HEADER_BYTES = 1 << 16
"""Comments of a PPM, which stand within its header."""

JPEG, PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
"""How files of these formats begin."""

_GIF = b"GIF8"
_TIFFS = {b"II*\x00": "<", b"MM\x00*": ">"}
SCAN, END, COMMENT = 0xDA, 0xD9, 0xFE
"""Second bytes of markers in a JPEG."""

_ALONE = {0x01, *range(0xD0, 0xD9)}  # JPEG markers without a length
_NEXT_SEGMENT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # within a scan, 0xFF is followed by 0 or a restart's number
_TIFF_ENTRY_BYTES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)


def check_structure(path: Path) -> None:
    """Raise `PictureUnreadable` for a file whose parts are far more than its pixels need."""
    with path.open("rb") as file:
        try:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            return  # empty: the reader says so
    with content:
        head = content[:8]
        if head.startswith(JPEG):
            _check_parts(path, jpeg_segments(content))
            _check_scans(path, content)
        elif head == PNG:
            _check_parts(path, png_chunks(content))
        elif head.startswith(_GIF):
            _check_parts(path, _gif_blocks(content))
        elif head[:4] in _TIFFS:
            _check_tags(path, content, _TIFFS[head[:4]])
        elif head[:1] == b"P" and head[1:2].isdigit():
            _check_ppm(path, content)


def _refuse(path: Path, what: str) -> None:
    raise PictureUnreadable(f"{str(path)!r} has {what}; save the picture again, as a plain JPEG or PNG")


def _check_parts(path: Path, parts: Iterator[int]) -> None:
    for number, _ in enumerate(parts):
        if number >= MOST_PARTS:
            _refuse(path, f"more than {MOST_PARTS} parts, most of which are no picture")


def jpeg_segments(content: bytes | mmap.mmap) -> Iterator[int]:
    """Yield the position of each segment; what follows the picture, such as a phone's film of it, is not searched."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        yield at
        marker = content[at + 1]
        if marker == END:
            return
        if marker == 0xFF:  # filling
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4]))
            if marker == SCAN:
                found = _NEXT_SEGMENT.search(content, at)
                at = found.start() if found else len(content)


def jpeg_ends(path: Path) -> bool:
    """Return whether a JPEG has its end marker: one whose last bytes are missing has not."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(content[at + 1] == END for at in jpeg_segments(content)) or content[-2:] == bytes((0xFF, END))


def _check_scans(path: Path, content: mmap.mmap) -> None:
    scans = sum(content[at + 1] == SCAN for at in jpeg_segments(content))
    if scans > MOST_SCANS:
        _refuse(path, f"{scans} scans, and {MOST_SCANS} may be, since each takes as long as the whole picture")


def png_chunks(content: bytes | mmap.mmap) -> Iterator[int]:
    """Yield the position of each chunk."""
    at = len(PNG)
    while at + 8 <= len(content):
        yield at
        at += 12 + int.from_bytes(content[at : at + 4])


def _gif_blocks(content: mmap.mmap) -> Iterator[int]:
    """Yield the position of each block of each extension before the first picture."""
    at = 13 + _gif_palette_bytes(content[10]) if len(content) > 13 else len(content)
    while at + 2 < len(content) and content[at] == ord("!"):
        at += 2
        while at < len(content):
            yield at
            length = content[at]
            at += 1 + length
            if not length:
                break


def _gif_palette_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _check_tags(path: Path, content: mmap.mmap, order: str) -> None:
    """Refuse tags that say the same bytes again and again: the reader copies the bytes of each."""
    if len(content) < 8:
        return
    (start,) = struct.unpack(f"{order}I", content[4:8])
    count = struct.unpack(f"{order}H", content[start : start + 2])[0] if start + 2 <= len(content) else 0
    said = 0
    for number in range(count):
        entry = content[start + 2 + 12 * number : start + 14 + 12 * number]
        if len(entry) < 12:
            return
        _, kind, values, _ = struct.unpack(f"{order}HHII", entry)
        said += min(values * (_TIFF_ENTRY_BYTES[kind] if kind < len(_TIFF_ENTRY_BYTES) else 0), len(content))
    if said > 4 * len(content) + MOST_HEADER_BYTES:
        _refuse(path, f"tags of {said / 1e6:.0f} MB in {len(content) / 1e6:.1f} MB")


def _check_ppm(path: Path, content: mmap.mmap) -> None:
    """Refuse a header with more comments than fit into its first bytes; its reader goes through them one by one."""
    head = content[:MOST_HEADER_BYTES]
    words = 4 if head[1:2] not in b"14" else 3  # the format, the sides and, but for a bitmap, the whitest value
    plain = b"\n".join(line.partition(b"#")[0] for line in head.splitlines())
    if len(content) > MOST_HEADER_BYTES and len(plain.split(maxsplit=words)) < words:
        _refuse(path, f"a header of more than {MOST_HEADER_BYTES >> 10} KB")
