"""Points of the compass, and states behind a town: "5 E. 42nd St.", "wind NW", "Austin, TX", "D-Calif"."""

import re

from halfgig.text.abbreviations import ENDING, STARTER
from halfgig.text.context import text_before
from halfgig.text.identifiers import STREETS
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Boundary, Rule, any_of, lookup
from halfgig.text.short_forms import SHORT_STATES, STATES

_POINTS = {"N": "north", "S": "south", "E": "east", "W": "west"}
_HIGHWAYS = Pattern(r"(?:\b(?:[Hh]wy|HWY|[Hh]ighway|[Rr]oute|[Rr]te|[Ii]nterstate|US|SR)\.?[\s-]|\bI-)\d{1,3}\s\Z")
_STREET_BEFORE = Pattern(rf"[A-Za-z\d]\s{any_of(STREETS)}\.?,?\s\Z")
_LATITUDE = Pattern(r"\d\s?(?:°|\N{DEGREE SIGN}\s?\d[\d.\s'\"\u2019\u2032\u2033\u201d]{0,14})\s?\Z")
_WIND_BEFORE = Pattern(r"\b(?:winds?|breeze|gusts|swell)[:,]?\s(?:from the |out of the |from )?\Z", re.IGNORECASE)
_WIND_AFTER = Pattern(r"\s(?:winds?\b|gales?\b|\d{1,3}(?:\s?[-\u2013]\s?\d{1,3})?\s?(?:mph|km/h|kph|kts?|knots)\b)")


_DISTANCE = Pattern(r"\d\s?(?:km|kilometers|mi\.?|miles|m|ft\.?|yds?\.?|blocks?)\s\Z")


def _point(letters: str) -> str:
    """Return a point of the compass: "NW" is "northwest", "NNW" "north-northwest"."""
    names = [_POINTS[letter] for letter in letters]
    return "-".join(filter(None, ["".join(names[:-2]), "".join(names[-2:])]))


def _in_a_name(match: re.Match[str]) -> str:
    return _point(match["letters"].replace(".", "")).capitalize()


def _direction(match: re.Match[str]) -> str:
    return _point(match["letters"])


def _after_street(match: re.Match[str]) -> str | None:
    is_behind = _STREET_BEFORE.search(text_before(match))
    return _point(match["letters"]).capitalize() if is_behind else None


def _after_place(match: re.Match[str]) -> str | None:
    """Return a point of the compass after a street, a highway, degrees, or next to wind."""
    letters, before = match["letters"], text_before(match)
    is_wind = _WIND_BEFORE.search(before) or _WIND_AFTER.match(match.string, match.end())
    if _STREET_BEFORE.search(before):
        return _point(letters).capitalize()
    is_distance = _DISTANCE.search(before) and (
        len(letters) > 1 or re.match(r"\sof\b", match.string[match.end() : match.end() + 4])
    )
    is_degree = len(letters) == 1 and _LATITUDE.search(before)
    return _point(letters) if is_wind or is_degree or is_distance or _HIGHWAYS.search(before) else None


def _bound(match: re.Match[str]) -> str | None:
    return f"{_POINTS[match['letter']]}bound" if _HIGHWAYS.search(text_before(match)) else None


_WORDS = frozenset({"AL", "DE", "MD", "MS", "HI", "ID", "IN", "LA", "MA", "ME", "OH", "OK", "OR", "PA"})
"""Codes that are also words or something else in capitals: states only before a postcode."""

_PARTIES = {"D": "Democrat", "R": "Republican", "I": "Independent"}
_TOWN = Pattern(r"\b[A-Z][a-z\xe0-\xff'\u2019]+(?:[\s-][A-Z][a-z\xe0-\xff'\u2019]+){0,2},\s\Z")
_AFTER_TOWN = r"(?=[,;)\n]|\.(?!\w)|\s?\Z|\s\d{5}(?!\d)|\s(?:and|or|to|for|on|in|is|was|at|from|has|with|when|where)\b)"


