"""Files in an object store that several nodes share.

Every object has a key of its own, written once: `PREFIX/files/NUMBER/NAME-CHECKSUM`. Which object is the file of a
name, a *manifest* says: `PREFIX/manifests/NUMBER`. The number is a fencing token: it grows each time that somebody
starts to work on the job, and readers take the manifest with the highest one. Whatever a process writes that lost its
job goes into a manifest that nobody reads any more, and the process is told so
(docs/decisions/015-files-by-manifest.md).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import zlib
from typing import TYPE_CHECKING

from halfgig.log import WARNING, log
from halfgig.server.errors import FileStoreUnavailable, LateWriter, StorageFull
from halfgig.server.file_store import StoredFile
from halfgig.server.object_store import AFTER_S
from halfgig.storage.atomic_write import atomic_write
from halfgig.storage.checksum_trailer import checksum_and_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from halfgig.server.file_store import KeptFolder
    from halfgig.server.object_store import ObjectStore

AGREED = "agreed"
"""Folder of keys of what must be the same on all nodes: the secret of tokens, the installation's number."""

PROBE = "probe"
"""Folder of keys that `check` writes below."""

ASIDE = "aside"
"""Folder, among those of a job's writers, of files that nodes without its fencing token have made."""

LISTED = "listed"
"""Folder of keys whose times say when the store was last listed."""

MOST_TRIES = 5
"""Times that a manifest is looked for while others replace it."""


