"""Files in an object store: S3, anything that speaks its protocol, or a folder that several machines mount.

`obstore` is imported with the first request, since it costs 3 MB and starts threads, which do not survive a fork. Its
messages quote addresses and keys, so none of them leaves this module.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.log import WARNING, log
from halfgig.server.errors import FileStoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

BLOCK = 1 << 20
"""Bytes that are read at a time."""

PART = 5 << 20
"""Bytes of a part of an upload, the fewest that S3 takes."""

CONNECT_S, ANSWER_S, RETRY_S = 5, 60, 10
"""Seconds for a connection, for an answer, and in which a request is repeated before it counts as failed."""

AFTER_S = 5.0
"""Seconds after which a refused client may ask again."""

_STATUS = re.compile(r"status code: (\d{3} [A-Z][A-Za-z ]*)")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")


class StoredObject(NamedTuple):
    """An object in the store."""

    key: str
    """Its key below the store's prefix."""
    size: int
    """Its bytes."""
    at: float
    """When it was written, in seconds since 1970, by the store's clock."""


class ObjectStore:
    """Objects below the address of STORE_URL; any thread may call, and each call raises `FileStoreUnavailable`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: Any = None

    def put(self, key: str, content: Path | bytes) -> None:
        """Write an object; it appears under its key when it is complete."""
        self._ask(lambda api, store: api.put(store, key, content, chunk_size=PART, max_concurrency=1))

    def create(self, key: str, content: bytes) -> bool:
        """Write an object unless there is one under its key; return whether it was written.

        A store that does not know If-None-Match replaces the object.
        """
        from obstore.exceptions import AlreadyExistsError

        try:
            self._ask(lambda api, store: api.put(store, key, content, mode="create"))
        except AlreadyExistsError:
            return False
        return True

    def get(self, key: str) -> bytes | None:
        """Return a small object; None if there is none."""
        try:
            return bytes(self._ask(lambda api, store: api.get(store, key).bytes()))
        except FileNotFoundError:
            return None

    def blocks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of an object from `start` up to `end`.  Raises `FileNotFoundError` if there is none."""
        while start < end:
            stop = min(start + BLOCK, end)
            yield bytes(self._ask(lambda api, store, a=start, z=stop: api.get_range(store, key, start=a, end=z)))
            start = stop

    def list(self, folder: str) -> list[StoredObject]:
        """Return the objects below a folder of keys, in the order of their keys."""
        pages = self._ask(lambda api, store: [list(page) for page in api.list(store, folder)])
        found = (each for page in pages for each in page)
        return sorted(StoredObject(each["path"], each["size"], each["last_modified"].timestamp()) for each in found)

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are no error."""
        if wanted := list(keys):
            try:
                self._ask(lambda api, store: api.delete(store, wanted))
            except FileNotFoundError:  # a folder says so, at the first one
                for key in wanted if len(wanted) > 1 else ():
                    self.remove([key])

    def _ask(self, call: Callable[..., Any]) -> Any:
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError

        try:
            return call(obstore, self._store())
        except (AlreadyExistsError, FileNotFoundError):
            raise
        except (BaseError, OSError) as error:
            said = reason(error)
            log("store", f"the file store failed: {said}", WARNING)
            raise FileStoreUnavailable(f"the file store of STORE_URL failed: {said}; try again", AFTER_S) from None

    def _store(self) -> Any:
        if self._made is None:
            from obstore.store import from_url

            if self._url.startswith("file:"):
                self._made = from_url(self._url, mkdir=True)
            else:
                is_plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
                self._made = from_url(
                    self._url,
                    client_options={
                        "allow_http": is_plain,
                        "connect_timeout": timedelta(seconds=CONNECT_S),
                        "timeout": timedelta(seconds=ANSWER_S),
                    },
                    retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=RETRY_S)},
                )
        return self._made


def reason(error: Exception) -> str:
    """Return why the store failed, without its address, its keys or the name of an object."""
    text = str(error).partition("Debug source")[0]  # which names the settings of retries
    status, code = _STATUS.search(text), _CODE.search(text)
    if status:
        said = status[1].strip() + (f" ({code[1]})" if code else "")
        return f"it answered {said}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if "timed out" in text:
        return "it did not answer in time"
    return "it cannot be reached"
