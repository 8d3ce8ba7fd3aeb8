"""What a server answers: videos, avatars, voices and events."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Video:
    """A requested video."""

    id: str
    status: str
    """ "queued", "in_progress", "completed" or "failed"."""
    progress: int = 0
    """In percent."""
    model: str = ""
    """The animator."""
    prompt: str | None = None
    """The spoken text; None with a recording."""
    stage: str | None = None
    """What is being done."""
    frame: int | None = None
    """Number of finished frames."""
    frames: int | None = None
    """Total number of frames, once known."""
    left_s: float | None = None
    """Estimated remaining time in seconds."""
    duration: float | None = None
    """Length in seconds, once known."""
    error: Mapping[str, str] | None = None
    """Code and message, if the video failed."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All fields as the server sent them."""

    @property
    def is_open(self) -> bool:
        """Whether the video is waiting or being made."""
        return self.status in ("queued", "in_progress")

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Video:
        """Return the video in a server's answer."""
        return cls(**_known(cls, found), raw=found)


@dataclass(frozen=True, slots=True)
class VideoPage:
    """A page of a list of videos."""

    videos: tuple[Video, ...]
    has_more: bool
    """Whether more videos follow; the next page is `after` the last one's id."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> VideoPage:
        """Return the page in a server's answer."""
        return cls(tuple(Video.from_json(each) for each in found["data"]), bool(found["has_more"]))


@dataclass(frozen=True, slots=True)
class VideoEvent:
    """A change of a video."""

    kind: str
    """ "progress", or at the end "completed", "failed", "cancelled" or "deleted"."""
    video: Video | None
    """The video; None if it was deleted."""


@dataclass(frozen=True, slots=True)
class Avatar:
    """A saved avatar."""

    id: str
    name: str = ""
    """What its owner calls it."""
    voice: str | None = None
    """The voice it speaks with; None: the best one installed."""
    speed: float = 1.0
    """Speed factor of its speech."""
    mood: str = ""
    """Its expression."""
    landmarks: str | None = None
    """Five points that place the face by hand; None: it was detected."""
    notices: tuple[str, ...] = ()
    """Remarks on the portrait."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All fields as the server sent them."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Avatar:
        """Return the avatar in a server's answer."""
        known = _known(cls, found)
        return cls(**known | {"notices": tuple(known.get("notices", ()))}, raw=found)


@dataclass(frozen=True, slots=True)
class AvatarPage:
    """A page of a list of avatars."""

    avatars: tuple[Avatar, ...]
    has_more: bool
    """Whether more avatars follow; the next page is `after` the last one's id."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> AvatarPage:
        """Return the page in a server's answer."""
        return cls(tuple(Avatar.from_json(each) for each in found["data"]), bool(found["has_more"]))


@dataclass(frozen=True, slots=True)
class Session:
    """A token for a page with an avatar."""

    token: str
    avatar: str
    """The avatar's id."""
    expires_at: int
    """In seconds since 1970."""
    characters: int
    """Longest text of one speech."""
    max_characters: int = 0
    """Characters of all speeches together; 0: the server does not bound them."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Session:
        """Return the token in a server's answer."""
        return cls(**_known(cls, found))


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a server."""

    id: str
    language: str = ""
    """BCP 47."""
    language_name: str = ""
    gender: str | None = None
    """ "female" or "male", where known."""
    grade: str | None = None
    """A (best) to F, by its makers; None if there is none."""
    engine: str = ""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Voice:
        """Return the voice in a server's answer."""
        return cls(**_known(cls, found))


@dataclass(frozen=True, slots=True)
class SpeechEvent:
    """A piece of a speech that is streamed in events."""

    kind: str
    """ "speech.audio.delta", "speech.audio.words" or "speech.audio.done"."""
    sound: bytes = b""
    """Sound of a delta."""
    words: tuple[tuple[str, float, float], ...] = ()
    """Words with start and end in seconds from the start of the speech."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All fields as the server sent them."""

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> SpeechEvent:
        """Return the event in a line of a stream."""
        words = tuple((str(text), float(start), float(end)) for text, start, end, *_ in found.get("words") or ())
        return cls(str(found.get("type", "")), base64.b64decode(found.get("audio") or ""), words, found)


def _known(kind: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a dataclass's own fields: a newer server may send more."""
    return {each.name: found[each.name] for each in fields(kind) if each.name != "raw" and each.name in found}
