from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from halfgig.errors import OutputUnwritable
from halfgig.storage.atomic_write import atomic_write, room_for

if TYPE_CHECKING:
    from pathlib import Path


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def work_that_fails(path: Path, error: type[BaseException]) -> None:
    with atomic_write(path) as part:
        part.write_bytes(b"half")
        raise error


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a.wav") as part:
        part.write_bytes(b"half")
        assert not (tmp_path / "a.wav").exists()
    assert (tmp_path / "a.wav").read_bytes() == b"half"
    assert left_in(tmp_path) == ["a.wav"]


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"old")
    with atomic_write(tmp_path / "a.wav") as part:
        part.write_bytes(b"new")
        assert (tmp_path / "a.wav").read_bytes() == b"old"
    assert (tmp_path / "a.wav").read_bytes() == b"new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, MemoryError])
def test_nothing_is_left_when_the_work_ends_badly(error: type[BaseException], tmp_path: Path) -> None:
    with pytest.raises(error):
        work_that_fails(tmp_path / "a.wav", error)
    assert left_in(tmp_path) == []


def test_the_part_stands_beside_the_file_so_that_renaming_is_one_step(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a.wav") as part:
        assert part.parent == tmp_path
        assert part.name.startswith(".")


def test_a_place_that_cannot_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    worked = False
    told = r"a\.wav' cannot be written: No such file or directory; choose"
    with pytest.raises(OutputUnwritable, match=told), atomic_write(tmp_path / "no" / "a.wav"):
        worked = True
    assert not worked


def test_a_name_that_became_a_folder_meanwhile_is_told(tmp_path: Path) -> None:
    told = r"a\.wav' cannot be written: Is a directory"
    with pytest.raises(OutputUnwritable, match=told), atomic_write(tmp_path / "a.wav"):
        (tmp_path / "a.wav").mkdir()
    assert left_in(tmp_path) == ["a.wav"]


def test_a_full_disk_is_told_under_the_name_the_user_gave(tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable) as told, atomic_write(tmp_path / "a.mp4") as part, room_for(part):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert f'cannot write "{tmp_path / "a.mp4"}": No space left on device; free some space' in str(told.value)


def test_memory_that_was_refused_is_no_full_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Cannot allocate"), room_for(tmp_path):
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
