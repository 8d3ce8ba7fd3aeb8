"""What a lexicon or markup says instead of a word, as words for an engine."""

from __future__ import annotations

from itertools import groupby

from halfgig.text.pattern import Pattern
from halfgig.text.sentences import sentences

SYLLABLE_MARK = "\N{HYPHENATION POINT}"
"""The sign between the syllables of a respelt word; those in capitals are stressed."""

_RESPELT = Pattern(r"[^\W\d_]+(?:-[^\W\d_]+)+")


def spoken_form(said: str, language: str) -> str:
    """Return words as an engine speaks them: numbers and signs as words, respelt words with syllable marks.

    A word is respelt where it has hyphens between syllables, and the stressed syllable alone is in capitals:
    "koo-ber-NET-eez".
    """
    parts = []
    for is_respelt, words in groupby(said.split(), _is_respelt):
        if is_respelt:
            parts += [word.replace("-", SYLLABLE_MARK) for word in words]
        else:
            parts += [sentence.spoken for sentence in sentences(" ".join(words), language)]
    return " ".join(parts).strip(" ,;:!?…")


def _is_respelt(word: str) -> bool:
    syllables = word.split("-")
    capitals = [syllable for syllable in syllables if syllable.isupper()]
    return bool(_RESPELT.fullmatch(word)) and 0 < len(capitals) < len(syllables)
