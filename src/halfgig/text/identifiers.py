"""Numbers that name something, digit by digit or in pairs: codes, accounts, telephones, rooms, flights, houses."""

import re

from halfgig.text import numbers
from halfgig.text.context import counts, text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of
from halfgig.text.short_forms import SHORT_STATES, STATES

_LONGEST = 60  # spoken characters are bounded; a longer number is left to other rules

_SURE = ("pin", "otp", "passcode", "passwords?", "zip", "zip code", "postcode", "postal code", "sort code", "area code",
         "swift code", "iban", "ssn", "ein", "vin", "imei", "ext", "extension", "serial", "license plate", "ending in",
         "ending", "ends in", "ending with", "ends with", "digits", "isbn", "issn", "upc", "sku", "id", "pnr", "cvv",
         "social security")  # fmt: skip
_LIKELY = ("codes?", "accounts?", "acct", "a/c", "orders?", "tracking", "confirmation", "reference", "ref", "booking",
           "reservation", "tickets?", "invoice", "case", "claim", "policy", "member", "membership", "customer", "card",
           "licen[cs]e", "passport", "routing", "registration", "transaction", "receipt", "verification", "security",
           "access", "login", "docket", "patent", "file", "voucher", "badge", "employee", "student", "patient",
           "loyalty", "user", "client", "contract", "shipment", "parcel", "package", "meter", "key", "combination",
           "model", "part", "item", "product")  # fmt: skip
_TAIL = r"(?:\s(?:number|numbers|no|num|nr|code|codes|id|key|pin))?\.?"
_LINK = r"(?:\s(?:is|was|are|reads|of yours is|will be)(?:\snow|\sstill)?:?|[:=])?\s?(?:#|no\. ?|number )?"
_NAMED = Pattern(
    rf"(?<![\w-])(?:(?P<sure>{'|'.join(_SURE)})|(?P<likely>{'|'.join(_LIKELY)})){_TAIL}{_LINK}\Z", re.IGNORECASE
)
_NUMBERED = Pattern(r"(?:(?<!\w)(?:codes?|numbers?|id|pin|key|no)|#)\.?(?:\s(?:is|was|are))?:?\s?#?\Z", re.IGNORECASE)

_CALLED = Pattern(
    r"(?<![\w-])(?:call|calls|calling|called|phone|phoned|telephone|tel|fax|dial|dials|dialed|dialled|dialing|text|texted|mobile|cell|"
    r"whatsapp|ring|rang|hotline|helpline|toll[- ]free|sms|contact|reach us|reach me)"
    r"(?:\s(?:number|no|us|me|him|her|them))?\.?"
    r"(?:\s(?:at|on|is|was|to|now|via|to number))?:?\s{0,2}(?:#|number )?\Z",
    re.IGNORECASE,
)
_ENDED = Pattern(
    r"['\u2019\"\u201d)\]]{0,3}(?:[.,;:!?](?!\d)|\s?\Z|\s?[\n\u2014\u2013-]|\s(?:and|or|but|to|for|on|at|in|by|with|from|as|has|"
    r"have|had|is|was|are|were|will|can|may|must|should|does|did|expires?|expired|please|valid|shipped|arrived|when|if|then|"
    r"before|after|into|belongs|failed|ships|now|today|again|here|so|while|during|which|that|not|cannot|contains?|"
    r"opens?|works?|worked)(?!\w))"
)
_STRONG_DIGITS = 6  # an amount of six digits is written with a comma
_MIN_LIKELY = 3
_LONG_NUMBER = 5  # digits of a number behind "no." that nobody counts to


def _identifier(match: re.Match[str]) -> str | None:
    named = _NAMED.search(text_before(match))
    digits = re.sub(r"\D", "", match[0])
    if not named and len(match[0]) >= _LONG_NUMBER and digits == match[0] and _NUMBERED.search(text_before(match)):
        return None if counts(match) or digits.endswith("000") else _in_groups(digits)
    if not named or (not named["sure"] and len(digits) < _MIN_LIKELY) or len(digits) > _LONGEST // 2:
        return None
    is_apart = bool(_ENDED.match(match.string, match.end()))
    if named["sure"] and (named["sure"].lower() not in {"id", "ending", "digits"} or is_apart):
        return None if counts(match) else _in_groups(match[0])
    if len(digits) == _MIN_LIKELY and re.search(
        r"(?:error|status|exit|response) codes?:?(?:\sis)?\s\Z", text_before(match), re.IGNORECASE
    ):
        return numbers.in_pairs(digits)
    is_numbered = bool(_NUMBERED.search(text_before(match)))
    if len(digits) >= _STRONG_DIGITS or (is_apart and (is_numbered or len(digits) > _MIN_LIKELY)):
        return _in_groups(match[0])
    return None


