"""Tokens and links for pages, so that no API key ever stands in one.

A session's token gives an avatar, its pack and speech; a link's signature gives the pack alone.  Both expire.  They are
signed with a secret of the server's own, which all its processes read from one file, and all nodes from one store; who
deletes it and restarts the server takes all of them back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple

from halfgig.server.disk import AFTER_S
from halfgig.server.errors import InvalidToken, StorageFull, TokenExpired
from halfgig.settings import SESSION_CHARACTERS
from halfgig.storage.made_once import made_once

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.server.file_store import FileStore

PREFIX = "hgs_"
"""How a session's token begins."""

SECRET = "secret"  # noqa: S105 - a file's name
"""Name of the secret's file in the server's folder."""

SECRET_BYTES = 32
LONGEST = 1000
"""Most characters of a token."""

_USES = re.compile(r"/v1/avatars/(avatar_[0-9a-f]{24})(/pack)?")
SPEECH = "/v1/audio/speech"
"""The path of speech."""

READS = frozenset({"GET", "HEAD"})


class Session(NamedTuple):
    """What a session's token says."""

    avatar: str
    """The avatar's id."""
    owner: str
    """Whose it is: the digest of the key that made the token, empty without keys."""
    expires_at: int
    """In seconds since 1970."""
    most_characters: int
    """Longest text of one speech."""
    most_in_all: int = SESSION_CHARACTERS
    """Characters of all its speeches together."""
    id: str = ""
    """What tells it from other tokens; empty in tokens of earlier versions."""


def avatar_in(path: str) -> str | None:
    """Return the avatar whose facts or pack a path is of; None for other paths."""
    found = _USES.fullmatch(path)
    return found[1] if found else None


def is_pack(path: str) -> bool:
    """Return whether a path is that of a pack."""
    return avatar_in(path) is not None and path.endswith("/pack")


def is_use(path: str, method: str) -> bool:
    """Return whether a request is what pages with an avatar need: its facts, its pack, or speech."""
    return method == "POST" if path == SPEECH else avatar_in(path) is not None and method in READS


class Signer:
    """Makes and checks tokens and signatures; the secret is read, or made, at the first use.

    It is a file in the server's folder, or in a store that all nodes share.
    """

    def __init__(self, root: Path, files: FileStore | None = None) -> None:
        self._path = root / SECRET
        self._files = files
        self._secret = b""

    def token(self, session: Session) -> str:
        """Return a session's token.  Raises `StorageFull` if there is no secret and none can be written."""
        text = _encoded(json.dumps(session, separators=(",", ":")).encode())
        return f"{PREFIX}{text}.{self._signed('session', text)}"

    def session(self, token: str) -> Session:
        """Return what a token says.  Raises `InvalidToken` for one that this server did not make, `TokenExpired`."""
        text, _, signature = token.removeprefix(PREFIX).partition(".")
        if len(token) > LONGEST or not self._is_signed("session", text, signature):
            raise InvalidToken("this token was not made by this server; make one with POST /v1/avatars/ID/sessions")
        found = Session(*json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        _check_time(found.expires_at, "token", "POST /v1/avatars/ID/sessions")
        return found

    def link(self, avatar_id: str, expires_at: int) -> str:
        """Return the signature of a link to an avatar's pack."""
        return self._signed("link", f"{avatar_id} {expires_at}")

    def check_link(self, avatar_id: str, expires_at: str, signature: str) -> None:
        """Raise `InvalidToken` or `TokenExpired` for a link that gives nothing."""
        if not self._is_signed("link", f"{avatar_id} {expires_at}", signature) or not expires_at.isdecimal():
            raise InvalidToken(
                "this link was not made by this server, or was changed; make one with the avatar's links"
            )
        _check_time(int(expires_at), "link", "POST /v1/avatars/ID/links")

    def _signed(self, kind: str, text: str) -> str:
        return _encoded(hmac.digest(self._key(), f"{kind} {text}".encode(), hashlib.sha256))

    def _is_signed(self, kind: str, text: str, signature: str) -> bool:
        return hmac.compare_digest(self._signed(kind, text).encode(), signature.encode("utf-8", "surrogatepass"))

    def load(self) -> None:
        """Read the secret, which takes a request where it is in a shared store."""
        self._key()

    def _shared(self, new: bytes) -> bytes:
        assert self._files
        return self._files.agreed(SECRET, new)

    def _key(self) -> bytes:
        if not self._secret:
            try:
                is_shared = self._files is not None and self._files.is_shared
                new = secrets.token_bytes(SECRET_BYTES)
                self._secret = self._shared(new) if is_shared else made_once(self._path, new)
            except OSError as error:
                raise StorageFull(f"the server cannot keep its secret ({error.strerror})", AFTER_S) from error
        return self._secret


def now() -> float:
    """Return the time in seconds since 1970."""
    return time.time()


def _check_time(expires_at: int, what: str, renewal: str) -> None:
    if now() >= expires_at:
        ended = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(expires_at))
        raise TokenExpired(f"this {what} was valid until {ended}; make a new one with {renewal}")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
