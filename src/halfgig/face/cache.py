"""Rigs on disk: a picture is measured only once, and its rig outlives the process that measured it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from halfgig.errors import PictureUnreadable
from halfgig.face.rig import VERSION, read_rig, write_rig

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.face.rig import Rig
    from halfgig.storage.disk_cache import DiskCache

_READ_BYTES = 1 << 20


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


class RigCache:
    """Rigs in a disk cache."""

    def __init__(self, cache: DiskCache) -> None:
        self._cache = cache

    def get(self, key: str) -> Rig | None:
        """Return the rig stored under a key, or None."""
        path = self._cache.find(f"{key}.json")
        return read_rig(path) if path else None

    def put(self, key: str, rig: Rig) -> None:
        """Store a rig under a key."""
        with self._cache.room(f"{key}.json") as path:
            if path:
                write_rig(rig, path)
