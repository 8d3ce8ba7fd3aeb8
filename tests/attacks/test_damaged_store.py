"""A damaged job store is noticed, told and survived: no accepted video is lost, and the old file is kept."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from halfgig.server.job_recovery import copy_safely, is_damaged, recover
from halfgig.server.job_store import JobStore
from tests.server.web.servers import Site, site
from tests.support.serving import serving
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG = "One two three four five six seven eight nine ten. " * 5
GARBAGE = bytes(range(256)) * 16


def overwrite(path: Path, begin: int, end: int | None = None) -> None:
    """Write garbage over a part of a file."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(begin)
        while file.tell() < (size if end is None else min(end, size)):
            file.write(GARBAGE[: min(len(GARBAGE), size - file.tell())])


def spoil_a_row(path: Path) -> None:
    """Write a request that is no JSON, in a database that is whole."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE videos SET request = 'garbage' WHERE seq = 2")
        database.commit()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "all of it": lambda path: overwrite(path, 0),
    "its header": lambda path: overwrite(path, 0, 100),
    "the pages after the first": lambda path: overwrite(path, 4096),
    "a page in the middle": lambda path: overwrite(path, 8192, 12288),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 // 4096 * 4096 + 100]),
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
    "a row that is no JSON": spoil_a_row,
}


def damage(path: Path, kind: str) -> None:
    """Damage a database after its log was written to it."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    DAMAGES[kind](path)


def listed(server: Site) -> dict[str, str]:
    """Return the videos with their status, asking again where a request is answered with 503."""
    answers = [server.http.get("/v1/videos?limit=100")]
    while answers[-1].status_code == 503 and len(answers) < 3:
        assert answers[-1].json()["error"]["code"] == "store_damaged"
        answers.append(server.http.get("/v1/videos?limit=100"))
    return {video["id"]: video["status"] for video in answers[-1].json()["data"]}


@pytest.mark.parametrize("kind", DAMAGES)
def test_no_accepted_video_is_lost_and_each_is_taken_up_again(tmp_path: Path, kind: str) -> None:
    with site(tmp_path) as server:
        wanted = [server.job(size="64").id for _ in range(3)]
        server.finish(wanted[0])
        damage(server.places.job_store, kind)
        listed(server)
        server.jobs.check()  # as each start does: an index may be damaged that nobody has read yet
        found = listed(server)
        assert {job.id for job in server.jobs.open_jobs()} == set(wanted[1:])
        assert server.http.get("/v1/videos").status_code == 200
        assert not is_damaged(server.places.job_store)
        assert server.ask(prompt="Hello.").status_code == 202
    assert sorted(found) == sorted(wanted)
    assert found[wanted[0]] == "completed"
    assert kind == "deleted" or list(server.places.root.glob("jobs.damaged-*.sqlite"))


def test_a_video_whose_request_is_lost_says_so(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        (server.places.job(job.id) / "request.json").unlink()
        damage(server.places.job_store, "all of it")
        listed(server)
        video = server.http.get(f"/v1/videos/{job.id}").json()
    assert (video["status"], "lost" in video["error"]["message"]) == ("failed", True)


def test_what_only_the_copy_has_comes_back(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        job = server.job()
        assert server.jobs.cancel(job.id)
        copy_safely(server.places.job_store)
        damage(server.places.job_store, "all of it")
        listed(server)
        assert server.jobs.get(job.id).status == "cancelled"  # type: ignore[union-attr]


def test_a_recovery_that_another_process_did_is_not_done_again(tmp_path: Path) -> None:
    with site(tmp_path) as server:
        server.job()
        path = server.places.job_store
        inode = path.stat().st_ino
        assert recover(path, inode)
        assert not recover(path, inode)
        assert len(JobStore(path).open_jobs()) == 1


@pytest.mark.parametrize("name", ["jobs.sqlite", "workflows.sqlite"])
def test_garbage_over_a_database_loses_no_video_in_the_making(tmp_path: Path, name: str) -> None:
    with serving(tmp_path) as server, server.client() as http:
        video = http.post("/v1/videos", files={"prompt": (None, LONG), "size": (None, "64")}).json()["id"]
        assert soon(lambda: http.get(f"/v1/videos/{video}").json()["status"] == "in_progress")
        for ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):  # the record of steps has no log
                overwrite(tmp_path / "server" / f"{name}{ending}", 0)

        def is_done() -> bool:
            answer = http.get(f"/v1/videos/{video}")
            assert answer.status_code in (200, 503), answer.text
            return answer.status_code == 200 and answer.json()["status"] == "completed"

        assert soon(is_done), server.said()
        assert http.get("/readyz").status_code == 200
