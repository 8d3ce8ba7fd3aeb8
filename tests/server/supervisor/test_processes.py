from __future__ import annotations

import contextlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from halfgig.resources.limits import MB
from halfgig.server.supervisor.memory_sampler import MemorySampler
from halfgig.server.supervisor.processes import by_name, cells, descendants
from tests.capacity.hosts import host, linux, v2
from tests.server.supervisor.servers import CELL, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = linux

FORKED = """
import os, sys
block = bytearray(b"x") * (60 << 20)
if os.fork():
    print("forked", flush=True)
sys.stdin.read()
"""

NESTED = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-S", "-c", "import sys; sys.stdin.read()"])
print(child.pid, flush=True)
child.wait()
"""

GROUP = {"memory.max": f"{512 * MB}\n", "memory.stat": f"anon {100 * MB}\n", "memory.current": f"{300 * MB}\n"}


@contextlib.contextmanager
def started(code: str, *arguments: str) -> Iterator[tuple[int, str]]:
    """Run a program until the end of the test; yield its process id and its first line."""
    command = program(code, *arguments)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        first = process.stdout.readline().decode()
        try:
            yield process.pid, first
        finally:
            os.killpg(process.pid, 9)


def test_pages_that_forks_share_are_counted_once() -> None:
    with started(FORKED) as (pid, _):
        assert by_name({"web": pid})["web"] == pytest.approx(66, abs=8)


def test_children_of_children_are_found() -> None:
    with started(NESTED) as (pid, child):
        assert descendants(pid) == [int(child)]


def test_only_cells_are_taken_for_cells() -> None:
    with started(CELL, "40", "halfgig.cells.main") as (cell, _), started(CELL, "40", "not") as (other, _):
        (found,) = cells([other, cell])
        assert found.pid == cell
        assert found.private_mb == pytest.approx(44, abs=5)


def test_an_ended_process_is_no_cell_and_has_no_children() -> None:
    with started("print()") as (pid, _):
        pass
    assert cells([pid]) == ()
    assert descendants(pid) == []


def test_under_a_groups_limit_the_groups_memory_is_used(tmp_path: Path) -> None:
    sample = MemorySampler(root=host(tmp_path, v2(GROUP))).sample({})
    assert (sample.used_mb, sample.usage_mb, sample.limit.mb) == (100, 300, 512)


def test_under_the_setting_our_processes_memory_is_used(tmp_path: Path) -> None:
    with started(CELL, "40") as (pid, _):
        sampler = MemorySampler(256 * MB, host(tmp_path, v2(GROUP)))
        sample = sampler.sample({"worker": pid})
        assert sample.used_mb == pytest.approx(sampler.processes["supervisor"] + 44, abs=6)
        assert sample.usage_mb == 0


def test_under_the_physical_memory_what_the_machine_cannot_free_is_used(tmp_path: Path) -> None:
    meminfo = "MemTotal: 524288 kB\nMemFree: 1 kB\nMemAvailable: 262144 kB\n"
    sample = MemorySampler(root=host(tmp_path, {"proc/meminfo": meminfo})).sample({})
    assert (sample.used_mb, sample.limit.source) == (256, "physical memory")


def test_the_limit_is_read_again_for_each_sample(tmp_path: Path) -> None:
    sampler = MemorySampler(root=host(tmp_path, v2(GROUP)))
    sampler.sample({})
    (tmp_path / "sys/fs/cgroup/memory.max").write_text(f"{400 * MB}\n")
    assert sampler.sample({}).limit.mb == 400
