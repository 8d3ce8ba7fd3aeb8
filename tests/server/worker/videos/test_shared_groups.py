"""A video whose groups several nodes render has the frames of one node, even if nodes die or come late."""

from __future__ import annotations

import contextlib
import functools
import os
import struct
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import halfgig.animators.registry as animators
from halfgig.animators.puppet.spec import SPEC as PUPPET
from halfgig.media.frame_groups import CLAIM, Claims, group_path
from halfgig.pipeline.video import FRAMES
from halfgig.requests import PORTRAIT, SpeechRequest, VideoRequest
from halfgig.server.changes import GROUPS, SILENT, Changes
from halfgig.server.file_store import file_store
from halfgig.server.group_claims import GroupClaim, GroupClaims, OfferedGroup
from halfgig.server.job import NewJob
from halfgig.server.job_store import JobStore
from halfgig.server.postgres import PostgresDatabase, connections_to
from halfgig.server.rendered_for_others import rendered_groups
from halfgig.server.worker.videos.group_helper import GroupHelper
from halfgig.server.worker.videos.offered_groups import OfferedGroups
from halfgig.server.worker.videos.steps import Steps
from halfgig.settings import Settings
from tests.server.worker.videos.contexts import TestAdmission, accept, context, text
from tests.support.media import PRESENTER
from tests.support.waiting import soon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.server.file_store import KeptFolder
    from halfgig.server.job import Job
    from halfgig.server.worker.videos.context import StepContext
    from tests.support.postgres import Server

LONG_S, SHORT_S, EXPIRED_S = 3600.0, 1.0, -1.0
"""Lifetimes of leases: one that no test outlives, one that ends soon, one that is over at once."""

SENTENCES, GROUP = 4, 10
"""A video of four seconds, in ten groups."""


