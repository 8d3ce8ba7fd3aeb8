"""Response bodies for saved avatars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

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
