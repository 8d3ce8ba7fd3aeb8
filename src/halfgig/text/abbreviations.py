"""Abbreviations: their expansions, and whether the full stop after one also ends the sentence."""

import re

from halfgig.text.characters import PARAGRAPH_END
from halfgig.text.dates import HALF_DAY_ENDING
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Rule, Verbalizer, any_of, lookup, part, with_its_capital, word_before
from halfgig.text.short_forms import (
    ANYWHERE,
    CHARTS,
    CLOSING,
    COUNTED,
    DOTLESS,
    DOTLESS_COUNTED,
    DOTLESS_TITLES,
    GROWTHS,
    MAXIMA,
    NUMBERED,
    PLACES,
    RESULTS,
    SIZES,
    STARTERS,
    TITLES,
)

STARTER = rf"{any_of(sorted(STARTERS))}(?![\w.])"

ENDING = rf"[\"'\u2019\u201d)]{{0,3}}(?=\s{{1,20}}[\"'\u2018\u201c(]?{STARTER}|{PARAGRAPH_END})"
"""Follows an abbreviation that ends a sentence: a sentence starter or the end of a paragraph comes next."""

_NAME_BEFORE = Pattern(r"(?:^|\s)([A-Z][^\W\d_]*)(?:['\u2019]s)?\s\Z")


def _against(match: re.Match[str]) -> str | None:
    return "versus" if word_before(match).istitle() else None


def _place(match: re.Match[str]) -> str | None:
    before = _NAME_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    if _NUMBERED_BEFORE.search(match.string[max(0, match.start() - 12) : match.start()]):
        return PLACES[match["name"]]
    return PLACES[match["name"]] if before and before[1] not in STARTERS else None


_NUMBERED_BEFORE = Pattern(r"\d(?:st|nd|rd|th)\s\Z")
_HOUSE_BEFORE = Pattern(r"\d\s(?:[A-Z][^\W\d_]*\s){1,3}\Z")


def _place_of_house(match: re.Match[str]) -> str | None:
    before = _HOUSE_BEFORE.search(match.string[max(0, match.start() - 50) : match.start()])
    return PLACES[match["name"]] if before else None


_closing = lookup(CLOSING, "name")


def _with_stop(verbalize: Verbalizer) -> Verbalizer:
    def spoken(match: re.Match[str]) -> str | None:
        words = verbalize(match)
        return words if words is None or words.endswith(".") else words + "."

    return spoken


_closing_anywhere = _with_stop(lookup(ANYWHERE, "name"))


def _place_without_stop(match: re.Match[str]) -> str | None:
    """Return a street after its name: "Sunset Blvd"."""
    before = match.string[max(0, match.start() - 30) : match.start()]
    named = _NAME_BEFORE.search(before) or _NUMBERED_BEFORE.search(before)
    return PLACES[match["name"]] if named and named[0].strip() not in STARTERS else None


def _title_without_stop(match: re.Match[str]) -> str | None:
    before = match.string[max(0, match.start() - 30) : match.start()]
    return None if before.endswith(("-", "&", "'")) else DOTLESS_TITLES[match["name"]]


def _counted_without_stop(match: re.Match[str]) -> str | None:
    """Return a word before a number; "No" only within a sentence: "No 5 people agree" begins one."""
    begins = re.search(r"(?:\A|[.!?:\n\"\u201c])\s{0,5}\Z", match.string[max(0, match.start() - 20) : match.start()])
    is_no = match["name"] in {"No", "Nos"}
    if (
        is_no
        and begins
        and not re.match(
            r"\s\d{1,4}(?:[.,!?]|\s(?:is|was|has|in|of|[A-Z])|\s?\Z)", match.string[match.end() : match.end() + 12]
        )
    ):
        return None
    spoken = DOTLESS_COUNTED[match["name"]]
    return spoken.capitalize() if is_no and begins else spoken


_LETTERED = frozenset({
    "grade", "plan", "vitamin", "type", "class", "group", "hepatitis", "team", "section", "option", "letter", "block",
    "gate", "row", "exhibit", "appendix", "part", "figure", "an", "schedule", "table", "column", "answer", "side",
    "train", "track", "platform", "terminal", "building", "room", "choice", "step", "phase", "drive",
})  # fmt: skip


def _initial(match: re.Match[str]) -> str | None:
    """Return the initial of a name; a letter after "grade" or "plan" ends its sentence instead."""
    return None if word_before(match).lower() in _LETTERED else match["letter"]


def _approximate(match: re.Match[str]) -> str | None:
    return "approximate" if word_before(match).lower() in {"the", "an", "its", "their", "his", "her", "this"} else None


