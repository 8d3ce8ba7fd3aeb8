"""The disk cache keeps the most recently used files within its size."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from pathlib import Path


def put(shelf: DiskCache, name: str, size: int = 100) -> None:
    with shelf.room(name) as path:
        if path:
            path.write_bytes(bytes(size))


def test_a_file_is_found_under_its_key_once_it_is_whole(tmp_path: Path) -> None:
    shelf = DiskCache(tmp_path / "shelf", 1000)
    assert shelf.find("a") is None
    with shelf.room("a") as path:
        assert path
        path.write_bytes(b"half")
        assert shelf.find("a") is None
    found = shelf.find("a")
    assert found
    assert found.read_bytes() == b"half"


def test_what_fails_on_the_way_is_not_kept(tmp_path: Path) -> None:
    def fail() -> None:
        with DiskCache(tmp_path / "shelf", 1000).room("a") as path:
            assert path
            path.write_bytes(b"half")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert list((tmp_path / "shelf").iterdir()) == []


def test_what_was_longest_unused_goes_first(tmp_path: Path) -> None:
    shelf = DiskCache(tmp_path / "shelf", 250)
    for age, name in enumerate("ab"):
        put(shelf, name)
        os.utime(tmp_path / "shelf" / name, (age, age))
    assert shelf.find("a")
    put(shelf, "c")
    assert shelf.find("b") is None
    assert shelf.find("a")
    assert shelf.find("c")


def test_a_shelf_of_no_size_keeps_nothing_and_makes_no_folder(tmp_path: Path) -> None:
    put(DiskCache(tmp_path / "shelf", 0), "a")
    assert not (tmp_path / "shelf").exists()


def test_a_folder_that_cannot_be_made_keeps_nothing_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "shelf").write_bytes(b"in the way")
    shelf = DiskCache(tmp_path / "shelf", 1000)
    put(shelf, "a")
    assert shelf.find("a") is None


def test_a_disk_that_is_full_keeps_nothing_and_fails_nothing(tmp_path: Path) -> None:
    def fill(path: Path | None) -> None:
        assert path
        raise OSError(errno.ENOSPC, "No space left on device")

    with DiskCache(tmp_path / "shelf", 1000).room("a") as path:
        fill(path)
    assert list((tmp_path / "shelf").iterdir()) == []
