"""A video is the same to the bit whether one cell renders it or several, even if some are killed."""

from __future__ import annotations

import contextlib
import shutil
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from halfgig.animators.puppet.spec import SPEC
from halfgig.capacity.plan import CellPlan
from halfgig.cells.cell import Cell
from halfgig.errors import CellDied
from halfgig.events import Progress
from halfgig.media.frame_groups import CLAIM, group_path
from halfgig.pipeline.helper_cells import HelperCells
from halfgig.pipeline.video import FRAMES
from tests.support.jobs import STAGES_CELL, run_stage, spoken_job
from tests.support.media import PRESENTER
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.animators.base import RenderJob

PLAN = CellPlan(85, 200, 1)
GROUP = 10


def job_in(folder: Path) -> RenderJob:
    """Return a job of ten groups, whose face is measured."""
    folder.mkdir()
    job = spoken_job(folder, "Good morning, everyone. Peter piped a peck of peppers.", PRESENTER, size=64, seed=3)
    job = replace(job, spec=SPEC._replace(frame_group=GROUP))
    run_stage("measure", job)
    return job


def frames_of(job: RenderJob) -> bytes:
    return (job.folder / FRAMES).read_bytes()


def test_two_cells_render_the_frames_of_one(tmp_path: Path) -> None:
    alone, helped = job_in(tmp_path / "alone"), job_in(tmp_path / "helped")
    run_stage("render", alone)
    with HelperCells(PLAN, 1, helped) as helpers:
        said = run_stage("render", helped)
    assert helpers.peak.private_mb > 0
    assert frames_of(helped) == frames_of(alone)
    counts = [each for each in said if isinstance(each, Progress)]
    assert all(each.done <= (each.total or 0) for each in counts)
    assert counts[-1].done == counts[-1].total


def test_the_groups_of_a_helper_that_was_killed_are_rendered_by_others(tmp_path: Path) -> None:
    alone, helped = job_in(tmp_path / "alone"), job_in(tmp_path / "helped")
    run_stage("render", alone)
    frames = helped.folder / FRAMES
    with Cell("rendering", PLAN.budget_mb, 1) as cell:
        ended = threading.Event()

        def kill() -> None:
            assert soon(lambda: group_path(frames, 1).exists() and bool(list(frames.parent.glob(f"*{CLAIM}"))))
            while not ended.wait(0.01):
                cell.stop()

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            list(cell.run("halfgig.pipeline.video_stages:help_render", helped))
        except CellDied:
            pass
        finally:
            ended.set()
            killer.join()
    assert not frames.exists()
    first = next(each for each in run_stage("render", helped) if isinstance(each, Progress))
    assert first.done >= 2 * GROUP
    assert frames_of(helped) == frames_of(alone)
    assert group_path(frames, 1).exists() is False


def test_a_helper_leaves_its_memory_when_it_is_asked_to(tmp_path: Path) -> None:
    job, released = job_in(tmp_path / "job"), threading.Event()

    @contextlib.contextmanager
    def hold(end: Callable[[], None]) -> Iterator[bool]:
        def ask() -> None:
            while not released.wait(0.05):
                end()

        asker = threading.Thread(target=ask)
        asker.start()
        yield True
        released.set()
        asker.join()

    with HelperCells(PLAN, 1, job, hold):
        assert soon(released.is_set)
    assert list(tmp_path.glob(f"*/{FRAMES}")) == []


def test_a_machine_that_renders_a_single_group_makes_its_frames_of_the_whole_video(tmp_path: Path) -> None:
    job, far = job_in(tmp_path / "job"), job_in(tmp_path / "far")
    for group in (8, 99):
        list(STAGES_CELL.run("halfgig.pipeline.video_stages:render_group", far, group))
    made = [path.name for path in far.folder.glob(f"{FRAMES}*")]
    assert made == [f"{FRAMES}.8"]
    run_stage("render", job)
    alone = frames_of(job)
    (job.folder / FRAMES).unlink()
    shutil.copy(far.folder / f"{FRAMES}.8", job.folder)
    said = run_stage("render", job)
    first = next(each for each in said if isinstance(each, Progress))
    assert first.done >= GROUP
    assert frames_of(job) == alone
