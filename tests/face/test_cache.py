from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.face.cache import FaceCache, MeasuredFace, face_key, read_face, write_face
from halfgig.face.mesh import Mesh
from halfgig.face.topology import N_POINTS
from halfgig.storage.disk_cache import DiskCache

if TYPE_CHECKING:
    from pathlib import Path

POINTS = (np.arange(3 * N_POINTS).reshape(N_POINTS, 3) / 7).astype(np.float32)
FACE = MeasuredFace(Mesh(POINTS, 0.987654321), 3, ("the face is small",))


def test_a_face_comes_back_to_the_last_digit(tmp_path: Path) -> None:
    write_face(FACE, tmp_path / "face")
    assert read_face(tmp_path / "face") == FACE


def test_the_key_hangs_on_the_picture_and_on_how_it_is_looked_at(tmp_path: Path) -> None:
    for name, data in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(data)
    assert face_key(tmp_path / "a", 512) == face_key(tmp_path / "b", 512)
    assert len({face_key(tmp_path / "a", 512), face_key(tmp_path / "c", 512), face_key(tmp_path / "a", 256)}) == 3


@given(cut=st.integers(0, 2000), junk=st.binary(max_size=40))
def test_a_damaged_entry_is_none(tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("face") / "face"
    write_face(FACE, path)
    whole = path.read_bytes()
    cut = min(cut, len(whole) - 1)
    path.write_bytes(whole[:cut] + junk)
    assert read_face(path) in (None, FACE)


@pytest.mark.parametrize("number", ["NaN", "1e999", '"1"', "null", "[]"])
def test_an_entry_with_what_is_no_number_is_none(tmp_path: Path, number: str) -> None:
    write_face(FACE, tmp_path / "face")
    text = (tmp_path / "face").read_text()
    (tmp_path / "face").write_text(text.replace('"points": [[0.0', f'"points": [[{number}'))
    assert (tmp_path / "face").read_text() != text
    assert read_face(tmp_path / "face") is None


def test_the_faces_longest_unused_go_first(tmp_path: Path) -> None:
    write_face(FACE, tmp_path / "face")
    cache = FaceCache(DiskCache(tmp_path / "faces", 2.5 * (tmp_path / "face").stat().st_size))
    for age, key in ((30, "a"), (20, "b")):
        cache.put(key, FACE)
        os.utime(tmp_path / "faces" / f"{key}.json", (1e9 - age, 1e9 - age))
    assert cache.get("a") == FACE
    cache.put("c", FACE)
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]


def test_a_cache_without_room_keeps_nothing(tmp_path: Path) -> None:
    FaceCache(DiskCache(tmp_path / "faces", 0)).put("a", FACE)
    assert not (tmp_path / "faces").exists()
