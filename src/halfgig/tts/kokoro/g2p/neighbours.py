"""The words around a word, as the rules for homographs use them."""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.word_classes import (
    ADJECTIVES,
    ADVERBS,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    FINITE_VERBS,
    HAVE,
    MODALS,
    OBJECTS,
    PREPOSITIONS,
    SUBJECTS,
    is_adverb,
    is_mark,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_BACK = 4  # number of preceding words that most rules use
_LETTING = words("let lets letting make makes made making help helps helped helping hear heard see saw watch watched")
_ALLOWING = words("let lets letting")
_FUNCTION_WORDS = DETERMINERS | PREPOSITIONS | SUBJECTS | MODALS | BE | HAVE | ADVERBS | CONJUNCTIONS | OBJECTS | {"to"}


class Neighbours:
    """A word of a sentence and the words around it, in lower case; "" stands for a pause or the end."""

    def __init__(self, words: Sequence[str], index: int) -> None:
        self.words = words
        self.index = index
        self.word = words[index].lower()
        self.after = self.at(index + 1)
        back = index - 1
        while back > 0 and is_adverb(self.at(back)):
            back -= 1
        self.head = back
        """Index of the nearest word before that is not an adverb."""
        self.before = self.at(back)

    def at(self, index: int) -> str:
        """Return the word at an index of the sentence."""
        return self.words[index].lower() if 0 <= index < len(self.words) and not is_mark(self.words[index]) else ""

    def back(self, most: int = _BACK) -> list[str]:
        """Return the preceding words in the clause, nearest first."""
        found = []
        for index in range(self.index - 1, max(-1, self.index - 1 - most), -1):
            if not (word := self.at(index)):
                break
            found.append(word)
        return found

    def ahead(self, most: int = _BACK) -> list[str]:
        """Return the following words in the clause."""
        found = []
        for index in range(self.index + 1, min(len(self.words), self.index + 1 + most)):
            if not (word := self.at(index)):
                break
            found.append(word)
        return found

    def has(self, words: frozenset[str]) -> bool:
        """Return whether the sentence contains one of the words."""
        return any(word.lower() in words for word in self.words)

    @property
    def precedes_object(self) -> bool:
        """Whether a determiner or an object pronoun follows."""
        return self.after in (DETERMINERS | OBJECTS) - {"which", "whose"}

    @property
    def precedes_noun(self) -> bool:
        """Whether the next word is probably a noun described by this one."""
        return bool(self.after) and self.after not in _FUNCTION_WORDS and not is_adverb(self.after)

    @functools.cached_property
    def has_other_verb(self) -> bool:
        """Whether another word of the clause is a verb with tense."""
        return any(_is_finite(word) for word in [*self.back(12), *self.ahead(12)])


def is_made_to(place: Neighbours) -> bool:
    """Return whether someone is let, made or heard to do the word: "let me present", "let the bath overflow"."""
    back = place.back()
    if place.before in OBJECTS:
        return any(word in _LETTING for word in back[1:2])
    is_let = any(pair[0] in DETERMINERS and pair[1] in _ALLOWING for pair in pairwise(back[1:]))
    return is_let and place.before not in ADJECTIVES and not place.precedes_noun


def _is_finite(word: str) -> bool:
    auxiliary = word in (BE | HAVE | MODALS) - {"help", "please", "being", "been", "having"}
    return auxiliary or word in FINITE_VERBS or (word.endswith("ed") and len(word) > 4)
