from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from halfgig.face.cache import RigCache, face_key
from halfgig.face.rig import make_rig, write_rig
from halfgig.face.standard_mesh import laid_over
from halfgig.storage.disk_cache import DiskCache
from tests.support.faces import drawn_face

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.face.rig import Rig


@functools.cache
def drawn_rig() -> Rig:
    picture, points = drawn_face()
    return make_rig(picture, laid_over(points))


def test_the_key_hangs_on_the_picture_and_on_how_it_is_looked_at(tmp_path: Path) -> None:
    for name, data in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(data)
    assert face_key(tmp_path / "a", 512) == face_key(tmp_path / "b", 512)
    assert len({face_key(tmp_path / "a", 512), face_key(tmp_path / "c", 512), face_key(tmp_path / "a", 256)}) == 3


def test_the_rigs_longest_unused_go_first(tmp_path: Path) -> None:
    write_rig(drawn_rig(), tmp_path / "rig.json")
    cache = RigCache(DiskCache(tmp_path / "rigs", 2.5 * (tmp_path / "rig.json").stat().st_size))
    for age, key in ((30, "a"), (20, "b")):
        cache.put(key, drawn_rig())
        os.utime(tmp_path / "rigs" / f"{key}.json", (1e9 - age, 1e9 - age))
    assert cache.get("a")
    cache.put("c", drawn_rig())
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]


def test_a_cache_without_room_keeps_nothing(tmp_path: Path) -> None:
    RigCache(DiskCache(tmp_path / "rigs", 0)).put("a", drawn_rig())
    assert not (tmp_path / "rigs").exists()
