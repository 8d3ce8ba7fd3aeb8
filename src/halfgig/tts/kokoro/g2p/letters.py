"""The words I and A, which are also names of letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.word_classes import NUMBERS, is_mark, words

if TYPE_CHECKING:
    from collections.abc import Sequence

ARTICLE, LETTER = ("DT",), ("NN",)

_LETTERED = words(
    "vitamin vitamins grade grades plan plans hepatitis influenza type types group groups section sections exhibit "
    "appendix annex option options point points team teams class classes category categories level levels part parts "
    "side sides unit room gate terminal platform block building column row step phase question answer case person "
    "company factor series line figure table triple double straight letter letters capital an the letter's note "
    "string chord scale key model version variant schedule form zone lane track route bus train bay hall wing floor "
    "seat stand area district division league list rank sample set cell node port drive user player candidate country "
    "town city variable matrix vector event state treatment arm cohort protein blood apartment suite studio channel "
    "input output band size cup battery scenario strategy method solution choice"
)
"""Words before the name of a letter."""

_LETTERED_SMALL = words("vitamin hepatitis option letter letters an")
"""Those of them that a small a follows as a letter more often than as the article."""

_SAID_OF_LETTERS = words("is was are were isn't wasn't stands comes equals has does doesn't would could should won't")
"""Verbs after a letter that is the subject of a sentence."""

_JOINING = words("and or to vs versus through minus plus times over slash")
"""Words between two letters: "from A to Z"."""


def letter_tags(sentence: Sequence[str], index: int) -> tuple[str, ...]:
    """Return the tags of I, A or a: pronoun, article ("DT") or name of a letter ("NN")."""
    if sentence[index] == "I":
        return ("PRP",)
    return LETTER if _is_letter(sentence, index) else ARTICLE


def is_plural_letter(sentence: Sequence[str], index: int) -> bool:
    """Return whether a word such as "Ps", or "As" after "straight", is the plural of a letter's name."""
    word = sentence[index]
    if len(word) != 2 or word[1] != "s" or not ("A" <= word[0] <= "Z"):
        return False
    if word not in ("As", "Is", "Us", "Ms"):
        return True
    before = _at(sentence, index - 1)
    if before in ("and", "or"):
        return _at(sentence, index - 2)[:1].isupper() and len(_at(sentence, index - 2)) <= 2
    return before in NUMBERS | words("straight all mostly several many your some only dot") and word != "Ms"


def _is_letter(sentence: Sequence[str], index: int) -> bool:
    before, after, beyond = (_at(sentence, index + step) for step in (-1, 1, 2))
    is_capital = sentence[index] == "A"
    if before.lower() in (_LETTERED if is_capital else _LETTERED_SMALL):
        return is_capital or after not in ("day", "week", "month", "year")
    if after.lower() in _JOINING and _is_letter_name(beyond, is_capital=is_capital):
        return True
    if before.lower() in _JOINING and _is_letter_name(_at(sentence, index - 2), is_capital=is_capital):
        return True
    if _is_letter_name(after, is_capital=is_capital) and (_is_letter_name(beyond, is_capital=is_capital) or before):
        return True
    return _is_capital_letter(sentence, index) if is_capital else _stands_alone(sentence, index)


def _is_capital_letter(sentence: Sequence[str], index: int) -> bool:
    before, after = _at(sentence, index - 1), _at(sentence, index + 1)
    if not after:
        return "".join(sentence[index + 2 : index + 3]).lower() != "a"  # "A... a ghost!"
    # Not in "Once Upon A Time" and "THIS IS A TEST": the capitals of a title or a shout.
    is_title = after[:1].isupper() or (before.isupper() and len(before) > 1)
    return after in _SAID_OF_LETTERS or (bool(before) and not is_title)


def _stands_alone(sentence: Sequence[str], index: int) -> bool:
    """Return whether a small a is between two pauses, or ends the sentence."""
    after = sentence[index + 1 : index + 2]
    if after and not is_mark(after[0]):
        return False
    ends = not after or after[0] in ".?!"
    return ends or (after[0] == "," and (not index or is_mark(sentence[index - 1])))


def _at(sentence: Sequence[str], index: int) -> str:
    return sentence[index] if 0 <= index < len(sentence) and not is_mark(sentence[index]) else ""


def _is_letter_name(word: str, *, is_capital: bool) -> bool:
    return len(word) == 1 and word.isalpha() and word.isupper() == is_capital
