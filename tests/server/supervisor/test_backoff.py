from __future__ import annotations

from halfgig.server.supervisor.backoff import FIRST_S, MAX_S, RESET_S, Backoff


def test_each_crash_doubles_the_wait_up_to_a_limit() -> None:
    backoff, waits = Backoff(), []
    for _ in range(9):
        backoff = backoff.after(uptime_s=1)
        waits.append(backoff.wait_s)
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, MAX_S, MAX_S]


def test_the_count_is_reset_after_a_long_uptime() -> None:
    assert Backoff(crashes=7).after(uptime_s=RESET_S).wait_s == FIRST_S


def test_the_first_start_does_not_wait() -> None:
    assert Backoff().wait_s == 0
