"""Requests to a server as values: what both clients send, and how they read the answers."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from halfgig.client.errors import ApiError, ConnectionFailed, VideoFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    import httpx

    from halfgig.client.values import Video

    Picture = str | Path | bytes
    """A file's path, or its content."""

    Sound = Picture


PARTIAL_CONTENT = 206


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, str | Path | bytes] = field(default_factory=dict)
    """Uploads by field."""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = True
    """Whether sending it twice does no harm."""

    def arguments(self, open_files: ExitStack) -> dict[str, Any]:
        """Return the arguments for httpx's `build_request`; files are opened until `open_files` is closed."""
        given: dict[str, Any] = {"headers": dict(self.headers), "params": dict(self.params)}
        if self.json is not None:
            given["json"] = self.json
        if self.form is not None:
            parts: list[tuple[str, Any]] = [(name, (None, text)) for name, text in self.form.items()]
            given["files"] = parts + [(name, _part(name, file, open_files)) for name, file in self.files.items()]
        return given


def _part(name: str, file: str | Path | bytes, open_files: ExitStack) -> tuple[str, Any]:
    if isinstance(file, bytes):
        return name, file
    return Path(file).name, open_files.enter_context(Path(file).open("rb"))


def speech(text: str, voice: str, speed: float, response_format: str, **more: Any) -> Call:
    """Return the request for a speech; fields of `more` that are None are left out."""
    body = {"model": "tts-1", "input": text, "speed": speed, "response_format": response_format}
    body |= {"voice": voice} if voice else {}
    return Call(
        "POST", "/v1/audio/speech", json=body | {name: value for name, value in more.items() if value is not None}
    )


def new_video(prompt: str, portrait: Picture | None, audio: Sound | None, options: Mapping[str, Any]) -> Call:
    """Return the request for a video; options are the fields of docs/api.md.

    The request has an Idempotency-Key, so that a repeated one makes no second video.
    """
    form = {name: _text(value) for name, value in options.items() if value is not None}
    form |= {"prompt": prompt} if prompt else {}
    files = {"input_reference": portrait, "audio": audio}
    headers = {"idempotency-key": secrets.token_hex(16)}
    return Call(
        "POST", "/v1/videos", form=form, files={k: v for k, v in files.items() if v is not None}, headers=headers
    )


def _text(value: Any) -> str:
    """Return an option as the form has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)


def video(method: str, video_id: str, action: str = "", body: Any = None) -> Call:
    """Return a request about one video; to copy it is not repeatable, since it would make a second copy."""
    path = f"/v1/videos/{video_id}" + (f"/{action}" if action else "")
    return Call(method, path, json=body, is_repeatable=action not in ("remix", "retry"))


def page(kind: str, after: str, limit: int) -> Call:
    """Return the request for a page of "videos" or "avatars", the newest first."""
    return Call("GET", f"/v1/{kind}", {"limit": str(limit)} | ({"after": after} if after else {}))


def new_avatar(portrait: Picture, name: str, settings: Mapping[str, Any]) -> Call:
    """Return the request that saves an avatar; sent twice it would save two."""
    form = {name: _text(value) for name, value in settings.items() if value is not None} | {"name": name}
    return Call("POST", "/v1/avatars", form=form, files={"portrait": portrait}, is_repeatable=False)


def avatar(method: str, avatar_id: str, action: str = "", body: Any = None) -> Call:
    """Return a request about one avatar."""
    return Call(method, f"/v1/avatars/{avatar_id}" + (f"/{action}" if action else ""), json=body)


def pack(avatar_id: str, size: int, background: str = "") -> Call:
    """Return the request for an avatar's pack."""
    return Call("GET", f"/v1/avatars/{avatar_id}/pack", {"size": str(size), "background": background})


@dataclass(slots=True)
class Download:
    """A file of a video that is being written; after a break it goes on where it ended."""

    file: IO[bytes]
    """Open for writing, empty."""
    is_done: bool = False
    etag: str = ""
    """Of the answer so far: a file that has changed meanwhile is sent from its start."""

    def call(self, video_id: str, variant: str) -> Call:
        """Return the request for the rest of the file."""
        start = self.file.tell()
        headers = {"range": f"bytes={start}-", "if-range": self.etag} if start else {}
        return Call("GET", f"/v1/videos/{video_id}/content", {"variant": variant}, headers=headers)

    def begin(self, response: httpx.Response) -> None:
        """Take the head of an answer: what was written is kept if the answer is the rest."""
        self.etag = response.headers.get("etag", "")
        if response.status_code != PARTIAL_CONTENT:
            self.file.seek(0)
            self.file.truncate()

    def write(self, piece: bytes) -> None:
        """Write a piece."""
        self.file.write(piece)


def whole(video: Video) -> Video:
    """Return a completed video.  Raises `VideoFailed` for one that failed."""
    if video.status == "completed":
        return video
    error = video.error or {}
    raise VideoFailed(f"{video.id}: {error.get('message', video.status)}")


def connection_error(error: httpx.TransportError | None) -> ConnectionFailed:
    """Return the error for a request that got no answer, or only a part of one."""
    return ConnectionFailed(
        f"the server gave no whole answer ({error or 'no connection'}); check its address, or try again"
    )


def error_of(response: httpx.Response) -> ApiError:
    """Return the error in an answer that has been read."""
    try:
        found = dict(response.json()["error"])
    except (ValueError, TypeError, KeyError):
        found = {"message": f"the server answered {response.status_code}: {response.text[:200]!r}"}
    request_id = response.headers.get("x-request-id", "")
    code, param = str(found.get("code") or ""), found.get("param")
    return ApiError(str(found.get("message")), response.status_code, code, param, request_id)


@dataclass(slots=True)
class EventReader:
    """Reads server-sent events line by line."""

    _name: str = ""
    _data: str = ""

    def feed(self, line: str) -> tuple[str, Any] | None:
        """Take a line; return name and JSON of the event that it ends, if it does."""
        if not line:
            name, data = self._name, self._data
            self._name = self._data = ""
            return (name, json.loads(data)) if data and data != "[DONE]" else None
        field_name, _, value = line.partition(":")
        if field_name == "event":
            self._name = value.strip()
        elif field_name == "data":
            self._data += value.removeprefix(" ")
        return None
