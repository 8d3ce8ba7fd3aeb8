"""What must stay is counted; what the kernel can take back is not."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from halfgig.memory.limits import MB
from halfgig.memory.meter import ProcessMemory, oom_kills, process_memory, tree_memory, used_bytes
from tests.memory.hosts import host, linux, v1, v2

if TYPE_CHECKING:
    from pathlib import Path

V2_STAT = """anon 1000\nfile 99999\nkernel 500\nsock 7\nshmem 200\nslab_reclaimable 300\nslab_unreclaimable 90\n"""
V2_STAT_OLD = (
    """anon 1000\nfile 99999\nshmem 200\nslab_reclaimable 300\nslab_unreclaimable 90\nkernel_stack 8\npercpu 2\n"""
)
V1_STAT = (
    """cache 99999\nrss 10\ntotal_cache 99999\ntotal_rss 1000\ntotal_shmem 200\nhierarchical_memory_limit 4096\n"""
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, None, id="no control groups"),
        pytest.param(v2({"memory.stat": V2_STAT}), 1000 + 200 + 200 + 7, id="v2"),
        pytest.param(v2({"memory.stat": V2_STAT_OLD}), 1000 + 200 + 100, id="v2 before Linux 5.18"),
        pytest.param(
            v1({"memory/memory.stat": V1_STAT, "memory/memory.kmem.usage_in_bytes": "30\n"}), 1000 + 200 + 30, id="v1"
        ),
        pytest.param(v1({"memory/memory.stat": V1_STAT}), 1000 + 200, id="v1 without kernel accounting"),
    ],
)
def test_page_cache_is_not_counted_as_used(files: dict[str, str], expected: int | None, tmp_path: Path) -> None:
    assert used_bytes(host(tmp_path, files)) == expected


def test_use_is_read_where_the_limit_stands(tmp_path: Path) -> None:
    files = {
        "a/memory.max": str(MB),
        "a/memory.stat": "anon 900\n",
        "a/b/memory.max": "max",
        "a/b/memory.stat": "anon 1\n",
    }
    assert used_bytes(host(tmp_path, v2(files, group="/a/b"))) == 900


def test_use_is_our_own_groups_where_nothing_limits(tmp_path: Path) -> None:
    files = {"a/memory.stat": "anon 900\n", "a/b/memory.stat": "anon 1\n"}
    assert used_bytes(host(tmp_path, v2(files, group="/a/b"))) == 1


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, None, id="nobody counts"),
        pytest.param(v2({"memory.events": "max 9\noom 2\noom_kill 3\n"}), 3, id="v2"),
        pytest.param(v1({"memory/memory.oom_control": "oom_kill_disable 0\noom_kill 4\n"}), 4, id="v1"),
    ],
)
def test_the_kernels_kills_are_counted(files: dict[str, str], expected: int | None, tmp_path: Path) -> None:
    assert oom_kills(host(tmp_path, files)) == expected


def test_a_process_is_read_from_its_status(tmp_path: Path) -> None:
    status = "Name:\ta b\nVmHWM:\t4096 kB\nVmRSS:\t3072 kB\nRssAnon:\t1024 kB\nRssShmem:\t512 kB\nVmData:\t2048 kB\n"
    found = process_memory(7, host(tmp_path, {"proc/7/status": status}))
    assert found == ProcessMemory(resident_mb=3, anonymous_mb=1, shared_mb=0.5, data_mb=2, peak_resident_mb=4)


def test_private_is_what_only_an_end_frees() -> None:
    assert ProcessMemory(resident_mb=50, anonymous_mb=10, shared_mb=5, data_mb=99).private_mb == 15


@linux
def test_touched_memory_is_seen_and_returned_memory_is_not() -> None:
    def private() -> float:
        memory = process_memory(os.getpid())
        assert memory
        return memory.private_mb

    before = private()
    block = mmap.mmap(-1, 64 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    block.write(b"x" * (64 * MB))
    touched = private()
    block.close()
    assert touched - before > 60
    assert private() - before < 10


@linux
def test_an_ended_process_has_no_memory() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process_memory(child.pid) is None, "a zombie"
    assert process_memory(child.pid) is None, "gone"


@linux
def test_a_tree_is_its_processes_summed() -> None:
    command = [sys.executable, "-c", "print(flush=True); input()"]
    alone = process_memory(os.getpid())
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        both, only = tree_memory(os.getpid()), process_memory(child.pid)
        child.communicate(b"\n")
    assert alone
    assert only
    assert both.resident_mb == pytest.approx(alone.resident_mb + only.resident_mb, abs=4)


@linux
def test_the_whole_machine_is_a_tree() -> None:
    assert tree_memory(1).private_mb > 0
