"""A job in a cell asks its parent, and gets the answer or its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from halfgig.cells.cell import Cell
from halfgig.cells.questions import ask
from halfgig.errors import SigningFailed

if TYPE_CHECKING:
    from collections.abc import Iterator


def asking(*questions: bytes) -> Iterator[bytes]:
    """Yield the answers to some questions."""
    for each in questions:
        yield ask(each)


def test_answers_come_in_the_order_of_the_questions_between_results() -> None:
    with Cell("testing", 64, 1, answer=bytes.upper) as cell:
        assert list(cell.run("tests.cells.test_questions:asking", b"one", b"two")) == [b"ONE", b"TWO"]
        assert list(cell.run("tests.cells.test_questions:asking", b"three")) == [b"THREE"]


def test_a_question_that_is_not_answered_ends_the_cell_with_the_parents_error() -> None:
    def refuse(_question: bytes) -> bytes:
        raise SigningFailed("no key")

    with Cell("testing", 64, 1, answer=refuse) as cell:
        with pytest.raises(SigningFailed, match="no key"):
            list(cell.run("tests.cells.test_questions:asking", b"one"))
        assert cell.pid is None
