"""A table of numbers by word in 12 bytes an entry: a dictionary of half a million words in 6 MB instead of 60.

It keeps a hash of 64 bits of each word instead of the word: that two of a million words have the same one is as likely
as one in forty million.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ABSENT = -1
"""The number of a word that is not in the table."""


class HashTable:
    """The numbers, 0 to 2^31 - 1, of words; of a word that comes twice the last number counts.

    With `prefixes` every beginning of a word is in the table as well, with 0 where it is no word itself.
    """

    def __init__(self, items: Iterable[tuple[str, int]], *, prefixes: bool = False) -> None:
        import numpy as np

        words, numbers, beginnings = array("q"), array("i"), array("q")
        for word, number in items:
            words.append(hash(word))
            numbers.append(number)
            if prefixes:
                beginnings.extend(hash(word[:end]) for end in range(1, len(word)))
        last_first = np.frombuffer(words, np.int64)[::-1] if words else np.zeros(0, np.int64)
        keys, places = np.unique(last_first, return_index=True)
        values = np.frombuffer(numbers, np.int32)[::-1][places] if words else np.zeros(0, np.int32)
        others = np.setdiff1d(np.frombuffer(beginnings, np.int64), keys) if beginnings else np.zeros(0, np.int64)
        keys, values = np.concatenate([keys, others]), np.concatenate([values, np.zeros(len(others), np.int32)])
        order = np.argsort(keys)
        self._keys = array("q", keys[order].tobytes())
        self._values = array("i", values[order].tobytes())

    def __len__(self) -> int:
        """Return how many words, and beginnings of words, there are."""
        return len(self._keys)

    def number(self, word: str) -> int:
        """Return the number of a word; `ABSENT` if it is not in the table."""
        key = hash(word)
        place = bisect_left(self._keys, key)
        return self._values[place] if place < len(self._keys) and self._keys[place] == key else ABSENT
