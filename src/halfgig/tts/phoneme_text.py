"""Phonemes given instead of a text: each word of them written so that it is said as it stands."""

import re

from halfgig.errors import BadSetting

_MARKS = ';:,.!?—…"()“”'
_NOT_PHONEMES = re.compile(r"[\[\]/\d<>{}|\\]")
LONGEST_WORD = 300
"""The most characters of one word of phonemes."""


def text_of_phonemes(phonemes: str) -> str:
    """Write "ðɛɹ, ðɛɹ!" as the text "[ðɛɹ](/ðɛɹ/), [ðɛɹ](/ðɛɹ/)!", which Kokoro says as it stands.

    Raises `BadSetting` for signs that no phoneme is written with.
    """
    if wrong := _NOT_PHONEMES.search(phonemes):
        raise BadSetting(
            f"{wrong[0]!r} is no phoneme; write IPA with spaces between words, as ðɛɹ ju ɑɹ, or leave --phonemes out"
        )
    return " ".join(map(_said, phonemes.split()))


def _said(word: str) -> str:
    bare = word.strip(_MARKS)
    if len(bare) > LONGEST_WORD:
        raise BadSetting(f"a word of {len(bare)} phonemes; the limit is {LONGEST_WORD}: set spaces between words")
    before, _, behind = word.partition(bare) if bare else (word, "", "")
    return f"{before}[{bare}](/{bare}/){behind}" if bare else word
