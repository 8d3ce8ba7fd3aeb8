"""Saved avatars: a folder each, with the portrait, what was measured of it, and how it speaks.

There is no database to be damaged: an avatar is there when its folder has its name, and all processes see it at once.
Reading and deleting need no room on the disk. Where several nodes share a store of files, that has the avatars, and the
folders on this machine are copies: made when an avatar is first asked for, and removed when it is deleted elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import time
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig import __version__
from halfgig.log import ERROR, log
from halfgig.requests import PORTRAIT, VideoRequest
from halfgig.server.disk import AFTER_S, Disk
from halfgig.server.errors import AvatarsFull, FileStoreUnavailable, StorageFull
from halfgig.server.file_store import file_store
from halfgig.server.paths import ServerPaths, is_avatar_id
from halfgig.storage.file_lock import held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.settings import Settings

FACTS = "avatar.json"
"""Name of the file in an avatar's folder that says what it is."""

MEASURED = VideoRequest(portrait=PORTRAIT)
"""The request for a video whose preparation is saved with an avatar; its landmarks are the avatar's."""

PACK_SIZES = (256, 384, 512, 768, 1024)
"""The longer sides in pixels of the frames that packs are made for."""

PLAIN_SIZE = 512
"""The size of the pack that is written at once."""

FRESH_S = 5.0
"""Seconds for which a copy of an avatar is taken to agree with the store."""

MB = 2**20


@dataclass(frozen=True, slots=True)
class Avatar:
    """A saved avatar."""

    id: str
    """ "avatar_" and 24 hexadecimal digits."""
    owner: str
    """A digest of the client's API key; empty if the server has no keys."""
    created_at: float
    """When it was saved, in seconds since 1970."""
    name: str = ""
    """What its owner calls it."""
    voice: str = ""
    """The voice it speaks with; empty: the best one installed."""
    speed: float = 1.0
    """Its speed of speech, a factor."""
    mood: str = ""
    """Its expression; empty: the puppet's usual one."""
    landmarks: str = ""
    """Five points that place the face by hand; empty: it is detected."""
    notices: tuple[str, ...] = ()
    """Remarks on the portrait, for people."""

    @property
    def settings(self) -> dict[str, Any]:
        """How it speaks and looks, as a pack has it."""
        return {name: getattr(self, name) for name in ("name", "voice", "speed", "mood", "landmarks")}


class AvatarPage(NamedTuple):
    """One page of a list of avatars."""

    avatars: list[Avatar]
    has_more: bool


