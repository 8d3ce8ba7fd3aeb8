"""English words to phonemes by dictionary, with rules for capitals, spelling, inflection and context.

The rules and their order are misaki's (its `en.py`), with which Kokoro was trained; the part of speech comes from
`homographs` instead of a tagger.
"""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from halfgig.tts.kokoro.g2p.alphabet import CONSONANTS, PAUSES, PRIMARY, SECONDARY, VOWELS
from halfgig.tts.kokoro.g2p.stress import LIFT, RAISE, REDUCE, stressed
from halfgig.tts.kokoro.g2p.suffixes import SUFFIXES, with_s

if TYPE_CHECKING:
    from halfgig.tts.kokoro.g2p.dictionary import Dictionary, Entry

_SYMBOLS = {"%": "percent", "&": "and", "+": "plus", "@": "at"}
_LETTERS = re.compile(r"[A-Za-z]+")
_PARENTS = {"VB": "VERB", "NN": "NOUN", "RB": "ADV", "JJ": "ADJ"}
_MORE_FORMS = {"lead": {"METAL": "lˈɛd"}, "resume": {"NOUN": "ɹˈɛzəmˌA"}}
"""Readings that the dictionary lacks."""
_CONTEXTUAL = frozenset({"a", "i", "in", *_MORE_FORMS})
_LONGEST_SPELLED = 5
_PROPER = 7  # a longer name may be an ordinary word
_CACHE_SIZE = 1024  # dictionary entries


Tags = tuple[str, ...]


class Context(NamedTuple):
    """The context after a word."""

    before_vowel: bool | None = None
    """Whether the next word begins with a vowel; None before a pause and at the end."""
    before_to: bool = False
    """Whether the next word is "to"."""

    def before(self, word: str, phonemes: str) -> Context:
        """Return the context of the word before this one."""
        kinds = (_kind(letter) for letter in phonemes if letter in VOWELS | CONSONANTS | PAUSES)
        return Context(next(kinds, self.before_vowel), word in ("to", "To", "TO"))


def _kind(letter: str) -> bool | None:
    return None if letter in PAUSES else letter in VOWELS


class Lexicon:
    """Pronounces the words of a dictionary and words derived from them."""

    def __init__(self, dictionary: Dictionary, *, is_british: bool) -> None:
        self._dictionary = dictionary
        self._is_british = is_british
        self._lookup = functools.lru_cache(_CACHE_SIZE)(dictionary.lookup)

    def phonemes(self, word: str, tags: Tags, context: Context) -> str:
        """Return the phonemes of a word; "" if they cannot be derived.

        `tags` are its likely parts of speech as Penn Treebank tags, most likely first.
        """
        stress = None if word == word.lower() else (RAISE if word == word.upper() else LIFT)
        special = self._function_word(word, tags, stress, context)
        return special or self._inflected(self._plain_case(word, tags), tags, stress, context)

    def spelled(self, word: str) -> str:
        """Spell a word with stress on the last letter; "" if it has letters that are not Latin."""
        letters = [self._gold(letter.upper()) for letter in word if letter.isalpha()]
        if not letters or not all(letters):
            return ""
        run = stressed("".join(entry.forms["DEFAULT"] for entry in letters if entry), REDUCE)
        head, mark, tail = run.rpartition(SECONDARY)
        return head + (PRIMARY if mark else "") + tail

    def has_one_reading(self, word: str) -> bool:
        """Return whether a word in small letters sounds the same in any context."""
        entry = self._gold(word) if word.islower() and word not in _CONTEXTUAL else None
        return entry is not None and len(entry.forms) == 1

    def has(self, word: str) -> bool:
        """Return whether a word is in the dictionary, as it is written or in lower case."""
        return any(self._gold(each) or self._silver(each) for each in {word, word.lower()})

    def knows(self, word: str) -> bool:
        """Return whether a word is in the dictionary or can be spelled."""
        if self._gold(word) or word in _SYMBOLS or self._silver(word):
            return True
        if not _LETTERS.fullmatch(word):
            return False
        return len(word) == 1 or (word == word.upper() and bool(self._gold(word.lower()))) or word[1:].isupper()

    def _gold(self, word: str) -> Entry | None:
        return self._found(word, is_gold=True)

    def _silver(self, word: str) -> Entry | None:
        return self._found(word, is_gold=False)

    def _found(self, word: str, *, is_gold: bool) -> Entry | None:
        for spelling in _spellings(word):
            entry = self._lookup(spelling)
            if entry and entry.is_gold == is_gold:
                return entry
        return None

    def _function_word(self, word: str, tags: Tags, stress: float | None, context: Context) -> str:
        """Return the weak or strong form of a function word; "" for other words."""
        if _is_initials(word.removesuffix("'s")):
            said = self.spelled(word.removesuffix("'s"))
            return with_s(said, is_british=self._is_british) if said and word.endswith("'s") else said
        weak = _weak_form(word, tags, stress, context)
        if weak is not None:
            return weak or self._read(word.lower() if len(word) > 1 else word, tags, None, Context(True))
        if word in _SYMBOLS:
            return self._read(_SYMBOLS[word], (), None, context)
        if word.lower() == "used":
            form = tags if context.before_to else ()
            return self._read("used", form, None, Context(False))
        return ""

    def _plain_case(self, word: str, tags: Tags) -> str:
        """Return a word in lower case if only its position in the sentence explains the capitals."""
        lower = word.lower()
        if "-" in word and not self._silver(word) and (self._gold(lower) or self._silver(lower)):
            return lower  # "Three-Dimensional"
        is_cased = len(word) > 1 and word != lower and word.replace("'", "").isalpha()
        if not is_cased or ("NNP" in tags and len(word) <= _PROPER) or self._gold(word) or self._silver(word):
            return word
        if word == word.upper() or word[1:] == word[1:].lower():
            is_word = self._gold(lower) or self._silver(lower) or self._suffixed(lower, tags, None, Context())
            return lower if is_word else word
        return word

    def _inflected(self, word: str, tags: Tags, stress: float | None, context: Context) -> str:
        if self.knows(word):
            return self._read(word, tags, stress, context)
        if word.endswith("s'") and self.knows(f"{word[:-2]}'s"):
            return self._read(f"{word[:-2]}'s", tags, stress, context)
        if word.endswith("'") and self.knows(word[:-1]):
            return self._read(word[:-1], tags, stress, context)
        return self._suffixed(word, tags, stress, context)

    def _suffixed(self, word: str, tags: Tags, stress: float | None, context: Context) -> str:
        for stems, with_suffix in SUFFIXES:
            known = list(filter(self.knows, stems(word)))
            stem = next(filter(self._gold, known), "".join(known[:1]))  # "bowed" is of "bow", not of "bowe"
            if word.endswith(("ed", "ing")) and "NNP" not in tags:
                tags = ("VB",)
            level = LIFT if stress is None and word.endswith("ing") else stress
            said = self._read(stem, tags, level, context) if stem else ""
            if said and (ended := with_suffix(said, is_british=self._is_british)):
                return ended
        return ""

    def _read(self, word: str, tags: Tags, stress: float | None, context: Context) -> str:
        """Return the pronunciation of a known word, or spell an unknown one in capitals."""
        is_name = False
        if word == word.upper() and not self._gold(word):
            word, is_name = word.lower(), "NNP" in tags
        entry = self._gold(word) or (None if is_name else self._silver(word))
        said = _form(word, entry, tags, context) if entry else ""
        if not said or (is_name and PRIMARY not in said):
            spelled = self.spelled(word) if len(word) <= _LONGEST_SPELLED or not _has_vowel(word) or said else ""
            if spelled:
                return spelled
        return stressed(said, stress)


