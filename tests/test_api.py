"""What the library does when all is well."""

from __future__ import annotations

import contextlib
import inspect
import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

import halfgig
from halfgig.events import Progress
from tests.support.media import PRESENTER, frames, portrait, presenter, seconds_of

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.events import Event
    from halfgig.pipeline.runner import Result

TEXT = "Bob may buy a map."
MARKS = "84,118 172,118 128,160 100,200 156,200"


def drawn(path: Path, **wishes: object) -> np.ndarray:
    """Make the presenter talk, small; give the frames [n, height, width, 3]."""
    halfgig.talk(PRESENTER, TEXT, path, **({"size": 96} | wishes))  # type: ignore[arg-type]
    return np.stack(list(frames(path)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, list[Event]]:
    """Return what a video of seed 7 tells when it is done, and while it is made."""
    heard: list[Event] = []
    path = tmp_path_factory.mktemp("made") / "a.mp4"
    return halfgig.talk(PRESENTER, TEXT, path, size=96, seed=7, on_event=heard.append), heard


def test_say_tells_what_it_made(tmp_path: Path) -> None:
    result = halfgig.say(TEXT, tmp_path / "a.wav")
    assert result.path == tmp_path / "a.wav"
    assert result.seconds == pytest.approx(seconds_of(result.path), abs=1e-6)
    assert (result.frames, result.size) == (0, (0, 0))
    assert "espeak" in result.maker
    assert 0 < result.private_mb < result.peak_mb < result.budget_mb


def test_talk_tells_what_it_made(made: tuple[Result, list[Event]]) -> None:
    result, _ = made
    assert result.size == (96, 96)
    assert result.frames == round(result.seconds * 25)
    assert result.took_s > 0


def test_a_faster_speaker_takes_less_time(tmp_path: Path) -> None:
    slow, fast = (halfgig.say(TEXT, tmp_path / "a.wav", speed=speed).seconds for speed in (1, 2))
    assert fast < 0.7 * slow


def test_a_voice_is_asked_for_by_name(tmp_path: Path) -> None:
    assert "voice fr" in halfgig.say("Oui.", tmp_path / "a.wav", voice="fr").maker


def test_speak_yields_sound_with_the_times_of_phonemes_and_words() -> None:
    (chunk,) = halfgig.speak("Hello there.")
    assert chunk.seconds > 0.5
    assert [word.text for word in chunk.words] == ["Hello", "there"]
    assert chunk.phonemes[0].start == 0
    assert chunk.phonemes[-1].end == pytest.approx(chunk.seconds, abs=0.001)


def test_speak_yields_the_first_sentence_long_before_the_last() -> None:
    hours = "This is one sentence of very many. " * 50_000  # 1.75 MB: minutes of work
    chunks = halfgig.speak(hours)
    assert [chunk.text.strip() for chunk in itertools.islice(chunks, 2)] == ["This is one sentence of very many."] * 2
    chunks.close()  # type: ignore[attr-defined]


def test_voices_are_sorted_and_can_be_asked_for() -> None:
    names = [voice.name for voice in halfgig.voices()]
    assert names == sorted(names)
    assert {"en-us", "fr", "de", "alloy"} <= set(names)


def test_a_listener_hears_how_far_the_work_is(made: tuple[Result, list[Event]]) -> None:
    result, heard = made
    last = [event for event in heard if isinstance(event, Progress)][-1]
    assert last == Progress("assembling", result.frames, result.frames, "frames")


def test_the_same_seed_makes_the_same_file(made: tuple[Result, list[Event]], tmp_path: Path) -> None:
    again = halfgig.talk(PRESENTER, TEXT, tmp_path / "a.mp4", size=96, seed=7)
    assert again.path.read_bytes() == made[0].path.read_bytes()


def test_another_seed_moves_the_head_otherwise(made: tuple[Result, list[Event]], tmp_path: Path) -> None:
    one, other = np.stack(list(frames(made[0].path))), drawn(tmp_path / "a.mp4", seed=1)
    assert one.shape == other.shape
    assert np.abs(one.astype(int) - other).max() > 20


def test_size_is_the_longer_side(tmp_path: Path) -> None:
    assert halfgig.talk(PRESENTER, TEXT, tmp_path / "a.mp4", size=160).size == (160, 160)


def test_the_frames_keep_the_proportions_of_the_picture_in_even_sides(tmp_path: Path) -> None:
    picture = tmp_path / "tall.png"
    presenter(300).crop((45, 0, 256, 300)).save(picture)  # 211 x 300
    result = halfgig.talk(picture, TEXT, tmp_path / "a.mp4", size=150)
    assert result.size == (106, 150)  # 105.5 would be exact


def test_frames_a_second_are_as_asked(tmp_path: Path) -> None:
    result = halfgig.talk(PRESENTER, TEXT, tmp_path / "a.mp4", size=96, fps=12.5)
    assert result.frames == round(result.seconds * 12.5)
    assert sum(1 for _ in frames(result.path)) == result.frames


def test_landmarks_place_a_face_that_no_detector_finds(tmp_path: Path) -> None:
    blank = tmp_path / "wall.png"
    presenter(256).resize((8, 8)).resize((256, 256)).save(blank)
    with pytest.raises(halfgig.HalfgigError, match="no face"):
        halfgig.talk(blank, TEXT, tmp_path / "a.mp4", size=96)
    moved = np.stack(list(frames(halfgig.talk(blank, TEXT, tmp_path / "a.mp4", size=96, landmarks=MARKS).path)))
    spread = moved.astype(float).std(axis=(0, 3))
    assert spread[70:80, 40:60].max() > 5  # the mouth


def test_landmarks_are_in_pixels_of_the_file_however_small_the_frames(tmp_path: Path) -> None:
    large = portrait(tmp_path / "large.png", 1024)
    with pytest.raises(halfgig.HalfgigError, match=r"2000,480 is outside the picture of 1024 x 1024"):
        halfgig.talk(large, TEXT, tmp_path / "a.mp4", size=96, landmarks="340,480 2000,480 512,640 400,800 620,800")


def test_a_relative_path_is_meant_from_where_one_is(tmp_path: Path) -> None:
    portrait(tmp_path / "me.png", 128)
    with contextlib.chdir(tmp_path):
        halfgig.talk("me.png", "Oh.", "me.mp4", size=64)
    assert (tmp_path / "me.mp4").exists()


def test_every_wish_of_the_library_is_documented() -> None:
    for function in (halfgig.say, halfgig.speak, halfgig.talk, halfgig.voices):
        assert inspect.getdoc(function)
    told = " ".join(filter(None, (inspect.getdoc(function) for function in (halfgig.say, halfgig.talk))))
    for name in inspect.signature(halfgig.say).parameters.keys() - {"text", "output", "voice"}:
        assert f"`{name}`" in told


def test_an_unknown_name_is_told_by_the_package() -> None:
    with pytest.raises(AttributeError, match="sing"):
        halfgig.sing  # noqa: B018


def test_phonemes_are_refused_where_the_voice_reads_words(tmp_path: Path) -> None:
    with pytest.raises(halfgig.errors.BadSetting, match="pull kokoro"):
        halfgig.say("ðɛɹ", tmp_path / "a.wav", voice="en-us", phonemes=True)


def test_a_lexicon_may_be_a_mapping_and_chunks_say_who_speaks() -> None:
    text = "[voice:en-gb] Hello. [voice:de] Hallo."
    plain = list(halfgig.speak(text))
    longer = list(halfgig.speak(text, lexicon={"hello": "good evening everybody"}))
    assert [chunk.speaker for chunk in longer] == ["en-gb", "de"]
    assert longer[0].seconds > 1.5 * plain[0].seconds