def _state(match: re.Match[str]) -> str | None:
    """Return a state behind a town; of codes that are words, only those before a postcode."""
    code = match["code"]
    has_postcode = re.match(r"\s\d{5}", match.string[match.end() : match.end() + 6])
    is_state = _TOWN.search(text_before(match)) and (has_postcode or code not in _WORDS)
    return STATES[code] if is_state else None


def _short_state(match: re.Match[str]) -> str | None:
    """Return a state behind a town; None behind a word that begins a sentence: "Well, Miss. Jones"."""
    town = _TOWN.search(text_before(match))
    begins = town and re.search(r"(?<!St)(?<!Ft)(?<!Mt)[.!?]\s\Z", text_before(match)[: town.start()])
    return SHORT_STATES[match["name"]] if town and not begins else None


_LANDS = ("Korea", "Korean", "Koreans", "Africa", "African", "America", "American", "Carolina", "Dakota", "Vietnam",
          "Germany", "German", "Virginia", "Ireland", "Yorkshire", "Sudan", "Japan", "China", "India", "Italy",
          "France", "California", "Texas", "Florida", "Michigan", "England", "Wales", "Europe", "London", "Bank",
          "Coast", "Side")  # fmt: skip
_SIDES = ("Asia", "Europe", "Africa", "America", "England", "London", "Portland", "DC", "corner", "side",
          "part", "region",
          "coast", "of the", "winds", "wind", "quadrant", "suburbs")  # fmt: skip


def _last_state(match: re.Match[str]) -> str | None:
    spoken = _short_state(match)
    return spoken and f"{spoken}."


def _member(match: re.Match[str]) -> str:
    name = match["short"] or match["code"] or match["name"]
    return f"{_PARTIES[match['party']]} of {SHORT_STATES.get(name) or STATES.get(name) or name}"


_COMPASS = r"[NS](?:[NS]?[EW])?|[EW](?:[NS][EW])?"
_SHORT = rf"(?P<name>{any_of(SHORT_STATES)})\."

RULES = (
    Rule(
        "L",
        rf"(?P<letters>[NSEW]|[NS]\.?[EW])(?:\.|(?=\s))(?=\s(?:\d{{1,3}}(?:st|nd|rd|th)\s|(?:[A-Z][\w'-]{{1,20}}\s){{1,3}})"
        rf"{any_of(STREETS)}(?!\w))",
        _in_a_name,
    ),
    Rule("L", r"(?P<letters>[NSEW])(?=\s\d{1,3}(?:\.\d{1,8})?\s?°)", _direction),
    Rule("L", rf"(?P<letters>[NSEW]|[NS][EW])\.(?=\s(?!{STARTER})[A-Z])", _after_street),
    Rule("L", rf"(?P<letters>{_COMPASS})(?![\w'\u2019&-]|\.\w)", _after_place),
    Rule("L", r"(?P<letter>[NSEW])B(?!\w)", _bound),
    Rule(
        "L",
        r"(?:(?<=\()|(?<=, ))(?P<party>[DRI])-(?:(?P<short>" + any_of(SHORT_STATES) + r")\."
        r"|(?P<code>" + any_of(STATES) + r")(?!\w)|(?P<name>" + any_of(list(STATES.values())) + r")(?!\w))",
        _member,
    ),
    Rule("L", rf"(?P<code>{any_of(STATES)})(?!\w){_AFTER_TOWN}", _state),
    Rule("L", rf"{_SHORT}{ENDING}", _last_state, Boundary.SENTENCE),
    Rule("L", rf"{_SHORT}(?=\s(?:Gov|Sen|Rep|Lt|Atty)\b)", lookup(SHORT_STATES, "name")),
    Rule("L", rf"(?P<letters>[NSEW])\.(?=\s{any_of(_LANDS)}(?!\w))", _in_a_name),
    Rule("L", rf"(?P<letters>[NS][EW])(?=\s{any_of(_SIDES)}(?!\w))", _direction),
    Rule("L", rf"{_SHORT}(?=[,;)]|\s[a-z\d(]|\s\u2014)", _short_state),
)
