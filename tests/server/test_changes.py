"""Changes are told by Postgres at once, and looked for where a pooler swallows what it tells."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from typing import TYPE_CHECKING, Any

from halfgig.server import changes as module
from halfgig.server.changes import VIDEOS, WORK, Changes
from halfgig.server.group_claims import GroupClaims
from halfgig.server.job_store import JobStore
from halfgig.server.postgres import PostgresDatabase, connections_to
from halfgig.server.web import video_events
from halfgig.server.web.video_events import events_of
from tests.server.test_job_store import draft
from tests.support.pooler import swallowing
from tests.support.postgres import server
from tests.support.waiting import PATIENCE_S, soon

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import pytest

    from tests.support.postgres import Server

NEVER_S = 36_000.0


class Woken:
    """Counts how often somebody was woken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        """Count."""
        self.count += 1


@contextlib.contextmanager
def listening(url: str, channel: str, name: str = "") -> Iterator[Woken]:
    """Watch a channel; what is told arrives from the beginning of the block."""
    woken, changes = Woken(), Changes(url, channel)
    with changes.watched(name, woken):
        assert soon(lambda: changes.is_live)
        assert soon(lambda: woken.count == 1)
        yield woken


async def told(events: AsyncIterator[str]) -> Any:
    """Return the data of the next event."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            text = await anext(events)
            if "data: " in text:
                return json.loads(text.partition("data: ")[2])


def test_an_event_arrives_at_another_node_without_a_look(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_events, "RARE_POLL_S", NEVER_S)
    url = postgres.new()
    here, there, changes = JobStore(PostgresDatabase(url)), JobStore(PostgresDatabase(url)), Changes(url, VIDEOS)
    job = there.accept(draft(1), 9).job

    async def followed() -> list[str]:
        events = events_of(job.id, lambda: here.get(job.id), 24, NEVER_S, changes=changes)
        found = [(await told(events))["status"]]
        while not changes.is_live:
            await asyncio.sleep(0.01)
        writer = there.claim(job.id)
        assert writer
        writer.begin()
        found.append((await told(events))["status"])
        writer.update_progress({"stage": "rendering", "done": 3, "total": 9})
        found.append((await told(events))["stage"])
        there.remove(job.id)
        found.append(str((await told(events))["deleted"]))
        return found

    assert asyncio.run(followed()) == ["queued", "in_progress", "rendering", "True"]


def test_an_event_is_looked_for_where_a_pooler_swallows_what_is_told(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_events, "RARE_POLL_S", NEVER_S)
    monkeypatch.setattr(module, "ANSWER_S", 0.2)
    direct = postgres.new()
    with swallowing(direct) as url:
        here, there, changes = JobStore(PostgresDatabase(url)), JobStore(PostgresDatabase(direct)), Changes(url, VIDEOS)
        job = there.accept(draft(1), 9).job

        async def followed() -> list[str]:
            events = events_of(job.id, lambda: here.get(job.id), 24, 0.05, changes=changes)
            found = [(await told(events))["status"]]
            while not changes._probe:
                await asyncio.sleep(0.01)
            writer = there.claim(job.id)
            assert writer
            writer.begin()
            found.append((await told(events))["status"])
            assert not changes.is_live
            return found

        assert asyncio.run(followed()) == ["queued", "in_progress"]
        connections_to(url).close()


def test_who_watches_one_name_is_not_woken_for_others(postgres: Server) -> None:
    url = postgres.new()
    store = JobStore(PostgresDatabase(url))
    one, two = (store.accept(draft(number), 9).job.id for number in (1, 2))
    with listening(url, VIDEOS, one) as first, listening(url, VIDEOS, two) as second:
        store.cancel(one)
        assert soon(lambda: first.count == 2)
        store.cancel(two)
        assert soon(lambda: second.count == 2)
        assert first.count == 2


def test_new_videos_and_free_groups_are_told_to_those_who_work(postgres: Server) -> None:
    url = postgres.new()
    store = JobStore(PostgresDatabase(url))
    with listening(url, WORK) as woken:
        job = store.accept(draft(1), 9).job
        assert soon(lambda: woken.count == 2)
        claims, others = (GroupClaims(PostgresDatabase(url), name) for name in ("one", "two"))
        claims.offer(job.id, "puppet", range(3))
        assert soon(lambda: woken.count == 3)
        claim = others.take(job.id, 1)
        assert claim
        others.give_back(claim)
        assert soon(lambda: woken.count == 4)
        others.take(job.id, 2)
        store.note(job.id, {"done": 1})
        claims.reopen(job.id, 0)
        assert soon(lambda: woken.count == 5)


def test_who_watches_is_woken_when_the_database_goes_and_when_it_comes_back() -> None:
    with server() as it:
        url = it.new()
        changes, woken = Changes(url, VIDEOS), threading.Event()
        with changes.watched("", woken.set):
            assert soon(lambda: changes.is_live)
            woken.clear()
            it.stop()
            assert woken.wait(PATIENCE_S)
            assert not changes.is_live
            it.start()
            assert soon(lambda: changes.is_live)
        connections_to(url).close()


def test_nobody_listens_when_nobody_watches(postgres: Server) -> None:
    url = postgres.new()
    changes = Changes(url, VIDEOS)
    with changes.watched("", Woken()):
        assert soon(lambda: changes.is_live)
    assert soon(lambda: changes._thread is None)
    with changes.watched("", Woken()):
        assert soon(lambda: changes.is_live)
    assert not Changes("", VIDEOS).is_live
