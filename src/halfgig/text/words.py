"""Words: plain words, names made of letters and digits."""

import re
import unicodedata

from halfgig.text import chat, numbers
from halfgig.text.addresses import spoken_address
from halfgig.text.characters import PART_OF_WORD, WORD
from halfgig.text.dates import SHORT_DAYS, SHORT_MONTHS
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of, as_written, lookup
from halfgig.text.short_forms import DOTLESS, DOTLESS_COUNTED, DOTLESS_TITLES, PLACES

_WARS = {"WWI": "World War One", "WWII": "World War Two", "WW1": "World War One", "WW2": "World War Two"}
_SPOKEN_LETTERS = {"A": "ay", "a": "ay", "IPv": "I P V", "ipv": "I P V"}
_ATOM = Pattern(r"\d+\.\d+|\d+|[^\W\d_]+")


def _mixed(match: re.Match[str]) -> str:
    parts = _ATOM.findall(match[0])
    many = parts[-1] == "s"
    spoken = " ".join(_mixed_part(part) for part in (parts[:-1] if many else parts))
    return numbers.plural(spoken) if many else spoken


def _mixed_part(part: str) -> str:
    if "." in part:
        return numbers.number(part)
    return numbers.in_pairs(part) if part.isdecimal() else _SPOKEN_LETTERS.get(part, part)


def _humps(match: re.Match[str]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", match[0])


def _sharp(match: re.Match[str]) -> str:
    return f"{match['letter']} {'sharp' if match['sign'] == '#' else 'plus plus'}"


def _flat(match: re.Match[str]) -> str:
    return f"{'ay' if match['letter'] == 'A' else match['letter']} flat"


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


_APOSTROPHE = r"['\u2019\u02bc\uff07\u2010\u2011-]"

_SHORT_FORMS = any_of([name for name in (*DOTLESS, *DOTLESS_COUNTED) if name.isalpha() and name.islower()])

_CAPITALS = (*DOTLESS, *DOTLESS_COUNTED, *DOTLESS_TITLES, *PLACES, *SHORT_MONTHS, *SHORT_DAYS, "Version")
_CAPITAL_SHORT_FORMS = any_of([name for name in _CAPITALS if name.isalpha() and name.istitle()])
_LOWER_OTHERS = rf"(?:{_SHORT_FORMS}|{any_of(chat.PLAIN)}|ur|[ru]|v(?=\.)|et(?=\sal\b)|[ivxlc]{{1,9}})\b"

COMMON = (
    Rule("L", rf"(?!{_LOWER_OTHERS})[a-z]{{1,40}}(?:[-'][a-z]{{1,40}}){{0,6}}(?=[\s,;])", as_written),
    Rule("L", rf"(?!{_CAPITAL_SHORT_FORMS}\b)[A-Z][a-z]{{3,40}}(?=[\s,;])", as_written),
)
"""Ordinary words; tried first for speed. Words that another rule may need are excluded."""

RULES = (
    Rule("L", rf"{any_of(_WARS)}(?!\w)", lookup(_WARS)),
    Rule("L", r"(?P<letter>[A-Z])(?P<sign>#|\+\+)(?!\w)", _sharp),
    Rule("L", r"(?P<letter>[A-G])b(?=\s(?:major|minor|maj|min|clarinet|trumpet|scale|chord)\b)", _flat),
    Rule("L", r"(?P<letter>[BE])b(?!\w)", _flat),
    Rule("L", r"(?<=\b[Kk]ey of )(?P<letter>[A-G])b(?!\w)", _flat),
    Rule("L", r"[a-z]{3,20}(?:[A-Z][a-z]{1,20}){1,5}(?![\w'])", _humps),
    Rule("P", r"(?<=[a-zA-Z_])\(\)", ""),
    Rule("L", r"(?P<word>[A-Za-z]{2,40})\((?P<ending>e?s)\)", _optional_plural),
    Rule(
        "L",
        r"[A-Za-z]{1,20}(?:-?\d{1,15}(?:\.\d{1,6}(?=[A-Za-z-]))?[A-Za-z]{0,20}){1,3}(?:(?<=\d)\.\d{1,6})?(?![^\W_])",
        _mixed,
    ),
    Rule("D", r"(?!\d{1,15}x\d)\d{1,15}(?:\.\d{1,6})?(?:[A-Za-z]{1,20}\d{1,15}){0,2}[A-Za-z]{1,20}(?![^\W_])", _mixed),
    Rule("L", r"[A-Za-z][\w-]{0,40}(?:\.[a-z][\w-]{0,40}){1,6}", _dotted),
    Rule("P", r"(?<!\w)['\u2019](?=(?:tis|twas|em|cause|til|bout|round)(?!\w))", ""),
    Rule("P", r"['\u2019]n['\u2019]", "and"),
    Rule("P", r"(?<=[\w.])['\u2019](?P<ending>s|d|re|ve|ll)(?!\w)", _ending),
    Rule("LP", rf"{WORD}(?:{_APOSTROPHE}{WORD}){{0,6}}", _word),
    Rule("LP", PART_OF_WORD, _word),
)
