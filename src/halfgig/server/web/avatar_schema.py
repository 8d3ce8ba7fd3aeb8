"""Response bodies for saved avatars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from halfgig.server.avatar_store import PACK_SIZES, PLAIN_SIZE
from halfgig.server.web.schemas import RequestBody

if TYPE_CHECKING:
    from halfgig.server.avatar_store import Avatar, AvatarPage


class AvatarFacts(BaseModel):
    """A saved avatar: a portrait that was measured, and how it speaks."""

    id: str = Field(description="The id of the avatar.", pattern="^avatar_[0-9a-f]{24}$")
    object: Literal["avatar"] = "avatar"
    name: str = Field(description="What its owner calls it.")
    created_at: int = Field(description="Time it was saved, in seconds since 1970.")
    voice: str | None = Field(description="The voice it speaks with; null: the best one installed.")
    speed: float = Field(description="Speed factor of its speech.")
    mood: str = Field(description="Its expression.")
    landmarks: str | None = Field(description="Five points that place the face by hand; null: it was detected.")
    notices: list[str] = Field(description="Notes on the portrait.")


class AvatarList(BaseModel):
    """A page of the list of avatars."""

    object: Literal["list"] = "list"
    data: list[AvatarFacts]
    first_id: str | None
    last_id: str | None = Field(description="The value of `after` for the next page.")
    has_more: bool


class AvatarDeleted(BaseModel):
    """Confirmation that an avatar was deleted."""

    id: str
    object: Literal["avatar.deleted"] = "avatar.deleted"
    deleted: Literal[True] = True


class SessionBody(RequestBody):
    """A request for a session's token."""

    model_config = ConfigDict(extra="forbid", strict=True, title="AvatarSessionRequest")

    expires_in: int = Field(3600, ge=60, le=86_400, description="Seconds for which the token is valid.")
    characters: int = Field(2000, ge=1, le=10_000_000, description="Longest text of one speech.")
    max_characters: int | None = Field(
        None, ge=1, le=10_000_000, description="Characters of all speeches together; null: SESSION_CHARACTERS."
    )


class AvatarSession(BaseModel):
    """A token for a page."""

    object: Literal["avatar.session"] = "avatar.session"
    avatar: str = Field(description="The id of the avatar.")
    token: str = Field(description="To be sent as a key is, or given to the element as token.")
    expires_at: int = Field(description="In seconds since 1970.")
    characters: int = Field(description="Longest text of one speech.")
    max_characters: int = Field(description="Characters of all speeches together.")


class LinkBody(RequestBody):
    """A request for a link to a pack."""

    model_config = ConfigDict(extra="forbid", strict=True, title="AvatarLinkRequest")

    expires_in: int = Field(604_800, ge=60, le=31_536_000, description="Seconds for which the link is valid.")
    size: int = Field(
        PLAIN_SIZE, json_schema_extra={"enum": [*PACK_SIZES]}, description="The longer side of the frames."
    )

    @field_validator("size")
    @classmethod
    def _has_packs(cls, size: int) -> int:
        if size not in PACK_SIZES:
            raise ValueError(f"there is no pack of {size} pixels; choose one of: {', '.join(map(str, PACK_SIZES))}")
        return size


class AvatarLink(BaseModel):
    """A link to a pack that needs no key."""

    object: Literal["avatar.link"] = "avatar.link"
    avatar: str = Field(description="The id of the avatar.")
    url: str = Field(description="A path on this server.")
    expires_at: int = Field(description="In seconds since 1970.")


def facts_of(avatar: Avatar) -> AvatarFacts:
    """Return an avatar as `AvatarFacts`."""
    return AvatarFacts(
        id=avatar.id,
        name=avatar.name,
        created_at=int(avatar.created_at),
        voice=avatar.voice or None,
        speed=avatar.speed,
        mood=avatar.mood,
        landmarks=avatar.landmarks or None,
        notices=list(avatar.notices),
    )


def list_of(page: AvatarPage) -> AvatarList:
    """Return a page of avatars as an `AvatarList`."""
    data = [facts_of(each) for each in page.avatars]
    first, last = (data[0].id, data[-1].id) if data else (None, None)
    return AvatarList(data=data, first_id=first, last_id=last, has_more=page.has_more)
