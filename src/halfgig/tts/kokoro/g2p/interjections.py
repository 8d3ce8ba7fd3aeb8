"""Interjections without a spelling in the dictionary ("Shh", "Grr", "Zzz"), and stretched words ("Nooooo")."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.word_classes import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SOUNDS = (
    ("s+h+", "ʃː"),
    ("h+m+p+h+|h+r+m+p+h+|hmp+f+|ha?rr?u+mp+h+", "hˈʌmf"),
    ("hm|h+m{2,}|h{2,}m+", "hˈm"),
    ("m{2,}", "mː"),
    ("m+-?h+m+", "mhˈm"),
    ("u+h+-?h+u+h+", "əhˈʌ"),
    ("g+r{2,}", "ɡˈɜɹ"),
    ("b+r{2,}", "bˈɜɹ"),
    ("a+r{2,}", "ˈɑɹ"),
    ("v+r{2,}o+m+", "vɹˈum"),
    ("z{2,}|b+z{2,}", "zː"),
    ("b+z{2,}t+", "bˈʌzt"),
    ("s{3,}|h+i?s{3,}", "sː"),
    ("f{3,}", "fː"),
    ("p+s+t+", "pst"),
    ("p+f{2,}t*|pft+", "pft"),
    ("p+h+f{2,}t*", "ft"),
    ("t+s+k+", "tˈɪsk"),
    ("k+s{3,}", "ks"),
    ("t+h?p{2,}t*|p+b{2,}t*", "pˈɜɹt"),
    ("u+g+h+", "ˈʌɡ"),
    ("a+r+g+h+|a+r+g+|a+r+r+g+h*", "ˈɑɹɡ"),
    ("a+c+k+", "ˈæk"),
    ("g+a+h+", "ɡˈɑ"),
    ("g+a+c+k+", "ɡˈæk"),
    ("a+h+", "ˈɑ"),
    ("a{2,}h*|a+u+g+h+|a+i+e{2,}", "ˈɑ"),
    ("o+h{2,}|o{3,}h+", "ˈO"),
    ("o{2,}h+|o{3,}", "ˈu"),
    ("e+w{2,}", "ˈiu"),
    ("e{3,}k*", "ˈik"),
    ("a+w+", "ˈɔ"),
    ("u{2,}h*|u+h+", "ˈʌ"),
    ("u+m{2,}|u+h+m+|e+r+m+", "ˈʌm"),
    ("e+r{2,}", "ˈɜɹ"),
    ("e+h+", "ˈA"),
    ("o+w{2,}", "ˈW"),
    ("w+o+a+h+|w+h+o+a+h+|w{2,}o+a+", "wˈO"),
    ("m+e+h+", "mˈɛ"),
    ("h+e+h+", "hˈɛ"),
    ("n+a+h+", "nˈɑ"),
    ("y+a+h+", "jˈɑ"),
    ("d+u+h+", "dˈʌ"),
    ("p+h+e{2,}w+", "fjˈu"),
    ("m+w+a+h+", "mwˈɑ"),
    ("l+o+l+", "lˈɑl"),
    ("o+m+g{2,}", "ˌOˌɛmʤˈi"),
)
"""Patterns of interjections in lower case, and their American sounds."""

_PATTERNS = tuple((re.compile(pattern), sounds) for pattern, sounds in _SOUNDS)
_LAUGH = re.compile(r"(?P<start>[bm]?[uw]?a?)(?P<laugh>(?:h[aeio]){2,}|(?:[aeo]h){3,})h?")
_RUN = re.compile(r"(?P<letter>[^\W\d_])(?P=letter){2,}")
_SHORTEST = 2  # letters of an abbreviation
_MOST_RUNS = 3  # of letters in one word

_DOUBLED = words(
    "oops good cool too all see feel free soon room bee shoot hoot moo zoo woo poor loose off hell well call ball wall "
    "fall tall small kill will still tell sell fell full pull look book cook food foot door floor moon noon mood wood "
    "wool fool pool tool school boom zoom sleep sweet deep keep week meet feet need speed green queen boss miss kiss "
    "pass mess less class glass grass cross loss dress stress press bless fuss boo goo egg add odd seen been beer "
    "cheer steer"
)
"""Words that keep a double letter when they are stretched, although they are another word with one."""


def interjection(word: str) -> str:
    """Return the American phonemes of an interjection; "" for any other word."""
    lower = word.lower()
    if word == "sh" or (word.isupper() and _is_abbreviation(lower)):  # the shell, "MM", "AAA"
        return ""
    found = next((sounds for pattern, sounds in _PATTERNS if pattern.fullmatch(lower)), "")
    laugh = _LAUGH.fullmatch(lower)
    return found or (_laughter(laugh["start"], laugh["laugh"]) if laugh else "")


def _is_abbreviation(lower: str) -> bool:
    return len(lower) <= _SHORTEST or lower == "lol" or (len(set(lower)) == 1 and lower[0] not in "mz")


def _laughter(start: str, laugh: str) -> str:
    vowel = {"a": "ɑ", "e": "ɛ", "i": "i", "o": "O"}[next(letter for letter in laugh if letter != "h")]
    times = max(2, min(4, laugh.count("h")))
    opening = f"{start[0]}wɑ" if start[:1] in ("b", "m") else "ɑ" if start else ""
    return opening + f"h{vowel}" * (times - 1) + f"hˈ{vowel}"


def unstretched(word: str, is_known: Callable[[str], bool]) -> str:
    """Return the word that a stretched one stands for ("Nooooo": "No"); "" if there is none."""
    runs = list(_RUN.finditer(word.lower()))
    is_abbreviation = bool(runs) and word.isupper() and not runs[0].start()  # "AAAS", "CCCP"
    if not runs or len(runs) > _MOST_RUNS or is_abbreviation:
        return ""
    candidates = [each for each in _shortened(word, runs) if len(each) > 1]
    return next((each for each in candidates if each.lower() in _DOUBLED), "") or next(filter(is_known, candidates), "")


def _shortened(word: str, runs: list[re.Match[str]]) -> Iterator[str]:
    """Yield a word with each run of a letter cut to one or two, the shortest first."""
    for lengths in itertools.product((1, 2), repeat=len(runs)):
        parts, end = [], 0
        for run, length in zip(runs, lengths, strict=True):
            parts += [word[end : run.start()], word[run.start() : run.start() + length]]
            end = run.end()
        yield "".join(parts) + word[end:]
