"""Chinese words in a text: jieba's segmentation, with its dictionary in a compact table, 8 MB instead of 60."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.hash_table import ABSENT, HashTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Frequencies:
    """The frequency of each word of jieba's dictionary, and 0 for the beginning of one, as jieba asks for them."""

    def __init__(self, dictionary: Path) -> None:
        self.total = 0
        self._table = HashTable(self._words(dictionary), prefixes=True)

    def _words(self, dictionary: Path) -> Iterator[tuple[str, int]]:
        with dictionary.open(encoding="utf-8") as lines:
            for line in lines:
                word, frequency, *_ = line.split(" ")
                self.total += int(frequency)
                yield word, int(frequency)

    def __contains__(self, word: str) -> bool:
        """Return whether a text is a word or the beginning of one."""
        return self._table.number(word) != ABSENT

    def __getitem__(self, word: str) -> int:
        """Return the frequency.  Raises `KeyError` for a text that begins no word."""
        if (number := self._table.number(word)) == ABSENT:
            raise KeyError(word)
        return number

    def get(self, word: str, default: int | None = None) -> int | None:
        """Return the frequency, or the default for a text that begins no word."""
        number = self._table.number(word)
        return default if number == ABSENT else number


def load_segmenter(folder: Path) -> Callable[[str], list[str]]:
    """Return the function that cuts a text into words; `folder` is that of the package jieba."""
    tokenizer = importlib.import_module("jieba").Tokenizer()
    tokenizer.FREQ = Frequencies(folder / "dict.txt")
    tokenizer.total = tokenizer.FREQ.total
    tokenizer.initialized = True
    cut: Callable[[str], list[str]] = tokenizer.lcut
    return cut
