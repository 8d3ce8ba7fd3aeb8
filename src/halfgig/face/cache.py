"""Measured faces on disk: a picture is measured only once, and the result outlives the process that measured it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.errors import PictureUnreadable
from halfgig.face.mesh import Mesh
from halfgig.face.topology import N_POINTS
from halfgig.storage.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from halfgig.storage.disk_cache import DiskCache

VERSION = 2
"""Version of the measurement; entries of other versions are ignored."""

_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class MeasuredFace:
    """The measured face of a picture."""

    mesh: Mesh
    """In pixels of the upright picture at the size it was measured in."""
    turns: int = 0
    """Quarter turns, counterclockwise, that made the picture upright: 0..3."""
    notices: tuple[str, ...] = ()
    """Remarks for the user about the picture."""


def face_key(picture: Path, *options: object) -> str:
    """Return the cache key: a digest of the picture's bytes and of the options it is measured with.

    Raises `PictureUnreadable`.
    """
    digest = hashlib.sha256(repr((VERSION, *options)).encode())
    try:
        with picture.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
    except OSError as error:
        raise PictureUnreadable(f"the portrait cannot be read: {error.strerror}; give it again") from error
    return digest.hexdigest()


def write_face(measured: MeasuredFace, path: Path) -> None:
    """Write a face to a file atomically."""
    values = {
        "version": VERSION,
        "notices": measured.notices,
        "turns": measured.turns,
        "score": measured.mesh.score,
        "points": measured.mesh.points.tolist(),
    }
    with atomic_write(path) as part:
        part.write_text(json.dumps(values), encoding="utf-8")


def read_face(path: Path) -> MeasuredFace | None:
    """Read a face; None if the file is missing or damaged."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        points = np.array([_numbers(point) for point in found["points"]], np.float32)
        turns, (score,) = found["turns"], _numbers([found["score"]])
        if found["version"] != VERSION or points.shape != (N_POINTS, 3) or turns not in range(4):
            return None
        return MeasuredFace(Mesh(points, score), turns, tuple(str(each) for each in found["notices"]))
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None


def _numbers(values: Iterable[object]) -> list[float]:
    numbers = [value for value in values if isinstance(value, int | float) and math.isfinite(value)]
    if isinstance(values, list) and len(numbers) == len(values):
        return [float(number) for number in numbers]
    raise ValueError


class FaceCache:
    """Measured faces in a disk cache."""

    def __init__(self, cache: DiskCache) -> None:
        self._cache = cache

    def get(self, key: str) -> MeasuredFace | None:
        """Return the face stored under a key, or None."""
        path = self._cache.find(f"{key}.json")
        return read_face(path) if path else None

    def put(self, key: str, measured: MeasuredFace) -> None:
        """Store a face under a key."""
        with self._cache.room(f"{key}.json") as path:
            if path:
                write_face(measured, path)
