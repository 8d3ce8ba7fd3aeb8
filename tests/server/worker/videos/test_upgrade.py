"""A new version of halfgig is brought in while nodes of the old one have work."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING

import pytest

from halfgig.requests import PORTRAIT, SpeechRequest, VideoRequest
from halfgig.server.file_store import file_store
from halfgig.server.job import COMPLETED, IN_PROGRESS, QUEUED, NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.postgres import PostgresDatabase, connections_to
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import text
from tests.support.command import plain_environment
from tests.support.media import PRESENTER, ROOT
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Server


@contextlib.contextmanager
def node(root: Path, url: str, version: str, *, may_speak: bool) -> Iterator[Path]:
    """Run a node of a version; yield its folder."""
    folder = root / version
    folder.mkdir()
    if may_speak:
        (folder / "go").touch()
    command = (sys.executable, "-m", "tests.server.worker.videos.node", str(folder), url, f"file://{root / 'store'}")
    process = subprocess.Popen([*command, version], stdin=subprocess.PIPE, cwd=ROOT, env=plain_environment())
    try:
        yield folder
    finally:
        process.kill()
        process.communicate()


def accepted(root: Path, store: JobStore, client: str) -> str:
    """Accept a video of a client; return its id."""
    job_id, files = f"video_{uuid.uuid4().hex[:24]}", file_store(Settings(store_url=f"file://{root / 'store'}"))
    kept = files.job(job_id)
    kept.claim()
    kept.put({PORTRAIT: PRESENTER.read_bytes()})
    request = VideoRequest(SpeechRequest(text(1)), portrait=PORTRAIT, size=64)
    return store.accept(NewJob(job_id, "", request, client=client), most_open=9).job.id


def status(store: JobStore, job_id: str) -> str:
    job = store.get(job_id)
    return job.status if job else ""


def fence(store: JobStore, job_id: str) -> int:
    job = store.get(job_id)
    return job.fence if job else 0


@pytest.mark.slow
def test_a_newer_node_gets_what_an_older_one_has_not_begun_and_the_older_one_ends_its_own(
    tmp_path: Path, postgres: Server
) -> None:
    url = postgres.new()
    store = JobStore(PostgresDatabase(url))
    with node(tmp_path, url, "0.9.0", may_speak=False) as old:
        assert soon(lambda: bool(store.nodes()))
        begun = [accepted(tmp_path, store, client) for client in ("one", "two")]
        assert soon(lambda: all(fence(store, job_id) for job_id in begun))
        assert soon(lambda: IN_PROGRESS in [status(store, job_id) for job_id in begun])
        waiting = accepted(tmp_path, store, "three")
        with node(tmp_path, url, "0.10.0", may_speak=True):
            later = accepted(tmp_path, store, "four")
            assert soon(lambda: [status(store, each) for each in (waiting, later)] == [COMPLETED] * 2)
            assert COMPLETED not in [status(store, job_id) for job_id in begun]
            (old / "go").touch()
            assert soon(lambda: [status(store, each) for each in begun] == [COMPLETED] * 2)
            assert len({fence(store, each) for each in (*begun, waiting, later)}) == 1  # each was begun once
    connections_to(url).close()


@pytest.mark.slow
def test_a_video_waits_with_a_reason_until_a_node_comes_that_has_its_voice(tmp_path: Path, postgres: Server) -> None:
    url = postgres.new()
    store = JobStore(PostgresDatabase(url))
    with node(tmp_path, url, "0.9.0", may_speak=True):
        request = VideoRequest(SpeechRequest(text(1), voice="af_bella"), idle=0.0, size=64)
        job_id = store.accept(NewJob(f"video_{uuid.uuid4().hex[:24]}", "", request), most_open=9).job.id
        assert soon(lambda: "af_bella" in str((job := store.get(job_id)) and job.progress.get("waits_for")))
        assert status(store, job_id) == QUEUED
        assert fence(store, job_id) == 0
    connections_to(url).close()
