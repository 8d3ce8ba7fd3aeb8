"""Roman numerals against letters: Henry VIII and chapter IV, but an IV drip and size XL."""

import re

from halfgig.text import numbers
from halfgig.text.context import text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule

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
    "lesson", "schedule", "page", "step", "tier", "bowl", "vol", "ch", "pt", "sec", "fig", "canto", "apollo",
    "exhibit", "group", "category", "option", "plate", "element", "quadrant", "factor", "error", "amendment", "day",
    "art",
})  # fmt: skip
"""Words followed by a cardinal numeral: "chapter IV"."""

_PAGES = frozenset({"p", "pp", "pg", "pgs", "P", "Pp"})
"""Words followed by a numeral in lower case."""

_LETTERS = frozenset({"XL", "XXL", "XXXL", "CV", "MIX", "LI", "CC", "VC", "IC", "CI", "VIP", "LCD", "CIV", "LIV", "VI"})
"""Numerals that are letters, unless they follow a name that is counted."""

_VEIN = frozenset({
    "drip", "drips", "line", "lines", "fluid", "fluids", "therapy", "bag", "bags", "pole", "antibiotics", "infusion",
    "infusions", "access", "push", "dose", "doses", "catheter", "site", "needle", "medication", "medications",
    "treatment", "treatments", "injection", "stand", "tube", "port", "contrast", "sedation",
})  # fmt: skip
_FIRSTS = frozenset({"error", "errors", "diabetes", "interferon", "collagen", "supernova", "hypersensitivity"})
_MAX_NUMERAL = 60

_BEFORE = Pattern(r"([^\W\d_]+)\.?\s{1,3}\Z")
_NUMERAL_BEFORE = Pattern(
    r"(?<!\w)(?:(?:[A-Z][a-z]+|[a-z]+)s?\s)?[IVX]{1,5}(?:,\s(?:and\s|or\s)?|\s(?:and|or|to|through|&)\s)\Z"
)


def _roman(match: re.Match[str]) -> str | None:
    letters = match["letters"]
    number = numbers.roman(letters.upper())
    if number is None or number >= _MAX_NUMERAL:
        return None
    before = _BEFORE.search(text_before(match))
    word = before[1] if before else ""
    is_counted = is_counted_word(word) and (word[0].isupper() or letters != "I")
    is_counted = is_counted or (word in _PAGES and letters.islower())
    if is_counted or (letters == "I" and word in {"type", "Type"} and word_after(match) in _FIRSTS):
        return numbers.cardinal(number)
    if not letters.isupper() or letters in _LETTERS - ({"VI"} if word in _RULERS else set()):
        return None
    if letters == "IV" and word_after(match).lower() in _VEIN:
        return "I V"
    if len(letters) > 1 and _NUMERAL_BEFORE.search(text_before(match)):
        return numbers.cardinal(number)
    if letters == "I" and match["closed"] is None:
        return None
    if word in _RULERS:
        return f"the {numbers.ordinal(number)}"
    return numbers.cardinal(number) if len(letters) > 1 and _is_name(word) else None


def is_counted_word(word: str) -> bool:
    """Return whether a numeral after a word is its number: chapter, step, parts."""
    return word.lower() in _COUNTED or word.lower().removesuffix("s") in _COUNTED


_NO_NAMES = frozenset({
    "A", "An", "The", "This", "That", "These", "Those", "My", "Your", "His", "Her", "Its", "Our", "Their", "No",
    "Any", "Some", "Each", "Every", "Start", "Stop", "Give", "Gave", "Get", "Use", "Used", "Took", "Take", "Size",
    "Sizes", "Large", "Small", "Medium", "Extra", "And", "Or", "But", "In", "On", "At", "By", "For", "From", "With",
    "If", "When", "As", "Is", "Was", "Are", "Were", "Has", "Have", "Had", "Not", "Insert", "Remove", "Check",
})  # fmt: skip


def _is_name(word: str) -> bool:
    return word[:1].isupper() and word not in _NO_NAMES


def _possessive(match: re.Match[str]) -> str | None:
    spoken = _roman(match)
    return spoken and f"{spoken}'s"


_ROMAN = r"(?P<letters>[IVXLC]{2,9}|[IVX]|[ivxlc]{2,9}|[vx])"
_CLOSED = r"(?=(?P<closed>[.,;:!?)]|\s{1,9}of\b|\s{0,9}\Z)?)"


def _span(match: re.Match[str]) -> str | None:
    """Return a range of numerals after a word that they count: "pp. iv-xii", "Chapters IV-VI"."""
    low, high = (numbers.roman(match[group].upper()) for group in ("low", "high"))
    before = _BEFORE.search(text_before(match))
    if low is None or high is None or low >= high or not before:
        return None
    if not is_counted_word(before[1]) and before[1] not in _PAGES:
        return None
    return f"{numbers.cardinal(low)} to {numbers.cardinal(high)}"


RULES = (
    Rule("L", r"(?P<low>[IVXLC]{1,7}|[ivxlc]{1,7})\s?[-\u2013]\s?(?P<high>[IVXLC]{1,7}|[ivxlc]{1,7})(?![\w-])", _span),
    Rule("L", rf"{_ROMAN}(?![\w'\u2019-]){_CLOSED}", _roman),
    Rule("L", rf"{_ROMAN}(?P<closed>['\u2019]s)(?!\w)", _possessive),
)
