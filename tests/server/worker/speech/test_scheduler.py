"""Whose turn it is."""

from __future__ import annotations

from typing import NamedTuple

from halfgig.server.worker.speech.scheduler import MOST_PASSED_OVER, pick_next


class One(NamedTuple):
    """A speech that waits for its turn."""

    name: str
    is_begun: bool = True
    is_background: bool = False


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
