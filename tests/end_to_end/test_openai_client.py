"""The official `openai` client against the whole server: speech and models.

OpenAI ended its video service, and its client will lose those calls: tests/end_to_end/test_client.py has ours.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

import av
import pytest

from tests.end_to_end.conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    import openai

    from tests.support.serving import Server

SENTENCE = "Good morning. Your order, number twelve, leaves at half past five."


@pytest.fixture
def client(server: Server) -> Iterator[openai.OpenAI]:
    import openai

    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made


def seconds_of(sound: bytes) -> float:
    """Decode a sound file and return its length."""
    with av.open(io.BytesIO(sound), "r") as file:
        return sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


@pytest.mark.parametrize("sound_format", ["mp3", "opus", "aac", "flac", "wav"])
def test_speech_comes_in_every_format(
    client: openai.OpenAI, sound_format: Literal["mp3", "opus", "aac", "flac", "wav"]
) -> None:
    answer = client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE, response_format=sound_format)
    assert 2 < seconds_of(answer.content) < 8


def test_pcm_is_24_khz_without_a_header(client: openai.OpenAI) -> None:
    bare = client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE, response_format="pcm").content
    wave = client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE, response_format="wav").content
    assert wave.endswith(bare)
    assert len(bare) / 48_000 == pytest.approx(seconds_of(wave), abs=0.001)


def test_a_stream_begins_before_the_speech_is_whole(client: openai.OpenAI) -> None:
    text = SENTENCE * 40
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="nova", input=text, response_format="pcm"
    ) as answer:
        parts = [len(part) for part in answer.iter_bytes(4096)]
    assert len(parts) > 10
    assert answer.headers["content-type"].startswith("audio/pcm")
    assert "content-length" not in answer.headers


def test_speed_makes_speech_shorter(client: openai.OpenAI) -> None:
    plain, fast = (
        client.audio.speech.create(model="tts-1", voice="alloy", input=SENTENCE, response_format="pcm", speed=speed)
        for speed in (1.0, 2.0)
    )
    assert len(fast.content) < 0.7 * len(plain.content)


def test_models_can_be_listed_and_retrieved(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert {"puppet", "tts-1"} <= set(names)
    assert client.models.retrieve("puppet").object == "model"


def test_errors_become_the_clients_own_with_message_and_code(client: openai.OpenAI, server: Server) -> None:
    import openai

    with pytest.raises(openai.BadRequestError) as refused:
        client.audio.speech.create(model="tts-1", voice="nobody-has-this", input=SENTENCE)
    assert refused.value.code == "unknown_voice"
    assert "nobody-has-this" in str(refused.value)
    with pytest.raises(openai.BadRequestError) as empty:
        client.audio.speech.create(model="tts-1", voice="alloy", input="...")
    assert empty.value.code == "empty_text"
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("no-such-model")
    assert missing.value.code == "model_not_found"
    assert missing.value.request_id
    stranger = openai.OpenAI(base_url=f"{server.url}/v1", api_key="wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError) as unknown:
        stranger.models.list()
    assert unknown.value.code == "invalid_api_key"
