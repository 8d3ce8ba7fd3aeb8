"""A cell whose parent died ends by itself, after its job had time to clean up."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from halfgig.resources.meter import process_memory
from tests.capacity.hosts import linux
from tests.support.waiting import soon

REPOSITORY = Path(__file__).parents[2]


@linux
@pytest.mark.parametrize("native", [False, True], ids=["waiting in Python", "in a long native call"])
def test_a_cell_ends_when_its_parent_is_killed(native: bool, tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid, parent = orphaned(f'"tidy", Path({str(log)!r}), {native}', log)
    assert soon(lambda: ended(pid))
    assert parent.returncode == -9
    assert native or log.read_text() == "tidied"


@linux
def test_an_interrupt_ends_the_parent_and_leaves_no_cell(tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid, parent = orphaned(f'"tidy", Path({str(log)!r}), True', log, by=signal.SIGINT)
    assert parent.returncode == -signal.SIGINT
    assert ended(pid)


@linux
def test_a_cell_that_is_idle_ends_with_its_parent(tmp_path: Path) -> None:
    pid, _ = orphaned('"pid"', tmp_path / "log")
    assert soon(lambda: ended(pid))


def test_a_parent_that_ignores_its_children_can_have_cells() -> None:
    code = """
import signal
from tests.cells.cells import cell, run
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
with cell() as it:
    print(list(run(it, "count", 3)))
"""
    assert subprocess.check_output([sys.executable, "-c", code], cwd=REPOSITORY, text=True) == "[0, 1, 2]\n"


def ended(pid: int) -> bool:
    """Return whether a process ended; an orphan may remain a zombie until process 1 reaps it."""
    return process_memory(pid) is None


def orphaned(job: str, log: Path, by: signal.Signals = signal.SIGKILL) -> tuple[int, subprocess.Popen[str]]:
    """Start a parent whose cell runs a job or has finished one, and kill the parent at that point."""
    code = f"""
import time
from pathlib import Path
from tests.cells.cells import cell, run
with cell() as it:
    for result in run(it, {job}):
        print(result, flush=True)
    Path({str(log)!r}).write_text("idle")
    time.sleep(36_000)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert soon(lambda: log.exists() and bool(log.read_text()))
        assert not ended(pid)
        parent.send_signal(by)
    return pid, parent
