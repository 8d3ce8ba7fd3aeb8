"""The client whose calls block."""

from __future__ import annotations

import contextlib
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx

from halfgig.client import calls
from halfgig.client.avatars import Avatars
from halfgig.client.errors import ConnectionFailed
from halfgig.client.retries import Retries
from halfgig.client.values import SpeechEvent, Video, VideoEvent, VideoPage, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from halfgig.client.calls import Call, Picture, Sound

POLL_MS = 1000
"""Pause between two questions about a video, unless the server suggests another."""


class Client:
    """A client of one server; use it as a context manager, or close it.

    `timeout_s` is the longest silence of the server.
    A request that finds it busy is repeated up to `most_retries` times.
    Every call raises `ApiError` for a refusal and `ConnectionFailed` if there is no answer.
    """

    def __init__(
        self, base_url: str = "http://127.0.0.1:8000", api_key: str = "", timeout_s: float = 60.0, most_retries: int = 3
    ) -> None:
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s)
        self.retries = Retries(most_retries)
        """When requests are repeated."""
        self.videos = Videos(self)
        """Calls for videos."""
        self.avatars = Avatars(self)
        """Calls for saved avatars."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def speech(
        self, text: str, voice: str = "", speed: float = 1.0, response_format: str = "mp3", lexicon: Any = None
    ) -> bytes:
        """Return a speech as a sound file; `lexicon` maps words to how they are said."""
        call = calls.speech(text, voice, speed, response_format, lexicon=lexicon, stream=False)
        return self.send(call).content

    def stream_speech(
        self, text: str, voice: str = "", speed: float = 1.0, response_format: str = "pcm", lexicon: Any = None
    ) -> Iterator[bytes]:
        """Yield a speech as it is made; closing the iterator ends the server's work."""
        with self.streamed(calls.speech(text, voice, speed, response_format, lexicon=lexicon)) as response:
            yield from _parts(response)

    def speech_events(
        self, text: str, voice: str = "", speed: float = 1.0, response_format: str = "pcm", lexicon: Any = None
    ) -> Iterator[SpeechEvent]:
        """Yield a speech as it is made, with the times of its words."""
        call = calls.speech(text, voice, speed, response_format, lexicon=lexicon, stream_format="sse", words=True)
        with self.streamed(call) as response:
            for _, found in _events(response):
                yield SpeechEvent.from_json(found)

    def voices(self) -> list[Voice]:
        """Return the server's voices."""
        return [Voice.from_json(each) for each in self.send(calls.Call("GET", "/v1/audio/voices")).json()["voices"]]

    def faces(self, picture: Picture) -> list[dict[str, Any]]:
        """Return the faces in a picture, the largest first; `landmarks` of one can be passed to `videos.create`."""
        found = self.send(calls.Call("POST", "/v1/faces", form={}, files={"image": picture})).json()
        return list(found["data"])

    def check_provenance(self, file: Picture) -> dict[str, Any]:
        """Return what a sound file, video or picture says of its origin, as docs/api.md has it."""
        call = calls.Call("POST", "/v1/content_provenance_checks", form={}, files={"file": file})
        return dict(self.send(call).json())

    def send(self, call: Call) -> httpx.Response:
        """Send a request and return the whole answer."""
        with self.streamed(call) as response:
            _read(response)
            return response

    @contextlib.contextmanager
    def streamed(self, call: Call) -> Iterator[httpx.Response]:
        """Send a request and yield the answer once its head is there."""
        with contextlib.closing(self._answered(call)) as response:
            yield response

    def _answered(self, call: Call) -> httpx.Response:
        """Send a request, again if the server is busy or cannot be reached, and return its answer unread."""
        attempt = 0
        while True:
            response, failure = self._attempt(call)
            if response is not None and response.is_success:
                return response
            pause_s = self.retries.pause_s(call, attempt, response)
            if pause_s is None:
                raise calls.error_of(response) if response is not None else calls.connection_error(failure) from failure
            time.sleep(pause_s)
            attempt += 1

    def _attempt(self, call: Call) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        with ExitStack() as open_files:
            request = self._http.build_request(call.method, call.path, **call.arguments(open_files))
            try:
                response = self._http.send(request, stream=True)
                if not response.is_success:
                    with contextlib.closing(response):
                        response.read()
            except httpx.TransportError as error:
                return None, error
        return response, None