@pytest.fixture
def url(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of an empty database; the puppet's groups are short."""
    monkeypatch.setitem(animators._specs, "puppet", PUPPET._replace(frame_group=GROUP))
    address = postgres.new()
    yield address
    connections_to(address).close()


def node(root: Path, name: str, url: str) -> StepContext:
    """Return a node with a disk of its own, and the store and database that all nodes share."""
    database = PostgresDatabase(url)
    return context(
        root / name,
        store=JobStore(database),
        files=file_store(Settings(store_url=f"file://{root / 'store'}")),
        claims=GroupClaims(database, f"{name} {uuid.uuid4().hex}", LONG_S),
    )


def accepted(it: StepContext) -> Job:
    """Accept a job whose files are in the store and nowhere else."""
    job_id, kept = f"video_{uuid.uuid4().hex[:24]}", it.files
    request = VideoRequest(SpeechRequest(text(SENTENCES)), portrait=PORTRAIT, size=64, seed=3)
    folder = kept.job(job_id)
    folder.claim()
    folder.put({PORTRAIT: PRESENTER.read_bytes()})
    return it.store.accept(NewJob(job_id, "", request), most_open=9).job


def offered(it: StepContext, job: Job) -> list[OfferedGroup]:
    assert it.claims
    return it.claims.offered(job.id)


def does(it: StepContext, job_id: str, *names: str) -> None:
    row = it.store.claim(job_id, it.files.job(job_id).token())
    assert row
    steps, before = Steps(it), list[list[str]]()
    for name in names:
        made = steps.run(name, job_id, before, row.token)
        assert made is not None
        before += made


def frames_of_one_node(root: Path) -> bytes:
    """Return the frames of the same video, made by a node that has never heard of others."""
    it = context(root / "alone")
    job_id = accept(root / "alone", SENTENCES, size=64, seed=3)
    number_of(it, "7")
    does(it, job_id, "speak", "measure", "render")
    return (it.paths.job(job_id) / FRAMES).read_bytes()


def number_of(it: StepContext, number: str) -> None:
    """Set the number that its frames are marked with."""
    path = it.settings.limits.installation
    assert path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{number}\n", encoding="ascii")


class LateAdmission(TestAdmission):
    """Has no room until something has happened."""

    def __init__(self, happened: Callable[[], bool]) -> None:
        super().__init__()
        self._happened = happened

    @contextlib.contextmanager
    def hold(self, *given: Any, **named: Any) -> Iterator[None]:
        """Return a reservation."""
        assert soon(self._happened)
        with super().hold(*given, **named):
            yield


def test_two_nodes_render_a_video_and_its_frames_are_those_of_one(tmp_path: Path, url: str) -> None:
    leading, helping = node(tmp_path, "leading", url), node(tmp_path, "helping", url)
    number_of(leading, "7")
    number_of(helping, "8")
    job = accepted(leading)
    does(leading, job.id, "speak", "measure")
    assert helping.claims

    def some() -> bool:
        return rendered_groups(helping.paths.run) >= 3

    helping.paths.run.mkdir(parents=True)
    helper = GroupHelper(helping, helping.claims, lambda: not some())
    helper.start()
    try:
        does(replace(leading, admission=LateAdmission(some)), job.id, "render")
    finally:
        helping.closing.set()
        helper.join()
    assert 3 <= rendered_groups(helping.paths.run) < SENTENCES * 25 // GROUP
    assert (leading.paths.job(job.id) / FRAMES).read_bytes() == frames_of_one_node(tmp_path)
    assert offered(leading, job) == []
    assert list(helping.paths.helped.iterdir()) == []
    done = leading.store.get(job.id)
    assert done
    assert (done.progress["stage"], done.progress["done"]) == ("rendering", SENTENCES * 25)


def test_the_groups_of_nodes_that_died_or_whose_files_are_lost_are_rendered_by_the_leading_one(
    tmp_path: Path, url: str
) -> None:
    leading = node(tmp_path, "leading", url)
    number_of(leading, "7")
    job = accepted(leading)
    does(leading, job.id, "speak", "measure")
    dying, losing = (GroupClaims(PostgresDatabase(url), name, SHORT_S) for name in ("dying", "losing"))

    def are_taken() -> bool:
        if not losing.offered(job.id):
            return False
        assert dying.take(job.id, 9)
        claim = losing.take(job.id, 8)
        assert claim
        return losing.finish(claim, f"videos/{job.id}/files/aside/lost", "00000000-1")

    does(replace(leading, admission=LateAdmission(are_taken)), job.id, "render")
    assert (leading.paths.job(job.id) / FRAMES).read_bytes() == frames_of_one_node(tmp_path)


class Offer:
    """A video that a node leads, whose rendering is not begun."""

    def __init__(self, root: Path, url: str, groups: int, changes: Changes = SILENT) -> None:
        it = node(root, "leading", url)
        self.job = accepted(it)
        self.folder = it.paths.job(self.job.id)
        self.folder.mkdir(parents=True)
        self.kept: KeptFolder = it.files.job(self.job.id)
        self.kept.claim()
        assert it.claims
        self.claims = it.claims
        self.groups = OfferedGroups(it.claims, self.job, self.folder, self.kept, groups, changes)

    def is_locked(self, group: int) -> bool:
        """Return whether a cell could not begin a group."""
        claim = Claims(self.folder / FRAMES)
        if claim.take(group):
            claim.release(is_done=False)
            return False
        return True


def offered_to(offer: Offer, group: int) -> OfferedGroup:
    """Return the row of a group."""
    return next(row for row in offer.claims.offered(offer.job.id) if row.group == group)


def is_own(offer: Offer, group: int) -> bool:
    """Return whether the leading node has a group."""
    return offered_to(offer, group).is_own


@pytest.fixture
def offer(tmp_path: Path, url: str) -> Offer:
    return Offer(tmp_path, url, groups=3)


@pytest.fixture
def other(url: str) -> GroupClaims:
    return GroupClaims(PostgresDatabase(url), "other", LONG_S)


def test_a_group_that_another_node_has_is_locked_here_until_it_comes_back(offer: Offer, other: GroupClaims) -> None:
    with offer.groups:
        assert soon(lambda: len(offer.claims.offered(offer.job.id)) == 3)
        claim = other.take_any(["puppet"])
        assert claim
        assert claim.group == 2
        assert soon(lambda: offer.is_locked(2))
        assert not offer.is_locked(0)
        assert other.give_back(claim)
        assert soon(lambda: not offer.is_locked(2))


def test_a_group_that_a_cell_here_renders_is_no_other_nodes(offer: Offer, other: GroupClaims) -> None:
    cell = Claims(offer.folder / FRAMES)
    with offer.groups:
        assert soon(lambda: len(offer.claims.offered(offer.job.id)) == 3)
        claim = other.take(offer.job.id, 1)
        assert claim
        assert cell.take(0)
        assert soon(lambda: offer.claims.offered(offer.job.id)[0].is_own)
        assert other.take(offer.job.id, 0) is None
        assert other.renew(claim)
        cell.release(is_done=False)  # it was killed
        assert soon(lambda: other.take(offer.job.id, 0) is not None)


def test_who_claims_a_group_that_a_cell_here_has_begun_loses_it(offer: Offer, other: GroupClaims) -> None:
    cell = Claims(offer.folder / FRAMES)
    assert cell.take(2)
    offer.claims.offer(offer.job.id, "puppet", range(3))
    claim = other.take_any(["puppet"])
    assert claim
    with offer.groups:
        assert soon(lambda: not other.renew(claim))
        assert not other.finish(claim, "key", "1-1")


def test_a_rendered_group_is_fetched_and_has_its_name_in_the_store(
    offer: Offer, other: GroupClaims, tmp_path: Path
) -> None:
    path = group_path(tmp_path / FRAMES, 2)
    path.write_bytes(b"a group")
    with offer.groups:
        assert soon(lambda: len(offer.claims.offered(offer.job.id)) == 3)
        claim = other.take_any(["puppet"])
        assert claim
        file = offer.kept.put_aside(path, claim.token)
        assert f"{path.name}-{claim.token}" in file.key
        assert other.finish(claim, file.key, file.checksum)
        assert soon(lambda: [row.group for row in offer.claims.offered(offer.job.id)] == [0, 1])
    assert group_path(offer.folder / FRAMES, 2).read_bytes() == b"a group"
    assert offer.kept.names() == {PORTRAIT, path.name}


def test_what_other_nodes_do_is_told_and_not_asked_for_again_and_again(
    tmp_path: Path, url: str, other: GroupClaims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("halfgig.server.worker.videos.offered_groups.RARE_LOOK_S", 36_000.0)
    monkeypatch.setattr("halfgig.server.worker.videos.offered_groups.LOOK_EVERY_S", 0.01)
    offer = Offer(tmp_path, url, 3, changes := Changes(url, GROUPS))
    looks, asked = list[str](), list[str]()
    look_here, ask = offer.groups._here, offer.claims.offered

    def here() -> set[int]:
        looks.append("")
        return look_here()

    def offered_now(job_id: str) -> list[OfferedGroup]:
        asked.append(job_id)
        return ask(job_id)

    monkeypatch.setattr(offer.groups, "_here", here)
    monkeypatch.setattr(offer.claims, "offered", offered_now)
    path = group_path(tmp_path / FRAMES, 2)
    path.write_bytes(b"a group")
    with offer.groups:
        assert soon(lambda: changes.is_live)
        begun = len(looks)
        assert soon(lambda: len(looks) > begun + 50)  # whatever was told at the beginning has been looked at
        looked, before = len(looks), len(asked)
        assert soon(lambda: len(looks) > looked + 50)
        assert len(asked) == before
        claim = other.take_any(["puppet"])
        assert claim
        assert soon(lambda: offer.is_locked(2))
        file = offer.kept.put_aside(path, claim.token)
        assert other.finish(claim, file.key, file.checksum)
        assert soon(lambda: group_path(offer.folder / FRAMES, 2).exists())


def test_a_node_that_is_slow_is_not_waited_for(
    offer: Offer, other: GroupClaims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("halfgig.server.worker.videos.offered_groups.SLOW_S", 1.0)
    cell = Claims(offer.folder / FRAMES)
    with offer.groups:
        assert soon(lambda: len(offer.claims.offered(offer.job.id)) == 3)
        claim = other.take_any(["puppet"])
        assert claim
        for group in range(2):  # quick ones, by a cell here
            assert soon(functools.partial(cell.take, group))
            assert soon(functools.partial(is_own, offer, group))
            group_path(offer.folder / FRAMES, group).write_bytes(b"a group")
            cell.release(is_done=True)
        assert soon(lambda: cell.take(2))
        assert other.renew(claim)
        assert offered_to(offer, 2).is_held
        group_path(offer.folder / FRAMES, 2).write_bytes(b"a group")
        cell.release(is_done=True)
        assert soon(lambda: not other.renew(claim))


def test_waiting_for_another_node_is_no_hanging_while_it_renews_its_lease(offer: Offer, other: GroupClaims) -> None:
    with offer.groups:
        assert soon(lambda: len(offer.claims.offered(offer.job.id)) == 3)
        assert not offer.groups.others_work()
        claim = other.take_any(["puppet"])
        assert claim
        for frames in range(2):
            assert other.renew(claim, frames)
            assert soon(offer.groups.others_work)
        told = group_path(offer.folder / FRAMES, claim.group)
        told = told.with_name(told.name + CLAIM)  # which cells here count as progress
        assert other.renew(claim, 7)
        assert soon(lambda: told.read_bytes() == struct.pack("<II", os.getpid(), 7))
    assert offer.claims.offered(offer.job.id) == []


class NotedClaims(GroupClaims):
    """Remember what was given back."""

    def __init__(self, url: str) -> None:
        super().__init__(PostgresDatabase(url), "helping", LONG_S)
        self.returned: list[bool] = []

    def give_back(self, claim: GroupClaim) -> bool:
        """End a claim."""
        self.returned.append(super().give_back(claim))
        return self.returned[-1]


def test_a_node_gives_a_group_back_when_it_has_a_video_of_its_own(tmp_path: Path, url: str) -> None:
    leading, helping, claims = node(tmp_path, "leading", url), node(tmp_path, "helping", url), NotedClaims(url)
    job = accepted(leading)
    does(leading, job.id, "speak", "measure")
    assert leading.claims
    leading.claims.offer(job.id, "puppet", range(9))
    asked = []

    def is_free() -> bool:
        asked.append(True)
        return len(asked) == 1

    helper = GroupHelper(helping, claims, is_free)
    helper.start()
    try:
        assert soon(lambda: bool(claims.returned))
    finally:
        helping.closing.set()
        helper.join()
    assert claims.returned == [True]
    assert [(row.key, row.is_held) for row in offered(leading, job)] == [(None, False)] * 9


class StolenClaims(GroupClaims):
    """Lose each group just before it is committed."""

    def __init__(self, url: str) -> None:
        super().__init__(PostgresDatabase(url), "helping", LONG_S)
        self._thief = GroupClaims(PostgresDatabase(url), "thief", LONG_S)

    def finish(self, claim: GroupClaim, key: str, checksum: str) -> bool:
        """Commit a group too late."""
        self._thief.seize(claim.job_id, claim.group)
        return super().finish(claim, key, checksum)


def test_a_group_that_comes_late_is_refused_and_counted(tmp_path: Path, url: str) -> None:
    leading, helping = node(tmp_path, "leading", url), node(tmp_path, "helping", url)
    job = accepted(leading)
    does(leading, job.id, "speak", "measure")
    assert leading.claims
    leading.claims.offer(job.id, "puppet", range(1))
    helper = GroupHelper(helping, StolenClaims(url), lambda: True)
    helper.start()
    try:
        assert soon(lambda: leading.store.refused_writes()["groups"] == 1)
    finally:
        helping.closing.set()
        helper.join()
    assert [(row.key, row.is_held) for row in offered(leading, job)] == [(None, True)]
    assert rendered_groups(helping.paths.run) == 0
