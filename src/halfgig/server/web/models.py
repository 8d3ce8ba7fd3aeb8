"""Lists of models, as OpenAI has them, and of voices."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter

from halfgig.animators.registry import animators
from halfgig.server.errors import ModelNotFound, Unavailable
from halfgig.server.web.errors import refusals
from halfgig.server.web.schemas import Model, ModelList, VoiceFacts, VoiceList
from halfgig.server.web.worker_client import WorkerClient
from halfgig.tts import voices as espeak
from halfgig.tts.kokoro import voices as kokoro
from halfgig.tts.registry import engines

OPENAI_SPEECH_MODELS = ("gpt-4o-mini-tts", "tts-1", "tts-1-hd")
"""OpenAI's model names accepted for speech; the voice decides which engine speaks."""

OPENAI_VIDEO_MODELS = ("sora-2", "sora-2-pro")
"""OpenAI's model names accepted for videos; they mean the default animator."""

CREATED = 1_767_225_600
"""Creation time of every model, in seconds since 1970: clients require a number."""

FRESH_S = 60.0
"""Seconds the list of voices is cached: `halfgig pull` may add voices."""

_IS_FEMALE: Mapping[str, bool | None] = {"f": True, "m": False}
_DATE = re.compile(r"-(?:\d{4}|\d{4}-\d{2}-\d{2})$")
_GRADE = re.compile(r", grade ([A-F][+-]?)")


def known_model(name: str, among: tuple[str, ...]) -> str:
    """Return a model's name without the date that OpenAI's names may end with.  Raises `ModelNotFound`."""
    if name in among:
        return name
    undated = _DATE.sub("", name)
    if undated in among:
        return undated
    raise ModelNotFound(f"no model is named {name!r:.80}; the models are: {', '.join(among)}")


class Voices:
    """The list of voices, cached for `FRESH_S`."""

    def __init__(self, worker: WorkerClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._worker = worker
        self._clock = clock
        self._known: list[VoiceFacts] = []
        self._since = 0.0
        self._asking = asyncio.Lock()

    async def all(self) -> list[VoiceFacts]:
        """Return the voices, an outdated list if need be.  Raises `Unavailable` if there is no list yet."""
        async with self._asking:
            if not self._known or self._clock() - self._since > FRESH_S:
                try:
                    reply = await self._worker.call({"op": "voices"})
                except Unavailable:
                    if not self._known:
                        raise
                else:
                    self._known = facts_of_voices(reply["voices"])
                    self._since = self._clock()
            return self._known


def model_routes(worker: WorkerClient) -> APIRouter:
    """Return the routes that list models and voices."""
    router = APIRouter(tags=["models"])
    voices = Voices(worker)

    @router.get("/v1/models", responses=refusals(401, 429))
    async def list_models() -> ModelList:
        """List the models."""
        return ModelList(data=[_model(name) for name in (*speech_models(), *video_models())])

    @router.get("/v1/models/{model}", responses=refusals(401, 404, 429))
    async def retrieve_model(model: str) -> Model:
        """Describe a model."""
        known_model(model, speech_models() + video_models())
        return _model(model)

    @router.get("/v1/audio/voices", responses=refusals(401, 429, 500, 503))
    async def list_voices() -> VoiceList:
        """List the voices."""
        return VoiceList(voices=await voices.all())

    return router


def speech_models() -> tuple[str, ...]:
    """Return the model names accepted for speech."""
    return (*(spec.name for spec in engines()), *OPENAI_SPEECH_MODELS)


def speech_engine(model: str) -> str:
    """Return the engine that a speech model's name asks for; "" for OpenAI's.  Raises `ModelNotFound`."""
    name = known_model(model, speech_models())
    return "" if name in OPENAI_SPEECH_MODELS else name


def video_models() -> tuple[str, ...]:
    """Return the model names accepted for videos."""
    return (*(spec.name for spec in animators()), *OPENAI_VIDEO_MODELS)


def _model(name: str) -> Model:
    return Model(id=name, created=CREATED)


def facts_of_voices(voices: Sequence[Mapping[str, str]]) -> list[VoiceFacts]:
    """Return a description of each voice that the worker process lists."""
    languages = {voice["name"]: voice["description"] for voice in voices if voice["engine"] == "espeak"}
    return [_facts(voice, languages) for voice in voices]


def _facts(voice: Mapping[str, str], languages: Mapping[str, str]) -> VoiceFacts:
    """Return a description of a voice; `languages` maps espeak voices to the names of their languages."""
    name, description = voice["name"], voice["description"]
    is_woman: bool | None
    if voice["engine"] == kokoro.ENGINE:
        known = kokoro.parse_name(kokoro.OPENAI_NAMES.get(name, name))
        language_name, is_woman = known.language_name, known.is_woman
    else:
        language_name = languages.get(voice["language"], description)
        is_woman = _IS_FEMALE.get(espeak.OPENAI_NAMES.get(name, name).partition("+")[2][:1])
    grade = _GRADE.search(description)
    return VoiceFacts(
        id=name,
        name=name,
        language=voice["language"],
        language_name=language_name,
        gender=None if is_woman is None else "female" if is_woman else "male",
        description=description,
        grade=grade[1] if grade else None,
        engine=voice["engine"],
    )
