"""Measured faces, kept in one place for all data folders of a run: most tests are about what comes after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PLACES: list[Path] = []


def keep_faces_in(folder: Path) -> None:
    """Have data folders that share measured faces keep them here from now on."""
    _PLACES[:] = [folder]


def share_faces(cache: Path) -> None:
    """Have a data folder, by its folder of caches, find the faces that another one of this run had measured."""
    faces = cache / "faces"
    if _PLACES and not faces.exists():
        cache.mkdir(parents=True, exist_ok=True)
        faces.symlink_to(_PLACES[0], target_is_directory=True)
