from __future__ import annotations

import pytest

from halfgig.cells.idle_pool import IdlePool
from halfgig.errors import MemoryExceeded
from tests.cells.cells import cell, pid_of, run
from tests.support.waiting import gone, soon


def keeper(idle_s: float) -> IdlePool:
    return IdlePool(idle_s, lambda stage, budget_mb: cell(budget_mb, stage))


def test_a_cell_is_lent_again_while_it_is_kept() -> None:
    keeps = keeper(60)
    with keeps.cell("speaking", 64) as lent:
        first = pid_of(lent)
    with keeps.cell("speaking", 64) as lent:
        assert pid_of(lent) == first
    keeps.close()
    assert gone(first)


def test_a_cell_nobody_asks_for_ends_and_its_memory_returns() -> None:
    keeps = keeper(0.2)
    with keeps.cell("speaking", 64) as lent:
        child = pid_of(lent)
        assert not gone(child)
    assert soon(lambda: gone(child))


def test_a_cell_asked_for_in_time_does_not_end_while_it_works() -> None:
    keeps = keeper(1)
    with keeps.cell("speaking", 64):
        pass
    with keeps.cell("speaking", 64) as lent:
        again = pid_of(lent)
        assert not soon(lambda: gone(again), within_s=1.5)
    keeps.close()


def test_nothing_is_kept_where_idle_time_is_none() -> None:
    with keeper(0).cell("speaking", 64) as lent:
        child = pid_of(lent)
    assert gone(child)


def test_another_budget_gets_another_cell_and_one_is_kept() -> None:
    keeps = keeper(60)
    with keeps.cell("speaking", 64) as lent:
        small = pid_of(lent)
    with keeps.cell("speaking", 72) as lent:
        large = pid_of(lent)
    assert large != small
    assert gone(small)
    keeps.close()
    assert gone(large)


def test_two_at_once_get_two_cells() -> None:
    keeps = keeper(60)
    with keeps.cell("speaking", 64) as one, keeps.cell("speaking", 64) as other:
        assert pid_of(one) != pid_of(other)
    keeps.close()


def test_a_cell_whose_job_failed_is_not_kept() -> None:
    keeps = keeper(60)
    children: list[int] = []

    def ask_for_too_much() -> None:
        with keeps.cell("speaking", 64) as lent:
            children.append(pid_of(lent))
            list(run(lent, "hog", 999))

    with pytest.raises(MemoryExceeded):
        ask_for_too_much()
    assert gone(children[0])
