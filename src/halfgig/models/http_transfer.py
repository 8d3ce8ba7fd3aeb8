"""One file over HTTP, which may break at any byte and goes on there."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.errors import DownloadFailed
from halfgig.events import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from io import FileIO
    from pathlib import Path

    import httpx

    from halfgig.models.install_request import RetryPolicy

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed a little later."""

USUAL_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Address:
    """Say where a file is and how it is known when it has come."""

    url: str
    checksum: str
    """SHA-256, or git's SHA-1, in hexadecimal."""
    headers: Mapping[str, str] = field(default_factory=dict)
    revision: str = ""
    """The commit it belongs to."""


class TransientError(Exception):
    """Ask for another attempt, not before `after_s` seconds."""

    def __init__(self, said: str, after_s: float = 0.0) -> None:
        super().__init__(said)
        self.after_s = after_s


def retry_after_s(value: str) -> float:
    """Read a Retry-After header in seconds; 0 for a date or nonsense, which the growing pauses serve as well."""
    return float(value) if re.fullmatch(r"\d{1,6}", value.strip()) else 0.0


def refusal(url: str, status: int) -> str:
    """Say what an answer that is no file means, and what to do."""
    if status in {401, 403}:
        return f"{url} is answered with {status}: not for everyone; set HF_TOKEN to a token that may read it"
    if status == 404:
        return f"{url} is answered with 404: it is not there; check the revision and the mirror"
    return f"{url} is answered with {status}; try again later, use a mirror, or give local files with --from"


def check_status(url: str, status: int, headers: Mapping[str, str]) -> None:
    """Raise TransientError or DownloadFailed for an answer that is no file."""
    if status in TRANSIENT:
        raise TransientError(f"{url} is answered with {status}", retry_after_s(headers.get("Retry-After", "")))
    if status >= 400:
        raise DownloadFailed(refusal(url, status))


def start_of(response: httpx.Response, have: int) -> int:
    """Give the byte at which an answer to "from byte `have` on" begins; -1: nothing is missing."""
    content_range = response.headers.get("Content-Range", "")
    if response.status_code == 416:
        return -1 if content_range.endswith(f"/{have}") else 0
    if response.status_code == 206:
        given = re.match(r"bytes (\d+)-", content_range)
        return int(given[1]) if given else 0
    return 0


def _write(file: FileIO, block: bytes) -> None:
    rest = memoryview(block)
    while rest:  # a disk that fills up takes a part first and refuses the rest
        rest = rest[file.write(rest) :]


def receive(client: httpx.Client, address: Address, part: Path, timeout_s: float) -> Generator[int]:
    """Append to `part` what it lacks; yield how many bytes came, fewer than none for what has to come again."""
    with part.open("ab", buffering=0) as file:
        have = file.tell()
        headers = {**address.headers, "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        with client.stream("GET", address.url, headers=headers, timeout=timeout_s, follow_redirects=True) as response:
            start = start_of(response, have)
            if start == -1:
                return
            if response.status_code != 416:
                check_status(address.url, response.status_code, response.headers)
            if start != have:
                file.truncate(0)
                yield -have
            if response.status_code == 416 or start not in {0, have}:
                raise TransientError(f"{address.url} gives other bytes than were asked for")
            for block in response.iter_raw():
                _write(file, block)
                yield len(block)


@dataclass(frozen=True, slots=True)
class Line:
    """Hold what transfers share: the connection, how patient to be, and how to wait."""

    client: httpx.Client
    patience: RetryPolicy
    usual_timeout_s: float = USUAL_TIMEOUT_S
    sleep: Callable[[float], None] = time.sleep

    @property
    def timeout_s(self) -> float:
        """Give the seconds without a byte after which a connection counts as broken."""
        return self.patience.timeout_s or self.usual_timeout_s

    def persist(self, attempt: Callable[[], Generator[int]], what: str) -> Generator[int | Notice]:
        """Repeat an attempt until it ends well; as long as bytes come there is no limit to how often.

        Raises DownloadFailed after `patience.attempts` failures in a row with not one byte between.
        """
        from httpx import HTTPError

        failures = 0
        while True:
            try:
                for count in attempt():
                    failures = 0 if count > 0 else failures
                    yield count
            except (HTTPError, TransientError) as error:
                failures += 1
                said = str(error) or type(error).__name__
                if failures >= self.patience.attempts:
                    raise DownloadFailed(
                        f"{what} could not be fetched in {failures} attempts: {said}; "
                        "run the command again to go on from where it is"
                    ) from error
                pause_s = self.patience.pause_after(failures, getattr(error, "after_s", 0.0))
                yield Notice(f"{what}: {said}; trying again in {pause_s:.0f} s")
                self.sleep(pause_s)
            else:
                return
