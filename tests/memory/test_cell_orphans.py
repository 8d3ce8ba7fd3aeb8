"""A cell whose parent is gone ends by itself, and its job cleans up where it can."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from halfgig.memory.meter import process_memory
from tests.memory.cells import soon
from tests.memory.hosts import linux

REPOSITORY = Path(__file__).parents[2]


@linux
@pytest.mark.parametrize("native", [False, True], ids=["waiting in Python", "in a long native call"])
def test_a_cell_ends_when_its_parent_is_killed(native: bool, tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid, parent = orphaned(f'"tidy", Path({str(log)!r}), {native}')
    assert soon(lambda: ended(pid))
    assert parent.returncode == -9
    assert native or log.read_text() == "tidied"


@linux
def test_a_cell_that_is_idle_ends_with_its_parent() -> None:
    pid, _ = orphaned('"pid"')
    assert soon(lambda: ended(pid))


def ended(pid: int) -> bool:
    """Tell whether a process is over; the orphan may stay a zombie until the system's first process reaps it."""
    return process_memory(pid) is None


def orphaned(job: str) -> tuple[int, subprocess.Popen[str]]:
    """Start a parent whose cell is in a job, and kill the parent."""
    code = f"""
import time
from pathlib import Path
from tests.memory.cells import cell, run
with cell() as it:
    for result in run(it, {job}):
        print(result, flush=True)
    time.sleep(600)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        time.sleep(0.3)  # for the job to get to where it stays
        assert not ended(pid)
        parent.kill()
    return pid, parent
