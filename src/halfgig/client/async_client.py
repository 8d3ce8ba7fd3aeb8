"""The client whose calls are awaited."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from halfgig.client import calls
from halfgig.client.avatars import AsyncAvatars
from halfgig.client.errors import ConnectionFailed
from halfgig.client.retries import Retries
from halfgig.client.values import SpeechEvent, Video, VideoEvent, VideoPage, Voice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from halfgig.client.calls import Call, Picture, Sound

POLL_MS = 1000
"""Pause between two questions about a video, unless the server suggests another."""


class AsyncClient:
    """A client of one server; use it as an asynchronous context manager, or close it.

    `timeout_s` is the longest silence of the server.
    A request that finds it busy is repeated up to `most_retries` times.
    Every call raises `ApiError` for a refusal and `ConnectionFailed` if there is no answer.
    """

    def __init__(
        self, base_url: str = "http://127.0.0.1:8000", api_key: str = "", timeout_s: float = 60.0, most_retries: int = 3
    ) -> None:
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=timeout_s)
        self.retries = Retries(most_retries)
        """When requests are repeated."""
        self.videos = AsyncVideos(self)
        """Calls for videos."""
        self.avatars = AsyncAvatars(self)
        """Calls for saved avatars."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def speech(
        self, text: str, voice: str = "", speed: float = 1.0, response_format: str = "mp3", lexicon: Any = None
    ) -> bytes:
        """Return a speech as a sound file; `lexicon` maps words to how they are said."""
        call = calls.speech(text, voice, speed, response_format, lexicon=lexicon, stream=False)
        return (await self.send(call)).content

    async def stream_speech(
        self, text: str, voice: str = "", speed: float = 1.0, response_format: str = "pcm", lexicon: Any = None
    ) -> AsyncIterator[bytes]:
        """Yield a speech as it is made; closing the iterator ends the server's work."""
        async with self.streamed(calls.speech(text, voice, speed, response_format, lexicon=lexicon)) as response:
            async for piece in _parts(response):
                yield piece

    async def speech_events(
        self, text: str, voice: str = "", speed: float = 1.0, response_format: str = "pcm", lexicon: Any = None
    ) -> AsyncIterator[SpeechEvent]:
        """Yield a speech as it is made, with the times of its words."""
        call = calls.speech(text, voice, speed, response_format, lexicon=lexicon, stream_format="sse", words=True)
        async with self.streamed(call) as response:
            async for _, found in _events(response):
                yield SpeechEvent.from_json(found)

    async def voices(self) -> list[Voice]:
        """Return the server's voices."""
        found = (await self.send(calls.Call("GET", "/v1/audio/voices"))).json()
        return [Voice.from_json(each) for each in found["voices"]]

    async def faces(self, picture: Picture) -> list[dict[str, Any]]:
        """Return the faces in a picture, the largest first; `landmarks` of one can be passed to `videos.create`."""
        found = (await self.send(calls.Call("POST", "/v1/faces", form={}, files={"image": picture}))).json()
        return list(found["data"])

    async def check_provenance(self, file: Picture) -> dict[str, Any]:
        """Return what a sound file, video or picture says of its origin, as docs/api.md has it."""
        call = calls.Call("POST", "/v1/content_provenance_checks", form={}, files={"file": file})
        return dict((await self.send(call)).json())

    async def send(self, call: Call) -> httpx.Response:
        """Send a request and return the whole answer."""
        async with self.streamed(call) as response:
            await _read(response)
            return response

    @contextlib.asynccontextmanager
    async def streamed(self, call: Call) -> AsyncIterator[httpx.Response]:
        """Send a request and yield the answer once its head is there."""
        response = await self._answered(call)
        async with contextlib.aclosing(response):
            yield response

    async def _answered(self, call: Call) -> httpx.Response:
        """Send a request, again if the server is busy or cannot be reached, and return its answer unread."""
        attempt = 0
        while True:
            response, failure = await self._attempt(call)
            if response is not None and response.is_success:
                return response
            pause_s = self.retries.pause_s(call, attempt, response)
            if pause_s is None:
                raise calls.error_of(response) if response is not None else calls.connection_error(failure) from failure
            await asyncio.sleep(pause_s)
            attempt += 1

    async def _attempt(self, call: Call) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        with ExitStack() as open_files:
            request = self._http.build_request(call.method, call.path, **call.arguments(open_files))
            try:
                response = await self._http.send(request, stream=True)
                if not response.is_success:
                    async with contextlib.aclosing(response):
                        await response.aread()
            except httpx.TransportError as error:
                return None, error
        return response, None


