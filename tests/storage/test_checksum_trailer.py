"""The checksum at a file's end detects any damage."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from halfgig.storage.checksum_trailer import BLOCK_BYTES, CHECKSUM_BYTES, append_checksum, has_valid_checksum

if TYPE_CHECKING:
    from pathlib import Path


def sealed(path: Path, size: int) -> Path:
    path.write_bytes(bytes(number % 251 for number in range(size)))
    append_checksum(path)
    return path


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1])
def test_a_file_is_sealed_until_something_happens_to_it(tmp_path: Path, size: int) -> None:
    path = sealed(tmp_path / "file", size)
    assert has_valid_checksum(path)
    assert path.stat().st_size == size + CHECKSUM_BYTES
    os.truncate(path, size + CHECKSUM_BYTES - 1)
    assert not has_valid_checksum(path)


@pytest.mark.parametrize("at", [0, 500, 999, 1000, 1003])
def test_one_changed_byte_is_told(tmp_path: Path, at: int) -> None:
    path = sealed(tmp_path / "file", 1000)
    with path.open("r+b") as file:
        file.seek(at)
        (before,) = file.read(1)
        file.seek(at)
        file.write(bytes([before ^ 1]))
    assert not has_valid_checksum(path)


def test_what_was_never_sealed_or_is_not_there_is_not_sealed(tmp_path: Path) -> None:
    assert not has_valid_checksum(tmp_path / "nothing")
    (tmp_path / "file").write_bytes(b"never sealed")
    assert not has_valid_checksum(tmp_path / "file")
