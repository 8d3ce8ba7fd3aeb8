"""Speech, streamed to the client from the first sentence on, as a file or as server-sent events."""

import asyncio
import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from halfgig.errors import HalfgigError, TextTooLong
from halfgig.server import ipc
from halfgig.server.errors import BadRequest, Relayed, Unavailable
from halfgig.server.web.access import client, session
from halfgig.server.web.errors import ERROR_RESPONSES, body_of
from halfgig.server.web.headers import StreamBroken
from halfgig.server.web.limits import StreamLimit
from halfgig.server.web.models import speech_engine
from halfgig.server.web.schemas import SpeechBody
from halfgig.server.web.session_texts import SessionTexts
from halfgig.server.web.session_tokens import Session
from halfgig.server.web.worker_client import Conversation, WorkerClient
from halfgig.settings import Settings
from halfgig.text.lexicon import read_lexicon

MIME_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/opus",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
"""Media type of each format."""

_SOUND: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_SPOKEN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, streamed unless stream is false; or events with the sound as base64.",
        "content": {
            **dict.fromkeys(MIME_TYPES.values(), _SOUND),
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}


def speech_routes(settings: Settings, worker: WorkerClient, streams: StreamLimit, texts: SessionTexts) -> APIRouter:
    """Return the route for speech."""
    router = APIRouter(tags=["speech"])

    @router.post("/v1/audio/speech", response_class=Response, responses=_SPOKEN | ERROR_RESPONSES)
    async def speak(request: Request, body: SpeechBody) -> Response:
        """Convert text to speech."""
        engine = speech_engine(body.model)
        check(body, settings.max_input_characters)
        found = session(request)
        if found:
            check_session(body, found)
            await run_in_threadpool(texts.check, found, len(body.input))
        begin = partial(texts.spend, found, len(body.input)) if found else None
        form = SpeechFormat(body.response_format, body.stream_format == "sse", settings.slow_client_seconds)
        message = message_of(body, engine) | {"client": client(request)}
        return SpeechResponse(worker, streams, message, form, begin)

    return router


def check(asked: SpeechBody, most_characters: int) -> None:
    """Check what the fields' own rules do not cover.  Raises `TextTooLong`, `BadRequest` and `BadLexicon`."""
    if len(asked.input) > most_characters:
        raise TextTooLong(
            f"the text has {len(asked.input)} characters; the limit is {most_characters}: split it, "
            "or raise MAX_INPUT_CHARACTERS"
        )
    if asked.stream_format == "sse" and not asked.stream:
        raise BadRequest('events are a stream; leave out "stream", or "stream_format"', "stream")
    if asked.wanted and asked.stream_format != "sse":
        field = "words" if asked.words else "include"
        raise BadRequest('words and poses come among events: ask for them with "stream_format": "sse"', field)
    read_lexicon(asked.lexicon_lines)


def check_session(asked: SpeechBody, found: Session) -> None:
    """Raise `TextTooLong` for a text that is longer than the token of a page's session allows."""
    if len(asked.input) > found.most_characters:
        raise TextTooLong(
            f"the text has {len(asked.input)} characters, and this token allows {found.most_characters} at a time: "
            "send it sentence by sentence, or make a token for more"
        )


def message_of(asked: SpeechBody, engine: str) -> dict[str, Any]:
    """Return the request to the worker process; `engine` is the one asked for, empty where the voice decides."""
    return {
        "op": "speech",
        "input": asked.input,
        "voice": asked.voice_name,
        "engine": engine,
        "format": asked.response_format,
        "speed": asked.speed,
        "words": "words" in asked.wanted,
        "poses": "poses" in asked.wanted,
        "unheard": asked.unheard,
        "lexicon": asked.lexicon_lines,
        "whole": not asked.stream,
    }


DELTA_BYTES = 24_000
"""Largest sound of an event: half a second of pcm."""

_TENTHS = 10
_UNPRINTABLE = re.compile(r"[^ -~]")


@dataclass(frozen=True, slots=True)
class SpeechFormat:
    """How speech is sent to the client."""

    sound_format: str
    """A name in `MIME_TYPES`."""
    as_events: bool
    """True for server-sent events, False for the file."""
    slow_s: float
    """Seconds the client may stall."""

    @property
    def media_type(self) -> str:
        """The content type."""
        return "text/event-stream; charset=utf-8" if self.as_events else MIME_TYPES[self.sound_format]

    def piece(self, reply: ipc.Reply) -> bytes:
        """Return a reply of the worker process as bytes for the client; empty if it is not for the client."""
        if isinstance(reply, bytes):
            return _sound_events(reply) if self.as_events else reply
        if not self.as_events:
            return b""
        if reply.get("type") == "poses":
            return _event({**reply, "type": "speech.poses.delta"})
        if reply.get("type") == "words":
            return _event({**reply, "type": "speech.audio.words"})
        return _event({"type": "speech.audio.done", "usage": usage(reply)}) if is_done(reply) else b""


