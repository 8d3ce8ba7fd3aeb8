"""HTTP transfer of one file that resumes at the byte where it was interrupted."""

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
"""HTTP statuses after which the same request may succeed later."""

USUAL_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Address:
    """A file's URL and how to verify it after download."""

    url: str
    checksum: str
    """SHA-256, or git's SHA-1, in hexadecimal."""
    headers: Mapping[str, str] = field(default_factory=dict)
    revision: str = ""
    """Commit of the file."""


class TransientError(Exception):
    """A failure worth retrying, after `after_s` seconds at the earliest."""

    def __init__(self, said: str, after_s: float = 0.0) -> None:
        super().__init__(said)
        self.after_s = after_s


def retry_after_s(value: str) -> float:
    """Parse a Retry-After header in seconds; 0 for a date or an invalid value, where the growing pauses suffice."""
    return float(value) if re.fullmatch(r"\d{1,6}", value.strip()) else 0.0


def refusal(url: str, status: int) -> str:
    """Return the error message for an HTTP status, with what to do about it."""
    if status in {401, 403}:
        return f"{url} is answered with {status}: not for everyone; set HF_TOKEN to a token that may read it"
    if status == 404:
        return f"{url} is answered with 404: it is not there; check the revision and the mirror"
    return f"{url} is answered with {status}; try again later, use a mirror, or give local files with --from"


def check_status(url: str, status: int, headers: Mapping[str, str]) -> None:
    """Raise TransientError or DownloadFailed for an error status."""
    if status in TRANSIENT:
        raise TransientError(f"{url} is answered with {status}", retry_after_s(headers.get("Retry-After", "")))
    if status >= 400:
        raise DownloadFailed(refusal(url, status))


def start_of(response: httpx.Response, have: int) -> int:
    """Return the offset where the response to a request from byte `have` starts; -1: the file is complete."""
    content_range = response.headers.get("Content-Range", "")
    if response.status_code == 416:
        return -1 if content_range.endswith(f"/{have}") else 0
    if response.status_code == 206:
        given = re.match(r"bytes (\d+)-", content_range)
        return int(given[1]) if given else 0
    return 0


def _write(file: FileIO, block: bytes) -> None:
    rest = memoryview(block)
    while rest:  # a disk that fills up accepts part of a block first
        rest = rest[file.write(rest) :]


def receive(client: httpx.Client, address: Address, part: Path, timeout_s: float) -> Generator[int]:
    """Append the missing bytes to `part` and yield byte counts; negative counts are bytes to fetch again."""
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
class Transfer:
    """HTTP client, retry policy and sleep function shared by transfers."""

    client: httpx.Client
    patience: RetryPolicy
    usual_timeout_s: float = USUAL_TIMEOUT_S
    sleep: Callable[[float], None] = time.sleep

    @property
    def timeout_s(self) -> float:
        """Read timeout in seconds."""
        return self.patience.timeout_s or self.usual_timeout_s

    def persist(self, attempt: Callable[[], Generator[int]], what: str) -> Generator[int | Notice]:
        """Repeat an attempt until it succeeds; retries are unlimited as long as bytes arrive.

        Raises DownloadFailed after `patience.attempts` consecutive failures without a byte received.
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
