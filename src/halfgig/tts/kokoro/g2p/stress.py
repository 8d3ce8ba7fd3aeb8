"""Word stress, as in misaki: raised for capitalised words, lowered in one half of a compound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.alphabet import PRIMARY, SECONDARY, STRESS, VOWELS

if TYPE_CHECKING:
    from collections.abc import Sequence

NONE, LOWER, REDUCE, LIFT, RAISE = -2.0, -0.5, 0.0, 0.5, 2.0
"""Levels for `stressed`: remove all stress; lower primary stress; lower it, or raise unstressed words to secondary;
only raise unstressed words; raise to primary."""

_LONG = frozenset("AIOQWYʤʧ")


def stressed(phonemes: str, level: float | None) -> str:
    """Return a word with its stress changed to a level; None keeps it."""
    if level is None:
        return phonemes
    if level <= NONE:
        return phonemes.replace(PRIMARY, "").replace(SECONDARY, "")
    if PRIMARY in phonemes:
        return lowered(phonemes) if level <= REDUCE else phonemes
    if SECONDARY in phonemes:
        return phonemes.replace(SECONDARY, PRIMARY) if level > LIFT else phonemes
    if level < REDUCE:
        return phonemes
    return _with_stress(phonemes, PRIMARY if level > 1 else SECONDARY)


def lowered(phonemes: str) -> str:
    """Return a word with primary stress made secondary and secondary stress removed."""
    return phonemes.replace(SECONDARY, "").replace(PRIMARY, SECONDARY)


def _with_stress(phonemes: str, mark: str) -> str:
    at = next((index for index, letter in enumerate(phonemes) if letter in VOWELS), None)
    return phonemes if at is None else phonemes[:at] + mark + phonemes[at:]


def compounded(parts: Sequence[str], letters: Sequence[int]) -> list[str]:
    """Lower the stress of the lighter half of a compound ("half-hearted"); `letters` are the lengths of the parts."""
    spoken = [index for index, part in enumerate(parts) if part]
    result = list(parts)
    primaries = sum(PRIMARY in parts[index] for index in spoken)
    if len(spoken) == 2 and letters[spoken[0]] == 1:
        light = spoken[1:]
    elif len(spoken) < 2 or primaries <= (len(spoken) + 1) // 2:
        return result
    else:
        ranked = sorted(spoken, key=lambda index: (PRIMARY in parts[index], _weight(parts[index]), index))
        light = ranked[: len(spoken) // 2]
    for index in light:
        result[index] = stressed(result[index], LOWER)
    return result


def _weight(phonemes: str) -> int:
    return sum(2 if letter in _LONG else 1 for letter in phonemes)


def bare(phonemes: str) -> str:
    """Return phonemes without stress marks."""
    return phonemes.translate(dict.fromkeys(map(ord, STRESS)))
