"""Whatever is killed while a video is made, it is made once, with every frame."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from halfgig.pipeline.video import FRAMES, VIDEO
from halfgig.requests import PORTRAIT
from halfgig.server.job import CANCELLED, COMPLETED, IN_PROGRESS, Job
from halfgig.server.job_store import JobStore
from halfgig.server.nodes import TTL_S
from halfgig.server.paths import ServerPaths
from halfgig.server.supervisor.processes import children_of
from halfgig.settings import INSTALLATION, Settings
from halfgig.storage.record_log import read_records
from tests.server.worker.videos.contexts import accept
from tests.support.command import plain_environment
from tests.support.media import ROOT, frames
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def working(folder: Path, ttl_s: float = TTL_S) -> Iterator[subprocess.Popen[str]]:
    """Run a worker; it and its cells are gone afterwards in any case."""
    command = (sys.executable, "-m", "tests.server.worker.videos.work", str(folder), str(ttl_s))
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, cwd=ROOT, env=plain_environment())
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def say(process: subprocess.Popen[str], line: str = "") -> None:
    assert process.stdin
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def places(folder: Path) -> ServerPaths:
    return ServerPaths.of(Settings(data_dir=folder))


def the(folder: Path, job_id: str) -> Job:
    job = JobStore(places(folder).job_store).get(job_id)
    assert job
    return job


def kept(folder: Path, job_id: str) -> int:
    """Count the records of a job's frames: what they are, and a group each."""
    return sum(1 for _ in read_records(places(folder).job(job_id) / FRAMES))


def is_done(folder: Path, job_id: str) -> bool:
    return not the(folder, job_id).is_open


def has_begun(folder: Path, job_id: str) -> bool:
    """Return whether some frames of a job are made, or all."""
    return kept(folder, job_id) > 1 or is_done(folder, job_id)


def moments(path: Path) -> list[int | None]:
    import av

    with av.open(str(path)) as file:
        return [frame.pts for frame in file.decode(video=0)]


def test_what_was_accepted_while_nobody_worked_is_made_when_somebody_does(tmp_path: Path) -> None:
    jobs = [accept(tmp_path, sentences=1) for _ in range(2)]
    with working(tmp_path) as process:
        assert soon(lambda: all(is_done(tmp_path, job) for job in jobs))
        assert [the(tmp_path, job).status for job in jobs] == [COMPLETED] * 2
        later = accept(tmp_path, sentences=1)
        say(process)
        assert soon(lambda: is_done(tmp_path, later))


def test_a_cancelled_video_is_left_and_the_next_one_made(tmp_path: Path) -> None:
    long, short = accept(tmp_path, sentences=40, size=256), accept(tmp_path, sentences=1)
    with working(tmp_path) as process:
        assert soon(lambda: kept(tmp_path, long) > 1)
        JobStore(places(tmp_path).job_store).cancel(long)
        say(process, long)
        assert soon(lambda: the(tmp_path, short).status == COMPLETED)
    assert the(tmp_path, long).status == CANCELLED
    assert soon(lambda: [path.name for path in places(tmp_path).job(long).iterdir()] == [PORTRAIT])


def test_an_orderly_end_leaves_the_job_open_and_it_goes_on(tmp_path: Path) -> None:
    for sentences in (8, 40, 200):  # until it takes longer than ending does
        job = accept(tmp_path, sentences=sentences, size=384)
        with working(tmp_path) as process:
            assert soon(partial(has_begun, tmp_path, job))
            process.communicate(timeout=PATIENCE_S)
            assert process.returncode == 0
        if not is_done(tmp_path, job):
            break
    before = kept(tmp_path, job)
    assert the(tmp_path, job).status == IN_PROGRESS
    with working(tmp_path):
        assert soon(lambda: kept(tmp_path, job) > before or is_done(tmp_path, job))
        assert soon(lambda: is_done(tmp_path, job))
    assert (the(tmp_path, job).progress["frames"], the(tmp_path, job).crash_count) == (25 * sentences, 0)


def test_a_start_takes_up_at_once_what_a_killed_one_left_although_its_lease_lasts_for_days(tmp_path: Path) -> None:
    job = accept(tmp_path, sentences=1, size=64)
    with working(tmp_path, ttl_s=1e6) as process:
        assert soon(lambda: the(tmp_path, job).status == IN_PROGRESS)
        process.kill()
        process.wait()
    assert the(tmp_path, job).is_open
    with working(tmp_path, ttl_s=1e6):
        assert soon(lambda: the(tmp_path, job).status == COMPLETED)


def long_job(folder: Path) -> str:
    job = accept(folder, sentences=8, size=384, seed=7)
    (folder / INSTALLATION).write_text("7\n", encoding="ascii")  # frames are marked with it
    return job


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the video that comes of the long job when nothing is killed."""
    folder = tmp_path_factory.mktemp("calm")
    job = long_job(folder)
    with working(folder):
        assert soon(lambda: is_done(folder, job))
    return places(folder).job(job) / VIDEO


def kill_something(process: subprocess.Popen[str], chance: random.Random) -> None:
    """Kill the worker or its cell, at random."""
    cells = children_of(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(chance.choice(cells) if cells and chance.random() < 0.5 else process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_video_made_amid_kills_has_every_frame_once_and_looks_the_same(undisturbed: Path, tmp_path: Path) -> None:
    chance = random.Random(2)
    folder, kills = tmp_path / "chaos", 0
    job = long_job(folder)
    while not is_done(folder, job):
        with working(folder) as process:
            seen, changes, enough = the(folder, job).progress, 0, chance.randrange(6)
            while process.poll() is None and not is_done(folder, job):
                time.sleep(0.05)
                before, seen = seen, the(folder, job).progress
                changes += seen != before
                if kills < 5 and changes > enough:
                    kill_something(process, chance)
                    kills, changes, enough = kills + 1, 0, chance.randrange(3)
    assert kills >= 3
    found = places(folder).job(job) / VIDEO
    assert (the(folder, job).status, the(folder, job).progress["frames"]) == (COMPLETED, 200)
    assert moments(found) == moments(undisturbed)
    assert all(np.array_equal(a, b) for a, b in zip(frames(found), frames(undisturbed), strict=True))