_NOT_A_NAME = rf"(?!\s{{1,3}}(?!{STARTER})[A-Z])"
_PLACE = rf"(?P<name>{any_of(PLACES)})\."
_INITIALS = r"(?P<letters>(?:[A-Za-z]\.){2,8}[A-Za-z]?)(?![^\W_])"

_GENUS = r"(?<![\w.])(?P<letter>[A-HJ-Z])\.(?=\s[a-z]{2})"
_NAME = rf"(?=\s{{1,2}}(?!{STARTER})[A-Z][^\W\d_])"
_STREET_ENDS = (
    r"(?=\s?(?:[,;:!?)]|\.?\s?\Z|\n|\.\s|[NSEW][EW]?\b"
    r"|(?:and|at|in|near|is|was|to|on|from|has|between|where|by|for|until|then)\b))"
)

_FORMULA = r"\s[A-Za-z]{1,3}\d"
_AT_A_TIME = r"(?=:?\s{1,2}(?:\d{1,2}[:.h]\d\d|at\s\d))"


_AREAS = {"ft": "feet", "feet": "feet", "in": "inches", "yd": "yards", "mi": "miles", "m": "meters", "km": "kilometers",
          "cm": "centimeters"}  # fmt: skip


def _area(match: re.Match[str]) -> str:
    return f"{match['letter']}quare {_AREAS[match['unit']]}"


def _beat(match: re.Match[str]) -> str | None:
    return "defeated" if word_before(match).istitle() else None


def _cups(match: re.Match[str]) -> str:
    """Return the cups of a recipe: "1 c. milk", "2 1/2 c. flour"."""
    before = match.string[max(0, match.start() - 12) : match.start()].split()
    is_one = before[-1] in {"1", "\u00bd", "\u00bc", "\u00be"} or (
        "/" in before[-1] and not "".join(before[-2:-1]).isdecimal()
    )
    return "cup" if is_one else "cups"


