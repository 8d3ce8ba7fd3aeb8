"""When memory is short the supervisor ends the largest cell before the kernel kills anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from halfgig.server.memory_history import CELL_ENDED, OOM_KILL, read_history
from halfgig.server.memory_state import NORMAL, read_state
from tests.capacity.hosts import linux
from tests.server.supervisor.servers import CELL, WEB, command, ready_server
from tests.support.cgroup import run_in_cgroup
from tests.support.command import plain_environment
from tests.support.serving import free_port
from tests.support.waiting import gone, soon

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [linux, pytest.mark.memory]

START = f"""
import os, signal, socket, subprocess, sys, time
def cell(megabytes, code={CELL!r}):
    command = [sys.executable, "-S", "-c", code, str(megabytes), "halfgig.cells.main"]
    return subprocess.Popen(command, stdout=subprocess.PIPE)
def end_server():
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(36_000)
"""

TWO_CELLS = f"""{START}
small, large = cell(30), cell(300)
large.wait()
print("small", small.pid, "large", large.pid, file=sys.stderr, flush=True)
time.sleep(36_000)
"""

HOG = """
import time
blocks = [bytearray(b"x") * (150 << 20)]
while True:
    blocks.append(bytearray(b"x") * (2 << 20))
    time.sleep(0.05)
"""

ONE_HOG = f"""{START}
hog = cell(0, {HOG!r})
code = hog.wait()
print("the hog ended with", code, file=sys.stderr, flush=True)
end_server()
"""

LEAPS = f"""{START}
if os.path.exists("MARKER"):
    end_server()
open("MARKER", "w").close()
block = bytearray(b"x") * (400 << 20)
"""

RANDOM_READER = """
import mmap, random, sys
path = sys.argv[1]
block = bytearray(b"x") * (180 << 20)
with open(path, "rb") as file:
    pages = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
while True:
    pages[random.randrange(len(pages) // 4096) * 4096]
"""


def in_group(tmp_path: Path, work: str, limit_mb: int = 320) -> tuple[str, int, str]:
    """Run a supervisor in a control group of its own; return what it logged, the kernel's kills, and how."""
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "jobs.sqlite").touch()
    environ = plain_environment(DATA_DIR=str(tmp_path), PORT=str(free_port()))
    outcome = run_in_cgroup(limit_mb, command(WEB, work), env=environ)
    if outcome.how == "RLIMIT_DATA":
        pytest.skip("no control group can be made here")
    assert outcome.rc == 0, outcome.stderr
    return outcome.stderr, outcome.oom_kills, outcome.how


def test_only_the_largest_cell_ends(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "jobs.sqlite").touch()
    with ready_server(tmp_path, work=TWO_CELLS, MEMORY_LIMIT="320M") as running:
        assert running.says("small"), running.said()
        words = next(line for line in running.said().splitlines() if line.startswith("small")).split()
        small, large = int(words[1]), int(words[3])
        assert f"cell {large} was ended: it held" in running.said()
        assert soon(lambda: (state := read_state(running.run_dir)) is not None and state.pressure == NORMAL)
        assert not gone(small)
        assert running.said().count("was ended") == 1
        assert [event.kind for event in read_history(running.run_dir).events].count(CELL_ENDED) == 1


def test_in_a_real_group_the_hog_ends_before_the_kernel_kills(tmp_path: Path) -> None:
    said, oom_kills, _ = in_group(tmp_path, ONE_HOG)
    assert "the hog ended with -9" in said
    assert "was ended: it held" in said
    assert oom_kills == 0


def test_in_a_real_group_a_kill_by_the_kernel_is_told_at_once(tmp_path: Path) -> None:
    said, oom_kills, _ = in_group(tmp_path, LEAPS.replace("MARKER", str(tmp_path / "marker")))
    assert oom_kills == 1
    assert "ended by SIGKILL: the kernel killed it for memory" in said
    assert "the kernel has killed 1 process for memory" in said
    assert OOM_KILL in [event.kind for event in read_history(tmp_path / "server" / "run").events]


@pytest.mark.slow
def test_in_a_real_group_a_cell_that_thrashes_is_ended(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    with weights.open("wb") as file:
        for _ in range(200):
            file.write(os.urandom(2**20))
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # or its pages stay charged to us
    work = f"{START}\ncell({str(weights)!r}, {RANDOM_READER!r}).wait()\nend_server()\n"
    said, oom_kills, _ = in_group(tmp_path, work)
    assert "thrashing" in said
    assert oom_kills == 0
