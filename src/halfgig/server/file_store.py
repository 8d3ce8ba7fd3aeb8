"""Where the files of videos and avatars are kept: in their folder, or in a store that all nodes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from halfgig.settings import Settings


class StoredFile(NamedTuple):
    """A file in a shared store."""

    key: str
    """The key of its object."""
    size: int
    """Its bytes."""
    checksum: str
    """Its CRC-32 and length."""
    at: float
    """When it was written, in seconds since 1970."""


class KeptFolder(Protocol):
    """The kept files of one job or avatar."""

    def claim(self, token: int | None = None) -> None:
        """Start writing, with the fencing token of a lease, or with one more than the last; refuse earlier writers."""
        ...

    def token(self) -> int:
        """Return the highest fencing token that somebody has written with; 0 if nobody has."""
        ...

    def save(self, folder: Path, names: Iterable[str]) -> None:
        """Keep files of a folder, those that are there; when this returns, all of them have their names."""
        ...

    def put(self, files: Mapping[str, bytes]) -> None:
        """Keep small files, given their content."""
        ...

    def put_aside(self, path: Path, token: int) -> StoredFile:
        """Keep a file without a name, for the writer, who may `adopt` it; its key has the token of a claim."""
        ...

    def adopt(self, folder: Path, name: str, file: StoredFile) -> bool:
        """Write a file that was put aside to a folder and give it its name; return False if it is lost or damaged."""
        ...

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove all files but these."""
        ...

    def fetch(self, folder: Path, names: Iterable[str] | None = None) -> None:
        """Write kept files to a folder, by default all, except for those that have their size there."""
        ...

    def find(self, name: str) -> StoredFile | None:
        """Return a file that is not in the job's folder on this machine; None if it is not kept."""
        ...

    def names(self) -> set[str]:
        """Return the names of the kept files."""
        ...

    def remove(self) -> None:
        """Remove all files."""
        ...


class FileStore(Protocol):
    """The kept files of all jobs and avatars."""

    is_shared: bool
    """Whether files are somewhere else than in their job's folder."""

    def job(self, job_id: str) -> KeptFolder:
        """Return the files of a job."""
        ...

    def avatar(self, avatar_id: str) -> KeptFolder:
        """Return the files of a saved avatar."""
        ...

    def avatars(self) -> set[str]:
        """Return the ids of the avatars in a shared store."""
        ...

    def agreed(self, name: str, proposed: bytes) -> bytes:
        """Return the value that all nodes have under a name; it is the proposed one if there is none yet."""
        ...

    def read(self, file: StoredFile, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` up to `end`, a megabyte at a time."""
        ...

    def check(self) -> float:
        """Write, read and remove an object; return the seconds it took.  Raises `FileStoreUnavailable`."""
        ...

    def reach(self) -> None:
        """Raise `FileStoreUnavailable` if the store does not answer."""
        ...

    def is_to_be_listed(self, now: float, every_s: float) -> bool:
        """Return whether no process has listed the store for some seconds; then this one is the next to do so."""
        ...

    def sizes(self) -> dict[str, tuple[int, float]]:
        """Return, for each job in a shared store, its bytes and when it was last written to."""
        ...


def file_store(settings: Settings) -> FileStore:
    """Return the file store that the settings name; nothing is opened before its first use."""
    if not settings.store_url:
        return LocalFiles()
    from halfgig.server.object_store import ObjectStore
    from halfgig.server.shared_files import SharedFiles

    return SharedFiles(ObjectStore(settings.store_url))


class LocalFiles:
    """Files that stay in their job's folder: there is nothing to be done."""

    is_shared = False

    def job(self, job_id: str) -> KeptFolder:
        """Return the files of a job."""
        del job_id
        return _InPlace()

    def avatar(self, avatar_id: str) -> KeptFolder:
        """Return the files of a saved avatar."""
        del avatar_id
        return _InPlace()

    def avatars(self) -> set[str]:
        """Return nothing."""
        return set()

    def agreed(self, name: str, proposed: bytes) -> bytes:
        """Return the proposed one."""
        del name
        return proposed

    def read(self, file: StoredFile, start: int, end: int) -> Iterator[bytes]:
        """Yield nothing."""
        del file, start, end
        return iter(())

    def check(self) -> float:
        """Return 0."""
        return 0.0

    def reach(self) -> None:
        """Do nothing."""

    def is_to_be_listed(self, now: float, every_s: float) -> bool:
        """Return False."""
        del now, every_s
        return False

    def sizes(self) -> dict[str, tuple[int, float]]:
        """Return nothing."""
        return {}


class _InPlace:
    def claim(self, token: int | None = None) -> None:
        pass

    def token(self) -> int:
        return 0

    def save(self, folder: Path, names: Iterable[str]) -> None:
        pass

    def put(self, files: Mapping[str, bytes]) -> None:
        pass

    def put_aside(self, path: Path, token: int) -> StoredFile:
        del path, token
        return StoredFile("", 0, "", 0.0)

    def adopt(self, folder: Path, name: str, file: StoredFile) -> bool:
        del folder, name, file
        return False

    def keep_only(self, names: Iterable[str]) -> None:
        pass

    def fetch(self, folder: Path, names: Iterable[str] | None = None) -> None:
        pass

    def find(self, name: str) -> StoredFile | None:
        del name
        return None

    def names(self) -> set[str]:
        return set()

    def remove(self) -> None:
        pass
