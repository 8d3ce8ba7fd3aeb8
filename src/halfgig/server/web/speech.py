"""Speech: it streams to the client from its first sentence on, as a file or as events."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from halfgig.errors import TextTooLong
from halfgig.server.errors import BadRequest
from halfgig.server.web.errors import ERROR_RESPONSES
from halfgig.server.web.models import known_model, speech_models
from halfgig.server.web.schemas import SpeechAsked
from halfgig.server.web.speech_stream import MIME_TYPES, Form, SpokenResponse
from halfgig.server.web.streams import Streams
from halfgig.server.web.worker_client import WorkClient
from halfgig.settings import Settings

_SOUND: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_SPOKEN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it is made; or events, the sound in them as base64.",
        "content": {
            **dict.fromkeys(MIME_TYPES.values(), _SOUND),
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}


def speech_routes(settings: Settings, work: WorkClient, streams: Streams) -> APIRouter:
    """Make the route that speaks."""
    router = APIRouter(tags=["speech"])

    @router.post("/v1/audio/speech", response_class=Response, responses=_SPOKEN | ERROR_RESPONSES)
    async def speak(asked: SpeechAsked) -> Response:
        """Speak a text."""
        known_model(asked.model, speech_models())
        check(asked, settings.max_input_characters)
        form = Form(asked.response_format, asked.stream_format == "sse", settings.slow_client_seconds)
        return SpokenResponse(work, streams, message_of(asked), form)

    return router


def check(asked: SpeechAsked, most_characters: int) -> None:
    """Refuse what the fields' own rules let pass.  Raises `TextTooLong` and `BadRequest`."""
    if len(asked.input) > most_characters:
        raise TextTooLong(
            f"the text has {len(asked.input)} characters; the limit is {most_characters}: split it, "
            "or raise MAX_INPUT_CHARACTERS"
        )
    if asked.words and asked.stream_format != "sse":
        raise BadRequest('the words\' times come among events: ask for them with "stream_format": "sse"', "words")


def message_of(asked: SpeechAsked) -> dict[str, Any]:
    """Return what the work process is asked for."""
    return {
        "op": "speech",
        "input": asked.input,
        "voice": asked.voice_name,
        "format": asked.response_format,
        "speed": asked.speed,
        "words": asked.words,
    }
