"""Cells of one command: tried once more where memory ran out, words and results told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.plan import CellPlan, command_plan
from halfgig.errors import MemoryExceeded
from halfgig.events import Notice
from halfgig.media.chunks import SpeechSegment, Word
from halfgig.pipeline.reports import StageResult
from halfgig.pipeline.runner import LocalRunner, Task, with_one_retry
from halfgig.resources.limits import MB, Limit
from halfgig.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

COST = StageCost("test", "a test", "testing", 32, 64)


def speak_two_words() -> Iterator[SpeechSegment | Notice | StageResult]:
    """Yield two words, a notice and a result, in a cell."""
    yield SpeechSegment(words=(Word("Good", 0.0, 0.4), Word("morning.", 0.4, 1.0)))
    yield Notice("it is early")
    yield StageResult(1.0, "tests")


def test_words_notices_and_the_result_of_a_task_are_told_apart() -> None:
    runner, words = LocalRunner(Settings(), None), list[Word]()
    task = Task("speaking", (COST,), "tests.pipeline.test_runner:speak_two_words", ())
    assert runner.do(task, words.extend) == StageResult(1.0, "tests")
    assert [word.text for word in words] == ["Good", "morning."]
    assert runner.notices == ["it is early"]


def attempts(fails: int, limit_mb: int = 1024) -> list[object]:
    """Yield what attempts yield when the first ones run out of memory, and the budgets they had."""
    budgets: list[int] = []

    def attempt(cell: CellPlan) -> Iterator[object]:
        budgets.append(cell.budget_mb)
        if len(budgets) <= fails:
            raise MemoryExceeded("testing", cell.budget_mb)
        yield "made"

    plan = command_plan(Limit(limit_mb * MB, "--memory"), 1)
    return [*with_one_retry("testing", plan, CellPlan(32, 64), attempt), budgets]


def test_a_cell_that_ran_out_of_memory_is_tried_once_more_with_four_times_as_much() -> None:
    notice, made, budgets = attempts(fails=1)
    assert made == "made"
    assert budgets == [64, 256]
    assert isinstance(notice, Notice)
    assert notice.text == "testing needs more than 64 MB of memory; trying again with 256 MB"


def test_it_is_not_tried_a_third_time() -> None:
    with pytest.raises(MemoryExceeded):
        attempts(fails=2)


def test_it_is_not_tried_again_where_there_is_no_more_memory() -> None:
    with pytest.raises(MemoryExceeded):
        attempts(fails=1, limit_mb=54)


def test_a_network_that_cannot_fit_is_refused_before_anything_is_done() -> None:
    cost = StageCost("net", "a network's frames", "rendering net", 200, 330, model="net")
    told = r"rendering needs more than the 159 MB .*a network's frames take 200 MB: allow --memory 280M"
    with pytest.raises(MemoryExceeded, match=told):
        LocalRunner(Settings(memory_limit=200 * MB), None).do(Task("rendering", (cost,), "not:called", ()))
