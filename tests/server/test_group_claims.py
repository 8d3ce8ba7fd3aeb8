"""Groups of frames on several nodes: each is claimed by one, and who lost a claim commits nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from halfgig.server.group_claims import GroupClaim, GroupClaims
from halfgig.server.job_store import JobStore
from halfgig.server.postgres import PostgresDatabase, connections_to
from tests.server.test_job_store import draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import Server

LONG_S, EXPIRED_S = 3600.0, -1.0
"""Lifetimes of leases: one that no test outlives, and one that is over at once."""


@pytest.fixture
def database(postgres: Server) -> Iterator[PostgresDatabase]:
    """Return an empty database."""
    url = postgres.new()
    yield PostgresDatabase(url)
    connections_to(url).close()


def node(database: PostgresDatabase, name: str, ttl_s: float = LONG_S) -> GroupClaims:
    """Return the groups as a node sees them."""
    return GroupClaims(database, name, ttl_s)


def accepted(database: PostgresDatabase, number: int = 1) -> str:
    """Accept a video; return its id."""
    return JobStore(database).accept(draft(number), 9).job.id


def taken(claims: GroupClaims, *animators: str) -> tuple[str, int]:
    """Return the video and the group of the next claim."""
    claim = claims.take_any(animators)
    assert claim
    return claim.job_id, claim.group


def made(claims: GroupClaims, job_id: str) -> list[tuple[int, str | None, str | None]]:
    """Return the groups of a video that are rendered."""
    return [(each.group, each.key, each.checksum) for each in claims.offered(job_id) if each.key]


def test_a_group_that_was_claimed_is_claimed_by_nobody_else(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    one, other = node(database, "one"), node(database, "other")
    one.offer(job_id, "puppet", range(2))
    assert one.take(job_id, 0) == GroupClaim(job_id, 0, token=1)
    assert (other.take(job_id, 0), one.take(job_id, 0)) == (None, None)
    assert taken(other, "puppet") == (job_id, 1)
    assert other.take_any(["puppet"]) is None


def test_many_nodes_that_ask_at_once_get_each_group_once(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    found: list[int] = []
    node(database, "leading").offer(job_id, "puppet", range(12))

    def work(name: str) -> None:
        claims = node(database, name)
        asked = (claims.take_any(["puppet"]) for _ in range(12))  # None if others are claiming all that is left
        found.extend(claim.group for claim in asked if claim)

    threads = [threading.Thread(target=work, args=(f"node {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(12))


def test_helpers_take_the_last_groups_of_the_oldest_video_that_they_can_render(database: PostgresDatabase) -> None:
    first, second, third = (accepted(database, number) for number in (1, 2, 3))
    helper = node(database, "helper")
    helper.offer(third, "puppet", range(1))
    helper.offer(second, "puppet", range(2))
    helper.offer(first, "sadtalker", range(1))
    assert helper.take_any([]) is None
    assert [taken(helper, "puppet") for _ in range(3)] == [(second, 1), (second, 0), (third, 0)]
    assert helper.take_any(["puppet"]) is None
    assert taken(helper, "puppet", "sadtalker") == (first, 0)


def test_the_group_of_a_node_that_died_is_claimed_by_another_one(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    dead, living = node(database, "dead", EXPIRED_S), node(database, "living")
    dead.offer(job_id, "puppet", range(1))
    assert dead.take(job_id, 0) == GroupClaim(job_id, 0, token=1)
    assert living.take_any(["puppet"]) == GroupClaim(job_id, 0, token=2)


def test_what_a_node_writes_after_it_lost_its_group_is_refused(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    late, next_one = node(database, "late", EXPIRED_S), node(database, "next")
    late.offer(job_id, "puppet", range(1))
    old, new = late.take(job_id, 0), next_one.take(job_id, 0)
    assert old
    assert new
    assert not late.finish(old, "late", "1-1")
    assert not late.renew(old)
    assert not late.give_back(old)
    assert made(late, job_id) == []
    assert next_one.finish(new, "new", "2-2")
    assert not late.finish(old, "late", "1-1")
    assert made(late, job_id) == [(0, "new", "2-2")]


def test_a_claim_is_of_one_start_of_a_node(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    before, after = node(database, "node, first start"), node(database, "node, second start")
    before.offer(job_id, "puppet", range(1))
    claim = before.take(job_id, 0)
    assert claim
    assert not after.finish(claim, "key", "1-1")
    assert before.finish(claim, "key", "1-1")


def test_a_renewed_claim_lasts_and_one_given_back_is_free_at_once(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    short, long, other = node(database, "one", EXPIRED_S), node(database, "one"), node(database, "other")
    short.offer(job_id, "puppet", range(1))
    claim = short.take(job_id, 0)
    assert claim
    assert long.renew(claim)
    assert other.take(job_id, 0) is None
    assert long.give_back(claim)
    assert other.take(job_id, 0) == GroupClaim(job_id, 0, token=2)


def test_a_rendered_group_is_claimed_and_offered_no_more(database: PostgresDatabase) -> None:
    job_id = accepted(database)
    one = node(database, "one", EXPIRED_S)
    one.offer(job_id, "puppet", range(1))
    claim = one.take(job_id, 0)
    assert claim
    assert one.finish(claim, "key", "1-1")
    one.offer(job_id, "puppet", range(1))
    assert (one.take(job_id, 0), one.take_any(["puppet"])) == (None, None)


def test_helpers_of_a_cancelled_or_deleted_video_lose_their_groups(database: PostgresDatabase) -> None:
    cancelled, deleted = accepted(database, 1), accepted(database, 2)
    store, one = JobStore(database), node(database, "one")
    claims = []
    for job_id in (cancelled, deleted):
        one.offer(job_id, "puppet", range(2))
        claims.append(one.take(job_id, 0))
    store.cancel(cancelled)
    store.remove(deleted)
    for claim in claims:
        assert claim
        assert not one.renew(claim)
        assert not one.finish(claim, "key", "1-1")
    assert one.take_any(["puppet"]) is None
