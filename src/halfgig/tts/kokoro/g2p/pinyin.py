"""Pinyin of Chinese words: pypinyin's data, looked up in its files instead of loaded, 4 MB instead of 55.

The readings are those of `pypinyin.lazy_pinyin`: the longest phrases from left to right, else the first reading of each
character.
"""

from __future__ import annotations

import mmap
import re
import unicodedata
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.hash_table import ABSENT, HashTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PHRASE = re.compile(rb'"([^"]+)"\s*:\s*\[')
_CHARACTER = re.compile(rb'"(\d+)"\s*:\s*"')
_READING = re.compile(rb'\[\s*"([^"]*)"')
_END_OF_PHRASE = re.compile(rb"\]\s*\]")
_END_OF_READING = re.compile(rb'[",]')
_TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
NEUTRAL = "5"
"""The tone of a syllable without one."""


class Pinyin:
    """Readings of words from the data files in the folder of the package pypinyin."""

    def __init__(self, folder: Path) -> None:
        self._phrases = _mapped(folder / "phrases_dict.json")
        self._characters = _mapped(folder / "pinyin_dict.json")
        self._phrase_places = HashTable(_places(_PHRASE, self._phrases), prefixes=True)
        self._character_places = HashTable(
            (chr(int(number)), place) for number, place in _places(_CHARACTER, self._characters)
        )

    def syllables(self, word: str) -> list[str]:
        """Return the syllables of a word with their tones as numbers: "zhong1", "lü4", "de5"."""
        return [with_number(reading) for phrase in self._phrases_in(word) for reading in self._readings(phrase)]

    def _phrases_in(self, word: str) -> Iterator[str]:
        """Yield the longest phrases from left to right; a character that begins none stands alone."""
        start = 0
        while start < len(word):
            end, longest = start + 1, start
            while end <= len(word) and (place := self._phrase_places.number(word[start:end])) != ABSENT:
                longest = end if place else longest
                end += 1
            if longest == start and end > len(word):  # the rest begins a phrase and ends within it
                yield from word[start:]
                return
            yield word[start : max(longest, start + 1)]
            start = max(longest, start + 1)

    def _readings(self, phrase: str) -> list[str]:
        place = self._phrase_places.number(phrase)
        if place > 0:
            end = _END_OF_PHRASE.search(self._phrases, place)
            assert end
            return [found.decode() for found in _READING.findall(self._phrases, place, end.end())]
        return [reading for character in phrase if (reading := self._reading(character))]

    def _reading(self, character: str) -> str:
        place = self._character_places.number(character)
        end = _END_OF_READING.search(self._characters, place) if place > 0 else None
        return self._characters[place : end.start()].decode() if end else ""


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _places(pattern: re.Pattern[bytes], content: mmap.mmap) -> Iterator[tuple[str, int]]:
    """Yield each key of a JSON object with the place where its value begins."""
    for found in pattern.finditer(content):
        yield found[1].decode(), found.end()


def with_number(syllable: str) -> str:
    """Return a syllable with its tone as a number at the end, instead of a mark on a vowel: "hǎo" is "hao3"."""
    marks = unicodedata.normalize("NFD", syllable)
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), NEUTRAL)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tone
