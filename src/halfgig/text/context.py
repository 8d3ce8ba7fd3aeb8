"""The words around a number: whether it counts what follows ("5 km") or describes it ("a 5 km run")."""

import re

from halfgig.text.pattern import Pattern
from halfgig.text.rules import word_before

_SIDE = r"\d[\d.,]{0,8}(?:''|[\"'\u2019\u201d\u2032\u2033]|[\s-]?[a-z]{1,4}\.?)?"
_MORE_SIDES = Pattern(rf"(?:\s?[x\u00d7]\s?{_SIDE}(?=[\sx\u00d7])){{1,3}}")
"""The other sides of something that is measured in several: 10 ft x 12 ft."""
_SIDES_BEFORE = Pattern(rf"(?:{_SIDE}\s?[x\u00d7]\s?){{1,3}}\Z")

_WORD_AFTER = Pattern(r"\s{1,2}([^\W\d_][\w'\u2019-]{0,30})")
_BEFORE_CHARACTERS = 60

_NUMBER_WORDS = "two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|few|both|these|those"
_DETERMINED = Pattern(
    rf"(?:\A|[^\w'])(?:(?P<one>an?|each|every|another|one|{_NUMBER_WORDS})"
    r"|the|this|that|my|your|his|her|its|our|their|no|first|second|last|next|(?!(?:he|she|it|that|there|here|who|what|where)['\u2019])[a-z]{1,20}['\u2019]s)\s{1,2}\Z",
    re.IGNORECASE,
)
_DESCRIBED = Pattern(r"(?:\A|[^\w'])an?\s(?!(?:year|month|week|day|further|man|woman)\s)[a-z]{2,14}\s\Z", re.IGNORECASE)

NOT_NOUNS = frozenset({
    "a", "about", "above", "across", "after", "ago", "all", "along", "already", "also", "although", "am", "an",
    "and", "any", "apart", "are", "around", "as", "at", "away", "back", "be", "because", "been", "before", "behind",
    "being", "below", "between", "both", "but", "by", "can", "come", "comes", "cost", "costs", "could", "deep",
    "did", "do", "does", "down", "during", "each", "either", "else", "every", "extra", "fast", "faster", "few",
    "first", "for", "forward", "free", "from", "further", "get", "gets", "go", "goes", "had", "has", "have", "he",
    "heavier", "heavy", "her", "here", "high", "higher", "him", "his", "how", "however", "i", "if", "in", "inside",
    "into", "is", "it", "its", "just", "last", "later", "left", "less", "like", "long", "longer", "lost", "lower",
    "many", "may", "me", "might", "more", "most", "much", "must", "my", "near", "never", "next", "no", "north",
    "nor", "not", "now", "of", "off", "on", "once", "one", "only", "onto", "or", "other", "our", "out", "over",
    "owed", "paid", "past", "per", "plus", "raised", "rather", "shall", "she", "short", "should", "since", "slower",
    "so", "some", "sooner", "south", "spent", "still", "such", "take", "takes", "tall", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "thick", "this", "those", "though", "through", "throughout",
    "till", "to", "today", "together", "tomorrow", "tonight", "too", "total", "towards", "under", "until", "up",
    "upon", "us", "used", "versus", "very", "via", "vs", "was", "we", "were", "west", "what", "when", "where",
    "whether", "which", "while", "who", "whose", "why", "wide", "will", "with", "within", "without", "worth",
    "would", "x", "yesterday", "yet", "you", "your", "east", "ahead", "apiece", "went", "came", "remain", "remains",
})  # fmt: skip
"""Words after a number and its unit that it does not describe."""

_MEASURED = frozenset({"tall", "long", "wide", "high", "deep", "thick", "heavy", "short"})


def text_before(match: re.Match[str]) -> str:
    """Return up to 60 characters before a match."""
    return match.string[max(0, match.start() - _BEFORE_CHARACTERS) : match.start()]


def word_after(match: re.Match[str]) -> str:
    """Return the word directly after a match, or after the other sides of what it measures; "" if there is none."""
    sides = _MORE_SIDES.match(match.string, match.end())
    found = _WORD_AFTER.match(match.string, (sides or match).end())
    return found[1] if found else ""


def joined(match: re.Match[str]) -> str:
    """Return what is said between the ends of a range: five to ten, but between five and ten."""
    return "and" if word_before(match).lower() == "between" else "to"


