"""A child's exit becomes an error message, and counts as out of memory only with evidence."""

from __future__ import annotations

import signal

import pytest

from halfgig.cells.exit_status import ExitStatus, error_of, refined
from halfgig.errors import CellDied, CellFailed, MemoryExceeded, UnknownVoice


def ending(exit_code: int = 0, data_mb: float = 40, stderr: str = "", oom_killed: bool | None = False) -> ExitStatus:
    return ExitStatus("rendering", 100, exit_code, data_mb, stderr, oom_killed)


@pytest.mark.parametrize(
    ("end", "asked"),
    [
        (ending(-signal.SIGABRT, stderr="terminate called: what(): std::bad_alloc"), "std::bad_alloc"),
        (ending(1, stderr="OpenBLAS error: Memory allocation still failed after 10"), "Memory allocation still failed"),
        (ending(1, stderr="Traceback...\nMemoryError\n"), "MemoryError"),
        (ending(-signal.SIGSEGV, data_mb=93), "93 MB were taken when a native library read or wrote"),
        (ending(-signal.SIGABRT, data_mb=86), "86 MB were taken when a native library gave up (SIGABRT)"),
        (ending(-signal.SIGBUS, data_mb=99), "99 MB were taken when a native library lost the memory"),
    ],
)
def test_an_end_for_want_of_memory_is_memory_exceeded(end: ExitStatus, asked: str) -> None:
    error = error_of(end)
    assert isinstance(error, MemoryExceeded)
    assert (error.stage, error.budget_mb) == ("rendering", 100)
    assert error.asked.startswith(asked)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (ending(-signal.SIGSEGV), "a native library that read or wrote where it must not (SIGSEGV)"),
        (ending(-signal.SIGTERM), "was ended by SIGTERM"),
        (ending(-63), "was ended by signal 63"),
        (ending(7), "ended before its work was done, with exit code 7"),
        (ending(-signal.SIGKILL, oom_killed=True), "killed by the kernel because all processes together were over"),
        (ending(-signal.SIGKILL, oom_killed=None), "killed by SIGKILL, probably by the kernel for memory"),
        (ending(-signal.SIGKILL, oom_killed=False), "killed by SIGKILL from outside, not by the kernel"),
        (ending(1, stderr="one\n\ntwo\n"), "It last said: one | two"),
        (ending(-signal.SIGKILL, data_mb=99), "from outside"),
    ],
)
def test_any_other_end_is_told_in_words_with_the_figures(end: ExitStatus, words: str) -> None:
    error = error_of(end)
    assert isinstance(error, CellDied)
    assert words in str(error)
    assert "of 100 MB taken; try again" in str(error)


def failure(kind: str, said: str = "Generic error in an external library") -> CellFailed:
    return CellFailed("rendering", kind, said)


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (failure("av.error.ExternalError"), ending(stderr="x264 [error]: malloc of size 165235116 failed")),
        (failure("av.error.ExternalError"), ending(data_mb=95)),
        (failure("SystemError"), ending(data_mb=95)),
        (failure("ImportError"), ending(data_mb=95)),
    ],
)
def test_a_vague_error_beside_a_failed_malloc_is_memory_exceeded(error: CellFailed, end: ExitStatus) -> None:
    assert isinstance(refined(error, end), MemoryExceeded)


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (failure("ZeroDivisionError"), ending(data_mb=95, stderr="malloc of size 1 failed")),
        (failure("av.error.ExternalError"), ending(stderr="x264 [info]: kb/s")),
        (failure("SystemError"), ending()),
        (UnknownVoice("x"), ending(data_mb=95)),
    ],
)
def test_an_error_that_speaks_for_itself_is_kept(error: CellFailed, end: ExitStatus) -> None:
    assert refined(error, end) is error