def _in_groups(written: str) -> str:
    return ", ".join(numbers.spelled(group) for group in re.findall(r"\d+", written))


def _spelled_code(match: re.Match[str]) -> str | None:
    """Return letters and digits one by one after a word such as code or tracking number, or in groups after "No."."""
    code = match[0]
    if re.search(r"-.*\d{3}|\d{3}.*-", code) and re.search(r"[A-Z]", code) and _NUMBERED.search(text_before(match)):
        return letters_and_digits(code)
    named = _NAMED.search(text_before(match))
    if (
        not named
        or not re.search(r"\d", code)
        or not re.search(r"[A-Z]", code)
        or named["likely"] in {"model", "Model"}
    ):
        return None
    word = re.fullmatch(r"([A-Z]{4,12})(\d{1,4})", code)
    if word and re.search(r"(?:[Cc]ode|CODE|[Cc]oupon|[Vv]oucher):?\s\Z", text_before(match)) and _is_word(word[1]):
        return f"{word[1]} {numbers.in_pairs(word[2])}"
    return letters_and_digits(code)


def _is_word(letters: str) -> bool:
    """Return whether letters can be said as a word: no more than three consonants or vowels in a row."""
    return re.fullmatch(r"[^AEIOUY]{0,3}(?:[AEIOUY]{1,3}[^AEIOUY]{1,3}){1,5}[AEIOUY]{0,2}", letters) is not None


def letters_and_digits(code: str) -> str:
    """Return letters and digits one by one: "A1B" is "ay one B"; a hyphen is a short pause."""
    groups = (" ".join(map(_sign, group)) for group in re.split(r"[\s-]+", code) if group)
    return ", ".join(groups)


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return numbers.spelled(sign)
    return "ay" if sign in "aA" else sign.upper()


_TEN, _SEVEN = 10, 7


def _telephone(match: re.Match[str]) -> str | None:
    """Return a number after "call" or "phone" in the groups that it is dialled in."""
    digits = re.sub(r"\D", "", match[0])
    if not _CALLED.search(text_before(match)) or (
        len(digits) < _STRONG_DIGITS and not _ENDED.match(match.string, match.end())
    ):
        return None
    if len(digits) < len("911") or counts(match):
        return None
    groups = re.findall(r"\d+", match[0])
    return ", ".join(map(_group, groups if len(groups) > 1 else _dialled(digits)))


def _dialled(digits: str) -> list[str]:
    country = digits[:1] if len(digits) == _TEN + 1 and digits[0] == "1" else ""
    rest = digits[len(country) :]
    if len(rest) == _TEN:
        groups = [rest[:3], rest[3:6], rest[6:]]
    elif len(rest) == _SEVEN:
        groups = [rest[:3], rest[3:]]
    elif len(rest) < _SEVEN:
        groups = [rest]
    else:
        first = len(rest) % 3 + 3 if len(rest) % 3 == 1 else 0
        tail = rest[first:] if first else rest
        groups = ([rest[:first]] if first else []) + [tail[at : at + 3] for at in range(0, len(tail), 3)]
    return [country, *groups] if country else groups


def _group(digits: str) -> str:
    return numbers.cardinal(int(digits)) if re.fullmatch("[1-9]00", digits) else numbers.spelled(digits)


_EMERGENCY_AFTER = frozenset({
    "operator", "operators", "call", "calls", "caller", "callers", "dispatcher", "dispatchers", "dispatch",
    "emergency", "center", "centre", "hotline", "responder", "responders", "system", "line", "service", "services",
    "tape", "recording", "number", "immediately", "if",
})  # fmt: skip


def _emergency(match: re.Match[str]) -> str | None:
    after = word_after(match).lower()
    if _CALLED.search(text_before(match)) or after in _EMERGENCY_AFTER:
        return numbers.spelled(match[0])
    return "nine eleven" if match[0] == "911" and re.search(r"Porsche\s\Z", text_before(match)) else None