RULES = (
    Rule("L", rf"{any_of(GROWTHS)}(?!\w)", lookup(GROWTHS)),
    Rule("L", r"(?:(?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth ))c\.", "century"),
    Rule("L", r"(?P<letter>[Ss])q\.?\s(?P<unit>ft|feet|in|yd|mi|m|km|cm)\.?(?=[:,;)]|\s?\Z|\s[a-z])", _area),
    Rule("L", r"f/(?=\d{1,2}(?:\.\d)?(?!\w))", "f"),
    Rule("L", r"[Aa]rt\.(?=\s[IVX]{1,5}(?!\w))", with_its_capital("article")),
    Rule("L", r"[Mm]gr\.(?=\s[a-z])", with_its_capital("manager")),
    Rule("L", r"b/w(?=\s(?:photo|film|picture|TV|print|movie)s?\b)", "black and white"),
    Rule("L", r"(?:(?<=\dst-)|(?<=\dnd-)|(?<=\drd-)|(?<=\dth-))gen\.", "generation"),
    Rule("L", r"(?<=\d-)mag\.(?=\s)", "magnitude"),
    Rule("L", r"d\.(?=\s[A-Z][a-z]{1,20}\s\d-\d)", _beat),
    Rule("L", r"(?P<name>[Pp]os|[Nn]eg)\.(?=\s(?:for|test|result)\b)", lookup(RESULTS, "name")),
    Rule("L", r"(?<=\d )d\.\s?p\.?(?!\w)", "decimal places"),
    Rule("L", r"Gen\.?(?=\s[XYZ](?!\w|\.))", "Gen"),
    Rule("L", r"[Ee]st\.(?=\s(?:[$€£]|\d(?!\d{3}(?![\d,]))))", with_its_capital("estimated")),
    Rule("L", r"(?<=[Tt]he )co\.(?=\s[a-z])", "company"),
    Rule("L", r"def\.(?=\s[A-Z][a-z])", _beat),
    Rule("L", r"[Ee]xp\.?(?=:?\s\d{1,2}/\d)", with_its_capital("expires")),
    Rule("L", r"Reg\.(?=\s(?:price|season|hours|size)\b)", "Regular"),
    Rule("L", r"Conf\.(?=\s(?:call|room)\b)", "Conference"),
    Rule("L", r"pt\.?(?=\s(?:shot|lead|game|line|play|win|night|deficit)s?\b)", "point"),
    Rule("L", rf"(?<=\d )(?P<name>{any_of(SIZES)})\.?(?=\s[a-z])", lookup(SIZES, "name")),
    Rule("L", r"(?P<name>[dhst]x|[DHSTR]x)(?=:)", lookup(CHARTS, "name")),
    Rule("L", r"(?:(?<=before )|(?<=after )|(?<=until ))dep\.?(?!\w)", "departure"),
    Rule("L", r"(?<=\d\s)ea\.?(?!\w)", "each"),
    Rule("L", rf"[Aa]rr\.?{_AT_A_TIME}", with_its_capital("arrival")),
    Rule("L", rf"[Dd]ep\.?{_AT_A_TIME}", with_its_capital("departure")),
    Rule("L", r"[Aa]dm\.?(?=:?\s(?:[$€£]\d|free\b|is\b|fee))", with_its_capital("admission")),
    Rule("L", r"(?<=\d\s)adv\.?(?!\w)", "in advance"),
    Rule("P", r"(?<=[a-z.])/(?=[$€£]\d)", ","),
    Rule("L", rf"(?P<name>{any_of(NUMBERED)})\.?(?=\s(?:[Nn]os?\.|[Nn]umber\b|[Nn]um\b|#))", lookup(NUMBERED, "name")),
    Rule("L", r"[Vv]it\.?(?=\s[ABCDEK]\d{0,2}(?!\w))", with_its_capital("vitamin")),
    Rule("L", r"(?:(?<=\d\s)|(?<=[\u00bc-\u00be]\s))c\.(?=\s[a-z])", _cups),
    Rule("L", rf"{_PLACE}{ENDING}", _with_stop(_place), Boundary.SENTENCE),
    Rule("L", rf"{_PLACE}{_NOT_A_NAME}", _place),
    Rule("L", _PLACE, _place_of_house),
    Rule("L", rf"(?P<name>{any_of(PLACES)})(?![\w.'\u2019&-])", _place_of_house),
    Rule("L", rf"(?P<name>{any_of(PLACES)})(?!\w){_STREET_ENDS}", _place_without_stop),
    Rule(
        "L",
        rf"(?<!&)(?P<name>{any_of(TITLES)})\.(?=\s{{0,3}}[\"(\u201c]?[A-Z]|\s&|\s[a-z]|\s\d(?:st|nd|rd)\b)",
        lookup(TITLES, "name"),
    ),
    Rule("L", rf"(?P<name>{any_of(COUNTED)})\.(?=\s{{0,3}}\(?[#\d]|\s{{1,3}}[IVX]{{2,6}}\b)", lookup(COUNTED, "name")),
    Rule(
        "L",
        r"(?P<name>[Pp]p?|pgs?|[Cc]h|[Ss]ec)\.(?=\s{1,3}[ivxlc]{1,7}(?:\s?[-\u2013]\s?[ivxlc]{1,7})?(?!\w))",
        lookup(COUNTED, "name"),
    ),
    Rule("L", r"approx\.(?=\s[a-z])", _approximate),
    Rule("L", rf"(?P<name>{any_of(MAXIMA)})\.(?=\s[a-z])", lookup(MAXIMA, "name")),
    Rule("L", r"(?P<name>[Nn]os?)\.(?=\sof\s|\s[A-Z]{1,6}-?\d)", lookup(COUNTED, "name")),
    Rule(
        "L",
        rf"(?P<name>{any_of(CLOSING)})\.(?:{ENDING}|(?<=etc\.)(?=\s[A-Z]))",
        _with_stop(_closing),
        Boundary.SENTENCE,
    ),
    Rule("L", rf"(?P<name>{any_of(CLOSING)})\.(?!\w)", _closing),
    Rule("L", rf"(?P<name>{any_of(ANYWHERE)})\.(?!\w)(?!\s{{0,20}}\Z|\s{{1,20}}{STARTER})", lookup(ANYWHERE, "name")),
    Rule("L", rf"(?P<name>{any_of(ANYWHERE)})\.(?!\w)", _closing_anywhere, Boundary.SENTENCE),
    Rule("L", r"v\.(?=\s[A-Z])", _against),
    Rule("L", rf"(?P<name>{any_of(DOTLESS_COUNTED)})(?=\s#?\d)", _counted_without_stop),
    Rule("L", rf"(?P<name>{any_of(DOTLESS_TITLES)}){_NAME}", _title_without_stop),
    Rule("L", rf"(?<!&)(?:{any_of(DOTLESS)})(?![\w.])", lookup(DOTLESS)),
    Rule("L", rf"(?P<letters>[aApP]\.\s?[mM]\.){HALF_DAY_ENDING}", part("letters"), Boundary.SENTENCE),
    Rule("L", rf"{_INITIALS}(?<=\.){ENDING}", part("letters"), Boundary.SENTENCE),
    Rule("L", _INITIALS, part("letters")),
    Rule("L", _GENUS, _initial),
    Rule("L", rf"(?<![\w.])(?P<letter>[A-HJ-Z]|I(?=\.\s?[A-Z]\.))\.(?!{ENDING}|{_FORMULA})(?=\s?[A-Z])", _initial),
)