class SharedFiles:
    """Files in an object store."""

    is_shared = True

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def job(self, job_id: str) -> KeptFolder:
        """Return the files of a job."""
        return SharedFolder(self._objects, f"videos/{job_id}")

    def avatar(self, avatar_id: str) -> KeptFolder:
        """Return the files of a saved avatar."""
        return SharedFolder(self._objects, f"avatars/{avatar_id}")

    def avatars(self) -> set[str]:
        """Return the ids of the avatars that are there."""
        return {each.key.split("/")[1] for each in self._objects.list("avatars") if "/manifests/" in each.key}

    def agreed(self, name: str, proposed: bytes) -> bytes:
        """Return the value that all nodes have under a name; it is the proposed one if there is none yet."""
        key = f"{AGREED}/{name}"
        if (found := self._objects.get(key)) is None:
            self._objects.create(key, proposed)
            found = self._objects.get(key)
        return found or proposed

    def read(self, file: StoredFile, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` up to `end`, a megabyte at a time."""
        return self._objects.blocks(file.key, start, end)

    def check(self) -> float:
        """Write, read and remove an object; return the seconds it took.  Raises `FileStoreUnavailable`."""
        key, begun = f"{PROBE}/{time.time_ns():x}", time.monotonic()
        self._objects.put(key, b"halfgig")
        if self._objects.get(key) != b"halfgig":
            raise FileStoreUnavailable("the file store does not return what was written a moment ago", AFTER_S)
        self._objects.remove([key])
        return time.monotonic() - begun

    def reach(self) -> None:
        """Raise `FileStoreUnavailable` if the store does not answer a request for an object that is not there."""
        self._objects.get(f"{PROBE}/none")

    def is_to_be_listed(self, now: float, every_s: float) -> bool:
        """Return whether no process has listed the store for some seconds; then this one is the next to do so."""
        last = max((each.at for each in self._objects.list(LISTED)), default=float("-inf"))
        if now - last >= every_s:
            self._objects.put(f"{LISTED}/last", b"")
        return now - last >= every_s

    def sizes(self) -> dict[str, tuple[int, float]]:
        """Return, for each job, its bytes and when it was last written to."""
        found: dict[str, tuple[int, float]] = {}
        for each in self._objects.list("videos"):
            job_id = each.key.split("/")[1]
            size, at = found.get(job_id, (0, 0.0))
            found[job_id] = (size + each.size, max(at, each.at))
        return found


class _Lost(Exception):
    """A file of the store is not there, or not what was written."""


class SharedFolder:
    """The files of one job in an object store, as one reader or writer sees them; any thread may call."""

    def __init__(self, objects: ObjectStore, prefix: str) -> None:
        self._objects = objects
        self._prefix = prefix
        self._job = prefix.rsplit("/", 1)[1]
        self._number: int | None = None
        self._lock = threading.Lock()

    def claim(self, token: int | None = None) -> None:
        """Start writing under a fencing token; raises `LateWriter` if somebody has a higher one."""
        with self._lock:
            for _ in range(MOST_TRIES):
                last, files = self._newest()
                number = last + 1 if token is None else token
                if number < last:
                    raise self._late(number, last)
                if number == last or self._objects.create(self._manifest(number), _as_bytes(files)):
                    self._number = number
                    self._objects.remove(self._manifest(each) for each in self._numbers() if each < number)
                    return
        raise FileStoreUnavailable("several processes start the same video; try again", AFTER_S)

    def token(self) -> int:
        """Return the highest fencing token that somebody has written with; 0 if nobody has."""
        return max(self._numbers(), default=0)

    def save(self, folder: Path, names: Iterable[str]) -> None:
        """Upload files that are there and changed, then commit their names; raises `LateWriter` if they came late."""
        paths = [folder / name for name in names if (folder / name).is_file()]
        self._put({path.name: (path, checksum_and_length(path)) for path in paths})

    def put(self, files: Mapping[str, bytes]) -> None:
        """Upload files, given their content, then commit their names; raises `LateWriter` if they came late."""
        self._put({name: (data, f"{zlib.crc32(data):08x}-{len(data)}") for name, data in files.items()})

    def _put(self, contents: Mapping[str, tuple[Path | bytes, str]]) -> None:
        with self._lock:
            files, new = self._own(), {}
            for name, (content, checksum) in contents.items():
                if name not in files or files[name].checksum != checksum:
                    key = f"{self._prefix}/files/{self._number}/{name}-{checksum}"
                    self._objects.put(key, content)
                    new[name] = StoredFile(key, int(checksum.rpartition("-")[2]), checksum, time.time())
            if new:
                self._commit(files | new)

    def put_aside(self, path: Path, token: int) -> StoredFile:
        """Upload a file without a name, for the writer, who may `adopt` it; its key has the token of a claim."""
        checksum = checksum_and_length(path)
        key = f"{self._prefix}/files/{ASIDE}/{path.name}-{token}-{checksum}"
        self._objects.put(key, path)
        return StoredFile(key, path.stat().st_size, checksum, time.time())

    def adopt(self, folder: Path, name: str, file: StoredFile) -> bool:
        """Download a file that was put aside, then commit its name; return False if it is lost or damaged.

        Raises `LateWriter` as `save` does.
        """
        try:
            with atomic_write(folder / name) as part:
                self._download(name, file, part)
        except _Lost:
            return False
        with self._lock:
            self._commit(self._own() | {name: file})
        return True

    def keep_only(self, names: Iterable[str]) -> None:
        """Commit that only these files are left, then remove the objects of all others."""
        with self._lock:
            files, wanted = self._own(), set(names)
            left = {name: file for name, file in files.items() if name in wanted}
            self._commit(left)
            kept = {file.key for file in left.values()}
            found = self._objects.list(f"{self._prefix}/files")
            self._objects.remove(each.key for each in found if each.key not in kept)

    def fetch(self, folder: Path, names: Iterable[str] | None = None) -> None:
        """Download files that are not in a folder; one that is damaged in the store is left out, as if it were lost."""
        files = self._newest()[1]
        for name in files if names is None else names:
            path = folder / name
            if name not in files or (path.is_file() and path.stat().st_size == files[name].size):
                continue
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(_Lost), atomic_write(path) as part:
                self._download(name, files[name], part)

    def find(self, name: str) -> StoredFile | None:
        """Return a kept file, or None."""
        return self._newest()[1].get(name)

    def names(self) -> set[str]:
        """Return the names of the kept files."""
        return set(self._newest()[1])

    def remove(self) -> None:
        """Remove all objects, manifests last, so that what is left of an interrupted removal is removed again."""
        self._objects.remove(each.key for each in self._objects.list(f"{self._prefix}/files"))
        self._objects.remove(each.key for each in self._objects.list(self._prefix))

    def _download(self, name: str, file: StoredFile, part: Path) -> None:
        checksum = 0
        try:
            with part.open("wb") as out:
                for block in self._objects.blocks(file.key, 0, file.size):
                    checksum = zlib.crc32(block, checksum)
                    out.write(block)
        except FileNotFoundError as error:
            log("store", f"{name} of {self._job} is not in the store any more", WARNING)
            raise _Lost from error
        except OSError as error:
            raise StorageFull(f"a file of the store cannot be written here ({error.strerror})", AFTER_S) from error
        if f"{checksum:08x}-{file.size}" != file.checksum:
            log("store", f"{name} of {self._job} is damaged in the store, so it is made again", WARNING)
            raise _Lost

    def _own(self) -> dict[str, StoredFile]:
        """Return the files of the manifest that this writer may replace."""
        if self._number is None:
            raise LateWriter("files were written by a process that had not claimed the video")
        last, files = self._newest()
        if last != self._number:
            raise self._late(self._number, last)
        return files

    def _commit(self, files: dict[str, StoredFile]) -> None:
        assert self._number is not None
        self._objects.put(self._manifest(self._number), _as_bytes(files))
        if (last := max(self._numbers(), default=0)) != self._number:
            raise self._late(self._number, last)

    def _newest(self) -> tuple[int, dict[str, StoredFile]]:
        """Return the highest number and its files; 0 and none if the job has no files."""
        for _ in range(MOST_TRIES):
            last = max(self._numbers(), default=0)
            if not last:
                return 0, {}
            if (found := self._objects.get(self._manifest(last))) is not None:
                with contextlib.suppress(ValueError, TypeError):
                    return last, {name: StoredFile(*each) for name, each in json.loads(found).items()}
                raise FileStoreUnavailable("the list of a video's files cannot be read", AFTER_S)
        raise FileStoreUnavailable("the list of a video's files changes all the time; try again", AFTER_S)

    def _numbers(self) -> list[int]:
        found = self._objects.list(f"{self._prefix}/manifests")
        return [int(name) for each in found if (name := each.key.rsplit("/", 1)[1]).isdecimal()]

    def _manifest(self, number: int) -> str:
        return f"{self._prefix}/manifests/{number:012d}"

    def _late(self, number: int, last: int) -> LateWriter:
        return LateWriter(
            f"{self._job} is written to by another process now: its token is {last}, this one's was {number}"
        )


def _as_bytes(files: dict[str, StoredFile]) -> bytes:
    return json.dumps(files).encode()
