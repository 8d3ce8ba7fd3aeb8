"""How much memory a picture takes to read, known from its header, and how much this process may still reserve.

Readers that get too little say that the picture is damaged: "broken data stream", "could not create decoder object".
"""

from __future__ import annotations

import contextlib
import os
import resource
from typing import TYPE_CHECKING

from halfgig.errors import MemoryExceeded
from halfgig.resources import meter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.Image import Image

# Bytes per pixel, measured on pictures of 16 megapixels with Pillow 12: what the reader takes and Pillow's own copy.
WEBP_BYTES = 16.0
AVIF_BYTES = 9.0
HEIC_BYTES = 7.0
_MODE_BYTES = {"L": 1.0, "P": 5.0, "1": 5.0, "RGB": 4.0, "CMYK": 4.0, "YCbCr": 4.0, "LAB": 4.0}
_OTHER_MODE_BYTES = 6.0
_WITH_ALPHA_BYTES = 8.0
_COLOUR_MADE_CLEAR_BYTES = 12.0

_SPARE_MB = 4
"""For all else that is reserved while a picture is read."""

_ALMOST = 0.7
"""A reader that fails although it needs more than this part of what it has is believed to lack memory."""


def check_room(image: Image) -> None:
    """Raise `MemoryExceeded` with the figures for an open picture that takes more memory than there is.

    Call it after `draft`, which reduces what a JPEG takes.
    """
    _check(str(image.format), image.size, _bytes_per_pixel(image))


def check_webp_room(size: tuple[int, int]) -> None:
    """Raise `MemoryExceeded` for a WEBP that does not fit: its reader takes its memory when the file is opened."""
    _check("WEBP", size, WEBP_BYTES)


@contextlib.contextmanager
def memory_told(image: Image) -> Iterator[None]:
    """Turn a failed allocation in the block into `MemoryExceeded` with the picture's figures."""
    size, bytes_each, room_mb = image.size, _bytes_per_pixel(image), _room_mb()
    try:
        yield
    except MemoryError:
        raise _exceeded(str(image.format), size, bytes_each) from None
    except OSError:
        if room_mb is not None and _need_mb(size, bytes_each) > _ALMOST * room_mb:
            raise _exceeded(str(image.format), size, bytes_each) from None
        raise


def _check(kind: str, size: tuple[int, int], bytes_each: float) -> None:
    room_mb = _room_mb()
    if room_mb is not None and _need_mb(size, bytes_each) + _SPARE_MB > room_mb:
        raise _exceeded(kind, size, bytes_each)


def _exceeded(kind: str, size: tuple[int, int], bytes_each: float) -> MemoryExceeded:
    width, height = size
    return MemoryExceeded(
        "reading the picture",
        _budget_mb() or 0,
        f"{kind} of {width} x {height} pixels, {width * height / 1e6:.0f} megapixels, takes "
        f"{_need_mb(size, bytes_each):.0f} MB besides its reader; "
        "make it smaller, or save it as a JPEG that is not progressive",
    )


def _need_mb(size: tuple[int, int], bytes_each: float) -> float:
    return size[0] * size[1] * bytes_each / 2**20


def _bytes_per_pixel(image: Image) -> float:
    match image.format:
        case "WEBP":
            return WEBP_BYTES
        case "AVIF":
            return AVIF_BYTES
        case "HEIF":
            return HEIC_BYTES
        case "JPEG" | "MPO" if image.info.get("progressive"):
            return _coefficient_bytes(image)
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        return _COLOUR_MADE_CLEAR_BYTES if image.mode == "RGB" else _WITH_ALPHA_BYTES
    return _MODE_BYTES.get(image.mode, _OTHER_MODE_BYTES)


def _coefficient_bytes(image: Image) -> float:
    """Return the bytes that a progressive JPEG keeps of each pixel of `image`: two for each sample of each component.

    After `draft`, `image.size` is a fraction of what is stored, and the coefficients are of all of it.
    """
    layers = getattr(image, "layer", [])
    across, down = max((each[1] for each in layers), default=1), max((each[2] for each in layers), default=1)
    samples = sum(each[1] * each[2] for each in layers) / max(1, across * down) if layers else 3.0
    return 2 * samples


def webp_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of a WEBP from its first bytes; None for another file."""
    with path.open("rb") as file:
        head = file.read(30)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return None
    match head[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return None


def _budget_mb() -> int | None:
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if soft == resource.RLIM_INFINITY else soft >> 20


def _room_mb() -> float | None:
    """Return how many MB this process may still reserve; None without a limit."""
    budget_mb, memory = _budget_mb(), meter.process_memory(os.getpid())
    return None if budget_mb is None or memory is None else budget_mb - memory.data_mb
