"""Download and verify the files of a job; partial downloads are kept and resumed by the next call.

Runs in a cell, so that the 25 MB of `huggingface_hub` and the buffers are freed at the end.
"""

from __future__ import annotations

import functools
import os
import time
from typing import TYPE_CHECKING

from halfgig.errors import ChecksumMismatch, DownloadFailed
from halfgig.events import Event, Notice, Progress
from halfgig.models import hub
from halfgig.models.files import checksum_as, explain_disk_full, format_mb, sha256_of
from halfgig.models.http_transfer import Address, Transfer, receive
from halfgig.models.install_request import DownloadJob, Fetched
from halfgig.storage.file_lock import held

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from halfgig.models.catalogue import Repository, Source

PROGRESS_INTERVAL_S = 0.2
"""Minimum seconds between two progress events."""


def download(job: DownloadJob) -> Generator[Event | Fetched]:
    """Fetch the files of a job; yield each when complete, with progress events and notices in between.

    Raises DownloadFailed, ChecksumMismatch, DiskFull.
    """
    from huggingface_hub import close_session, constants, get_session

    try:
        # The cell of a killed pull may keep writing for a second or two.
        with held(job.folder / ".lock", lambda _: None), explain_disk_full(job.folder, job.stage):
            transfer = Transfer(get_session(), job.patience, float(constants.HF_HUB_DOWNLOAD_TIMEOUT))
            yield from _Downloader(job, transfer).all()
    finally:
        close_session()


def part_path(folder: Path, place: str, checksum: str) -> Path:
    """Return the path of a partial download; its name contains the checksum, so revisions never mix."""
    return folder / f"{place}.{checksum[:16]}.part"


class _Downloader:
    """Fetch files one by one, with progress over all of them."""

    def __init__(self, job: DownloadJob, transfer: Transfer) -> None:
        self._job = job
        self._transfer = transfer
        self._failing: set[Repository] = set()
        self._done = 0
        self._total = 0
        self._reported_at = 0.0

    def all(self) -> Generator[Event | Fetched]:
        missing = []
        for source in self._job.sources:
            if found := self._already(source):
                yield found
            else:
                missing.append(source)
        if missing and hub.offline():
            raise DownloadFailed(
                f"{self._job.stage}: {missing[0].path} and {len(missing) - 1} more are not in Hugging Face's cache, "
                "and HF_HUB_OFFLINE forbids the network; unset it, or give local files with --from"
            )
        yield from self._resuming(missing)
        for source in missing:
            yield (yield from self._fetch_somewhere(source))
        yield from self._progress(now=True)

    def _already(self, source: Source) -> Fetched | None:
        """Return a file of known checksum that an earlier call or another program fetched."""
        mirrors, target = self._job.mirrors, self._job.folder / source.place
        there, checksum = hub.cached(source, mirrors), hub.known_checksum(source, mirrors)
        if there and not checksum and hub.offline():
            checksum = hub.stated_in_cache(there)
        if not checksum:
            return None
        revision = hub.revision_of(source, mirrors)
        if target.is_file() and checksum_as(target, checksum) == checksum:
            return _fetched(source, Address(str(target), checksum, revision=revision), target)
        target.unlink(missing_ok=True)
        if there is None or checksum_as(there, checksum) != checksum:
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(there.resolve())
        return _fetched(source, Address(str(there), checksum, revision=revision), target)

    def _resuming(self, missing: list[Source]) -> Generator[Event]:
        there = 0
        for source in missing:
            checksum = hub.known_checksum(source, self._job.mirrors)
            part = part_path(self._job.folder, source.place, checksum)
            there += part.stat().st_size if checksum and part.exists() else 0
        self._total = max(0, sum(source.size for source in missing) - there)
        if there:
            yield Notice(f"going on after {format_mb(there)} that an earlier call has fetched")

    def _fetch_somewhere(self, source: Source) -> Generator[Event, None, Fetched]:
        """Fetch a file from the first repository that has it; a failed repository is tried last from then on."""
        places = sorted(hub.places_of(source, self._job.mirrors), key=lambda at: at.repository in self._failing)
        for at in places[:-1]:
            try:
                return (yield from self._fetch(at))
            except (DownloadFailed, ChecksumMismatch) as error:
                self._failing.add(at.repository)
                yield Notice(f"{error}; trying {places[-1].repository.name} instead")
        return (yield from self._fetch(places[-1]))

    def _fetch(self, source: Source) -> Generator[Event, None, Fetched]:
        address = yield from self._locate(source)
        target = self._job.folder / source.place
        if target.is_file() and checksum_as(target, address.checksum) == address.checksum:
            return _fetched(source, address, target)
        part = part_path(self._job.folder, source.place, address.checksum)
        part.parent.mkdir(parents=True, exist_ok=True)
        resumed = part.exists()
        yield from self._receive(address, part, source)
        if resumed and checksum_as(part, address.checksum) != address.checksum:
            yield Notice(f"{source.path} did not go on as it began; fetching all of it again")
            part.unlink()
            yield from self._receive(address, part, source)
        _check(part, address, source)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
        return _fetched(source, address, target)

    def _locate(self, source: Source) -> Generator[Event, None, Address]:
        """Resolve the file's address, with the same retry policy as the transfer."""
        found: list[Address] = []

        def ask() -> Generator[int]:
            found.append(hub.address_of(source, self._job.mirrors, self._transfer.timeout_s))
            yield from ()

        for said in self._transfer.persist(ask, source.path):
            assert isinstance(said, Notice)
            yield said
        return found[-1]

    def _receive(self, address: Address, part: Path, source: Source) -> Generator[Event]:
        attempt = functools.partial(receive, self._transfer.client, address, part, self._transfer.timeout_s)
        for said in self._transfer.persist(attempt, source.path):
            if isinstance(said, Notice):
                yield said
            else:
                self._done += said
                yield from self._progress()

    def _progress(self, *, now: bool = False) -> Generator[Event]:
        if self._total and (now or time.monotonic() - self._reported_at >= PROGRESS_INTERVAL_S):
            self._reported_at = time.monotonic()
            yield Progress(self._job.stage, self._done / 1e6, max(self._total, self._done) / 1e6, "MB")


def _check(part: Path, address: Address, source: Source) -> None:
    found = checksum_as(part, address.checksum)
    if found == address.checksum:
        return
    size = part.stat().st_size
    part.unlink()
    raise ChecksumMismatch(
        f"{address.url} gave {size:,} bytes with checksum {found}, and {source.path} has {address.checksum}; "
        "it was thrown away: the mirror or something on the way alters files, use another one"
    )


def _fetched(source: Source, address: Address, target: Path) -> Fetched:
    sha256 = address.checksum if len(address.checksum) == 64 else sha256_of(target)
    return Fetched(
        source.place, address.url, address.revision, target.stat().st_size, sha256, published=True, part=source.part
    )
