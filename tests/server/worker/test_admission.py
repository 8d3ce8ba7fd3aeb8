"""Memory is reserved for cells first come, first served, and no cell waits for memory that is not used."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from halfgig.errors import MemoryExceeded
from halfgig.server.errors import Unavailable
from halfgig.server.worker.admission import MemoryAdmission, Reservation, to_evict
from tests.support.waiting import PATIENCE_S, soon


def reservation(name: str, mb: int, *, can_leave: bool = True) -> Reservation:
    return Reservation(name, mb, (lambda: None) if can_leave else None)


def names(seats: list[Reservation]) -> list[str]:
    return [each.name for each in seats]


def test_nobody_is_asked_to_leave_while_there_is_room() -> None:
    assert to_evict([reservation("a", 100)], 100, 200) == []


def test_no_more_are_asked_to_leave_than_needed_the_longest_there_first() -> None:
    held = [reservation("a", 100), reservation("b", 100), reservation("c", 100)]
    assert names(to_evict(held, 150, 300)) == ["a", "b"]


def test_what_stands_still_is_asked_first() -> None:
    still = Reservation("still", 100, lambda: None, lambda: True)
    assert names(to_evict([reservation("old", 100), still], 100, 200)) == ["still"]


def test_who_cannot_leave_is_not_asked() -> None:
    assert names(to_evict([reservation("a", 100, can_leave=False), reservation("b", 50)], 200, 200)) == ["b"]


def test_what_fits_is_seated_at_once() -> None:
    seats = MemoryAdmission(200)
    with seats.hold("a", 100), seats.hold("b", 100):
        assert seats.status() == {"held": ["a 100 MB", "b 100 MB"], "waiting": []}
    assert seats.status() == {"held": [], "waiting": []}


def test_what_can_never_fit_is_refused_with_the_figures() -> None:
    with pytest.raises(MemoryExceeded, match=r"200 MB.*it takes 300 MB"), MemoryAdmission(200).hold("rendering", 300):
        pass


def test_who_should_not_wait_any_more_leaves_the_line() -> None:
    class TurnIsOver(Exception):
        pass

    def check() -> None:
        raise TurnIsOver

    seats = MemoryAdmission(100)
    with seats.hold("there", 100):
        with pytest.raises(TurnIsOver), seats.hold("new", 60, check=check):
            pass
        assert seats.status() == {"held": ["there 100 MB"], "waiting": []}


def test_an_idle_holder_is_told_and_leaves() -> None:
    seats, left = MemoryAdmission(100), threading.Event()

    def sit() -> None:
        with seats.hold("idle", 100, left.set):
            assert left.wait(PATIENCE_S)

    idle = threading.Thread(target=sit)
    idle.start()
    assert soon(lambda: bool(seats.status()["held"]))
    with seats.hold("new", 60):
        assert seats.status()["held"] == ["new 60 MB"]
    idle.join()


def test_a_small_one_does_not_pass_a_large_one_that_came_before() -> None:
    seats, order = MemoryAdmission(100), list[str]()

    def sit(name: str, mb: int) -> None:
        with seats.hold(name, mb):
            order.append(name)

    threads = [threading.Thread(target=sit, args=each) for each in (("large", 90), ("small", 20))]
    with seats.hold("first", 50):
        for count, thread in enumerate(threads, 1):
            thread.start()
            assert soon(lambda count=count: len(seats.status()["waiting"]) == count)  # type: ignore[misc]
        assert order == []
    for thread in threads:
        thread.join()
    assert order == ["large", "small"]


def test_who_waits_is_turned_away_when_the_program_ends() -> None:
    seats, refused = MemoryAdmission(100), list[Unavailable]()

    def wait() -> None:
        try:
            with seats.hold("late", 100):
                pass
        except Unavailable as error:
            refused.append(error)

    thread = threading.Thread(target=wait)
    with seats.hold("first", 100):
        thread.start()
        assert soon(lambda: bool(seats.status()["waiting"]))
        seats.close()
        thread.join()
    assert len(refused) == 1
    assert seats.status() == {"held": [], "waiting": []}


def test_a_seat_is_free_again_after_an_error() -> None:
    seats = MemoryAdmission(100)
    with pytest.raises(ZeroDivisionError), seats.hold("a", 100):
        raise ZeroDivisionError
    with seats.hold("b", 100):
        pass


def test_spare_memory_is_given_only_where_it_is_free_and_taken_first() -> None:
    seats, left = MemoryAdmission(200), threading.Event()
    with seats.hold("lead", 100, lambda: None), seats.hold_spare("help", 100, left.set) as first:
        with seats.hold_spare("help", 10, left.set) as second:
            assert (first, second, left.is_set()) == (True, False, False)
        spare = replace(reservation("help", 100), is_spare=True)
        assert names(to_evict([reservation("lead", 100), spare], 50, 200)) == ["help"]
    assert seats.status() == {"held": [], "waiting": []}


def test_nobody_takes_spare_memory_for_which_another_waits() -> None:
    seats, may_leave = MemoryAdmission(100), threading.Event()

    def wait() -> None:
        with seats.hold("new", 100):
            pass

    with seats.hold("old", 50, may_leave.set):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert soon(lambda: bool(seats.status()["waiting"]))
        with seats.hold_spare("help", 10, may_leave.set) as is_held:
            assert not is_held
    waiting.join()
