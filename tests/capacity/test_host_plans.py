"""Well-known hosts are told what fits there."""

from __future__ import annotations

import pytest

from halfgig.capacity.hosts import HOST_PLANS, HostPlan
from halfgig.capacity.plan import Workload
from halfgig.capacity.plan_report import best_plan

IDS = [f"{host.name} {host.memory_mb}" for host in HOST_PLANS]


def small(memory_mb: int) -> HostPlan:
    return HostPlan("small", memory_mb, 1, "")


@pytest.mark.parametrize("host", HOST_PLANS, ids=IDS)
def test_one_worker_kokoro_and_the_puppet_fit_on_every_host_in_the_table(host: HostPlan) -> None:
    plan = best_plan(host, Workload(kokoro=True))
    assert plan
    assert plan.wishes.kokoro


@pytest.mark.parametrize("host", HOST_PLANS, ids=IDS)
def test_a_note_is_one_phrase(host: HostPlan) -> None:
    assert 0 < len(host.note) <= 23
    assert not host.note.endswith(".")


def test_no_host_is_named_twice_with_the_same_memory() -> None:
    assert len({(host.name, host.memory_mb) for host in HOST_PLANS}) == len(HOST_PLANS)


def test_where_kokoro_does_not_fit_espeak_speaks() -> None:
    plan = best_plan(small(250), Workload(kokoro=True))
    assert plan
    assert not plan.wishes.kokoro


def test_where_nothing_fits_there_is_no_plan() -> None:
    assert best_plan(small(128), Workload(kokoro=True)) is None
