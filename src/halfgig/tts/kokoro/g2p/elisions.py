"""Words cut short by an apostrophe: "goin'", "ol'", "th'", "'bout"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.alphabet import PRIMARY, STRESS, VOWELS
from halfgig.tts.kokoro.g2p.word_classes import words

if TYPE_CHECKING:
    from collections.abc import Callable

_WHOLE = {
    "th'": "the", "'til": "till", "'till": "till", "an'": "and", "'n": "'n'", "n'": "'n'", "'cos": "'cause",
    "'cuz": "'cause", "'coz": "'cause",
    "d'you": "do you", "d'ye": "do ye", "d'ya": "do ya", "p'raps": "perhaps", "thou'rt": "thou art",
    "tha'": "that", "wha'": "what", "wi'": "with", "'kay": "kay", "'round": "round",
    "'phone": "phone", "'flu": "flu", "don'": "don't",
    "won'": "won't", "ain'": "ain't", "didn'": "didn't", "couldn'": "couldn't", "wouldn'": "wouldn't", "mo'": "more",
    "po'": "poor", "fo'": "for", "yo'": "your", "sho'": "sure", "befo'": "before", "do'": "door", "flo'": "floor",
}  # fmt: skip
"""Words that are said as others, or as the dictionary has them with another apostrophe."""

_CLIPPED = words(
    "ol' jus' mus' las' fas' bes' mos' roun' aroun' groun' soun' foun' behin' frien' fin' kin' han' lan' stan' "
    "husban' thousan' tol' col' hol' sof' lef' lif' nex' firs' almos' agains' mas' pas' res' wes' eas' dus' frien' "
    "secon' min'"
)
"""Words that lose a final d or t."""

_LEADING = words(
    "tis twas twere twill twould tisn't twasn't twon't twouldn't em cause cos cuz coz til till bout round neath tween "
    "twixt gainst mongst fore ere im er is e ello ave ouse ead ome ow alf appen ad as n nuff nother kay bye phone flu "
    "cello specially fraid member count cept scuse spose less stead bus cept pologies nough"
)
"""Words that lose their beginning, without the apostrophe."""

_WITHOUT_H = words("'er 'im 'is 'e 'ere 'ow 'as 'ad")
"""Words that would be others without the apostrophe."""

_CUT_BEGINNINGS = ("h", "a", "be", "re", "ex", "e", "es", "ac", "sup")


def may_follow_apostrophe(word: str) -> bool:
    """Return whether an apostrophe before a word marks letters left out: "'tis"."""
    return word.lower() in _LEADING


def may_end_in_apostrophe(word: str) -> bool:
    """Return whether an apostrophe after a word marks letters left out: "goin'", "ol'"."""
    lower = word.lower()
    return lower == "o" or f"{lower}'" in _CLIPPED or f"{lower}'" in _WHOLE or (lower.endswith("in") and len(lower) > 3)


def elided(word: str, said: Callable[[str], str], is_known: Callable[[str], bool]) -> str:
    """Return the phonemes of a word cut short by an apostrophe; "" for any other word.

    `said` returns the phonemes of a whole word, `is_known` whether the dictionary has it.
    """
    lower = word.lower()
    if lower == "o'":
        return "ə"
    if lower in _WHOLE:
        return " ".join(said(part) for part in _WHOLE[lower].split())
    if lower.startswith("'") and lower.endswith("n't") and is_known(lower[:-3]):  # "'tisn't"
        return f"{said(lower[:-3])}ᵊnt"
    if lower.endswith("in'"):
        whole = said(f"{word[:-1]}g")
        return f"{whole[:-1]}n" if whole.endswith("ŋ") and not is_known(word[:-1]) else ""
    if lower in _CLIPPED:
        return next((said(word[:-1] + end)[:-1] for end in "dt" if is_known(lower[:-1] + end)), "")
    if lower in _WITHOUT_H:
        return said(f"h{lower[1:]}").replace("h", "", 1)
    if lower.startswith("'") and not is_known(lower[1:]):
        return _without_beginning(lower[1:], said, is_known)
    return ""


def _without_beginning(rest: str, said: Callable[[str], str], is_known: Callable[[str], bool]) -> str:
    for beginning in _CUT_BEGINNINGS:
        if is_known(beginning + rest):
            whole = said(beginning + rest)
            if beginning == "h":
                return whole.replace("h", "", 1)
            syllable = next((index for index, letter in enumerate(whole) if letter in VOWELS), 0) + 1
            return whole[syllable:].lstrip(STRESS if whole[syllable:].count(PRIMARY) > 1 else "")
    return ""