class AvatarStore:
    """Reads and writes avatars; any thread or process may."""

    def __init__(self, settings: Settings) -> None:
        self._most, self._most_mb = settings.max_avatars, settings.avatars_mb
        self._paths = paths = ServerPaths.of(settings)
        self._disk = Disk(paths.root)
        self._files = file_store(settings)
        self._checked: dict[str, float] = {}

    def get(self, avatar_id: str, owner: str | None = None) -> Avatar | None:
        """Return an avatar, or None; with an owner, only one of that owner."""
        if not is_avatar_id(avatar_id):
            return None
        self._refresh(avatar_id)
        found = _read(self._paths.avatar(avatar_id))
        return found if found and owner in (None, found.owner) else None

    def has(self, avatar_id: str, owner: str) -> bool:
        """Return whether an owner has an avatar."""
        return self.get(avatar_id, owner) is not None

    def page(self, owner: str, after: str | None, limit: int, *, newest_first: bool) -> AvatarPage | None:
        """Return the owner's avatars that follow the avatar `after`; None if there is no such avatar."""
        found = sorted(self._of(owner), key=lambda each: (each.created_at, each.id), reverse=newest_first)
        start = 0
        if after is not None:
            ids = [each.id for each in found]
            if after not in ids:
                return None
            start = ids.index(after) + 1
        return AvatarPage(found[start : start + limit], len(found) > start + limit)

    def check_room(self, owner: str, more_bytes: int = 0) -> None:
        """Raise `AvatarsFull` if an avatar of this size may not be saved, `StorageFull` if nothing can be written."""
        self._disk.check(more_bytes)
        count = sum(1 for _ in self._of(owner))
        if count >= self._most:
            raise AvatarsFull(f"{count} avatars are saved, and {self._most} may be: delete one, or raise MAX_AVATARS")
        self.check_bytes(more_bytes)

    def check_bytes(self, more_bytes: int) -> None:
        """Raise `AvatarsFull` if this number of further bytes is too large."""
        used = sum(size_of(folder) for folder in self._folders())
        if used + more_bytes > self._most_mb * MB:
            raise AvatarsFull(
                f"the saved avatars have {used / MB:.1f} MB, this one would add {more_bytes / MB:.1f} MB, and "
                f"{self._most_mb:g} MB is the limit: delete one, send a smaller picture, or raise AVATARS_MB"
            )

    def save(self, avatar: Avatar, folder: Path) -> None:
        """Save an avatar whose files are complete in a folder on the same disk; it is durable when this returns.

        Raises `AvatarsFull` and `StorageFull`; then the folder stays where it is.
        """
        home = self._paths.avatar(avatar.id)
        try:
            (folder / FACTS).write_text(json.dumps(asdict(avatar)), encoding="utf-8")
            for path in (*folder.iterdir(), folder):
                _flush(path)
            home.parent.mkdir(parents=True, exist_ok=True)
            with held(self._paths.root / "avatars.lock", lambda _pid: None):  # two at once may not both take the place
                self.check_room(avatar.owner, size_of(folder))
                folder.rename(home)
            _flush(home.parent)
            self._keep(avatar.id, home)
        except OSError as error:
            why = self._disk.problem() or f"the avatar cannot be written ({error.strerror})"
            raise StorageFull(why, AFTER_S) from error

    def remove(self, avatar_id: str) -> None:
        """Remove an avatar and its files; nothing happens if there is none."""
        self._files.avatar(avatar_id).remove()
        self._checked.pop(avatar_id, None)
        self._remove_here(avatar_id)

    def _remove_here(self, avatar_id: str) -> None:
        home, trash = self._paths.avatar(avatar_id), self._paths.uploads / f"deleted-{avatar_id}"
        try:
            with contextlib.suppress(OSError):  # no room for a name
                self._paths.uploads.mkdir(parents=True, exist_ok=True)
                home.rename(trash)  # whatever ends this process, what is left there is swept
            for folder in (trash, home):
                if folder.exists():
                    shutil.rmtree(folder)
        except OSError as error:
            why = self._disk.problem() or f"the avatar cannot be removed ({error.strerror})"
            raise StorageFull(why, AFTER_S) from error

    def usage(self) -> tuple[int, int]:
        """Return how many avatars there are, and their bytes on the disk."""
        sizes = [size_of(folder) for folder in self._folders()]
        return len(sizes), sum(sizes)

    def _of(self, owner: str) -> Iterator[Avatar]:
        for folder in self._folders():
            found = _read(folder)
            if found and found.owner == owner:
                yield found

    def _keep(self, avatar_id: str, home: Path) -> None:
        """Put a new avatar into the store; without that it is not saved."""
        kept = self._files.avatar(avatar_id)
        try:
            kept.claim()
            kept.save(home, [path.name for path in home.iterdir()])
        except FileStoreUnavailable:
            shutil.rmtree(home, ignore_errors=True)
            raise

    def _refresh(self, avatar_id: str) -> None:
        """Make this machine's copy of an avatar agree with the store, unless that was done a moment ago."""
        if self._files.is_shared and time.monotonic() - self._checked.get(avatar_id, float("-inf")) > FRESH_S:
            self._copy(avatar_id, is_there=bool(self._files.avatar(avatar_id).names()))

    def _copy(self, avatar_id: str, *, is_there: bool) -> None:
        home = self._paths.avatar(avatar_id)
        if not is_there:
            self._remove_here(avatar_id)
        elif not (home / FACTS).exists():
            part = self._paths.uploads / f"{avatar_id}-{secrets.token_hex(4)}"
            self._files.avatar(avatar_id).fetch(part)
            home.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):  # another process was quicker
                part.rename(home)
            shutil.rmtree(part, ignore_errors=True)
        self._checked[avatar_id] = time.monotonic()

    def _copy_all(self) -> None:
        if self._files.is_shared:
            there = self._files.avatars()
            for avatar_id in there | {path.name for path in self._here()}:
                self._copy(avatar_id, is_there=avatar_id in there)

    def _folders(self) -> list[Path]:
        self._copy_all()
        return self._here()

    def _here(self) -> list[Path]:
        try:
            return [path for path in self._paths.avatars.iterdir() if is_avatar_id(path.name)]
        except FileNotFoundError:
            return []


def pack_name(size: int, *, transparent: bool = False) -> str:
    """Return the name, in an avatar's folder, of the pack of a size; another version draws otherwise."""
    return f"{size}{'-transparent' if transparent else ''}-{__version__}.pack"


def size_of(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    total = 0
    with contextlib.suppress(FileNotFoundError):  # removed a moment ago
        for path in folder.iterdir():
            total += path.stat().st_size
    return total


def _read(folder: Path) -> Avatar | None:
    try:
        found = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        known = {each.name: found[each.name] for each in fields(Avatar) if each.name in found}
        return Avatar(**{**known, "id": folder.name, "notices": tuple(known.get("notices", ()))})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        log("web", f"{folder.name} cannot be read ({error}); delete its folder, and save the avatar again", ERROR)
        return None


def _flush(path: Path) -> None:
    """Flush a file, or a folder's entries, to disk, so that they survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
