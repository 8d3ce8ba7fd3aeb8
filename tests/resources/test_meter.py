"""Memory that cannot be freed is counted; memory that the kernel can reclaim is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from halfgig.resources.limits import MB
from halfgig.resources.meter import (
    Effort,
    GroupMemory,
    ProcessMemory,
    effort,
    group_memory,
    machine_used_bytes,
    oom_kills,
    process_memory,
    shared_out_mb,
    used_bytes,
)
from tests.capacity.hosts import host, linux, v1, v2

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


PRESSURE = "some avg10=9.00 avg60=0.00 avg300=0.00 total=5\nfull avg10=62.50 avg60=0.00 avg300=0.00 total=1\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            v2({"memory.stat": "anon 10\nworkingset_refault_file 3\n", "memory.current": "99\n"}),
            GroupMemory(used_bytes=10, usage_bytes=99, refaults=3),
            id="v2",
        ),
        pytest.param(
            v2({"memory.stat": "anon 10\n", "memory.pressure": PRESSURE}),
            GroupMemory(used_bytes=10, usage_bytes=0, stall_percent=62.5),
            id="v2 that tells of stalls",
        ),
        pytest.param(
            v2({"memory.stat": "anon 10\n", "memory.pressure": "full avg10=much\n"}),
            GroupMemory(used_bytes=10, usage_bytes=0),
            id="stalls nobody can read",
        ),
        pytest.param(
            v1(
                {
                    "memory/memory.stat": "total_rss 10\nworkingset_refault_file 1\ntotal_workingset_refault_file 3\n",
                    "memory/memory.usage_in_bytes": "99\n",
                }
            ),
            GroupMemory(used_bytes=10, usage_bytes=99, refaults=3),
            id="v1",
        ),
    ],
)
def test_a_group_tells_what_it_holds_and_how_it_fares(
    files: dict[str, str], expected: GroupMemory, tmp_path: Path
) -> None:
    assert group_memory(host(tmp_path, files)) == expected


def test_a_machine_uses_what_is_not_available(tmp_path: Path) -> None:
    meminfo = "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 600 kB\n"
    assert machine_used_bytes(host(tmp_path, {"proc/meminfo": meminfo})) == 400 * 1024


def test_a_processes_effort_is_read_behind_any_name(tmp_path: Path) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    stat = f"7 (a b) c) R 1 2 3 4 5 6 700 8 90 10 {3 * ticks} {9 * ticks} 13\n"
    assert effort(7, host(tmp_path, {"proc/7/stat": stat})) == Effort(major_faults=90, user_s=3)


@pytest.mark.parametrize("stat", ["", "7 (cut", "7 (cut) R 1 2"])
def test_a_process_that_has_ended_makes_no_effort(stat: str, tmp_path: Path) -> None:
    assert effort(7, host(tmp_path, {"proc/7/stat": stat})) is None


def test_shared_pages_are_divided_among_their_owners(tmp_path: Path) -> None:
    rollup = "5600-7fff ---p 0000 00:00 0 [rollup]\nRss: 9000 kB\nPss_Anon: 2048 kB\nPss_Shmem: 1024 kB\n"
    assert shared_out_mb(7, host(tmp_path, {"proc/7/smaps_rollup": rollup})) == 3


def test_without_divided_figures_nothing_is_made_up(tmp_path: Path) -> None:
    assert shared_out_mb(7, host(tmp_path, {"proc/7/smaps_rollup": "Rss: 9000 kB\nPss: 8000 kB\n"})) is None


def test_a_process_is_read_from_its_status(tmp_path: Path) -> None:
    status = "Name:\ta b\nVmHWM:\t4096 kB\nVmRSS:\t3072 kB\nRssAnon:\t1024 kB\nRssShmem:\t512 kB\nVmData:\t2048 kB\n"
    found = process_memory(7, host(tmp_path, {"proc/7/status": status}))
    assert found == ProcessMemory(resident_mb=3, anonymous_mb=1, shared_mb=0.5, data_mb=2, peak_resident_mb=4)


def test_private_is_what_only_an_end_frees() -> None:
    assert ProcessMemory(resident_mb=50, anonymous_mb=10, shared_mb=5, data_mb=99).private_mb == 15


TOUCHING = """
import json, mmap, os
from halfgig.resources.meter import process_memory
size = 64 << 20
found = [process_memory(os.getpid()).private_mb]
block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
block.write(b"x" * size)
found.append(process_memory(os.getpid()).private_mb)
block.close()
found.append(process_memory(os.getpid()).private_mb)
print(json.dumps(found))
"""


@linux
def test_touched_memory_is_seen_and_returned_memory_is_not() -> None:
    ran = subprocess.run([sys.executable, "-c", TOUCHING], check=True, capture_output=True, text=True)
    before, touched, after = json.loads(ran.stdout)
    assert touched - before > 60
    assert after - before < 20


@linux
def test_an_ended_process_has_no_memory() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process_memory(child.pid) is None, "a zombie"
    assert process_memory(child.pid) is None, "gone"
