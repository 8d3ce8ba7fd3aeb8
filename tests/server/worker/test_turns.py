from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from halfgig.server.worker.turns import Turn, Turns, next_turn, should_yield
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = Turns()


def turn(client: str, cost_s: float = 1.0, number: int = 0) -> Turn:
    return Turn(f"{client}{number}", client, cost_s, number, LINE)


def test_the_client_that_had_least_is_next_and_of_its_orders_the_shortest() -> None:
    waiting = [turn("greedy", 1, 0), turn("other", 90, 1), turn("other", 5, 2), turn("other", 5, 3)]
    used = {"greedy": 40.0, "other": 12.0}
    assert next_turn(waiting, used.__getitem__) is waiting[2]


@pytest.mark.parametrize(
    ("used", "held_s", "yields"),
    [(0.0, 5.0, False), (0.0, 11.0, True), (30.0, 0.0, True), (-20.0, 25.0, False)],
    ids=["just begun", "has had its share", "had more before", "catches up"],
)
def test_a_turn_is_left_to_another_client_that_had_less(used: float, held_s: float, yields: bool) -> None:
    shares = {"a": used, "b": 0.0}
    assert should_yield(turn("a"), held_s, [turn("b")], shares.__getitem__, 10.0) is yields


def test_a_turn_is_left_to_an_order_of_the_same_client_that_is_much_shorter() -> None:
    long, short = turn("a", 100.0), turn("a", 5.0)
    assert should_yield(long, 11.0, [short], lambda _: 0.0, 10.0)
    assert not should_yield(long, 9.0, [short], lambda _: 0.0, 10.0)
    assert not should_yield(short, 11.0, [long], lambda _: 0.0, 10.0)


class Clock:
    """A clock that stands still."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@contextlib.contextmanager
def waiting(line: Turns, name: str, client: str, order: list[str]) -> Iterator[None]:
    def work() -> None:
        with line.hold(name, client, 1.0, lambda: None):
            order.append(name)

    thread = threading.Thread(target=work)
    before = sum(line.counts().values())
    thread.start()
    soon(lambda: sum(line.counts().values()) > before or name in order)
    yield
    thread.join()


def test_a_newcomer_comes_before_the_rest_of_a_hundred_orders() -> None:
    clock, order = Clock(), list[str]()
    line = Turns(10.0, clock)
    with contextlib.ExitStack() as threads:
        with line.hold("greedy", "greedy", 1.0, lambda: None) as held:
            for number in range(3):
                threads.enter_context(waiting(line, f"greedy {number}", "greedy", order))
            clock.now = 60.0
            threads.enter_context(waiting(line, "other", "other", order))
            assert held.should_yield
        soon(lambda: len(order) == 4)
    assert order[0] == "other"


def test_an_order_that_gave_way_has_its_turn_again() -> None:
    clock, order = Clock(), list[str]()
    line = Turns(10.0, clock)
    with line.hold("long", "a", 1.0, lambda: None) as held:
        clock.now = 60.0
        with waiting(line, "short", "b", order):
            held.give_way(lambda: None)
            assert order == ["short"]
            assert line.holder == "long"
    assert line.counts() == {}


def test_a_short_order_of_a_client_that_had_no_more_does_not_wait_for_a_quantum() -> None:
    long, short = turn("a", 100.0), turn("b", 5.0)
    assert should_yield(long, 1.0, [short], lambda _: 0.0, 10.0)
    assert not should_yield(long, 1.0, [turn("b", 90.0)], lambda _: 0.0, 10.0)
    assert not should_yield(long, 1.0, [short], {"a": 0.0, "b": 2.0}.__getitem__, 10.0)


def test_an_order_stands_aside_for_another_one_and_has_its_turn_again() -> None:
    clock, order = Clock(), list[str]()
    line = Turns(10.0, clock)
    with line.hold("long", "a", 100.0, lambda: None) as held:
        assert not held.step_aside()
        clock.now = 60.0
        with waiting(line, "short", "b", order):
            assert held.step_aside()
            assert held.stands_aside
            assert soon(lambda: not held.step_aside())
        assert (order, line.holder, held.stands_aside) == (["short"], "long", False)
    assert line.counts() == {}


def test_an_order_that_ends_while_it_stands_aside_leaves_the_line() -> None:
    clock, order = Clock(), list[str]()
    line = Turns(10.0, clock)
    with contextlib.ExitStack() as threads:
        with line.hold("long", "a", 100.0, lambda: None) as held:
            clock.now = 60.0
            threads.enter_context(waiting(line, "short", "b", order))
            assert held.step_aside()
        soon(lambda: order == ["short"])
    assert line.counts() == {}


def test_nobody_comes_between_two_steps_of_an_order_unless_its_turn_has_come() -> None:
    for used_s, first in ((1.0, "modest again"), (60.0, "other")):
        clock, order = Clock(), list[str]()
        line = Turns(10.0, clock)
        with contextlib.ExitStack() as threads:
            with line.hold("modest", "modest", 2.0, lambda: None) as held:
                threads.enter_context(waiting(line, "other", "other", order))
                clock.now = used_s
                held.keep()
            with line.hold("modest", "modest", 2.0, lambda: None):
                order.append("modest again")
        assert order[0] == first


def test_what_an_order_waits_for_others_is_not_counted() -> None:
    clock = Clock()
    line = Turns(10.0, clock)
    with line.hold("modest", "modest", 100.0, lambda: None) as held, waiting(line, "other", "other", []):
        clock.now = 60.0
        held.forgive()
        assert not held.should_yield
        held.give_way(lambda: None)


def test_an_order_that_is_not_wanted_any_more_leaves_the_line() -> None:
    class Gone(Exception):
        pass

    def leave() -> None:
        raise Gone

    line = Turns()
    with line.hold("one", "a", 1.0, lambda: None):
        with pytest.raises(Gone), line.hold("two", "b", 1.0, leave):
            pass
        assert line.counts() == {"a": 1}
