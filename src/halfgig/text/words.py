"""Words: plain words, Roman numerals, names made of letters and digits."""

import re
import unicodedata

from halfgig.text import numbers
from halfgig.text.addresses import spoken_address
from halfgig.text.characters import WORD
from halfgig.text.rules import Rule, any_of, as_written, lookup, word_before

_RULERS = frozenset({
    "Henry", "Louis", "Charles", "George", "Edward", "Elizabeth", "James", "William", "Richard", "John", "Paul", "Pius",
    "Benedict", "Gregory", "Leo", "Philip", "Frederick", "Catherine", "Peter", "Nicholas", "Alexander", "Napoleon",
    "Ivan", "Mary", "Francis", "Ferdinand", "Otto", "Leopold", "Wilhelm", "Ramses", "Ramesses", "Thutmose", "Amenhotep",
    "Darius", "Xerxes", "Ptolemy", "Cleopatra", "Innocent", "Clement", "Urban", "Boniface", "Sixtus", "Julius",
    "Alfonso", "Carlos", "Felipe", "Juan", "Haakon", "Harald", "Olaf", "Gustav", "Christian", "Margrethe", "Harold",
})  # fmt: skip
"""Names followed by an ordinal numeral: "Henry VIII"."""

_COUNTED = frozenset({
    "chapter", "part", "section", "volume", "book", "act", "scene", "article", "appendix", "type", "phase", "level",
    "stage", "figure", "table", "war", "title", "grade", "class", "episode", "season", "round", "mark", "unit",
    "lesson", "schedule", "page", "step", "tier", "bowl", "vol", "ch", "pt", "sec", "fig",
})  # fmt: skip
"""Words followed by a cardinal numeral: "chapter IV"."""

_WARS = {"WWI": "World War One", "WWII": "World War Two", "WW1": "World War One", "WW2": "World War Two"}
_SPOKEN_LETTERS = {"A": "ay", "a": "ay", "IPv": "I P V", "ipv": "I P V"}
_MAX_NUMERAL = 60
_ATOM = re.compile(r"\d+\.\d+|\d+|[^\W\d_]+")


def _roman(match: re.Match[str]) -> str | None:
    letters, before = match["letters"], word_before(match)
    number = numbers.roman(letters.upper())
    if number is None or number >= _MAX_NUMERAL or not before:
        return None
    if before.lower() in _COUNTED and (before[0].isupper() or letters != "I"):
        return numbers.cardinal(number)
    if not letters.isupper() or (letters == "I" and match["closed"] is None):
        return None
    if before in _RULERS:
        return f"the {numbers.ordinal(number)}"
    return numbers.cardinal(number) if before[0].isupper() and len(letters) > 1 else None


def _possessive_roman(match: re.Match[str]) -> str | None:
    spoken = _roman(match)
    return spoken and f"{spoken}'s"


def _mixed(match: re.Match[str]) -> str:
    parts = _ATOM.findall(match[0])
    many = parts[-1] == "s"
    spoken = " ".join(_mixed_part(part) for part in (parts[:-1] if many else parts))
    return numbers.plural(spoken) if many else spoken


def _mixed_part(part: str) -> str:
    if "." in part:
        return numbers.number(part)
    return numbers.in_pairs(part) if part.isdecimal() else _SPOKEN_LETTERS.get(part, part)


def _sharp(match: re.Match[str]) -> str:
    return f"{match['letter']} {'sharp' if match['sign'] == '#' else 'plus plus'}"


def _dotted(match: re.Match[str]) -> str:
    return spoken_address(match[0])


def _ending(match: re.Match[str]) -> str:
    return f"'{match['ending']}"


def _optional_plural(match: re.Match[str]) -> str:
    return match["word"] + match["ending"]


_PLAINER = str.maketrans("\u2019\u02bc\uff07\u2010\u2011", "'''--", "\u00ad\u200b\u200c\u200d\u2060\ufeff")


def plain_word(word: str) -> str:
    """Return a word in plain letters without invisible characters; "" if it has neither letter nor digit."""
    if word.isascii():
        return word
    # NFKC turns a spacing accent into a space and a combining mark, and the Greek grave into a backtick.
    word = " ".join(unicodedata.normalize("NFKC", word.translate(_PLAINER)).replace("`", " ").split())
    return word if any(character.isalnum() for character in word) else ""


def _word(match: re.Match[str]) -> str:
    word = plain_word(match[0])
    if word.isascii() or not any(character.isdigit() for character in word):
        return word
    return " ".join("".join(f" {numbers.spelled(each)} " if each.isdigit() else each for each in word).split())


_ROMAN = r"(?P<letters>[IVXLC]{2,9}|[IVX]|[ivxlc]{2,9}|[vx])"
_CLOSED = r"(?=(?P<closed>[.,;:!?)]|\s{1,9}of\b|\s{0,9}\Z)?)"
_APOSTROPHE = r"['\u2019\u02bc\uff07\u2010\u2011-]"

COMMON = (Rule("L", r"(?!(?:vs|etc|[ivxlc]{1,9})\b)[a-z]{1,40}(?:[-'][a-z]{1,40}){0,6}(?=[\s,;])", as_written),)
"""Ordinary lower-case words; tried first for speed. Words that another rule may need are excluded."""

RULES = (
    Rule("L", rf"{_ROMAN}(?![\w'\u2019-]){_CLOSED}", _roman),
    Rule("L", rf"{_ROMAN}(?P<closed>['\u2019]s)(?!\w)", _possessive_roman),
    Rule("L", rf"{any_of(_WARS)}(?!\w)", lookup(_WARS)),
    Rule("L", r"(?P<letter>[A-Z])(?P<sign>#|\+\+)(?!\w)", _sharp),
    Rule("L", r"(?P<word>[A-Za-z]{2,40})\((?P<ending>e?s)\)", _optional_plural),
    Rule("L", r"[A-Za-z]{1,20}(?:-?\d{1,15}[A-Za-z]{0,20}){1,3}(?:(?<=\d)\.\d{1,6})?(?![^\W_])", _mixed),
    Rule("D", r"(?!\d{1,15}x\d)\d{1,15}(?:\.\d{1,6})?(?:[A-Za-z]{1,20}\d{1,15}){0,2}[A-Za-z]{1,20}(?![^\W_])", _mixed),
    Rule("L", r"[A-Za-z][\w-]{0,40}(?:\.[a-z][\w-]{0,40}){1,6}", _dotted),
    Rule("P", r"(?<!\w)['\u2019](?=(?:tis|twas|em|cause|til|bout|round)(?!\w))", ""),
    Rule("P", r"['\u2019]n['\u2019]", "and"),
    Rule("P", r"(?<=[\w.])['\u2019](?P<ending>s|d|re|ve|ll)(?!\w)", _ending),
    Rule("LP", rf"{WORD}(?:{_APOSTROPHE}{WORD}){{0,6}}", _word),
)
