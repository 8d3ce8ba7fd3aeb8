"""Requests to a worker process that is slow, gone, or sends nonsense."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from halfgig.server.errors import Relayed, Unavailable
from halfgig.server.ipc import Reply, WireBroken
from halfgig.server.web.worker_client import ATTEMPTS, WorkerClient
from tests.server.web.workers import BUSY, DONE, STARTED, speaks, work
from tests.support.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def asked(client: WorkerClient, op: str = "jobs") -> dict[str, Any]:
    return asyncio.run(client.call({"op": op}))


def all_of(client: WorkerClient) -> list[Reply]:
    async def hear() -> list[Reply]:
        async with client.stream({"op": "speech"}) as (first, conversation):
            replies = [first]
            while (reply := await client.receive(conversation)) is not None:
                replies.append(reply)
            return replies

    return asyncio.run(hear())


def test_an_answer_is_given(tmp_path: Path) -> None:
    with work(tmp_path / "sock", speaks({"type": "ok"})) as heard:
        assert asked(WorkerClient(tmp_path / "sock")) == {"type": "ok"}
    assert heard.requests == [{"op": "jobs"}]


def test_answers_come_in_order_and_then_the_end(tmp_path: Path) -> None:
    with work(tmp_path / "sock", speaks(STARTED, b"one", b"", b"two", DONE)):
        assert all_of(WorkerClient(tmp_path / "sock")) == [STARTED, b"one", b"", b"two", DONE]


def test_a_refusal_keeps_its_status_code_and_advice(tmp_path: Path) -> None:
    with work(tmp_path / "sock", speaks(BUSY)), pytest.raises(Relayed, match="full") as caught:
        asked(WorkerClient(tmp_path / "sock"))
    error = caught.value
    assert (error.status, error.code, error.retry, error.after_s) == (429, "busy", True, 2.5)


def test_a_socket_that_is_not_there_yet_is_tried_again(tmp_path: Path) -> None:
    found: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: found.append(asked(WorkerClient(tmp_path / "sock", connect_s=PATIENCE_S))))
    asking.start()
    time.sleep(0.3)
    with work(tmp_path / "sock", speaks({"type": "ok"})):
        asking.join()
    assert found == [{"type": "ok"}]


def test_a_socket_that_never_comes_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        asked(WorkerClient(tmp_path / "sock", connect_s=0.2))


def test_a_work_process_that_dies_of_every_request_is_not_asked_for_ever(tmp_path: Path) -> None:
    with work(tmp_path / "sock", speaks()) as heard, pytest.raises(Unavailable, match="again and again"):
        asked(WorkerClient(tmp_path / "sock"))
    assert len(heard.requests) == ATTEMPTS


def test_a_work_process_that_says_nothing_is_unavailable(tmp_path: Path) -> None:
    is_over = threading.Event()

    def says_nothing(_request: dict[str, Any]) -> Iterator[Any]:
        assert is_over.wait(PATIENCE_S)
        yield {"type": "ok"}

    with work(tmp_path / "sock", says_nothing):
        with pytest.raises(Unavailable, match="has not answered"):
            asked(WorkerClient(tmp_path / "sock", patience_s=0.2))
        is_over.set()


def test_a_long_queue_is_waited_for_as_long_as_work_lives(tmp_path: Path) -> None:
    probed = threading.Event()

    def is_busy(request: dict[str, Any]) -> Iterator[Any]:
        if request["op"] == "status":
            probed.set()
            yield {"type": "status"}
            return
        assert probed.wait(PATIENCE_S)
        yield from (STARTED, DONE)

    with work(tmp_path / "sock", is_busy):
        assert all_of(WorkerClient(tmp_path / "sock", patience_s=3)) == [STARTED, DONE]


def test_a_speech_is_given_up_when_work_does_not_even_tell_its_status(tmp_path: Path) -> None:
    is_over = threading.Event()

    def hangs(_request: dict[str, Any]) -> Iterator[Any]:
        assert is_over.wait(PATIENCE_S)
        yield STARTED

    with work(tmp_path / "sock", hangs):
        with pytest.raises(Unavailable, match="has not answered"):
            all_of(WorkerClient(tmp_path / "sock", patience_s=0.2))
        is_over.set()


def test_a_connection_that_ends_in_the_middle_of_an_answer_is_broken() -> None:
    from halfgig.server.web.worker_client import Conversation

    async def hear(data: bytes) -> Reply | None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await Conversation(reader, None).receive()  # type: ignore[arg-type]  # only reads

    assert asyncio.run(hear(b"")) is None
    for cut in (b"\0", b"\0\0\0\5J", b"\0\0\0\5J{}", b"\0\0\0\2Jno", b"\xff\xff\xff\xffJ", b"\0\0\0\1X1"):
        with pytest.raises(WireBroken):
            asyncio.run(hear(cut))
