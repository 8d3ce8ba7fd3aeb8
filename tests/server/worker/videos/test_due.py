"""Which of the accepted videos are queued next, for how many nodes."""

from __future__ import annotations

from halfgig.requests import SpeechRequest, VideoRequest
from halfgig.server.job import QUEUED, Job
from halfgig.server.worker.videos.reconciliation import due


def order(name: str, cost_s: float = 10.0, client: str = "one", created_at: float = 0.0) -> Job:
    """Return a job that waits."""
    request = VideoRequest(speech=SpeechRequest("Hello."))
    return Job(name, "", QUEUED, created_at, None, None, request, {}, None, 0, client, cost_s)


def names(jobs: list[Job]) -> list[str]:
    return [job.id for job in jobs]


def test_of_each_client_the_shortest_are_queued_one_for_each_node() -> None:
    waiting = [order("a", 30), order("b", 10), order("c", 20), order("d", 5, client="two")]
    assert names(due(waiting, [], 0.0, nodes=2)) == ["b", "c", "d"]


def test_two_videos_that_one_node_has_started_keep_no_other_node_idle() -> None:
    queued, waiting = [order("a"), order("b")], [order("c"), order("d"), order("e")]
    held = {"a": "first", "b": "first"}
    assert names(due(waiting, queued, 0.0, nodes=3, held=held)) == ["c", "d"]
    assert names(due(waiting, queued, 0.0, nodes=1, held=held)) == []


def test_videos_that_no_node_has_started_yet_count_one_by_one() -> None:
    queued, waiting = [order("a"), order("b")], [order("c"), order("d")]
    assert names(due(waiting, queued, 0.0, nodes=3)) == ["c"]
    assert names(due(waiting, queued, 0.0, nodes=3, held={"a": "first", "b": "second"})) == ["c"]


def test_a_much_shorter_one_is_queued_beside_as_many_as_there_are_nodes_and_only_one() -> None:
    queued = [order("a", 1000)]
    waiting = [order("b", 10), order("c", 12)]
    assert names(due(waiting, queued, 0.0, held={"a": "first"})) == ["b"]
    assert names(due(waiting[1:], [*queued, waiting[0]], 0.0, held={"a": "first", "b": "first"})) == []


def test_what_waits_long_comes_before_what_is_shorter() -> None:
    waiting = [order("new", 10, created_at=100), order("old", 50, created_at=0)]
    assert names(due(waiting, [], 100.0)) == ["old"]
