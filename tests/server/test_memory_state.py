"""The other processes read the state that the supervisor wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.server.memory_state import HIGH, NAME, MemoryState, read_state, write_state

if TYPE_CHECKING:
    from pathlib import Path


def test_a_look_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = MemoryState(1.5, 200.0, 512, "cgroup v1", HIGH, 1, thrashing=True, processes={"web": 40.0}, pids={"web": 7})
    write_state(MemoryState(), tmp_path)
    write_state(state, tmp_path)
    assert read_state(tmp_path) == state
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_without_a_guard_nothing_is_known(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"of_tomorrow": 1}', "\x00"])
def test_what_is_no_look_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    assert read_state(tmp_path) is None