class AsyncVideos:
    """Calls for videos."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def create(
        self, prompt: str = "", portrait: Picture | None = None, audio: Sound | None = None, **options: Any
    ) -> Video:
        """Ask for a video of a text or a recording; options are the fields of docs/api.md, such as voice and size."""
        return await self._video(calls.new_video(prompt, portrait, audio, options))

    async def create_and_poll(
        self, prompt: str = "", portrait: Picture | None = None, audio: Sound | None = None, **options: Any
    ) -> Video:
        """Ask for a video and wait until it is made.  Raises `VideoFailed`."""
        video = await self.create(prompt, portrait, audio, **options)
        return await self.poll(video.id)

    async def poll(self, video_id: str, on_progress: Callable[[Video], None] | None = None) -> Video:
        """Wait until a video is made.  Raises `VideoFailed` if it fails."""
        while True:
            response = await self._client.send(calls.video("GET", video_id))
            video = Video.from_json(response.json())
            if on_progress:
                on_progress(video)
            if not video.is_open:
                return calls.whole(video)
            await asyncio.sleep(int(response.headers.get("openai-poll-after-ms", POLL_MS)) / 1000)

    async def events(self, video_id: str) -> AsyncIterator[VideoEvent]:
        """Yield the changes of a video until it ends."""
        async with self._client.streamed(calls.video("GET", video_id, "events")) as response:
            async for name, found in _events(response):
                yield VideoEvent(name, None if name == "deleted" else Video.from_json(found))

    async def get(self, video_id: str) -> Video:
        """Return a video."""
        return await self._video(calls.video("GET", video_id))

    async def page(self, after: str = "", limit: int = 20) -> VideoPage:
        """Return the newest videos, or those that follow the video `after`."""
        return VideoPage.from_json((await self._client.send(calls.page("videos", after, limit))).json())

    async def list(self) -> AsyncIterator[Video]:
        """Yield all your videos, the newest first."""
        after = ""
        while True:
            page = await self.page(after, 100)
            for video in page.videos:
                yield video
            if not page.has_more:
                return
            after = page.videos[-1].id

    async def download(self, video_id: str, path: str | Path, variant: str = "video") -> Path:
        """Write a file of a finished video ("video", "thumbnail", "subtitles"); what breaks off is resumed."""
        goal = Path(path)
        part = goal.with_name(f".{goal.name}.part")
        with part.open("wb") as file:
            download, attempt = calls.Download(file), 0
            while not download.is_done:
                try:
                    await self._continue(download, video_id, variant)
                except ConnectionFailed:
                    if attempt == self._client.retries.most:
                        raise
                attempt += 1
        part.replace(goal)
        return goal

    async def _continue(self, download: calls.Download, video_id: str, variant: str) -> None:
        async with self._client.streamed(download.call(video_id, variant)) as response:
            download.begin(response)
            async for piece in _parts(response):
                download.write(piece)
            download.is_done = True

    async def cancel(self, video_id: str) -> Video:
        """Cancel a video; one that has ended stays as it is."""
        return await self._video(calls.video("POST", video_id, "cancel"))

    async def remix(self, video_id: str, prompt: str) -> Video:
        """Ask for a copy with another text."""
        return await self._video(calls.video("POST", video_id, "remix", {"prompt": prompt}))

    async def retry(self, video_id: str) -> Video:
        """Ask for a finished or failed video again."""
        return await self._video(calls.video("POST", video_id, "retry"))

    async def share(self, video_id: str) -> str:
        """Return the path of a page that shows a finished video to anyone."""
        return str((await self._client.send(calls.video("POST", video_id, "share"))).json()["url"])

    async def unshare(self, video_id: str) -> None:
        """Remove the link to a video."""
        await self._client.send(calls.video("DELETE", video_id, "share"))

    async def delete(self, video_id: str) -> None:
        """Delete a video and its files."""
        await self._client.send(calls.video("DELETE", video_id))

    async def _video(self, call: Call) -> Video:
        return Video.from_json((await self._client.send(call)).json())


async def _read(response: httpx.Response) -> None:
    try:
        await response.aread()
    except httpx.TransportError as error:
        raise calls.connection_error(error) from error


async def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in response.aiter_bytes():
            yield piece
    except httpx.TransportError as error:
        raise calls.connection_error(error) from error


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    reader = calls.EventReader()
    try:
        async for line in response.aiter_lines():
            if event := reader.feed(line):
                yield event
    except httpx.TransportError as error:
        raise calls.connection_error(error) from error
