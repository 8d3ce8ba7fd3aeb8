"""Whose turn it is."""

from __future__ import annotations

from typing import NamedTuple

from halfgig.server.worker.speech.scheduler import MOST_PASSED_OVER, SPARE_STREAMS, pick_next, to_activate


class One(NamedTuple):
    """A speech that waits for its turn."""

    name: str
    is_begun: bool = True
    is_background: bool = False
    client: str = ""
    number: int = 0
    is_active: bool = True


def chosen(*ready: One, passed_over: int = 0) -> str | None:
    found = pick_next(ready, passed_over)
    return found and found.name


def test_nobody_has_a_turn_when_nobody_is_ready() -> None:
    assert chosen() is None


def test_who_had_no_turn_for_the_longest_is_next() -> None:
    assert chosen(One("a"), One("b")) == "a"


def test_who_has_heard_nothing_yet_comes_first() -> None:
    assert chosen(One("a"), One("new", is_begun=False), One("newer", is_begun=False)) == "new"


def test_who_is_background_gives_way() -> None:
    assert chosen(One("video", is_begun=False, is_background=True), One("a")) == "a"


def test_who_is_background_speaks_when_nobody_listens() -> None:
    assert chosen(One("video", is_background=True)) == "video"


def test_patience_ends_after_four_slices_for_others() -> None:
    video, listener = One("video", is_background=True), One("new", is_begun=False)
    turns = [chosen(listener, video, passed_over=passed) for passed in range(MOST_PASSED_OVER + 1)]
    assert turns == ["new"] * 4 + ["video"]


def test_a_client_that_had_the_cell_for_long_lets_others_speak_first() -> None:
    used = {"greedy": 60.0, "other": 0.0}
    greedy, other = One("greedy", is_begun=False, client="greedy"), One("other", client="other")
    found = pick_next([greedy, other], 0, used.__getitem__)
    assert found is other


def test_a_video_speaks_before_the_listeners_of_a_client_that_had_the_cell_for_long() -> None:
    greedy, video = One("greedy", is_begun=False, client="greedy"), One("video", is_background=True, client="other")
    assert pick_next([greedy, video], 0, {"greedy": 60.0, "other": 0.0}.__getitem__) is video
    assert pick_next([greedy, video], 0, {"greedy": 1.0, "other": 0.0}.__getitem__) is greedy


def test_a_client_without_a_stream_gets_one_however_many_another_has() -> None:
    greedy = [One(str(n), client="greedy", number=n, is_active=n < 8) for n in range(40)]
    late = One("late", client="other", number=99, is_active=False)
    assert to_activate([*greedy, late], 8) == [late]
    newcomers = [One(str(n), client=str(n), number=n, is_active=False) for n in range(100, 130)]
    assert len(to_activate([*greedy, *newcomers], 8)) == SPARE_STREAMS
