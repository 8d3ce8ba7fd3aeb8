from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from halfgig.server.supervisor.last_run import (
    NAME,
    Run,
    boot_id,
    describe_exit,
    describe_last_run,
    killed_since,
    read_run,
    write_run,
)

if TYPE_CHECKING:
    from pathlib import Path

LAST = Run(at=1_700_000_000, used_mb=480, limit_mb=512, oom_kills=2, boot="this boot")


@pytest.mark.parametrize(
    ("last", "oom_kills", "boot", "said"),
    [
        pytest.param(None, 2, "this boot", "", id="there was none"),
        pytest.param(replace(LAST, ended=True), 3, "this boot", "", id="a good end"),
        pytest.param(LAST, 3, "this boot", "killed 1 process for memory", id="the counter rose"),
        pytest.param(LAST, 5, "this boot", "killed 3 processes for memory", id="the counter rose by three"),
        pytest.param(LAST, 2, "this boot", "probably killed for memory", id="full, and no counter tells"),
        pytest.param(LAST, 0, "this boot", "probably killed for memory", id="full, in a new container"),
        pytest.param(LAST, None, "this boot", "probably killed for memory", id="full, and nobody counts"),
        pytest.param(replace(LAST, used_mb=100), 2, "this boot", "ended from outside", id="there was room"),
        pytest.param(LAST, 3, "another boot", "machine was restarted", id="a new boot"),
    ],
)
def test_how_the_last_run_ended_is_told_as_far_as_it_is_known(
    last: Run | None, oom_kills: int | None, boot: str, said: str
) -> None:
    told = describe_last_run(last, oom_kills, boot)
    assert said in told
    assert bool(said) == bool(told)


def test_the_figures_of_the_end_are_told() -> None:
    assert "last seen 2023-11-14 22:13:20 UTC with 480 of 512 MB used" in describe_last_run(LAST, 2, "this boot")


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_run(LAST, tmp_path)
    assert read_run(tmp_path) == LAST


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"at": 1, "other": 2}'])
def test_a_broken_file_is_no_run(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    assert read_run(tmp_path) is None


@pytest.mark.parametrize(("before", "now", "kills"), [(1, 3, 2), (3, 1, 0), (None, 3, 0), (3, None, 0)])
def test_only_a_counter_that_rose_tells_of_kills(before: int | None, now: int | None, kills: int) -> None:
    assert killed_since(before, now) == kills


@pytest.mark.parametrize(
    ("code", "kills", "said"),
    [
        (0, 0, "with exit code 0"),
        (3, 1, "with exit code 3"),
        (-9, 0, "by SIGKILL"),
        (-9, 1, "by SIGKILL: the kernel killed it for memory"),
        (-11, 1, "by SIGSEGV"),
        (-60, 0, "by signal 60"),
    ],
)
def test_an_end_is_put_into_words(code: int, kills: int, said: str) -> None:
    assert describe_exit(code, kills) == said


def test_a_boot_has_one_name() -> None:
    assert boot_id() == boot_id()
