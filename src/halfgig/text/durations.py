"""Durations against decades: 30s and the 80s; hours, minutes and seconds that are run together."""

import re

from halfgig.text import numbers
from halfgig.text.context import describes, text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule

_DECADE_BEFORE = Pattern(
    r"(?:\b(?:the|his|her|their|my|your|our|its|early|mid|late|high|low|upper|lower|those|whose|roaring|swinging|these)"
    r"[\s-]|\d0['\u2019]?s(?:\s(?:and|or|to|into)\s(?:the\s)?|\s?[-\u2013\u2014/&]\s?|,\s(?:and\s)?))\Z",
    re.IGNORECASE,
)
_OF_A_DECADE = frozenset({
    "music", "style", "styles", "fashion", "kid", "kids", "movie", "movies", "vibe", "vibes", "song", "songs", "pop",
    "rock", "hits", "hit", "era", "nostalgia", "hair", "film", "films", "sitcom", "sitcoms", "show", "shows", "band",
    "bands", "album", "albums", "track", "classic", "classics", "baby", "party", "theme", "themed", "car", "cars",
    "computer", "cartoon", "cartoons", "thriller", "synth", "aesthetic", "hairstyle", "throwback", "icon", "star",
    "dance", "look", "feel", "revival", "retro", "disco",
})  # fmt: skip
_OF_SECONDS = frozenset({
    "clip", "clips", "timer", "timeout", "delay", "interval", "window", "limit", "ad", "ads", "video", "videos",
    "pause", "countdown", "cooldown", "buffer", "break", "rest", "exposure", "sprint", "plank", "timeouts",
    "intervals", "spot", "spots", "mark", "wait", "loop", "recording", "sample", "burst", "trailer",
})  # fmt: skip


def _decade(match: re.Match[str]) -> str | None:
    digits, after = match["low"], word_after(match).lower()
    if len(digits) > len("90"):
        return numbers.plural(numbers.year(int(digits)))
    is_decade = match["mark"] or match["late_mark"] or after in _OF_A_DECADE
    if not is_decade and (after in _OF_SECONDS or not _DECADE_BEFORE.search(text_before(match))):
        return None
    return numbers.plural(numbers.cardinal(int(digits)))


def _decades(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    first, second = (
        numbers.plural(numbers.year(int(each)) if len(each) > len("90") else numbers.cardinal(int(each)))
        for each in (low, high)
    )
    return f"{first} to {second}"


_MANY = {
    "10": "tens",
    "100": "hundreds",
    "1000": "thousands",
    "10000": "tens of thousands",
    "100000": "hundreds of thousands",
}


def _many(match: re.Match[str]) -> str:
    return _MANY[match["low"].replace(",", "")]


_NAMES = (("days", "day"), ("hours", "hour"), ("minutes", "minute"), ("seconds", "second"))


def _duration(match: re.Match[str]) -> str | None:
    parts = [(name, match[group]) for group, name in _NAMES if match[group]]
    if len(parts) < 2:
        return None
    is_singular = describes(match)
    return " ".join(
        f"{numbers.number(count)} {name if is_singular or count == '1' else name + 's'}" for name, count in parts
    )


def _hour_and_minutes(match: re.Match[str]) -> str:
    hours = int(match["hours"])
    return (
        f"{numbers.cardinal(hours)} hour{'' if hours == 1 else 's'} {numbers.cardinal(int(match['minutes']))} minutes"
    )


RULES = (
    Rule("D", r"(?P<low>10{1,2}|10(?:,?000?){1}|100,?000)['\u2019]?s(?=\sof\s)", _many),
    Rule(
        "DP",
        r"['\u2019]?(?P<low>[12]\d\d0|[2-9]0)['\u2019]?s?\s?[-\u2013]\s?['\u2019]?(?P<high>[12]\d\d0|[2-9]0)['\u2019]?s(?!\w)",
        _decades,
    ),
    Rule("DP", r"(?P<mark>['\u2019])?(?P<low>[12]\d\d0|[2-9]0)(?P<late_mark>['\u2019])?s(?!\w)", _decade),
    Rule(
        "D",
        r"(?:(?P<days>\d{1,3})\s?d(?:ays?)?\s?)?(?:(?P<hours>\d{1,3})\s?h(?:rs?)?\s?)?"
        r"(?:(?P<minutes>\d{1,3})\s?m(?:ins?)?\s?)?(?:(?P<seconds>\d{1,3}(?:\.\d{1,3})?)\s?s(?:ecs?)?)?(?<![\s\d])(?!\w)",
        _duration,
    ),
    Rule("D", r"(?P<hours>\d{1,2})h(?P<minutes>[0-5]\d)(?!\w)", _hour_and_minutes),
)
