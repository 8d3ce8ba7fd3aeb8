"""Models and voices."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import openai
import pytest

from halfgig.server.errors import ModelNotFound, Unavailable
from halfgig.server.paths import ServerPaths
from halfgig.server.web.models import FRESH_S, Voices, facts_of_voices, known_model, speech_models
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings
from halfgig.tts.espeak.engine import EspeakEngine
from halfgig.tts.kokoro import voices as kokoro
from tests.server.web.servers import site
from tests.server.web.workers import speaks, work

if TYPE_CHECKING:
    from pathlib import Path

HEART = {
    "name": "af_heart",
    "language": "en-us",
    "description": "Heart, American English, woman, grade A-: x",
    "engine": "kokoro",
}
AF = {"name": "af", "language": "af", "description": "Afrikaans", "engine": "espeak"}
VOICES: dict[str, Any] = {"type": "voices", "voices": [AF, HEART]}


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:  # noqa: D102
        return self.now


def test_openais_client_lists_and_describes_models(tmp_path: Path) -> None:
    with (
        site(tmp_path) as server,
        openai.OpenAI(base_url=f"http://127.0.0.1:{server.port}/v1", api_key="any") as client,
    ):
        names = [model.id for model in client.models.list()]
        one = client.models.retrieve("tts-1")
        with pytest.raises(openai.NotFoundError) as caught:
            client.models.retrieve("gpt-5")
    assert {"kokoro", "puppet", "tts-1", "sora-2"} <= set(names)
    assert (one.id, one.object) == ("tts-1", "model")
    assert caught.value.code == "model_not_found"


def test_a_model_may_carry_a_date_and_nothing_else() -> None:
    assert known_model("gpt-4o-mini-tts-2025-12-15", speech_models()) == "gpt-4o-mini-tts"
    for wrong in ("tts-1-2", "tts-1-11066", "TTS-1", "", "tts-1-hd-", "tts-1\n"):
        with pytest.raises(ModelNotFound, match="the models are"):
            known_model(wrong, speech_models())


def test_voices_have_an_id_and_the_grade_their_makers_give(tmp_path: Path) -> None:
    with work(ServerPaths.of(Settings(data_dir=tmp_path)).socket, speaks(VOICES)), site(tmp_path) as server:
        found = server.http.get("/v1/audio/voices").json()["voices"]
    assert [(voice["id"], voice["grade"], voice["engine"]) for voice in found] == [
        ("af", None, "espeak"),
        ("af_heart", "A-", "kokoro"),
    ]


def test_voices_say_their_language_and_whether_a_woman_or_a_man_speaks() -> None:
    listed = {voice.name: asdict(voice) for voice in [*EspeakEngine().voices(), *kokoro.voices()]}
    listed |= {"echo": asdict(next(voice for voice in EspeakEngine().voices() if voice.name == "echo"))}
    found = {voice.name: voice for voice in facts_of_voices(list(listed.values()))}
    told = {name: (found[name].language, found[name].language_name, found[name].gender) for name in found}
    assert told["en-us"] == ("en-us", "English (America)", None)
    assert told["echo"] == ("en-us", "English (America)", "male")
    assert told["bf_emma"] == ("en-gb", "British English", "female")
    assert told["alloy"] == ("en-us", "American English", "female")
    assert (found["bf_emma"].grade, found["en-us"].grade) == ("B-", None)


def test_voices_are_asked_for_once_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    with work(tmp_path / "sock", speaks(VOICES)) as heard:

        async def look_again_and_again() -> None:
            voices = Voices(WorkerClient(tmp_path / "sock"), clock)
            await asyncio.gather(*[voices.all() for _ in range(5)])
            clock.now += FRESH_S + 1
            await voices.all()

        asyncio.run(look_again_and_again())
    assert len(heard.requests) == 2


def test_an_old_list_of_voices_is_better_than_none(tmp_path: Path) -> None:
    clock = Clock()
    client = WorkerClient(tmp_path / "sock", connect_s=0.1)
    voices = Voices(client, clock)

    async def looked() -> list[str]:
        return [voice.id for voice in await voices.all()]

    with pytest.raises(Unavailable):
        asyncio.run(looked())
    with work(tmp_path / "sock", speaks(VOICES)):
        first = asyncio.run(looked())
    clock.now += FRESH_S + 1
    assert asyncio.run(looked()) == first == ["af", "af_heart"]
