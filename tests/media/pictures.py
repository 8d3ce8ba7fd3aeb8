"""Pictures to read: four coloured quarters, saved in any format, and PNG files written by hand."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 180, 60), (50, 60, 190), (220, 200, 60)
ORIENTATION = 0x112


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Draw red and green above blue and yellow: no turn or mirror image of it is the same."""
    rows = np.repeat(np.array([[RED, GREEN], [BLUE, YELLOW]], np.uint8), height // 2, axis=0)
    return Image.fromarray(np.repeat(rows, width // 2, axis=1))


def saved(folder: Path, picture: Image.Image, kind: str = "PNG", **how: Any) -> Path:
    path = folder / f"portrait.{kind.lower()}"
    picture.save(path, kind, **how)
    return path


def see_through() -> Image.Image:
    """Draw the quarters, the first of them transparent."""
    picture = quarters().convert("RGBA")
    alpha = np.full((48, 64), 255, np.uint8)
    alpha[:24, :32] = 0
    picture.putalpha(Image.fromarray(alpha))
    return picture


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, depth: int, colour: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
