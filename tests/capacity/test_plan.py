"""The plan shares a limit out, and refuses with the sum what cannot fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.registry import animator
from halfgig.capacity import memory_costs
from halfgig.capacity.measured_peaks import MeasuredPeaks, StagePeak
from halfgig.capacity.plan import (
    Plan,
    Workload,
    command_plan,
    largest_size,
    make_plan,
    render_cell,
    smallest_limit_mb,
)
from halfgig.errors import MemoryExceeded, PlanDoesNotFit
from halfgig.requests import VideoRequest, options_of
from halfgig.resources.limits import MB, Limit
from tests.support.jobs import load

ANY_LOAD = st.builds(
    lambda workers, models, size: load(workers, *models, size=size),
    st.integers(1, 64),
    st.sets(st.sampled_from(["kokoro", "sadtalker"])),
    st.integers(64, 2160),
)
PUPPET, SADTALKER = animator("puppet"), animator("sadtalker")


def plan(
    limit_mb: int = 512,
    workers: int = 1,
    kokoro: bool = True,
    size: int = 512,
    cpus: float = 2,
    sadtalker: bool = False,
) -> Plan:
    models = [name for name, wanted in (("kokoro", kokoro), ("sadtalker", sadtalker)) if wanted]
    return make_plan(Limit(limit_mb * MB, "--memory"), cpus, load(workers, *models, size=size))


def with_peak(stage: str, private_mb: float, data_mb: float, limit_mb: int = 512) -> Plan:
    peaks = MeasuredPeaks().with_peak(stage, StagePeak(private_mb, data_mb))
    return make_plan(Limit(limit_mb * MB, "--memory"), 2, load(1, "kokoro"), peaks)


def test_four_workers_kokoro_and_the_puppet_fit_side_by_side_into_512_mb() -> None:
    assert plan(512, workers=4).together


def test_espeak_and_the_puppet_fit_into_256_mb() -> None:
    assert plan(256, kokoro=False)


def test_kokoro_and_the_puppet_take_turns_in_256_mb() -> None:
    assert not plan(256).together


@pytest.mark.parametrize(
    ("limit_mb", "reserve_mb", "high_watermark_mb", "critical_watermark_mb"),
    [
        pytest.param(256, 32, 224, 246, id="an eighth"),
        pytest.param(512, 64, 448, 491, id="an eighth, and 64"),
        pytest.param(4096, 64, 4032, 4075, id="64"),
    ],
)
def test_the_marks_stand_at_the_reserve_and_a_third_of_it(
    limit_mb: int, reserve_mb: int, high_watermark_mb: int, critical_watermark_mb: int
) -> None:
    made = plan(limit_mb)
    assert (made.reserve_mb, made.high_watermark_mb, made.critical_watermark_mb) == (
        reserve_mb,
        high_watermark_mb,
        critical_watermark_mb,
    )


@pytest.mark.parametrize(("cpus", "threads"), [(0.1, 1), (1.9, 1), (2, 2), (8, 8)])
def test_there_are_as_many_threads_as_whole_processors(cpus: float, threads: int) -> None:
    assert plan(cpus=cpus).threads == threads


def test_a_worker_costs_its_own_pages_only() -> None:
    assert plan(workers=1).cells_mb - plan(workers=3).cells_mb == 2 * memory_costs.WEB_WORKER_PRIVATE_MB


@given(st.integers(1, 40_000), st.floats(0.01, 64), ANY_LOAD)
def test_no_plan_gives_out_more_than_the_limit(limit_mb: int, cpus: float, wanted: Workload) -> None:
    try:
        made = make_plan(Limit(limit_mb * MB, "--memory"), cpus, wanted)
    except PlanDoesNotFit:
        assert limit_mb < smallest_limit_mb(wanted)
        return
    assert limit_mb >= smallest_limit_mb(wanted)
    assert sum(share.mb for share in made.shares) + made.cells_mb + made.reserve_mb == limit_mb
    cells = [made.speech, *(made.cell(*render) for render in wanted.renders)]
    assert max(cell.private_mb for cell in cells) <= made.cells_mb
    assert made.together == (made.speech.private_mb + made.render.private_mb <= made.cells_mb)
    assert made.high_watermark_mb < made.critical_watermark_mb <= limit_mb


@given(st.integers(300, 40_000), st.integers(64, 2160), st.sampled_from(["puppet", "sadtalker"]))
def test_frames_fit_up_to_the_largest_size_and_no_further(limit_mb: int, size: int, name: str) -> None:
    made = plan(limit_mb)
    costs = animator(name).costs
    largest = largest_size(made, costs)
    if size <= largest:
        assert render_cell(made, costs, size).private_mb <= made.cells_mb
    elif size > largest + 16:
        with pytest.raises(MemoryExceeded):
            render_cell(made, costs, size)


def test_frames_larger_than_any_that_are_made_are_not_offered() -> None:
    size = next(each for each in options_of(VideoRequest) if each.name == "size")
    assert size.most == memory_costs.LARGEST_SIZE == largest_size(plan(64_000), PUPPET.costs)


def test_what_never_fits_is_refused_with_the_sum() -> None:
    with pytest.raises(PlanDoesNotFit) as refusal:
        plan(256, workers=4)
    assert str(refusal.value) == (
        "14 (supervisor) + 121 (web 37 and 4 x 21) + 60 (worker) + 90 (a cell for Kokoro) + 32 (reserve) = 317 MB of "
        "256 MB (--memory); it takes a limit of 326 MB; with WORKERS=1 it fits"
    )


def test_a_host_too_small_for_kokoro_is_told_that_espeak_fits() -> None:
    with pytest.raises(PlanDoesNotFit, match=r"halfgig models remove kokoro"):
        plan(250)


def test_a_host_too_small_for_anything_is_told_the_least() -> None:
    with pytest.raises(
        PlanDoesNotFit, match=rf"a limit of {smallest_limit_mb(load())} MB; allow more with MEMORY_LIMIT"
    ):
        plan(128, kokoro=False)


def test_frames_too_large_for_the_host_get_413_with_the_figures() -> None:
    with pytest.raises(
        MemoryExceeded, match=r"(?s)253 MB.*frames of 4096 pixels take 1901 MB, up to \d+ pixels"
    ) as refusal:
        render_cell(plan(512, workers=4), PUPPET.costs, 4096)
    assert refusal.value.status == 413


def test_sadtalker_fits_into_512_mb_on_two_threads_while_nobody_speaks() -> None:
    made = plan(512, sadtalker=True)
    cell = render_cell(made, SADTALKER.costs, 512)
    assert (cell.private_mb, cell.threads) == (250, None)
    assert not made.fits_with_speech(cell)
    assert made.together


def test_sadtalker_takes_one_thread_where_there_is_less_memory() -> None:
    cell = render_cell(plan(400, sadtalker=True), SADTALKER.costs, 512)
    assert (cell.private_mb, cell.threads) == (200, 1)


def test_a_limit_without_room_for_sadtalker_is_refused_with_the_way_out() -> None:
    with pytest.raises(PlanDoesNotFit, match=r"a cell for SadTalker's frames.*halfgig models remove sadtalker"):
        plan(360, sadtalker=True)


def test_sadtalker_where_it_can_never_fit_gets_413_with_the_figures() -> None:
    with pytest.raises(MemoryExceeded, match=r"(?s)166 MB.*SadTalker's frames of 512 pixels take 200 MB") as refusal:
        render_cell(plan(340), SADTALKER.costs, 512)
    assert refusal.value.status == 413
    assert "--size" not in str(refusal.value)


def test_sadtalkers_picture_may_be_too_large_too() -> None:
    with pytest.raises(MemoryExceeded, match=r"SadTalker's frames of 2160 pixels take \d+ MB, up to \d+ pixels fit"):
        render_cell(plan(512), SADTALKER.costs, 2160)


def test_a_cell_that_ran_out_of_memory_gets_four_times_its_budget_or_what_is_left() -> None:
    roomy, tight = plan(4096), plan(340)
    assert roomy.larger(roomy.render) == roomy.render._replace(private_mb=565, budget_mb=640)
    more = tight.larger(tight.render)
    assert more
    assert more.private_mb == tight.cells_mb
    assert tight.larger(more) is None


def test_a_command_has_what_its_limit_leaves_for_cells() -> None:
    made = command_plan(Limit(512 * MB, "--memory"), 2)
    assert made.cells_mb == 512 - 64 - 16


def test_what_each_animator_took_is_kept_apart() -> None:
    peaks = MeasuredPeaks().with_peak("rendering sadtalker 512", StagePeak(260.5, 444))
    made = make_plan(Limit(512 * MB, "--memory"), 2, load(1, "sadtalker"), peaks)
    cell = render_cell(made, SADTALKER.costs, 512)
    assert (cell.private_mb, cell.budget_mb) == (261, 444)
    assert made.render == plan().render


def test_a_stage_that_took_more_than_was_thought_gets_more() -> None:
    assert with_peak("speaking kokoro", 130.2, 355.5).speech[:2] == (131, 356)


def test_a_stage_that_took_less_than_was_thought_keeps_its_share() -> None:
    assert with_peak("speaking kokoro", 60, 200).speech == plan().speech


def test_a_measured_size_counts_for_that_size_alone() -> None:
    made = with_peak("rendering puppet 512", 99, 180)
    assert made.render[:2] == (99, 180)
    assert render_cell(made, PUPPET.costs, 512) == made.render
    assert render_cell(made, PUPPET.costs, 640) == render_cell(plan(), PUPPET.costs, 640)


def test_what_ran_here_is_not_refused_for_what_it_took() -> None:
    made = with_peak("speaking kokoro", 150, 400, limit_mb=256)
    assert made.speech.private_mb == made.cells_mb


def test_a_store_of_files_has_its_share_of_the_memory() -> None:
    without, with_store = (
        make_plan(Limit(512 * MB, "a test"), 2.0, replace(load(), has_store=each)) for each in (False, True)
    )
    more_mb = memory_costs.STORE_PRIVATE_MB * 2  # in the one web worker and in the worker
    assert (with_store.shares[-1].name, with_store.shares[-1].mb) == ("file store", more_mb)
    assert without.cells_mb - with_store.cells_mb == more_mb
