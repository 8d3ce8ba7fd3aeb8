"""The harness of the memory tests sets real limits, reports them, and leaves no group behind."""

from __future__ import annotations

import os
import sys

import pytest

from halfgig.resources.cgroup import levels
from tests.capacity.hosts import linux
from tests.support.cgroup import run_in_cgroup

HOG = [sys.executable, "-c", "print(len(bytearray(100 << 20)))"]


def groups_of_tests() -> list[str]:
    """Return the groups made by this process, not those of tests running in parallel."""
    return [str(path) for level in levels("memory") for path in level.path.glob(f"halfgig-test-{os.getpid()}-*")]


@linux
@pytest.mark.memory
def test_a_command_over_its_limit_does_not_succeed() -> None:
    outcome = run_in_cgroup(64, HOG)
    assert outcome.rc != 0
    assert outcome.stdout == ""
    assert outcome.oom_kills == (0 if outcome.how == "RLIMIT_DATA" else 1)
    assert groups_of_tests() == []


@linux
@pytest.mark.memory
def test_a_command_within_its_limit_succeeds() -> None:
    outcome = run_in_cgroup(200, HOG)
    assert (outcome.rc, outcome.stdout, outcome.oom_kills) == (0, f"{100 << 20}\n", 0)
    assert outcome.max_usage_mb <= 200


@linux
def test_without_a_group_to_make_each_process_is_limited_for_itself() -> None:
    outcome = run_in_cgroup(64, HOG, parents=[])
    assert outcome.how == "RLIMIT_DATA"
    assert outcome.rc == 1
    assert "MemoryError" in outcome.stderr
