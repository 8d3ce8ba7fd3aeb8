"""Abbreviations: what they stand for, and whether the full stop behind one also ends the sentence."""

import re

from halfgig.text.endings import ENDING, HALF_DAY_ENDING, STARTER, STARTERS
from halfgig.text.rules import Mark, Rule, Say, any_of, looked_up, part

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
"""What may stand at a sentence's end; one full stop is written for both."""

_DOTLESS = {
    "vs": "versus", "etc": "et cetera", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Jr": "Junior",
    "Sr": "Senior", "PhD": "P.H.D.", "AT&T": "ay T and T", "w/o": "without", "w/": "with", "and/or": "and or",
    "c/o": "care of", "n/a": "N A", "N/A": "N A", "I/O": "I O",
}  # fmt: skip
"""What is an abbreviation without its full stop too."""


_NAME_BEFORE = re.compile(r"(?:^|\s)([A-Z][^\W\d_]*)(?:['\u2019]s)?\s\Z")


def _place(match: re.Match[str]) -> str | None:
    before = _NAME_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    return _PLACES[match["name"]] if before and before[1] not in STARTERS else None


_HOUSE_BEFORE = re.compile(r"\d\s(?:[A-Z][^\W\d_]*\s){1,3}\Z")


def _place_of_house(match: re.Match[str]) -> str | None:
    before = _HOUSE_BEFORE.search(match.string[max(0, match.start() - 50) : match.start()])
    return _PLACES[match["name"]] if before else None


_closing = looked_up(_CLOSING, "name")


def _with_stop(say: Say) -> Say:
    def said(match: re.Match[str]) -> str | None:
        words = say(match)
        return words if words is None or words.endswith(".") else words + "."

    return said


_NOT_A_NAME = rf"(?!\s{{1,3}}(?!{STARTER})[A-Z])"
_PLACE = rf"(?P<name>{any_of(_PLACES)})\."
_INITIALS = r"(?P<letters>(?:[A-Za-z]\.){2,8}[A-Za-z]?)(?![^\W_])"

RULES = (
    Rule("L", rf"{_PLACE}{ENDING}", _with_stop(_place), Mark.END),
    Rule("L", rf"{_PLACE}{_NOT_A_NAME}", _place),
    Rule("L", _PLACE, _place_of_house),
    Rule("L", rf"(?P<name>{any_of(_TITLES)})\.(?=\s{{0,3}}[\"(\u201c]?[A-Z]|\s[a-z])", looked_up(_TITLES, "name")),
    Rule("L", rf"(?P<name>{any_of(_COUNTED)})\.(?=\s{{0,3}}\d|\s{{1,3}}[IVX]{{2,6}}\b)", looked_up(_COUNTED, "name")),
    Rule("L", rf"(?P<name>{any_of(_CLOSING)})\.(?:{ENDING}|(?<=etc\.)(?=\s[A-Z]))", _with_stop(_closing), Mark.END),
    Rule("L", rf"(?P<name>{any_of(_CLOSING)})\.(?!\w)", _closing),
    Rule("L", rf"(?P<name>{any_of(_ANYWHERE)})\.(?!\w)", looked_up(_ANYWHERE, "name")),
    Rule("L", rf"(?:{any_of(_DOTLESS)})(?![\w.])", looked_up(_DOTLESS)),
    Rule("L", rf"(?P<letters>[aApP]\.\s?[mM]\.){HALF_DAY_ENDING}", part("letters"), Mark.END),
    Rule("L", rf"{_INITIALS}(?<=\.){ENDING}", part("letters"), Mark.END),
    Rule("L", _INITIALS, part("letters")),
    Rule("L", rf"(?<![\w.])(?P<letter>[A-HJ-Z]|I(?=\.\s?[A-Z]\.))\.(?!{ENDING})(?=\s?[A-Z])", part("letter")),
)
