"""Pronunciation of the English suffixes -s, -ed and -ing, after misaki's rules and Wiktionary."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# After these, American t becomes a flap: "waiting".
_FLAPPING = frozenset("AIOWYiuæɑəɛɪɹʊʌ")
_DOUBLED = re.compile(r"(?:([bcdgklmnprstvxz])\1|ck)ing\Z")


def with_s(stem: str, *, is_british: bool) -> str:
    """Add the s of a plural, verb or possessive."""
    if stem[-1] in "ptkfθ":
        return f"{stem}s"
    if stem[-1] in "szʃʒʧʤ":
        return f"{stem}{_weak(is_british)}z"
    return f"{stem}z"


def with_ed(stem: str, *, is_british: bool) -> str:
    """Add the suffix of the past tense."""
    last = stem[-1]
    if last in "pkfθʃsʧ":
        return f"{stem}t"
    if last == "d":
        return f"{stem}{_weak(is_british)}d"
    if last != "t":
        return f"{stem}d"
    if is_british or len(stem) == 1:
        return f"{stem}ɪd"
    return f"{_flapped(stem)}ᵻd"


def with_ing(stem: str, *, is_british: bool) -> str:
    """Add -ing; "" if a British r may return that is not in the stem."""
    if is_british:
        return "" if stem[-1] in "əː" else f"{stem}ɪŋ"
    return f"{_flapped(stem)}ɪŋ"


def _weak(is_british: bool) -> str:
    return "ɪ" if is_british else "ᵻ"


def _flapped(stem: str) -> str:
    return f"{stem[:-1]}ɾ" if stem[-1] == "t" and stem[-2:-1] in _FLAPPING and len(stem) > 1 else stem


def _s_stems(word: str) -> Iterator[str]:
    if len(word) < 3 or not word.endswith("s"):
        return
    if not word.endswith("ss"):
        yield word[:-1]
    if word.endswith("'s") or (len(word) > 4 and word.endswith("es") and not word.endswith("ies")):
        yield word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        yield f"{word[:-3]}y"


def _ed_stems(word: str) -> Iterator[str]:
    if len(word) < 4 or not word.endswith("d"):
        return
    if not word.endswith("dd"):
        yield word[:-1]
    if len(word) > 4 and word.endswith("ed") and not word.endswith("eed"):
        yield word[:-2]


def _ing_stems(word: str) -> Iterator[str]:
    if len(word) < 5 or not word.endswith("ing"):
        return
    if len(word) > 5:
        yield word[:-3]
    yield f"{word[:-3]}e"
    if len(word) > 5 and _DOUBLED.search(word):
        yield word[:-4]


SUFFIXES: tuple[tuple[Callable[[str], Iterator[str]], Callable[..., str]], ...] = (
    (_s_stems, with_s),
    (_ed_stems, with_ed),
    (_ing_stems, with_ing),
)
"""For each suffix: the possible stems of a word, most likely first, and the function that adds its sound."""
