"""White space, full stops, dashes, brackets and quotes: pauses within a sentence, and its end."""

import re

from halfgig.text.characters import (
    BRACKETS,
    CLOSERS,
    COMMAS,
    EXCLAMATIONS,
    FULL_STOPS,
    INLINE,
    NEWLINE,
    PICTURES,
    QUESTIONS,
)
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Rule

_RUN = r"(?P<run>(?:\.[ ]){2,30}\.|[.!?…]{1,100}+)"
_CLOSED = rf"(?:[{CLOSERS}]|\[\d{{1,3}}\]){{0,10}}+"
_ENDED = rf"(?=\s|\Z|[{PICTURES}])"
_TRAILING = rf"(?P<run>\.{{2,100}}+|…{{1,100}}+|[.!?…]{{1,100}}+(?=[{CLOSERS}]))"


def _stop(match: re.Match[str]) -> str:
    signs = match["run"].replace(" ", "")
    if any(sign in QUESTIONS for sign in signs):
        return "?"
    if any(sign in EXCLAMATIONS for sign in signs):
        return "!"
    return "…" if "…" in signs or (len(signs) > 1 and signs[0] == ".") else "."


def _unless_lower(match: re.Match[str]) -> str | None:
    return _stop(match) if match["next"].islower() else None


_TITLES = frozenset({
    "Dr", "Prof", "Mr", "Mrs", "Ms", "St", "Sr", "Sra", "Srta", "Nr", "Hr", "Fr", "Frl", "Mme", "Mlle", "Sig", "Dott",
    "Av", "Ing", "Lic", "Dra", "Bd", "No", "Art", "Abs", "Jr", "vs", "bzw", "ca",
})  # fmt: skip
_LONGEST_COUNT = 2
BEGINNINGS = frozenset({
    "Er", "Sie", "Es", "Das", "Der", "Die", "Wir", "Ich", "Ihr", "Und", "Aber", "Dann", "Danach", "Heute", "Jetzt",
    "Wenn", "Il", "Elle", "Le", "La", "Les", "Nous", "Et", "El", "Los", "Las", "Y", "Pero", "Lo", "Gli", "Ma", "Ele",
    "Ela", "O", "Os", "As", "Mas", "E", "Je", "Un", "Une", "Una", "Ein", "Eine", "Mein", "Mais", "Hier", "Dort",
    "So",
})  # fmt: skip
"""Words after a number and a full stop that begin a sentence."""


def _foreign_stop(match: re.Match[str]) -> str | None:
    """Keep "3. März", "z. B.", "M. Dupont" and "etc. y" in one sentence, whatever the language."""
    if match["run"] != ".":
        return _stop(match)
    before = _LAST_WORD.search(match.string[max(0, match.start() - 30) : match.start()])
    word = before[0] if before else ""
    if match["next"] and (
        match["next"].islower()
        or word in _TITLES
        or (len(word) == 1 and word.isalpha() and word.isupper())
        or (_is_ordinal(match, word) and match["word"] not in BEGINNINGS)
    ):
        return None
    return "."


def _is_ordinal(match: re.Match[str], word: str) -> bool:
    """Return whether a number may be an ordinal; after a noun with a capital it is a count: "Gleis 12."."""
    before = match.string[max(0, match.start() - 30) : match.start()]
    return word.isdecimal() and len(word) <= _LONGEST_COUNT and not _NOUN_BEFORE.search(before)


_NOUN_BEFORE = Pattern(r"[A-ZÄÖÜ][a-zäöüß]{2,}\s\d{1,2}\Z")
_LAST_WORD = Pattern(r"[^\W_]+(?:[.,]\d+)?\Z")


def _flag(match: re.Match[str]) -> str | None:
    """Return the hyphens of a program's option: --force, -m; None for a word in prose."""
    is_long = len(match[0]) > 1
    one_letter = re.match(r"[a-zA-Z](?:[`\s=.,)]|\Z)", match.string[match.end() : match.end() + 2])
    if not is_long and not one_letter:
        return None
    return "dash dash" if is_long else "dash"


def _first(match: re.Match[str]) -> str:
    return match[0][0]


PARAGRAPHS = (
    Rule(
        "S", rf"{INLINE}{{0,999}}+(?:{NEWLINE}{INLINE}{{0,999}}+){{2,999}}+|\s?[\f\u2029]\s?", " ", Boundary.PARAGRAPH
    ),
)
"""Blank lines."""

SPACES = (
    Rule("S", r"\s{1,99}+(?:[-\u2013\u2014]{1,3}(?=\s)|[\u2013\u2014]{1,3})", "—"),
    Rule("S", r"\s{1,999}+", " "),
)
"""Other white space: around a dash, or between words."""

COMMON = (
    Rule("P", r"[,;:](?=\s)", _first),
    Rule("S", r"[ ](?=[A-WYZa-wyz])", " "),  # no rule takes a space before a letter, except before "x"
)
"""The most frequent punctuation and the most frequent space; tried first for speed."""

ENGLISH_COMMON = (Rule("P", r"[.!?](?=[ ][A-Za-z]|\Z)", _first, Boundary.SENTENCE),)
"""The most frequent end of an English sentence; abbreviations take their own full stops."""

_PAUSES = (
    Rule("P", r"[,:;]{1,100}", _first),
    Rule("P", rf"[{COMMAS}]{{1,100}}", ","),
    Rule(
        "P", r"(?:(?<=[\s`])--|(?<=[a-z]{2}\s)-)(?!\w{1,30}--)(?=[a-zA-Z](?:[a-z-]{1,30})?[`\s=.,)]|[a-zA-Z]\Z)", _flag
    ),
    Rule("P", r"[\u2013\u2014\u2015]{1,100}|-{2,100}", "—"),
    Rule("P", r"(?<=[\w.)])[-\u2010\u2011](?=\w)", " "),
    Rule("P", rf"[{BRACKETS}]{{1,100}}", ","),
    Rule("LDSP", r"[\s\S]", ""),
)

ENGLISH = (
    Rule("P", rf"{_TRAILING}{_CLOSED}(?=\s{{1,20}}(?P<next>\w))", _unless_lower),
    Rule("P", rf"{_RUN}{_CLOSED}{_ENDED}", _stop, Boundary.SENTENCE),
    Rule("P", r"(?P<run>(?<=[a-z])\.(?=[A-Z][a-z])|[!?]{1,9}+(?=[A-Z]))", _stop, Boundary.SENTENCE),
    Rule("P", rf"(?P<run>[{FULL_STOPS}]{{1,100}}+){_CLOSED}", _stop, Boundary.SENTENCE),
    Rule("P", r"(?<!\S)\.(?=[A-Za-z])|(?<=[A-Za-z])\.(?=[A-Z]{2})", "dot"),
    Rule("P", _RUN, _stop),
    *_PAUSES,
)
"""Ends of English clauses and sentences; the last rule makes any unknown character silent."""

FOREIGN = (
    Rule(
        "P", rf"{_RUN}{_CLOSED}{_ENDED}(?=\s{{0,20}}(?P<word>(?P<next>\w?)\w{{0,9}}))", _foreign_stop, Boundary.SENTENCE
    ),
    Rule("P", rf"(?P<run>[{FULL_STOPS}]{{1,100}}+){_CLOSED}", _stop, Boundary.SENTENCE),
    Rule("P", _RUN, _stop),
    *_PAUSES,
)
"""Ends of clauses and sentences in every other language."""
