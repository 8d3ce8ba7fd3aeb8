"""The plan shares a limit out, and refuses with the sum what cannot fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig import footprints
from halfgig.errors import MemoryExceeded, PlanDoesNotFit
from halfgig.memory.ledger import Ledger, StagePeak
from halfgig.memory.limits import MB, Limit
from halfgig.memory.plan import (
    CellPlan,
    Plan,
    Wishes,
    largest_size,
    make_plan,
    plan_for,
    render_cell,
    smallest_limit_mb,
)
from halfgig.requests import SIZES

ANY_WISHES = st.builds(Wishes, workers=st.integers(1, 64), kokoro=st.booleans(), size=st.integers(16, 4096))


def plan(limit_mb: int = 512, workers: int = 1, kokoro: bool = True, size: int = 512, cpus: float = 2) -> Plan:
    return make_plan(Limit(limit_mb * MB, "--memory"), cpus, Wishes(workers, kokoro, size=size))


def with_ledger(stage: str, private_mb: float, data_mb: float, limit_mb: int = 512) -> Plan:
    ledger = Ledger().with_peak(stage, StagePeak(private_mb, data_mb))
    return make_plan(Limit(limit_mb * MB, "--memory"), 2, Wishes(kokoro=True), ledger)


def test_four_workers_kokoro_and_the_puppet_fit_side_by_side_into_512_mb() -> None:
    assert plan(512, workers=4).together


def test_espeak_and_the_puppet_fit_into_256_mb() -> None:
    assert plan(256, kokoro=False)


def test_kokoro_and_the_puppet_take_turns_in_256_mb() -> None:
    assert not plan(256).together


@pytest.mark.parametrize(
    ("limit_mb", "reserve_mb", "high_mb", "last_mb"),
    [
        pytest.param(256, 32, 224, 246, id="an eighth"),
        pytest.param(512, 64, 448, 491, id="an eighth, and 64"),
        pytest.param(4096, 64, 4032, 4075, id="64"),
    ],
)
def test_the_marks_stand_at_the_reserve_and_a_third_of_it(
    limit_mb: int, reserve_mb: int, high_mb: int, last_mb: int
) -> None:
    made = plan(limit_mb)
    assert (made.reserve_mb, made.high_mb, made.last_mb) == (reserve_mb, high_mb, last_mb)


@pytest.mark.parametrize(("cpus", "threads"), [(0.1, 1), (1.9, 1), (2, 2), (8, 8)])
def test_there_are_as_many_threads_as_whole_processors(cpus: float, threads: int) -> None:
    assert plan(cpus=cpus).threads == threads


def test_a_worker_costs_its_own_pages_only() -> None:
    assert plan(workers=1).cells_mb - plan(workers=3).cells_mb == 2 * footprints.WEB_WORKER_PRIVATE_MB


@given(st.integers(1, 40_000), st.floats(0.01, 64), ANY_WISHES)
def test_no_plan_gives_out_more_than_the_limit(limit_mb: int, cpus: float, wishes: Wishes) -> None:
    try:
        made = make_plan(Limit(limit_mb * MB, "--memory"), cpus, wishes)
    except PlanDoesNotFit:
        assert limit_mb < smallest_limit_mb(wishes)
        return
    assert limit_mb >= smallest_limit_mb(wishes)
    assert sum(share.mb for share in made.shares) + made.cells_mb + made.reserve_mb == limit_mb
    assert max(made.speech.private_mb, made.render.private_mb) <= made.cells_mb
    assert made.together == (made.speech.private_mb + made.render.private_mb <= made.cells_mb)
    assert made.high_mb < made.last_mb <= limit_mb


@given(st.integers(300, 40_000), st.integers(*SIZES))
def test_frames_fit_up_to_the_largest_size_and_no_further(limit_mb: int, size: int) -> None:
    made = plan(limit_mb)
    if size <= largest_size(made):
        assert render_cell(made, size).private_mb <= made.cells_mb
    elif size > largest_size(made) + 16:
        with pytest.raises(MemoryExceeded):
            render_cell(made, size)


def test_frames_larger_than_any_that_are_made_are_not_offered() -> None:
    assert SIZES[1] == footprints.LARGEST_SIZE
    assert largest_size(plan(64_000)) == SIZES[1]


def test_what_never_fits_is_refused_with_the_sum() -> None:
    with pytest.raises(PlanDoesNotFit) as refusal:
        plan(256, workers=4)
    assert str(refusal.value) == (
        "14 (guard) + 121 (web 37 and 4 x 21) + 60 (work) + 90 (a cell for Kokoro) + 32 (reserve) = 317 MB of 256 MB "
        "(--memory); it takes a limit of 326 MB; with WORKERS=1 it fits"
    )


def test_a_host_too_small_for_kokoro_is_told_that_espeak_fits() -> None:
    with pytest.raises(PlanDoesNotFit, match=r"with WORKERS=1 and espeak-ng it fits"):
        plan(250)


def test_a_host_too_small_for_anything_is_told_the_least() -> None:
    with pytest.raises(PlanDoesNotFit, match=rf"take {smallest_limit_mb(Wishes())} MB; allow more with MEMORY_LIMIT"):
        plan(128)


def test_frames_too_large_for_the_host_get_413_with_the_figures() -> None:
    with pytest.raises(
        MemoryExceeded, match=r"(?s)253 MB.*frames of 4096 pixels take 1901 MB, up to \d+ pixels"
    ) as refusal:
        render_cell(plan(512, workers=4), 4096)
    assert refusal.value.status == 413


def test_a_stage_that_took_more_than_was_thought_gets_more() -> None:
    assert with_ledger("speaking kokoro", 130.2, 355.5).speech == CellPlan(131, 356)


def test_a_stage_that_took_less_than_was_thought_keeps_its_share() -> None:
    assert with_ledger("speaking kokoro", 60, 200).speech == plan().speech


def test_a_measured_size_counts_for_that_size_alone() -> None:
    made = with_ledger("rendering puppet 512", 99, 180)
    assert made.render == CellPlan(99, 180)
    assert render_cell(made, 512) == made.render
    assert render_cell(made, 640) == render_cell(plan(), 640)


def test_what_ran_here_is_not_refused_for_what_it_took() -> None:
    made = with_ledger("speaking kokoro", 150, 400, limit_mb=256)
    assert made.speech.private_mb == made.cells_mb


def test_the_plan_for_this_machine_holds_to_the_setting() -> None:
    made = plan_for(256 * MB, Wishes())
    assert made.limit.mb <= 256
    assert made.cpus > 0