def describes(match: re.Match[str]) -> bool:
    """Return whether a quantity describes the noun after it: "a 5 km run", "two $5 bills", "a 6 ft tall man"."""
    after = word_after(match)
    if not after:
        return False
    before = _SIDES_BEFORE.sub("", text_before(match))
    determined = _DETERMINED.search(before)
    if determined and determined["one"] and after in _MEASURED:
        return bool(re.match(r"\s\w{1,10}\s[a-z]", match.string[match.end() : match.end() + 20]))
    if not is_noun(after):
        return False
    if after in _DESCRIBED_NOUNS:
        return True
    if determined:
        return bool(determined["one"]) or not after.endswith(("ed", "ly"))
    return bool(_DESCRIBED.search(before))


_DESCRIBED_NOUNS = frozenset({
    "walk", "drive", "ride", "hike", "warranty", "timer", "radius", "bag", "bags", "bottle", "bottles", "angle",
    "lens", "monitor", "weights", "fence", "break", "breaks", "limit", "intervals", "race", "marathon", "files",
    "drives", "pole", "dash", "sprint", "relay", "hurdles", "freestyle", "backstroke", "breaststroke", "butterfly",
    "service", "hotline", "supply", "format", "clock", "notice", "shift", "delivery",
})  # fmt: skip
"""Nouns that a quantity before them describes, with or without an article: "5 kg bags"."""


def is_noun(word: str) -> bool:
    """Return whether a word can be the noun that a number describes; a word that is not a known other one can."""
    return bool(word) and word.lower() not in NOT_NOUNS


_COUNTED_NOUNS = frozenset({
    "people", "persons", "men", "women", "children", "kids", "students", "teachers", "users", "viewers", "views",
    "subscribers", "followers", "customers", "members", "visitors", "downloads", "households", "homes", "jobs",
    "workers", "employees", "voters", "votes", "patients", "tourists", "refugees", "residents", "fans", "players",
    "readers", "listeners", "families", "accounts", "transactions", "doses", "tests", "cases", "deaths", "records",
    "rows", "tokens", "parameters", "hits", "likes", "clicks", "installs", "shares", "copies", "units", "streams",
    "vehicles", "cars", "barrels", "tonnes", "tons", "bytes", "bits", "items", "files", "words", "pages", "lines",
    "characters", "pixels", "points", "miles", "meters", "metres", "kilometers", "kilometres", "feet", "inches",
    "yards", "acres", "hours", "minutes", "seconds", "days", "weeks", "months", "years", "times", "dollars", "euros",
    "pounds", "calories", "degrees", "participants", "pieces", "soldiers", "troops", "samples", "requests",
    "messages", "emails", "photos", "songs", "books", "species", "guests", "seats", "rooms", "gallons", "liters",
    "litres", "inhabitants",
})  # fmt: skip
_ADJECTIVES = r"(?:more|new|other|active|monthly|daily|unique|different|paying|registered|additional|extra|young)\s"
_COUNTED = Pattern(rf"\s{{1,2}}(?:{_ADJECTIVES}){{0,2}}([a-z]{{2,20}})(?!\w)")


def counts(match: re.Match[str]) -> bool:
    """Return whether a noun that is usually counted follows a match: people, views, bytes."""
    found = _COUNTED.match(match.string, match.end())
    return found is not None and found[1] in _COUNTED_NOUNS


_PLURAL = Pattern(r"\s{1,2}([a-z]{2,20}[^\Wsiu]s)(?!\w)")
_SINGULAR_LOOKS = frozenset({
    "always", "perhaps", "besides", "sometimes", "goes", "does", "comes", "makes", "takes", "says", "gives", "shows",
    "sees", "brings", "marks", "towards", "afterwards", "was", "has",
})  # fmt: skip
_EVENTS = frozenset({
    "elections", "games", "awards", "championships", "olympics", "models", "results", "earnings", "sales", "taxes",
    "finals", "riots", "protests", "floods", "fires", "talks", "reforms", "hearings", "levels", "standards", "rules",
    "editions", "plans", "goals", "seasons", "prices",
})  # fmt: skip


def plural_after(match: re.Match[str]) -> bool:
    """Return whether a plural noun follows a match that names no yearly event: items, not elections."""
    found = _PLURAL.match(match.string, match.end())
    return found is not None and found[1] not in _SINGULAR_LOOKS and found[1] not in _EVENTS
