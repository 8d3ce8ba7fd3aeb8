"""A job's files go to the store that all nodes share, and another node goes on from there."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.animators.base import SPEECH
from halfgig.pipeline.video import FRAMES, THUMBNAIL, VIDEO, WORDS
from halfgig.requests import PORTRAIT
from halfgig.server.file_store import file_store
from halfgig.server.job import COMPLETED
from halfgig.server.job_store import JobStore
from halfgig.server.paths import ServerPaths
from halfgig.server.worker.videos.context import BrokenOff
from halfgig.server.worker.videos.kept_files import KeptFiles
from halfgig.server.worker.videos.retention import RetentionSweeper
from halfgig.server.worker.videos.steps import Steps
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import accept, claimed, context
from tests.support.object_stores import Relay, environment
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from halfgig.server.job import Job
    from halfgig.server.job_writer import JobWriter
    from halfgig.server.worker.videos.context import StepContext

GROUP = 125


class NotedStore(JobStore):
    """A job store that remembers how many frames were reported, each time."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.rendered: list[float] = []

    def writer(self, job_id: str, token: int) -> JobWriter:
        """Return what writes to a job's row, and is noted."""
        row = super().writer(job_id, token)
        write = row.update_progress

        def note(progress: Mapping[str, Any]) -> None:
            if progress.get("stage") == "rendering" and progress.get("done") is not None:
                self.rendered.append(progress["done"])
            write(progress)

        row.update_progress = note  # type: ignore[method-assign]
        return row


def node(root: Path, name: str) -> StepContext:
    """Return a node with a disk of its own, and the store and database that all nodes share."""
    shared = file_store(Settings(store_url=f"file://{root / 'store'}"))
    jobs = NotedStore(ServerPaths.of(Settings(data_dir=root)).job_store)
    return context(root / name, store=jobs, files=shared)


def accepted(root: Path, sentences: int) -> str:
    """Accept a job whose files are in the store and nowhere else."""
    job_id = accept(root, sentences=sentences)
    home = ServerPaths.of(Settings(data_dir=root)).job(job_id)
    kept = node(root, "web").files.job(job_id)
    kept.claim()
    kept.save(home, [PORTRAIT])
    shutil.rmtree(home)
    return job_id


def the(it: StepContext, job_id: str) -> Job:
    job = it.store.get(job_id)
    assert job
    return job


def does(it: StepContext, job_id: str, *names: str) -> None:
    steps, before, token = Steps(it), list[list[str]](), claimed(it, job_id)
    for name in names:
        made = steps.run(name, job_id, before, token)
        assert made is not None
        before += made


def test_a_node_with_an_empty_disk_goes_on_where_another_one_was_killed(tmp_path: Path) -> None:
    job_id = accepted(tmp_path, sentences=11)
    first, second = node(tmp_path, "first"), node(tmp_path, "second")
    does(first, job_id, "speak", "measure", "render")
    frames = (first.paths.job(job_id) / FRAMES).read_bytes()
    kept = first.files.job(job_id)
    assert {f"{FRAMES}.{number}" for number in range(3)} < kept.names()
    kept.claim()
    kept.keep_only(kept.names() - {f"{FRAMES}.1", f"{FRAMES}.2"})  # killed before these were there
    shutil.rmtree(tmp_path / "first")
    steps, token = Steps(second), claimed(second, job_id) + 1  # the files had another writer meanwhile
    assert steps.run("render", job_id, [], token) is not None
    assert (second.paths.job(job_id) / FRAMES).read_bytes() == frames
    assert isinstance(second.store, NotedStore)
    assert min(second.store.rendered) >= GROUP
    assert steps.run("assemble", job_id, [], token) is not None
    job = the(second, job_id)
    assert (job.status, job.progress["frames"]) == (COMPLETED, 275)


def test_results_are_in_the_store_and_on_no_nodes_disk(tmp_path: Path) -> None:
    job_id, it = accepted(tmp_path, sentences=1), node(tmp_path, "first")
    does(it, job_id, "speak", "measure", "render", "assemble")
    kept = it.files.job(job_id)
    assert kept.names() == {VIDEO, THUMBNAIL, WORDS, PORTRAIT}
    assert not it.paths.job(job_id).exists()
    kept.fetch(tmp_path / "seen")
    assert len((tmp_path / "seen" / VIDEO).read_bytes()) == the(it, job_id).progress["bytes"]


def test_who_lost_a_job_leaves_it_and_keeps_nothing(tmp_path: Path) -> None:
    job_id = accepted(tmp_path, sentences=1)
    late, holder = node(tmp_path, "late"), node(tmp_path, "holder")
    job = the(late, job_id)
    of_late, of_holder = KeptFiles(late, job, 2), KeptFiles(holder, job, 3)
    of_late.open()
    of_holder.open()
    (late.paths.job(job_id) / SPEECH).write_bytes(b"late")
    with pytest.raises(BrokenOff):
        of_late.save([SPEECH])
    assert holder.files.job(job_id).names() == {PORTRAIT}


def test_a_running_job_waits_for_a_store_that_is_away_and_ends_whole(
    tmp_path: Path, s3_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Relay(s3_port) as relay:
        for name, value in environment(relay.port).items():
            monkeypatch.setenv(name, value)
        it = context(tmp_path, files=file_store(Settings(store_url="s3://tests/waits")))
        job_id = accept(tmp_path, sentences=1)
        does(it, job_id, "speak", "measure")
        relay.cut()
        work = threading.Thread(target=does, args=(it, job_id, "render", "assemble"))
        work.start()
        assert soon(lambda: relay.refused > 0)
        assert the(it, job_id).is_open
        relay.mend()
        work.join()
    assert the(it, job_id).status == COMPLETED


def test_what_is_kept_too_long_leaves_the_store_too(tmp_path: Path) -> None:
    it = node(tmp_path, "first")
    finished, open_job = accepted(tmp_path, 1), accepted(tmp_path, 1)
    it.store.cancel(finished)
    settings = Settings(keep_hours=1)
    ended = the(it, finished).completed_at
    assert ended
    sweeper = RetentionSweeper(settings, it.paths, it.store, it.files)
    assert sweeper.sweep(ended + 60) == []
    assert sweeper.sweep(ended + 3601) == [finished]
    assert set(it.files.sizes()) == {open_job}


def test_files_of_videos_that_nobody_knows_are_removed_by_age(tmp_path: Path) -> None:
    it = node(tmp_path, "first")
    job_id = accepted(tmp_path, 1)
    it.store.remove(job_id)
    at = it.files.sizes()[job_id][1]
    RetentionSweeper(Settings(keep_hours=2), it.paths, it.store, it.files).sweep(at + 6000)
    assert set(it.files.sizes()) == {job_id}
    RetentionSweeper(Settings(keep_hours=2), it.paths, it.store, it.files).sweep(at + 8000)
    assert it.files.sizes() == {}
