from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.resources.limits import MB
from halfgig.server.plan import server_plan
from halfgig.server.supervisor.given_plan import as_text, read_plan
from halfgig.server.supervisor.main_loop import start_lines
from halfgig.server.supervisor.pressure_policy import Thresholds
from halfgig.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_supervisor_follows_the_plan_it_is_given(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, memory_limit=512 * MB)
    plan = server_plan(settings).plan
    given, refusals = read_plan(as_text(plan, ["kokoro does not fit: 100 %"]))
    assert refusals == ["kokoro does not fit: 100 %"]
    assert start_lines(settings, given) == start_lines(settings, plan)
    assert Thresholds.of(given, plan.limit) == Thresholds.of(plan, plan.limit)
