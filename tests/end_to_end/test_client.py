"""Our own clients against the whole server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from halfgig.client import ApiError, AsyncClient, Client, Video, VideoFailed
from tests.end_to_end.conftest import KEY
from tests.support.media import PRESENTER, frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.serving import Server

SENTENCE = "Good morning. Your order, number twelve, leaves at half past five."


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.url, KEY) as made:
        yield made


def test_a_speech_comes_whole_in_pieces_or_with_its_words(client: Client) -> None:
    whole = client.speech(SENTENCE, "en-us", response_format="pcm")
    assert b"".join(client.stream_speech(SENTENCE, "en-us")) == whole
    events = list(client.speech_events(SENTENCE, "en-us"))
    assert b"".join(event.sound for event in events) == whole
    words = [word for event in events for word in event.words]
    assert [text for text, _, _ in words][:2] == ["Good", "morning."]
    assert 2 < words[-1][2] < len(whole) / 48_000
    assert events[-1].kind == "speech.audio.done"


def test_a_video_is_made_from_its_creation_to_its_deletion(client: Client, tmp_path: Path) -> None:
    seen: list[Video] = []
    video = client.videos.create("Good morning.", PRESENTER, size=128, fps=10)
    done = client.videos.poll(video.id, on_progress=seen.append)
    assert (done.status, done.progress, done.model, seen[-1]) == ("completed", 100, "puppet", done)
    path = client.videos.download(video.id, tmp_path / "it.mp4")
    assert sum(1 for _ in frames(path)) == done.frames
    assert client.videos.download(video.id, tmp_path / "it.vtt", "subtitles").read_text().startswith("WEBVTT")
    assert video.id in [each.id for each in client.videos.list()]
    assert client.videos.share(video.id).startswith("/shared/")
    client.videos.delete(video.id)
    with pytest.raises(ApiError) as missing:
        client.videos.get(video.id)
    assert (missing.value.status, missing.value.code) == (404, "not_found")
    assert missing.value.request_id


def test_events_follow_a_video_to_its_end(client: Client) -> None:
    video = client.videos.create(idle=0.2, size=64)
    *_, last = client.videos.events(video.id)
    assert last.kind == "completed"
    assert last.video
    assert last.video.id == video.id


def test_a_video_that_was_cancelled_is_told_to_who_waits_for_it(client: Client) -> None:
    video = client.videos.create(SENTENCE * 20, size=64)
    client.videos.cancel(video.id)
    with pytest.raises(VideoFailed, match="cancelled"):
        client.videos.poll(video.id)


def test_faces_are_found_and_their_landmarks_can_be_sent_back(client: Client) -> None:
    (face,) = client.faces(PRESENTER)
    video = client.videos.create_and_poll(
        idle=0.04, portrait=PRESENTER.read_bytes(), landmarks=face["landmarks"], size=64
    )
    assert video.frames == 1


def test_errors_name_message_code_and_field(client: Client, server: Server) -> None:
    with pytest.raises(ApiError, match="nobody-has-this") as refused:
        client.speech("Hi.", "nobody-has-this")
    assert (refused.value.status, refused.value.code) == (400, "unknown_voice")
    with Client(server.url, "wrong") as stranger, pytest.raises(ApiError) as unknown:
        stranger.voices()
    assert unknown.value.code == "invalid_api_key"


def test_one_key_does_not_see_anothers_videos(client: Client, server: Server) -> None:
    video = client.videos.create("Mine.", size=64)
    with Client(server.url, "another") as other:
        with pytest.raises(ApiError) as missing:
            other.videos.get(video.id)
        assert missing.value.status == 404
        assert video.id not in [each.id for each in other.videos.list()]
    client.videos.delete(video.id)


def test_the_same_calls_can_be_awaited(server: Server, tmp_path: Path) -> None:
    async def run() -> Any:
        async with AsyncClient(server.url, KEY) as client:
            voices, video = await asyncio.gather(client.voices(), client.videos.create_and_poll("Hi.", size=64))
            path = await client.videos.download(video.id, tmp_path / "it.mp4")
            listed = [each.id async for each in client.videos.list()]
            sound = [piece async for piece in client.stream_speech("Hi.", voices[0].id)]
            events = [event async for event in client.videos.events(video.id)]
            await client.videos.delete(video.id)
            return video, path, listed, sound, events

    video, path, listed, sound, events = asyncio.run(run())
    assert video.id in listed
    assert path.stat().st_size == video.raw["bytes"]
    assert sum(map(len, sound)) > 4800
    assert events[-1].kind == "completed"


def test_an_avatar_is_saved_speaks_in_a_video_and_on_a_page_and_is_deleted(client: Client, server: Server) -> None:
    avatar = client.avatars.create(PRESENTER, "Ann", voice="en-gb", mood="happy")
    assert (avatar.name, avatar.voice, avatar.mood) == ("Ann", "en-gb", "happy")
    assert client.avatars.get(avatar.id) == avatar
    video = client.videos.create_and_poll("Hello.", avatar=avatar.id, size=64, fps=5)
    assert video.raw["voice"] == "en-gb"
    assert [each.id for each in client.avatars.list()] == [avatar.id]
    assert client.avatars.pack(avatar.id).startswith(b"HGAVATAR")
    with Client(server.url, client.avatars.session(avatar.id, expires_in=60).token) as page:
        assert page.avatars.get(avatar.id) == avatar
        assert len(page.speech("Hi.", "en-us", response_format="pcm")) > 4800
    assert httpx.get(server.url + client.avatars.link(avatar.id)).content == client.avatars.pack(avatar.id)
    client.avatars.delete(avatar.id)
    with pytest.raises(ApiError) as missing:
        client.avatars.get(avatar.id)
    assert missing.value.status == 404
