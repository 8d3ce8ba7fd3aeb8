"""A cell gets what the limit leaves, and a sentence with the sum where that is too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.capacity.budget import COMMAND_MB, SMALLEST_CELL_MB, cell_budget_mb
from halfgig.errors import BudgetTooSmall
from halfgig.resources.limits import MB, Limit


def limit_of(mb: int) -> Limit:
    return Limit(mb * MB, "--memory")


@pytest.mark.parametrize(
    ("limit_mb", "want_mb", "expected_mb"),
    [
        pytest.param(512, 160, 160, id="what is wanted"),
        pytest.param(512, 9999, 512 - COMMAND_MB - 64, id="an eighth is the reserve at 512"),
        pytest.param(256, 9999, 256 - COMMAND_MB - 32, id="an eighth is the reserve at 256"),
        pytest.param(4096, 9999, 4096 - COMMAND_MB - 64, id="64 MB are reserve enough"),
        pytest.param(37, 9999, 17, id="a small one"),
    ],
)
def test_a_cell_gets_what_front_and_reserve_leave(limit_mb: int, want_mb: int, expected_mb: int) -> None:
    assert cell_budget_mb(limit_of(limit_mb), want_mb) == expected_mb


def test_too_little_is_refused_with_the_sum_in_words() -> None:
    with pytest.raises(BudgetTooSmall) as refusal:
        cell_budget_mb(limit_of(24), 160)
    assert str(refusal.value) == (
        "halfgig was given 24 MB of memory (--memory): less 16 MB for itself and 3 MB in reserve that leaves 5 MB, "
        "and the least that work can start in is 16 MB; allow more with --memory or on a larger host"
    )
    assert refusal.value.exit_code == 3


@given(st.integers(0, 10**6), st.integers(SMALLEST_CELL_MB, 10**6))
def test_no_budget_exceeds_the_limit_or_the_wish(limit_mb: int, want_mb: int) -> None:
    try:
        budget_mb = cell_budget_mb(limit_of(limit_mb), want_mb)
    except BudgetTooSmall:
        assert limit_mb < 64
    else:
        assert SMALLEST_CELL_MB <= budget_mb <= min(want_mb, limit_mb - COMMAND_MB)
