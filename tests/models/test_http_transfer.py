"""A file over HTTP may break at any byte, and goes on there."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import DownloadFailed
from halfgig.events import Notice
from halfgig.models.http_transfer import Address, Transfer, receive, retry_after_s
from halfgig.models.install_request import RetryPolicy
from tests.models.fakes import noise
from tests.support.upstream import Fault, Upstream, serving, sha256

if TYPE_CHECKING:
    from pathlib import Path

FILE = noise(20_000, 7)


class Fetch:
    """What one fetch of a file counted, said and waited."""

    def __init__(self, world: Upstream, part: Path, attempts: int = 3, timeout_s: float = 5.0) -> None:
        self.counted = 0
        self.said: list[str] = []
        self.waited: list[float] = []
        with httpx.Client(trust_env=False) as client:
            transfer = Transfer(
                client, RetryPolicy(attempts, pause_s=1.0, timeout_s=timeout_s), sleep=self.waited.append
            )
            address = Address(f"{world.url}/a/b/resolve/main/file", sha256(FILE))
            for told in transfer.persist(lambda: receive(client, address, part, transfer.timeout_s), "file"):
                if isinstance(told, Notice):
                    self.said.append(told.text)
                else:
                    self.counted += told


def world(*faults: Fault) -> Upstream:
    return Upstream(files={"a/b/file": FILE}, faults=deque(faults))


@pytest.mark.parametrize("broken_at", [0, 1, 4095, 4096, 12_345, len(FILE) - 1])
def test_a_file_that_breaks_goes_on_at_the_byte_it_broke_at(tmp_path: Path, broken_at: int) -> None:
    with serving(world(Fault(cut_after=broken_at))) as upstream:
        fetch = Fetch(upstream, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == FILE
    assert upstream.sent == fetch.counted == len(FILE)
    assert upstream.gets()[-1].range == (f"bytes={broken_at}-" if broken_at else "")


@pytest.mark.parametrize("there", [1, 4096, len(FILE) - 1])
def test_what_an_earlier_call_left_is_not_fetched_again(tmp_path: Path, there: int) -> None:
    (tmp_path / "part").write_bytes(FILE[:there])
    with serving(world()) as upstream:
        fetch = Fetch(upstream, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == FILE
    assert upstream.sent == fetch.counted == len(FILE) - there


def test_breaking_again_and_again_is_borne_as_long_as_bytes_come(tmp_path: Path) -> None:
    with serving(world(*[Fault(cut_after=1500)] * 10)) as upstream:
        fetch = Fetch(upstream, tmp_path / "part", attempts=2)
    assert (tmp_path / "part").read_bytes() == FILE
    assert len(fetch.said) == 10
    assert set(fetch.waited) == {1.0}


def test_a_whole_part_needs_no_byte_more(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(FILE)
    with serving(world()) as upstream:
        assert Fetch(upstream, tmp_path / "part").counted == 0
    assert (tmp_path / "part").read_bytes() == FILE


def test_a_part_longer_than_the_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(FILE + b"more")
    with serving(world()) as upstream:
        Fetch(upstream, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == FILE


def test_a_server_without_ranges_gives_the_whole_file_again_and_it_is_not_counted_twice(tmp_path: Path) -> None:
    with serving(world(Fault(cut_after=5000), Fault(no_ranges=True))) as upstream:
        fetch = Fetch(upstream, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == FILE
    assert fetch.counted == len(FILE)


def test_a_server_that_asks_for_a_pause_gets_it(tmp_path: Path) -> None:
    with serving(world(Fault(status=429, headers=(("Retry-After", "7"),)))) as upstream:
        fetch = Fetch(upstream, tmp_path / "part")
    assert fetch.waited == [7.0]
    assert "429" in fetch.said[0]
    assert "again in 7 s" in fetch.said[0]


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again(tmp_path: Path, status: int) -> None:
    with serving(world(Fault(status=status), Fault(status=status))) as upstream:
        fetch = Fetch(upstream, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == FILE
    assert fetch.waited == [1.0, 2.0]


def test_a_server_that_falls_silent_is_asked_again(tmp_path: Path) -> None:
    with serving(world(Fault(wait_s=3))) as upstream:
        fetch = Fetch(upstream, tmp_path / "part", attempts=100, timeout_s=1)
    assert (tmp_path / "part").read_bytes() == FILE
    assert fetch.said


def test_after_enough_failures_it_gives_up_and_keeps_what_came(tmp_path: Path) -> None:
    with (
        serving(world(Fault(cut_after=3000), *[Fault(status=503)] * 3)) as upstream,
        pytest.raises(DownloadFailed, match=r"could not be fetched in 3 attempts: .* answered with 503; run"),
    ):
        Fetch(upstream, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == FILE[:3000]


@pytest.mark.parametrize(("status", "hint"), [(401, "HF_TOKEN"), (403, "HF_TOKEN"), (404, "revision"), (410, "--from")])
def test_a_refusal_is_not_asked_again_and_says_what_to_do(tmp_path: Path, status: int, hint: str) -> None:
    with (
        serving(world(Fault(status=status))) as upstream,
        pytest.raises(DownloadFailed, match=rf"{status}.*{hint}"),
    ):
        Fetch(upstream, tmp_path / "part")
    assert len(upstream.gets("/file")) == 1


def test_pauses_double_up_to_the_longest() -> None:
    patience = RetryPolicy(pause_s=1, longest_pause_s=20)
    assert [patience.pause_after(failures) for failures in range(1, 7)] == [1, 2, 4, 8, 16, 20]
    assert patience.pause_after(1, asked_s=3600) == 20


@given(st.text())
def test_any_retry_after_header_is_a_time_that_can_be_waited(value: str) -> None:
    assert 0 <= retry_after_s(value) < 1e6
