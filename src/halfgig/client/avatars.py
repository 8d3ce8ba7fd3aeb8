"""Calls for saved avatars, blocking and to be awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from halfgig.client import calls
from halfgig.client.values import Avatar, AvatarPage, Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from halfgig.client.async_client import AsyncClient
    from halfgig.client.calls import Call, Picture
    from halfgig.client.sync_client import Client

MOST_OF_A_PAGE = 100


class Avatars:
    """Calls for saved avatars."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, portrait: Picture, name: str = "", **settings: Any) -> Avatar:
        """Save a portrait as an avatar; settings are voice, speed, mood and landmarks."""
        return self._avatar(calls.new_avatar(portrait, name, settings))

    def get(self, avatar_id: str) -> Avatar:
        """Return an avatar."""
        return self._avatar(calls.avatar("GET", avatar_id))

    def page(self, after: str = "", limit: int = 20) -> AvatarPage:
        """Return the newest avatars, or those that follow the avatar `after`."""
        return AvatarPage.from_json(self._client.send(calls.page("avatars", after, limit)).json())

    def list(self) -> Iterator[Avatar]:
        """Yield all your avatars, the newest first."""
        after = ""
        while True:
            page = self.page(after, MOST_OF_A_PAGE)
            yield from page.avatars
            if not page.has_more:
                return
            after = page.avatars[-1].id

    def delete(self, avatar_id: str) -> None:
        """Delete an avatar; videos that were made of it stay."""
        self._client.send(calls.avatar("DELETE", avatar_id))

    def pack(self, avatar_id: str, size: int = 512, background: str = "") -> bytes:
        """Return what a browser draws an avatar from, in frames whose longer side is `size` pixels.

        With the background "transparent", the page shows behind the person.
        """
        return self._client.send(calls.pack(avatar_id, size, background)).content

    def link(self, avatar_id: str, size: int = 512, expires_in: int | None = None) -> str:
        """Return the path of a pack that needs no key, for public pages; it expires after `expires_in` seconds."""
        body = {"size": size} | ({} if expires_in is None else {"expires_in": expires_in})
        return str(self._client.send(calls.avatar("POST", avatar_id, "links", body)).json()["url"])

    def session(self, avatar_id: str, **limits: int) -> Session:
        """Return a token for a page, which gives this avatar and speech alone.

        Limits are expires_in, characters and max_characters.
        """
        return Session.from_json(self._client.send(calls.avatar("POST", avatar_id, "sessions", limits)).json())

    def _avatar(self, call: Call) -> Avatar:
        return Avatar.from_json(self._client.send(call).json())


class AsyncAvatars:
    """Calls for saved avatars, to be awaited."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def create(self, portrait: Picture, name: str = "", **settings: Any) -> Avatar:
        """Save a portrait as an avatar; settings are voice, speed, mood and landmarks."""
        return await self._avatar(calls.new_avatar(portrait, name, settings))

    async def get(self, avatar_id: str) -> Avatar:
        """Return an avatar."""
        return await self._avatar(calls.avatar("GET", avatar_id))

    async def page(self, after: str = "", limit: int = 20) -> AvatarPage:
        """Return the newest avatars, or those that follow the avatar `after`."""
        return AvatarPage.from_json((await self._client.send(calls.page("avatars", after, limit))).json())

    async def list(self) -> AsyncIterator[Avatar]:
        """Yield all your avatars, the newest first."""
        after = ""
        while True:
            page = await self.page(after, MOST_OF_A_PAGE)
            for each in page.avatars:
                yield each
            if not page.has_more:
                return
            after = page.avatars[-1].id

    async def delete(self, avatar_id: str) -> None:
        """Delete an avatar; videos that were made of it stay."""
        await self._client.send(calls.avatar("DELETE", avatar_id))

    async def pack(self, avatar_id: str, size: int = 512, background: str = "") -> bytes:
        """Return what a browser draws an avatar from, in frames whose longer side is `size` pixels.

        With the background "transparent", the page shows behind the person.
        """
        return (await self._client.send(calls.pack(avatar_id, size, background))).content

    async def link(self, avatar_id: str, size: int = 512, expires_in: int | None = None) -> str:
        """Return the path of a pack that needs no key, for public pages; it expires after `expires_in` seconds."""
        body = {"size": size} | ({} if expires_in is None else {"expires_in": expires_in})
        return str((await self._client.send(calls.avatar("POST", avatar_id, "links", body))).json()["url"])

    async def session(self, avatar_id: str, **limits: int) -> Session:
        """Return a token for a page, which gives this avatar and speech alone.

        Limits are expires_in, characters and max_characters.
        """
        return Session.from_json((await self._client.send(calls.avatar("POST", avatar_id, "sessions", limits))).json())

    async def _avatar(self, call: Call) -> Avatar:
        return Avatar.from_json((await self._client.send(call)).json())
