"""Abbreviations: their expansions, and whether the full stop after one also ends the sentence."""

import re

from halfgig.text.characters import PARAGRAPH_END
from halfgig.text.dates import HALF_DAY_ENDING
from halfgig.text.rules import Boundary, Rule, Verbalizer, any_of, lookup, part

_TITLES = {
    "Dr": "Doctor", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor", "Gen": "General",
    "Sen": "Senator", "Rep": "Representative", "Gov": "Governor", "Capt": "Captain", "Lt": "Lieutenant",
    "Col": "Colonel", "Cmdr": "Commander", "Sgt": "Sergeant", "Rev": "Reverend", "Hon": "Honorable",
    "Pres": "President", "Supt": "Superintendent", "Fr": "Father", "St": "Saint",
    "Mt": "Mount", "Ft": "Fort", "Messrs": "Messieurs",
}  # fmt: skip
"""Before a name."""

_COUNTED = {
    "No": "Number", "Nos": "Numbers", "no": "number", "nos": "numbers", "Fig": "Figure", "Figs": "Figures",
    "fig": "figure", "figs": "figures", "Vol": "Volume", "Vols": "Volumes", "vol": "volume", "Ch": "Chapter",
    "ch": "chapter", "Sec": "Section", "sec": "section", "Eq": "Equation", "eq": "equation", "p": "page", "pp": "pages",
    "Art": "Article", "art": "article", "Pt": "Part", "pt": "part", "Tab": "Table", "Ex": "Example", "ex": "example",
    "Para": "Paragraph", "para": "paragraph", "App": "Appendix", "Apt": "Apartment", "apt": "apartment",
    "Ste": "Suite", "Rte": "Route", "Hwy": "Highway", "Op": "Opus", "op": "opus", "ca": "circa", "c": "circa",
}  # fmt: skip
"""Before a number."""

_PLACES = {
    "St": "Street", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane", "Dr": "Drive", "Pl": "Place",
    "Ct": "Court", "Sq": "Square", "Pkwy": "Parkway", "Hwy": "Highway",
}  # fmt: skip
"""After a name."""

_ANYWHERE = {
    "vs": "versus", "e.g": "for example", "eg": "for example", "i.e": "that is", "ie": "that is",
    "approx": "approximately", "dept": "department", "Dept": "Department", "govt": "government",
    "Govt": "Government", "Assn": "Association", "Univ": "University", "cf": "compare", "viz": "namely",
    "incl": "including", "excl": "excluding", "misc": "miscellaneous", "est": "established", "ext": "extension",
    "esp": "especially", "w.r.t": "with respect to",
}  # fmt: skip
_CLOSING = {
    "etc": "et cetera", "et al": "et al", "Inc": "Incorporated", "Ltd": "Limited", "Co": "Company",
    "Corp": "Corporation", "Bros": "Brothers", "Jr": "Junior", "Sr": "Senior", "Ph.D": "P.H.D.", "Esq": "Esquire",
}  # fmt: skip
"""Abbreviations that may end a sentence: one full stop then ends both."""

_DOTLESS = {
    "vs": "versus", "etc": "et cetera", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Jr": "Junior",
    "Sr": "Senior", "PhD": "P.H.D.", "AT&T": "ay T and T", "w/o": "without", "w/": "with", "and/or": "and or",
    "c/o": "care of", "n/a": "N A", "N/A": "N A", "I/O": "I O",
}  # fmt: skip
"""Abbreviations also recognised without a full stop."""


_STARTERS = (
    "The", "A", "An", "This", "That", "These", "Those", "There", "Then", "He", "She", "It", "They", "We", "You", "I",
    "His", "Her", "Its", "Their", "Our", "My", "Your", "But", "And", "Or", "So", "If", "When", "While", "After",
    "Before", "In", "On", "At", "By", "For", "From", "With", "Without", "As", "Now", "Not", "Yes", "What", "Why",
    "How", "Where", "Which", "However", "Also", "Only", "Once", "Later", "Finally", "Meanwhile", "Although",
)  # fmt: skip
STARTERS = frozenset(_STARTERS)
"""Words that are not names: with a capital they start a sentence."""

STARTER = rf"{any_of(_STARTERS)}(?![\w.])"

ENDING = rf"[\"'\u2019\u201d)]{{0,3}}(?=\s{{1,20}}[\"'\u2018\u201c(]?{STARTER}|{PARAGRAPH_END})"
"""Follows an abbreviation that ends a sentence: a sentence starter or the end of a paragraph comes next."""

_NAME_BEFORE = re.compile(r"(?:^|\s)([A-Z][^\W\d_]*)(?:['\u2019]s)?\s\Z")


def _place(match: re.Match[str]) -> str | None:
    before = _NAME_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    return _PLACES[match["name"]] if before and before[1] not in STARTERS else None


_HOUSE_BEFORE = re.compile(r"\d\s(?:[A-Z][^\W\d_]*\s){1,3}\Z")


def _place_of_house(match: re.Match[str]) -> str | None:
    before = _HOUSE_BEFORE.search(match.string[max(0, match.start() - 50) : match.start()])
    return _PLACES[match["name"]] if before else None


_closing = lookup(_CLOSING, "name")


def _with_stop(verbalize: Verbalizer) -> Verbalizer:
    def spoken(match: re.Match[str]) -> str | None:
        words = verbalize(match)
        return words if words is None or words.endswith(".") else words + "."

    return spoken


_NOT_A_NAME = rf"(?!\s{{1,3}}(?!{STARTER})[A-Z])"
_PLACE = rf"(?P<name>{any_of(_PLACES)})\."
_INITIALS = r"(?P<letters>(?:[A-Za-z]\.){2,8}[A-Za-z]?)(?![^\W_])"

RULES = (
    Rule("L", rf"{_PLACE}{ENDING}", _with_stop(_place), Boundary.SENTENCE),
    Rule("L", rf"{_PLACE}{_NOT_A_NAME}", _place),
    Rule("L", _PLACE, _place_of_house),
    Rule("L", rf"(?<!&)(?P<name>{any_of(_TITLES)})\.(?=\s{{0,3}}[\"(\u201c]?[A-Z]|\s[a-z])", lookup(_TITLES, "name")),
    Rule("L", rf"(?P<name>{any_of(_COUNTED)})\.(?=\s{{0,3}}\d|\s{{1,3}}[IVX]{{2,6}}\b)", lookup(_COUNTED, "name")),
    Rule(
        "L",
        rf"(?P<name>{any_of(_CLOSING)})\.(?:{ENDING}|(?<=etc\.)(?=\s[A-Z]))",
        _with_stop(_closing),
        Boundary.SENTENCE,
    ),
    Rule("L", rf"(?P<name>{any_of(_CLOSING)})\.(?!\w)", _closing),
    Rule("L", rf"(?P<name>{any_of(_ANYWHERE)})\.(?!\w)", lookup(_ANYWHERE, "name")),
    Rule("L", rf"(?<!&)(?:{any_of(_DOTLESS)})(?![\w.])", lookup(_DOTLESS)),
    Rule("L", rf"(?P<letters>[aApP]\.\s?[mM]\.){HALF_DAY_ENDING}", part("letters"), Boundary.SENTENCE),
    Rule("L", rf"{_INITIALS}(?<=\.){ENDING}", part("letters"), Boundary.SENTENCE),
    Rule("L", _INITIALS, part("letters")),
    Rule("L", rf"(?<![\w.])(?P<letter>[A-HJ-Z]|I(?=\.\s?[A-Z]\.))\.(?!{ENDING})(?=\s?[A-Z])", part("letter")),
)