def _form(word: str, entry: Entry, tags: Tags, context: Context) -> str:
    forms = entry.forms | _MORE_FORMS.get(word.lower(), {})
    if context.before_vowel is None and "None" in forms:
        return forms["None"]
    keys = (key for tag in tags for key in (tag, _PARENTS.get(tag[:2], "")) if key in forms)
    return forms[next(keys, "DEFAULT")]


def _spellings(word: str) -> tuple[str, ...]:
    """Return a word as written, then its variant with or without initial capital."""
    lower = word.lower()
    if len(word) < 2 or word not in (lower, lower.capitalize()):
        return (word,)
    other = lower.capitalize() if word == lower else lower
    return (word, other) if other != word else (word,)


def _is_initials(word: str) -> bool:
    parts = word.split(".")
    return "." in word.strip(".") and word.replace(".", "").isalpha() and max(map(len, parts)) <= 2


def _has_vowel(word: str) -> bool:
    return any(letter in "aeiouy" for letter in word.lower())


def _weak_form(word: str, tags: Tags, stress: float | None, context: Context) -> str | None:
    """Return the form of a function word in context; "" to use the dictionary, None for other words."""
    vowel = context.before_vowel
    is_name = "NNP" in tags
    match word:
        case "a" | "A":
            return "ɐ" if "DT" in tags else f"{PRIMARY}A"
        case "I" if "PRP" in tags:
            return f"{SECONDARY}I"
        case "am" | "Am" | "AM" if not (word == "AM" and is_name):
            return "ɐm" if vowel is not None and word == "am" and not (stress and stress > 0) else ""
        case "an" | "An" | "AN" if not (word == "AN" and is_name):
            return "ɐn"
        case "to" | "To" | "TO" if not (word == "TO" and is_name):
            return "" if vowel is None else ("tʊ" if vowel else "tə")
        case "in" | "In" | "IN" if not (word == "IN" and is_name):
            return ("" if "IN" in tags and vowel is not None else PRIMARY) + "ɪn"
        case "the" | "The" | "THE" if not (word == "THE" and is_name):
            return "ði" if vowel else "ðə"
    return None
