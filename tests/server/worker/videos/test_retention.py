from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from halfgig.pipeline.video import VIDEO
from halfgig.requests import PORTRAIT, VideoRequest
from halfgig.server.job import COMPLETED, Job
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.videos.retention import MB, ORPHANED_S, RetentionLimits, RetentionSweeper, expired_jobs
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import accept

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3600.0


def job(name: str, hours_ago: float = 0.0) -> Job:
    return Job(name, "", COMPLETED, 0, 0, 100 * HOUR - hours_ago * HOUR, VideoRequest(), {}, None, 0)


def broom(folder: Path, keep_hours: float = 24.0) -> tuple[RetentionSweeper, JobStore, ServerPaths]:
    settings = Settings(data_dir=folder, keep_hours=keep_hours)
    places = ServerPaths.of(settings)
    book = JobStore(places.job_store)
    return RetentionSweeper(settings, places, book), book, places


def test_videos_go_when_they_are_old() -> None:
    jobs = [job("old", 25), job("new", 23)]
    assert expired_jobs(jobs, {}, RetentionLimits(24, 1000), now=100 * HOUR) == ["old"]


def test_the_oldest_go_until_the_rest_fits() -> None:
    jobs = [job("a", 3), job("b", 2), job("c", 1)]
    sizes = {"a": 4 * MB, "b": 4 * MB, "c": 4 * MB}
    assert expired_jobs(jobs, sizes, RetentionLimits(24, 9), now=100 * HOUR) == ["a"]
    assert expired_jobs(jobs, sizes, RetentionLimits(24, 3), now=100 * HOUR) == ["a", "b", "c"]
    assert expired_jobs(jobs, sizes, RetentionLimits(24, 12), now=100 * HOUR) == []


def test_of_a_finished_job_its_results_stay_and_what_it_can_be_made_again_from(tmp_path: Path) -> None:
    sweeper, book, places = broom(tmp_path)
    name = accept(tmp_path)
    for file in (VIDEO, "frames", "speech", "newest.jpg", ".video.mp4.1.part"):
        (places.job(name) / file).touch()
    book.writer(name, 0).complete({})
    sweeper.sweep()
    assert sorted(path.name for path in places.job(name).iterdir()) == [PORTRAIT, VIDEO]


def test_an_open_job_keeps_all_it_has(tmp_path: Path) -> None:
    sweeper, _, places = broom(tmp_path)
    name = accept(tmp_path)
    (places.job(name) / "frames").touch()
    assert sweeper.sweep(time.time() + 1000 * HOUR) == []
    assert len(list(places.job(name).iterdir())) == 2


def test_an_old_video_goes_with_its_row_and_its_files(tmp_path: Path) -> None:
    sweeper, book, places = broom(tmp_path)
    name = accept(tmp_path)
    book.writer(name, 0).complete({})
    assert sweeper.sweep(time.time() + 25 * HOUR) == [name]
    assert book.get(name) is None
    assert not places.job(name).exists()


def test_folders_nobody_knows_go_after_an_hour(tmp_path: Path) -> None:
    sweeper, _, places = broom(tmp_path)
    young, old, upload = places.job("video_" + "a" * 24), places.job("video_" + "b" * 24), places.uploads / "half"
    for folder in (young, old, upload):
        folder.mkdir(parents=True)
    long_ago = time.time() - ORPHANED_S - 60
    for folder in (old, upload):
        os.utime(folder, (long_ago, long_ago))
    sweeper.sweep()
    assert [folder.exists() for folder in (young, old, upload)] == [True, False, False]
