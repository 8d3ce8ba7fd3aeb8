"""Sentences kept in memory: spoken once for many listeners, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.media.chunks import Chunk
from halfgig.tts.recent_sentences import RecentSentences

if TYPE_CHECKING:
    from collections.abc import Iterator


class Speaker:
    """Speaks a thousand bytes for each sentence, and notes which it was asked for."""

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def speak(self, key: str) -> Iterator[Chunk]:
        """Yield the sentence of a key."""
        self.spoken.append(key)
        yield Chunk(bytes(600), text=key)
        yield Chunk(bytes(400))


def heard(recent: RecentSentences, speaker: Speaker, keys: str) -> list[str]:
    """Ask for sentences one after the other; return the texts that came."""
    return ["".join(chunk.text for chunk in recent.spoken(key, lambda key=key: speaker.speak(key))) for key in keys]  # type: ignore[misc]


def test_many_listeners_of_a_sentence_cost_one_synthesis() -> None:
    recent, speaker = RecentSentences(), Speaker()
    assert heard(recent, speaker, "aabab") == list("aabab")
    assert speaker.spoken == ["a", "b"]


def test_the_least_recently_used_are_forgotten_beyond_the_bound() -> None:
    recent, speaker = RecentSentences(most_bytes=2500), Speaker()
    heard(recent, speaker, "abacab")
    assert speaker.spoken == ["a", "b", "c", "b"]


def test_a_sentence_larger_than_the_bound_is_spoken_and_drives_no_other_out() -> None:
    recent, speaker = RecentSentences(most_bytes=1500), Speaker()
    heard(recent, speaker, "a")
    assert [len(chunk.pcm) for chunk in recent.spoken("long", lambda: iter([Chunk(bytes(2000))]))] == [2000]
    heard(recent, speaker, "a")
    assert speaker.spoken == ["a"]


def test_a_sentence_that_was_given_up_is_not_kept() -> None:
    recent, speaker = RecentSentences(), Speaker()
    next(iter(recent.spoken("a", lambda: speaker.speak("a"))))
    heard(recent, speaker, "a")
    assert speaker.spoken == ["a", "a"]