class Videos:
    """Calls for videos."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(
        self, prompt: str = "", portrait: Picture | None = None, audio: Sound | None = None, **options: Any
    ) -> Video:
        """Ask for a video of a text or a recording; options are the fields of docs/api.md, such as voice and size."""
        return self._video(calls.new_video(prompt, portrait, audio, options))

    def create_and_poll(
        self, prompt: str = "", portrait: Picture | None = None, audio: Sound | None = None, **options: Any
    ) -> Video:
        """Ask for a video and wait until it is made.  Raises `VideoFailed`."""
        return self.poll(self.create(prompt, portrait, audio, **options).id)

    def poll(self, video_id: str, on_progress: Callable[[Video], None] | None = None) -> Video:
        """Wait until a video is made.  Raises `VideoFailed` if it fails."""
        while True:
            response = self._client.send(calls.video("GET", video_id))
            video = Video.from_json(response.json())
            if on_progress:
                on_progress(video)
            if not video.is_open:
                return calls.whole(video)
            time.sleep(int(response.headers.get("openai-poll-after-ms", POLL_MS)) / 1000)

    def events(self, video_id: str) -> Iterator[VideoEvent]:
        """Yield the changes of a video until it ends."""
        with self._client.streamed(calls.video("GET", video_id, "events")) as response:
            for name, found in _events(response):
                yield VideoEvent(name, None if name == "deleted" else Video.from_json(found))

    def get(self, video_id: str) -> Video:
        """Return a video."""
        return self._video(calls.video("GET", video_id))

    def page(self, after: str = "", limit: int = 20) -> VideoPage:
        """Return the newest videos, or those that follow the video `after`."""
        return VideoPage.from_json(self._client.send(calls.page("videos", after, limit)).json())

    def list(self) -> Iterator[Video]:
        """Yield all your videos, the newest first."""
        after = ""
        while True:
            page = self.page(after, 100)
            yield from page.videos
            if not page.has_more:
                return
            after = page.videos[-1].id

    def download(self, video_id: str, path: str | Path, variant: str = "video") -> Path:
        """Write a file of a finished video ("video", "thumbnail", "subtitles"); what breaks off is resumed."""
        goal = Path(path)
        part = goal.with_name(f".{goal.name}.part")
        with part.open("wb") as file:
            download, attempt = calls.Download(file), 0
            while not download.is_done:
                try:
                    self._continue(download, video_id, variant)
                except ConnectionFailed:
                    if attempt == self._client.retries.most:
                        raise
                attempt += 1
        part.replace(goal)
        return goal

    def _continue(self, download: calls.Download, video_id: str, variant: str) -> None:
        with self._client.streamed(download.call(video_id, variant)) as response:
            download.begin(response)
            for piece in _parts(response):
                download.write(piece)
            download.is_done = True

    def cancel(self, video_id: str) -> Video:
        """Cancel a video; one that has ended stays as it is."""
        return self._video(calls.video("POST", video_id, "cancel"))

    def remix(self, video_id: str, prompt: str) -> Video:
        """Ask for a copy with another text."""
        return self._video(calls.video("POST", video_id, "remix", {"prompt": prompt}))

    def retry(self, video_id: str) -> Video:
        """Ask for a finished or failed video again."""
        return self._video(calls.video("POST", video_id, "retry"))

    def share(self, video_id: str) -> str:
        """Return the path of a page that shows a finished video to anyone."""
        return str(self._client.send(calls.video("POST", video_id, "share")).json()["url"])

    def unshare(self, video_id: str) -> None:
        """Remove the link to a video."""
        self._client.send(calls.video("DELETE", video_id, "share"))

    def delete(self, video_id: str) -> None:
        """Delete a video and its files."""
        self._client.send(calls.video("DELETE", video_id))

    def _video(self, call: Call) -> Video:
        return Video.from_json(self._client.send(call).json())


def _read(response: httpx.Response) -> None:
    try:
        response.read()
    except httpx.TransportError as error:
        raise calls.connection_error(error) from error


def _parts(response: httpx.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_bytes()
    except httpx.TransportError as error:
        raise calls.connection_error(error) from error


def _events(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    reader = calls.EventReader()
    try:
        for line in response.iter_lines():
            if event := reader.feed(line):
                yield event
    except httpx.TransportError as error:
        raise calls.connection_error(error) from error
