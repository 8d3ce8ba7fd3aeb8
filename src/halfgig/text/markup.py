"""Markup in a text: silent Markdown and HTML, and directives for pauses and phonemes."""

import re

from halfgig.errors import BadSetting
from halfgig.text import numbers
from halfgig.text.characters import INLINE, NEWLINE
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Rule, begins_line

_BULLET = r"[-*+•‣▪◦\u2013\u2014](?=[ \t])"
_COUNTER = r"(?P<count>\d{1,3})[.)](?=[ \t])"
_LINE = r"={3}|-{3}|\*{3}|_{3}|`{3}|~{3}"
_NEW_LINE_ITEM = rf"[ \t]{{0,20}}(?:{_BULLET}|\d{{1,3}}[.)][ \t]|#{{1,6}}[ \t]|\||{_LINE})"
_LONGEST_HEADING = 200
_HEADING = Pattern(rf"(?:\A|{NEWLINE})[ \t]{{0,3}}#{{1,6}}[ \t][^\n\r]*\Z")

_VALUE = r"(?:\"[^\"<>]{0,200}\"|'[^'<>]{0,200}'|[^\s<>\"']{1,200})"
_ATTRIBUTES = rf"(?:\s{{1,5}}[a-zA-Z-]{{1,30}}={_VALUE}){{0,8}}\s?/?>"
_BLOCKS = r"(?:br|p|div|li|ul|ol|h[1-6]|tr|td|th|table)"


def _at_line_start(match: re.Match[str]) -> str | None:
    return "" if begins_line(match) else None


def _after_heading(match: re.Match[str]) -> str | None:
    line = match.string[max(0, match.start() - _LONGEST_HEADING) : match.start()]
    return "" if _HEADING.search(line) else None


def _counter(match: re.Match[str]) -> str | None:
    return f"{numbers.whole(match['count'])}," if begins_line(match) else None


_PAUSE = Pattern(r"\[pause:[ \t]?(?P<length>\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})[ \t]?(?P<unit>m?s)\]")

MAX_PAUSE_S = 60.0
"""Longest pause in seconds; a longer one is shortened to this."""


def pause_seconds(written: str) -> float:
    """Return the length of a pause such as "[pause:0.5s]" in seconds; 0 for any other text."""
    match = _PAUSE.fullmatch(written)
    if not match:
        return 0.0
    return min(float(match["length"]) / (1000 if match["unit"] == "ms" else 1), MAX_PAUSE_S)


def _indices(match: re.Match[str]) -> str:
    """Return the places in an array: a[i][j]."""
    places = re.findall(r"[a-z]|\d+", match[0])
    return " ".join(numbers.whole(place) if place.isdecimal() else "ay" if place == "a" else place for place in places)


DIRECTIVES = (
    Rule("P", _PAUSE.pattern, "", Boundary.PAUSE),
    Rule("P", r"\]\(/[^/\n]{1,300}/\)", ""),
)
"""Instructions to the engine inside a text: a pause, or the phonemes of a word, "[word](/phonemes/)"."""

COUNTERS = (Rule("D", _COUNTER, _counter),)
"""Numbers of list items, in English words."""

RULES = (
    Rule("S", rf"{INLINE}{{0,200}}{NEWLINE}(?={_NEW_LINE_ITEM})", "", Boundary.SENTENCE),
    Rule("S", rf"{INLINE}{{0,200}}{NEWLINE}", _after_heading, Boundary.SENTENCE),
    Rule("P", rf"(?:{_BULLET}(?:[ \t]\[[ xX]\])?|#{{1,6}}(?=[ \t])|>{{1,5}}|`{{3,9}}[\w+-]{{0,20}})", _at_line_start),
    Rule("P", r"(?<=[a-z_])(?:\[[a-z]\]){1,3}(?=\s?[=+*/;,.)<>-]|\s?\Z)", _indices),
    Rule("P", r"(?<=[a-z_])\[0\]|(?<=[a-z_])\[\d{1,3}\](?=\s?[=+*]|\[)", _indices),
    Rule("P", r"!?\[(?=[^\[\]\n]{1,300}\][(\[])", ""),
    Rule("P", r"\]\([^()\s]{0,500}(?:\([^()\s]{0,100}\)[^()\s]{0,100})?(?:\s\"[^\"]{0,200}\")?\)", ""),
    Rule("P", r"\]\[[^\[\]\n]{0,80}\]", ""),
    Rule("P", r"(?<=[\w.,;:!?)\"'\u2019\u201d])\[\^?\d{1,3}\]", ""),
    Rule("P", rf"</?{_BLOCKS}{_ATTRIBUTES}", ","),
    Rule("P", rf"</?[a-zA-Z][a-zA-Z0-9]{{0,20}}{_ATTRIBUTES}|<!--[^>]{{0,1000}}-->|<(?=https?://)", ""),
    Rule("P", r"(?<=[\w/])>(?=[\s.,;:!?)]|\Z)", ""),
    Rule("P", r"&nbsp;", " "),
    Rule("P", r"&(?:lt|gt|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,6});", ""),
    Rule("P", r"\\(?=[*_`#\[\](){}~>+.!|-])", ""),
    Rule("P", r"\|[ \t]?:?-{2,200}[-|: \t]{0,200}|-{3,200}|={3,200}", ""),
    Rule("P", r"\|", ","),
    Rule("P", r"(?<=[^\W_])_{1,3}(?=[^\W_])", " "),
    Rule("P", r"[*_`]{1,200}|~{2,200}", ""),
)
"""Markup that is silent in any language."""

_PUNCTUATION = ';:,.!?—…"()“”'
_NOT_PHONEMES = Pattern(r"[\[\]/\d<>{}|\\]")
MAX_WORD_PHONEMES = 300
"""Maximum characters of one word of phonemes."""


def phonemes_as_text(phonemes: str) -> str:
    """Return phonemes as a text: "ðɛɹ, ðɛɹ!" becomes "[ðɛɹ](/ðɛɹ/), [ðɛɹ](/ðɛɹ/)!", which Kokoro speaks unchanged.

    Raises `BadSetting` for characters that are not phonemes.
    """
    if wrong := _NOT_PHONEMES.search(phonemes):
        raise BadSetting(
            f"{wrong[0]!r} is no phoneme; write IPA with spaces between words, as ðɛɹ ju ɑɹ, or leave --phonemes out"
        )
    return " ".join(map(_phoneme_word, phonemes.split()))


def _phoneme_word(word: str) -> str:
    bare = word.strip(_PUNCTUATION)
    if len(bare) > MAX_WORD_PHONEMES:
        raise BadSetting(f"a word of {len(bare)} phonemes; the limit is {MAX_WORD_PHONEMES}: set spaces between words")
    before, _, after = word.partition(bare) if bare else (word, "", "")
    return f"{before}[{bare}](/{bare}/){after}" if bare else word
