"""How many cells render side by side follows from processors, memory and the pace of each way."""

from __future__ import annotations

import pytest

from halfgig.animators.registry import animator
from halfgig.capacity.plan import command_plan, make_plan
from halfgig.capacity.render_cells import render_cells
from halfgig.resources.limits import MB, Limit
from tests.support.jobs import load

MANY = 100


def chosen(name: str, limit_mb: int, cpus: float, groups: int = MANY) -> tuple[int, int | None]:
    """Return how many cells a server runs, and their threads."""
    plan = make_plan(Limit(limit_mb * MB, "--memory"), cpus, load(1, "kokoro", "sadtalker"))
    cells = render_cells(plan, animator(name).costs(512), groups)
    return 1 + cells.helpers, cells.cell.threads


@pytest.mark.parametrize("name", ["puppet", "sadtalker"])
@pytest.mark.parametrize(("limit_mb", "cpus"), [(512, 16), (4096, 1.9), (4096, 0.1)])
def test_a_small_host_or_a_single_processor_runs_one_cell_as_it_is(name: str, limit_mb: int, cpus: float) -> None:
    plan = make_plan(Limit(limit_mb * MB, "--memory"), cpus, load(1, "kokoro", "sadtalker"))
    costs = animator(name).costs(512)
    cells = render_cells(plan, costs, MANY)
    assert (cells.cell, cells.helpers) == (plan.cell(*costs), 0)


@pytest.mark.parametrize(
    ("name", "limit_mb", "cpus", "groups", "expected"),
    [
        ("sadtalker", 2048, 2, MANY, (2, 1)),
        ("sadtalker", 2048, 2, 1, (1, None)),  # one group is rendered sooner on two threads
        ("sadtalker", 640, 2, MANY, (1, None)),  # two cells do not fit next to speech
        ("sadtalker", 4096, 8, MANY, (8, 1)),
        ("puppet", 1024, 4, MANY, (4, 1)),
        ("puppet", 1024, 4, 3, (3, 1)),
        ("puppet", 640, 16, MANY, (4, 1)),
    ],
)
def test_all_processors_are_used_as_far_as_memory_goes(
    name: str, limit_mb: int, cpus: float, groups: int, expected: tuple[int, int | None]
) -> None:
    assert chosen(name, limit_mb, cpus, groups) == expected


@pytest.mark.parametrize("limit_mb", [640, 1024, 3000])
def test_side_by_side_cells_fit_next_to_speech(limit_mb: int) -> None:
    plan = make_plan(Limit(limit_mb * MB, "--memory"), 64, load(1, "kokoro", "sadtalker"))
    for name in ("puppet", "sadtalker"):
        cells = render_cells(plan, animator(name).costs(512), MANY)
        if cells.helpers:
            assert (1 + cells.helpers) * cells.cell.private_mb + plan.speech.private_mb <= plan.cells_mb


def test_a_command_with_512_mb_runs_one_cell_and_more_with_more() -> None:
    found = [
        render_cells(command_plan(Limit(mb * MB, "--memory"), 2), animator("puppet").costs(512), MANY).helpers
        for mb in (512, 1024)
    ]
    assert found == [0, 1]
