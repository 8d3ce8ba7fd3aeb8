"""Measured faces on disk: the same picture is measured once, and what a job has measured outlives its process."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from halfgig.errors import PictureUnreadable
from halfgig.face.frame import FaceFrame
from halfgig.face.lids import Opening
from halfgig.face.lip_bands import LipBands
from halfgig.face.lips import Lips
from halfgig.face.measure import FaceShape
from halfgig.face.points import Point
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from halfgig.storage.disk_cache import DiskCache

VERSION = 1
"""Counts the ways a face was measured; entries of another are not used."""

_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what is known of the face in a picture."""

    shape: FaceShape
    """Where it is and how it is built, in pixels of the picture at the size it was measured in."""
    notices: tuple[str, ...] = ()
    """What a person should know of the picture."""


def face_key(picture: Path, *asked: object) -> str:
    """Name what is measured: a digest of the picture's bytes and of how it is looked at.

    Raises `PictureUnreadable`.
    """
    digest = hashlib.sha256(repr((VERSION, *asked)).encode())
    try:
        with picture.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
    except OSError as error:
        raise PictureUnreadable(f"the portrait cannot be read: {error.strerror}; give it again") from error
    return digest.hexdigest()


def write_face(measured: Measured, path: Path) -> None:
    """Write a face to a file, which appears when it is whole."""
    shape = measured.shape
    known = {
        "version": VERSION,
        "notices": measured.notices,
        "frame": [*shape.frame.origin, shape.frame.unit, shape.frame.roll],
        "right_eye": shape.right_eye,
        "left_eye": shape.left_eye,
        "nose": shape.nose,
        "line": shape.lips.line,
        "bands": shape.lips.bands,
        "chin": shape.chin,
    }
    with atomic_write(path) as part:
        part.write_text(json.dumps(known, default=float), encoding="utf-8")  # numpy's numbers are floats to JSON


def read_face(path: Path) -> Measured | None:
    """Read a face; None where there is none, or what stands there is damaged."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        x, y, unit, roll = _numbers(found["frame"])
        shape = FaceShape(
            FaceFrame(Point(x, y), unit, roll),
            Opening(*_numbers(found["right_eye"])),
            Opening(*_numbers(found["left_eye"])),
            Point(*_numbers(found["nose"])),
            Lips(tuple(Point(*_numbers(point)) for point in found["line"]), LipBands(*_numbers(found["bands"]))),
            Point(*_numbers(found["chin"])),
        )
        is_ours = found["version"] == VERSION and unit > 0 and len(shape.lips.line) > 2
        return Measured(shape, tuple(str(each) for each in found["notices"])) if is_ours else None
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None


def _numbers(values: Iterable[object]) -> list[float]:
    numbers = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if isinstance(values, list) and len(numbers) == len(values):
        return [float(number) for number in numbers]
    raise ValueError


class FaceCache:
    """Keep measured faces on a shelf."""

    def __init__(self, shelf: DiskCache) -> None:
        self._shelf = shelf

    def get(self, key: str) -> Measured | None:
        """Find a face by its key."""
        path = self._shelf.find(f"{key}.json")
        return read_face(path) if path else None

    def put(self, key: str, measured: Measured) -> None:
        """Keep a face under its key."""
        with self._shelf.room(f"{key}.json") as path:
            if path:
                write_face(measured, path)
