"""Real cells that hang are ended, with the figures, and their jobs are set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import halfgig.animators.registry as animators
from halfgig.server.job import FAILED
from halfgig.server.worker.videos.steps import Steps
from halfgig.server.worker.videos.watchdog import HangLimits
from tests.capacity.hosts import linux
from tests.plugins import stuck
from tests.server.worker.videos.contexts import accept, context
from tests.support.processes import own_cells

if TYPE_CHECKING:
    from pathlib import Path


@linux
@pytest.mark.parametrize(
    ("measure", "limits", "says"),
    [
        ("spin", HangLimits(cpu_s=0.5), "s of processor time for nothing"),
        ("sleep", HangLimits(idle_s=0.5), "neither said nor computed anything for"),
        ("deadlock", HangLimits(idle_s=0.5), "neither said nor computed anything for"),
    ],
)
def test_a_job_whose_cells_hang_is_set_aside_and_nothing_of_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measure: str, limits: HangLimits, says: str
) -> None:
    monkeypatch.setitem(animators._specs, "stuck", stuck.spec(measure))
    it = context(tmp_path, hang_limits=limits)
    job_id = accept(tmp_path, sentences=1, animator="stuck")
    steps = Steps(it)
    steps.make(job_id, lambda name, before, token: steps.run(name, job_id, before, token))
    job = it.store.get(job_id)
    assert job
    assert job.status == FAILED
    assert job.error
    assert "set aside after 3 cells that came no further" in job.error["message"]
    assert says in job.error["message"]
    assert own_cells() == []
