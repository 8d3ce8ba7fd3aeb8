"""The way of a speech from the work process to a client, piece by piece, until it ends or one of the two is gone."""

import asyncio
import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from halfgig.errors import HalfgigError
from halfgig.server import ipc
from halfgig.server.errors import Relayed, Unavailable
from halfgig.server.web.errors import body_of
from halfgig.server.web.headers import StreamBroken
from halfgig.server.web.streams import Streams
from halfgig.server.web.worker_client import Conversation, WorkClient

MIME_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/opus",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}
"""What each format is called on the way."""

_TENTHS = 10
_UNPRINTABLE = re.compile(r"[^ -~]")


@dataclass(frozen=True, slots=True)
class Form:
    """In what form a speech goes to the client."""

    sound_format: str
    """mp3, opus, aac, flac, wav or pcm."""
    as_events: bool
    """True for server-sent events, False for the file."""
    slow_s: float
    """How long the client may take nothing, in seconds."""

    @property
    def media_type(self) -> str:
        """The content type."""
        return "text/event-stream; charset=utf-8" if self.as_events else MIME_TYPES[self.sound_format]

    def piece(self, reply: ipc.Reply) -> bytes:
        """Write one answer of the work process for the client; nothing where the client is not to hear of it."""
        if isinstance(reply, bytes):
            return _event({"type": "speech.audio.delta", "audio": _base64(reply)}) if self.as_events else reply
        if not self.as_events:
            return b""
        if reply.get("type") == "words":
            return _event({"type": "speech.audio.words", "words": reply["words"]})
        return _event({"type": "speech.audio.done", "usage": usage(reply)}) if is_done(reply) else b""


class SpokenResponse(Response):
    """Speak to a client: nothing is sent before the first sound is sure, so that a refusal has its own status."""

    def __init__(self, work: WorkClient, streams: Streams, message: Mapping[str, Any], form: Form) -> None:
        super().__init__()
        self._work = work
        self._streams = streams
        self._message = message
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's shape
        """Speak until the end, or until the client leaves: then the work process is told at once."""
        with self._streams.one():
            speaking = asyncio.ensure_future(self._speak(send))
            leaving = asyncio.ensure_future(_left(receive))
            try:
                await asyncio.wait({speaking, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if speaking.done():
                    speaking.result()
            finally:
                speaking.cancel()
                leaving.cancel()
                await asyncio.gather(speaking, leaving, return_exceptions=True)

    async def _speak(self, send: Send) -> None:
        async with self._work.opened(self._message) as (reply, conversation):
            if not isinstance(reply, dict) or reply.get("type") != "started":
                raise Unavailable("the work process did not say that it begins; try again")
            await self._put(send, _start(self._form, str(reply.get("maker", ""))))
            try:
                await self._pass_on(conversation, send)
            except (HalfgigError, ipc.WireBroken) as error:
                await self._break_off(send, error)
            await self._put(send, _body(b"", more=False))

    async def _pass_on(self, conversation: Conversation, send: Send) -> None:
        while (reply := await self._work.hear(conversation)) is not None:
            if piece := self._form.piece(reply):
                await self._put(send, _body(piece, more=True))
            if is_done(reply):
                return
        raise ipc.WireBroken("the work process ended in the middle of the speech")

    async def _break_off(self, send: Send, error: HalfgigError | ipc.WireBroken) -> None:
        """Tell the client that what it has is not whole: by an event, or by a body without its end."""
        if not self._form.as_events:
            raise StreamBroken(str(error)) from error
        told = error if isinstance(error, HalfgigError) else Relayed({"message": str(error), "retry": True})
        await self._put(send, _body(_event({"type": "error", **body_of(told)}), more=True))

    async def _put(self, send: Send, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._form.slow_s):
                await send(message)
        except TimeoutError as error:
            raise StreamBroken(f"the client took nothing for {self._form.slow_s:g} s") from error


def is_done(reply: ipc.Reply) -> bool:
    """Return whether an answer is the last."""
    return isinstance(reply, dict) and reply.get("type") == "done"


def usage(done: Mapping[str, Any]) -> dict[str, int]:
    """Count a speech as OpenAI's clients want it counted: characters in, tenths of a second out."""
    characters, tenths = int(done.get("characters", 0)), round(_TENTHS * float(done.get("seconds", 0)))
    return {"input_tokens": characters, "output_tokens": tenths, "total_tokens": characters + tenths}


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(form: Form, maker: str) -> dict[str, Any]:
    headers = [
        (b"content-type", form.media_type.encode()),
        (b"x-speaker", _UNPRINTABLE.sub("?", maker).encode()),
        (b"x-accel-buffering", b"no"),  # proxies that gather a response would keep the first sentence back
    ]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _body(piece: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


def _event(facts: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(facts, separators=(",", ":")).encode() + b"\n\n"


def _base64(sound: bytes) -> str:
    return base64.b64encode(sound).decode("ascii")