_PLACES = Pattern(
    r"(?<![\w-])(?:rooms?|rm\.?|flights?|routes?|rte\.?|highways?|hwy\.?|interstate|bus|buses|suite|ste\.?|apartment|apt\.?|gate|"
    r"platform|trains?|exit|locker|building|bldg\.?|channel|tram|line|unit|hall|box|p\.?\s?o\.? box|boeing|airbus|"
    r"cessna|"
    r"porsche|"
    r"peugeot|bmw|ferrari|form|section|hwy|ward|cabin|bay|us|i|error|http|(?:flight|bus|room|route) (?:number|no\.?)|"
    r"flight [A-Z]{2}|ryzen|rtx|gtx|radeon|geforce|pentium|nokia|atari|commodore|formula)\s\Z",
    re.IGNORECASE,
)


def _in_place(match: re.Match[str]) -> str | None:
    """Return a number after a room, flight, route and the like: "two oh four"."""
    if counts(match) or not _PLACES.search(text_before(match)):
        return None
    return numbers.in_pairs(match["digits"]) + (f" {match['letter']}" if match["letter"] else "")


def _house(match: re.Match[str]) -> str | None:
    number = numbers.in_pairs(match["digits"])
    return number + (f" {match['letter'].upper()}" if match["letter"] else "")


def _letters(match: re.Match[str]) -> str:
    return letters_and_digits(match[0])


def _hardware(match: re.Match[str]) -> str:
    """Return the address of a network card: "00:1A:2B:3C:4D:5E"."""
    return letters_and_digits(match[0].upper().replace(":", "-"))


def _zip(match: re.Match[str]) -> str:
    return _in_groups(match[0])


_BEHIND_STATE = "|".join(
    rf"(?<=\b{state}\s)|(?<=\b{state},\s)" for state in (*STATES, "DC", *(f"{name}\\." for name in SHORT_STATES))
)
STREETS = (
    "Street", "St", "Avenue", "Ave", "Boulevard", "Blvd", "Road", "Rd", "Lane", "Ln", "Drive", "Dr", "Place",
    "Court", "Ct", "Square", "Sq", "Parkway", "Pkwy", "Way", "Terrace", "Crescent", "Circle", "Highway", "Hwy",
    "Plaza", "Close", "Row",
)  # fmt: skip
"""Names of streets, and their short forms."""

_STREET = (
    r"\s(?:[NSEW]\.?\s|[NS][EW]\s)?(?:[A-Z][\w'.-]{0,20}\s|\d{1,3}(?:st|nd|rd|th)\s){1,4}"
    rf"{any_of(STREETS)}(?!\w)"
)
_GROUPED = r"\d{2,20}(?:[ -]\d{2,20}){0,7}(?![\w-]|[.,:]\d)"


def _status(match: re.Match[str]) -> str:
    return numbers.in_pairs(match[0])


RULES = (
    Rule("D", r"[45]\d\d(?=\s(?:error|status|response)s?\b)", _status),
    Rule("LD", r"[\dA-Fa-f]{2}(?::[\dA-Fa-f]{2}){5}(?![\w:])", _hardware),
    Rule("D", rf"(?:{_BEHIND_STATE})\d{{5}}(?:-\d{{4}})?(?![\w-])", _zip),
    Rule("D", r"\d{5}-\d{4}(?![\w-]|\.\d)", _zip),
    Rule("D", r"(?:911|999|112|988)(?![\w-]|[.,:]\d)", _emergency),
    Rule("D", _GROUPED, _identifier),
    Rule("D", r"\d(?![\w-]|[.,:]\d)", _identifier),
    Rule("D", r"\d{3,15}(?:[ .-]\d{2,8}){0,4}(?![\w-]|[.,:]\d)", _telephone),
    Rule("D", r"(?P<digits>\d{1,4})(?P<letter>[A-Z])?(?![\w-]|[.,:]\d)", _in_place),
    Rule("D", rf"(?P<digits>\d{{1,5}})(?P<letter>[A-Za-z])?(?={_STREET})", _house),
    Rule("L", r"[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}(?!\w)|[A-Z]\d[A-Z]\s\d[A-Z]\d(?!\w)", _letters),
    Rule("LD", r"(?=[A-Z-]{0,19}\d)[A-Z\d](?:-?[A-Z\d]){2,23}(?![\w-]|\.\w)", _spelled_code),
)
