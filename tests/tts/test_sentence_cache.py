"""Sentences that were spoken before."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.media.chunks import Chunk, Phoneme, Word
from halfgig.text.sentences import sentences
from halfgig.tts.base import Voice
from halfgig.tts.sentence_cache import SentenceCache, decode_chunks, encode_chunks, sentence_key
from tests.media.sounds import tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPOKEN = [
    Chunk(tone(2400), (Phoneme("ə", 0.0, 0.1, 2),), (Word("$3", 0.0, 0.1),), "$3 "),
    Chunk(tone(1200, hz=300)),
]


class Speaker:
    """Count how often it has to speak."""

    def __init__(self) -> None:
        self.times = 0

    def speak(self) -> Iterator[Chunk]:
        """Speak the sentence."""
        self.times += 1
        yield from SPOKEN


def model(folder: Path) -> Path:
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    return folder


def test_what_was_said_once_is_not_said_again(tmp_path: Path) -> None:
    cache, speaker = SentenceCache(tmp_path / "c", 10**6), Speaker()
    assert [list(cache.spoken("k", speaker.speak)) for _ in range(2)] == [SPOKEN, SPOKEN]
    assert speaker.times == 1


def test_what_was_not_said_to_its_end_is_not_kept(tmp_path: Path) -> None:
    cache, speaker = SentenceCache(tmp_path / "c", 10**6), Speaker()
    next(iter(cache.spoken("k", speaker.speak)))
    assert list(cache.spoken("k", speaker.speak)) == SPOKEN
    assert speaker.times == 2


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:0], lambda data: data[:60] + b"?" + data[61:]]
)
def test_a_damaged_sentence_is_said_again_and_mended(tmp_path: Path, damage: object) -> None:
    cache, speaker = SentenceCache(tmp_path, 10**6), Speaker()
    list(cache.spoken("k", speaker.speak))
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert [list(cache.spoken("k", speaker.speak)) for _ in range(2)] == [SPOKEN, SPOKEN]
    assert speaker.times == 2


def test_those_asked_for_longest_ago_go_when_there_are_too_many(tmp_path: Path) -> None:
    size = len(encode_chunks(SPOKEN))
    cache, speaker = SentenceCache(tmp_path, 3 * size), Speaker()
    for age, key in enumerate("abc"):
        list(cache.spoken(key, speaker.speak))
        os.utime(tmp_path / f"{key}.sentence", (1000 + age, 1000 + age))
    list(cache.spoken("a", speaker.speak))
    list(cache.spoken("d", speaker.speak))
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["a", "c", "d"]


def test_a_sentence_larger_than_the_cache_is_said_and_not_kept(tmp_path: Path) -> None:
    cache = SentenceCache(tmp_path, 100)
    assert list(cache.spoken("k", Speaker().speak)) == SPOKEN
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("a file, no folder")
    assert list(SentenceCache(tmp_path / "c", 10**6).spoken("k", Speaker().speak)) == SPOKEN


def voice(name: str, language: str = "en-us") -> Voice:
    return Voice(name, language, "", "kokoro")


def test_a_sentence_is_known_by_all_that_its_sound_follows_from(tmp_path: Path) -> None:
    here = model(tmp_path / "m")
    one, other = sentences("It is $3. [pause:1s] It is $4.")
    keys = [sentence_key(here, voice("af"), 1.0, one), sentence_key(here, voice("af"), 1.0, other)]
    keys += [sentence_key(here, voice("bf"), 1.0, one), sentence_key(here, voice("af"), 1.1, one)]
    keys += [sentence_key(here, voice("af"), 1.0, next(sentences("It is $3.")))]
    keys += [sentence_key(here, voice("af", "fr"), 1.0, one)]
    said = replace(one, spans=(one.spans[0]._replace(phonemes="it"), *one.spans[1:]))
    keys += [sentence_key(here, voice("af"), 1.0, said)]
    (here / "manifest.json").write_text("{...}")
    assert len({*keys, sentence_key(here, voice("af"), 1.0, one)}) == 8


def test_where_a_sentence_stands_in_the_text_does_not_matter(tmp_path: Path) -> None:
    here = model(tmp_path / "m")
    _, second = sentences("Well. It is so.")
    assert sentence_key(here, voice("af"), 1.0, second) == sentence_key(
        here, voice("af"), 1.0, next(sentences("It is so."))
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sentence_or_none(data: bytes) -> None:
    assert decode_chunks(b"halfgig sentence 1\n" + data) is None
