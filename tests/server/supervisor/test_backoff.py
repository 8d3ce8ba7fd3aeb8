from __future__ import annotations

from halfgig.server.supervisor.backoff import FIRST_S, LONGEST_S, WELL_S, Backoff


def test_each_death_doubles_the_wait_up_to_a_limit() -> None:
    backoff, waits = Backoff(), []
    for _ in range(9):
        backoff = backoff.after(lived_s=1)
        waits.append(backoff.wait_s)
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, LONGEST_S, LONGEST_S]


def test_the_count_begins_anew_after_a_good_life() -> None:
    assert Backoff(deaths=7).after(lived_s=WELL_S).wait_s == FIRST_S


def test_the_first_start_does_not_wait() -> None:
    assert Backoff().wait_s == 0