class SpeechResponse(Response):
    """Streams speech to a client.

    The response starts only once the worker process has accepted the request, so a refusal has its own status.
    `begin` is called then, and may refuse, too.
    """

    def __init__(
        self,
        worker: WorkerClient,
        streams: StreamLimit,
        message: Mapping[str, Any],
        form: SpeechFormat,
        begin: Callable[[], None] | None,
    ) -> None:
        super().__init__()
        self._worker = worker
        self._streams = streams
        self._message = message
        self._form = form
        self._begin = begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's shape
        """Stream to the end, or cancel at once when the client disconnects."""
        with self._streams.slot(str(self._message.get("client", ""))):
            streaming = asyncio.ensure_future(self._speak(send))
            disconnect = asyncio.ensure_future(_disconnected(receive))
            try:
                await asyncio.wait({streaming, disconnect}, return_when=asyncio.FIRST_COMPLETED)
                if streaming.done():
                    streaming.result()
            finally:
                streaming.cancel()
                disconnect.cancel()
                await asyncio.gather(streaming, disconnect, return_exceptions=True)

    async def _speak(self, send: Send) -> None:
        async with self._worker.stream(self._message) as (reply, conversation):
            if not isinstance(reply, dict) or reply.get("type") != "started":
                raise Unavailable("the worker process did not say that it begins; try again")
            if self._begin:
                await run_in_threadpool(self._begin)
            await self._put(send, _start(self._form, reply))
            try:
                await self._forward(conversation, send)
            except (HalfgigError, ipc.WireBroken) as error:
                await self._abort(send, error)
            await self._put(send, _body(b"", more=False))

    async def _forward(self, conversation: Conversation, send: Send) -> None:
        while (reply := await self._worker.receive(conversation)) is not None:
            if piece := self._form.piece(reply):
                await self._put(send, _body(piece, more=True))
            if is_done(reply):
                return
        raise ipc.WireBroken("the worker process ended in the middle of the speech")

    async def _abort(self, send: Send, error: HalfgigError | ipc.WireBroken) -> None:
        """Signal that the speech is incomplete: by an error event, or by a response without its end."""
        if not self._form.as_events:
            raise StreamBroken(str(error)) from error
        reported = error if isinstance(error, HalfgigError) else Relayed({"message": str(error), "retry": True})
        await self._put(send, _body(_event({"type": "error", **body_of(reported)}), more=True))

    async def _put(self, send: Send, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._form.slow_s):
                await send(message)
        except TimeoutError as error:
            raise StreamBroken(f"the client took nothing for {self._form.slow_s:g} s") from error


def is_done(reply: ipc.Reply) -> bool:
    """Return whether a reply is the last."""
    return isinstance(reply, dict) and reply.get("type") == "done"


def usage(done: Mapping[str, Any]) -> dict[str, int]:
    """Return the usage in OpenAI's format: characters in, tenths of a second out."""
    characters, tenths = int(done.get("characters", 0)), round(_TENTHS * float(done.get("seconds", 0)))
    return {"input_tokens": characters, "output_tokens": tenths, "total_tokens": characters + tenths}


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(form: SpeechFormat, started: Mapping[str, Any]) -> dict[str, Any]:
    maker, size, c2pa = str(started.get("maker", "")), started.get("bytes"), str(started.get("c2pa", "stream"))
    headers = [
        (b"content-type", form.media_type.encode()),
        (b"x-speaker", _UNPRINTABLE.sub("?", maker).encode()),
        (b"x-c2pa", (c2pa if c2pa == "signed" else f"none; reason={c2pa}").encode()),
        (b"x-accel-buffering", b"no"),  # a proxy that buffers would hold back the first sentence
    ]
    if size is not None:
        headers.append((b"content-length", b"%d" % size))
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _body(piece: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


def _event(facts: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(facts, separators=(",", ":")).encode() + b"\n\n"


def _sound_events(sound: bytes) -> bytes:
    """Return events small enough that a slow link brings the first of them early."""
    parts = (sound[start : start + DELTA_BYTES] for start in range(0, len(sound), DELTA_BYTES))
    return b"".join(_event({"type": "speech.audio.delta", "audio": _base64(part)}) for part in parts)


def _base64(sound: bytes) -> str:
    return base64.b64encode(sound).decode("ascii")
