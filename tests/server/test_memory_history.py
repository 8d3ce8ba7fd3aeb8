from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.server.memory_history import (
    CELL_ENDED,
    EVERY_S,
    LARGEST_BYTES,
    NEWER,
    OLDER,
    SPAN_S,
    HistoryRecords,
    MemoryEntry,
    MemoryEvent,
    MemoryHistory,
    read_history,
)
from halfgig.server.memory_state import NORMAL

if TYPE_CHECKING:
    from pathlib import Path

PROCESSES = {"supervisor": 9.4, "web": 45.1, "worker": 60.0, "cells": 220.5}


def entry(at: float) -> MemoryEntry:
    return MemoryEntry(at, 200.5, 512, NORMAL, PROCESSES)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    history = MemoryHistory(tmp_path)
    history.add_entry(entry(5))
    history.add_event(6, CELL_ENDED, "cell 7 was ended")
    assert read_history(tmp_path, now=7) == HistoryRecords(
        (entry(5),), (MemoryEvent(6, CELL_ENDED, "cell 7 was ended"),)
    )


def test_nothing_written_is_nothing_read(tmp_path: Path) -> None:
    assert read_history(tmp_path) == HistoryRecords()


def test_an_hour_is_kept_and_the_files_stay_small(tmp_path: Path) -> None:
    history, at = MemoryHistory(tmp_path), 0.0
    for _ in range(4 * 720):
        at += EVERY_S
        history.add_entry(entry(at))
    found = read_history(tmp_path, now=at).entries
    assert [found[0].at, found[-1].at] == [at - SPAN_S, at]
    assert len(found) == SPAN_S / EVERY_S + 1
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * LARGEST_BYTES


def test_a_crash_loop_of_marks_does_not_fill_the_disk(tmp_path: Path) -> None:
    history = MemoryHistory(tmp_path)
    for at in range(9000):
        history.add_event(at, CELL_ENDED, "word " * 20)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * LARGEST_BYTES + 1000
    assert read_history(tmp_path, now=9000).events[-1].at == 8999


def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    MemoryHistory(tmp_path).add_entry(entry(5))
    MemoryHistory(tmp_path).add_entry(entry(10))
    assert [each.at for each in read_history(tmp_path, now=11).entries] == [5, 10]


def test_the_hour_is_counted_over_restarts(tmp_path: Path) -> None:
    MemoryHistory(tmp_path).add_entry(entry(5))
    MemoryHistory(tmp_path).add_entry(entry(6 + SPAN_S))
    assert (tmp_path / OLDER).exists()


@pytest.mark.parametrize("cut", ["[5.0,200", "", "null", "[]", "{}", '["a",1,2,"normal",{}]', "\x00\xff"])
def test_a_line_that_a_kill_has_cut_off_is_left_out(cut: str, tmp_path: Path) -> None:
    MemoryHistory(tmp_path).add_entry(entry(5))
    with (tmp_path / NEWER).open("a") as file:
        file.write(cut + "\n")
    MemoryHistory(tmp_path).add_entry(entry(10))
    assert [each.at for each in read_history(tmp_path, now=11).entries] == [5, 10]


@given(st.binary(max_size=200))
def test_whatever_stands_there_can_be_read(tmp_path_factory: pytest.TempPathFactory, found: bytes) -> None:
    folder = tmp_path_factory.mktemp("run")
    (folder / NEWER).write_bytes(found)
    read_history(folder)
