"""Memory pressure over successive samples."""

from __future__ import annotations

from dataclasses import replace

import pytest

from halfgig.capacity.plan import make_plan
from halfgig.resources.limits import MB, Limit
from halfgig.resources.meter import Effort
from halfgig.server.memory_state import CRITICAL, HIGH, NORMAL
from halfgig.server.supervisor.pressure_policy import (
    MemorySample,
    PressureState,
    Thresholds,
    interval_s,
    judge,
    largest,
)
from halfgig.server.supervisor.processes import CellMemory
from tests.support.jobs import load

LIMIT = Limit(512 * MB, "cgroup v2 memory.max")
THRESHOLDS = Thresholds(high_watermark_mb=448, critical_watermark_mb=488)  # a margin of 10 MB


def sample(at: float = 0, used_mb: float = 100) -> MemorySample:
    return MemorySample(at=at, used_mb=used_mb, limit=LIMIT)


def working(
    at: float, faults: float = 200, user: float = 0.01, usage_mb: float = 510, refaults: float = 1000
) -> MemorySample:
    """Return a sample of a cell with a rate of faults and of processor time per second."""
    cell = CellMemory(7, 200, Effort(round(faults * at), user * at))
    return replace(sample(at, 300), usage_mb=usage_mb, refaults=round(refaults * at), cells=(cell,))


def judged(*samples: MemorySample) -> PressureState:
    state = PressureState()
    for each in samples:
        state = judge(each, state, THRESHOLDS)
    return state


@pytest.mark.parametrize(
    ("used_mb", "pressures"),
    [
        pytest.param([100, 447], [NORMAL, NORMAL], id="below the high watermark"),
        pytest.param([448, 487], [HIGH, HIGH], id="from the high watermark on"),
        pytest.param([488, 600], [CRITICAL, CRITICAL], id="from the critical watermark on"),
        pytest.param([450, 439, 437], [HIGH, HIGH, NORMAL], id="high until well below its watermark"),
        pytest.param([490, 479, 477], [CRITICAL, CRITICAL, HIGH], id="critical until well below its watermark"),
        pytest.param([490, 440, 437], [CRITICAL, HIGH, NORMAL], id="from critical down to high"),
        pytest.param([490, 100], [CRITICAL, NORMAL], id="from critical to normal at once"),
        pytest.param([440, 490], [NORMAL, CRITICAL], id="from normal to critical at once"),
    ],
)
def test_pressure_follows_use_and_does_not_flicker(used_mb: list[float], pressures: list[str]) -> None:
    state, found = PressureState(), []
    for at, used in enumerate(used_mb):
        state = judge(sample(at, used), state, THRESHOLDS)
        found.append(state.pressure)
    assert found == pressures


SECONDS = [step / 5 for step in range(31)]


@pytest.mark.parametrize(
    ("samples", "thrashing"),
    [
        pytest.param([working(at) for at in SECONDS], True, id="pages are wanted at random: 200 faults, no work"),
        pytest.param([working(at, faults=25, user=0.08) for at in SECONDS], False, id="pages are wanted in order"),
        pytest.param([working(at, faults=5) for at in SECONDS], False, id="hardly any fault"),
        pytest.param([working(at, usage_mb=300) for at in SECONDS], False, id="there is room"),
        pytest.param([working(at, refaults=0) for at in SECONDS], False, id="all is read for the first time"),
        pytest.param([working(at) for at in SECONDS if at < 4], False, id="not for long"),
        pytest.param(
            [replace(working(at, faults=0), stall_percent=80) for at in SECONDS], True, id="the kernel says all wait"
        ),
        pytest.param(
            [replace(working(at, faults=0), stall_percent=20) for at in SECONDS], False, id="some waiting is fine"
        ),
        pytest.param([replace(working(at), cells=()) for at in SECONDS], False, id="no cell would be to blame"),
    ],
)
def test_thrashing_is_told_from_reading(samples: list[MemorySample], thrashing: bool) -> None:
    state = judged(*samples)
    assert state.thrashing == thrashing
    assert state.pressure == (CRITICAL if thrashing else NORMAL)


def test_a_second_of_work_ends_the_suspicion() -> None:
    thrash = [working(at) for at in SECONDS if at <= 3]
    work = replace(working(4), cells=(CellMemory(7, 200, Effort(601, 2.0)),))
    assert judged(*thrash, work).signs_since is None


def test_growth_that_would_pass_the_critical_watermark_counts_as_critical() -> None:
    assert judged(sample(0, 300), sample(0.2, 450)).pressure == CRITICAL  # 750 MB a second, with 62 MB left


def test_growth_below_the_high_watermark_is_ignored() -> None:
    assert judged(sample(0, 0), sample(0.2, 440)).pressure == NORMAL


def test_it_looks_sooner_where_use_grows_fast() -> None:
    assert interval_s(judged(sample(0, 100), sample(1, 400)), THRESHOLDS) == pytest.approx((512 - 400) / 300 / 4)
    assert interval_s(judged(sample(0, 100), sample(0.1, 440)), THRESHOLDS) == pytest.approx(0.05)


def test_the_watermarks_move_with_the_limit() -> None:
    plan = make_plan(LIMIT, 1, load())
    moved = Thresholds.of(plan, Limit(400 * MB, "cgroup v2 memory.max"))
    assert (moved.high_watermark_mb, moved.critical_watermark_mb) == (
        plan.high_watermark_mb - 112,
        plan.critical_watermark_mb - 112,
    )


def test_the_largest_cell_is_chosen() -> None:
    cells = (CellMemory(1, 60), CellMemory(2, 200), CellMemory(3, 90))
    assert largest(cells) == cells[1]


def test_without_cells_none_is_chosen() -> None:
    assert largest(()) is None


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(sample(used_mb=100), 1.0, id="normal"),
        pytest.param(replace(sample(used_mb=100), worker_runs=True), 0.5, id="with work"),
        pytest.param(sample(used_mb=440), 0.2, id="close"),
        pytest.param(sample(used_mb=460), 0.2, id="high"),
        pytest.param(replace(sample(used_mb=100), cells=(CellMemory(1, 5),)), 0.4, id="with a cell"),
    ],
)
def test_it_looks_often_where_it_matters(found: MemorySample, expected: float) -> None:
    assert interval_s(judged(found), THRESHOLDS) == expected
