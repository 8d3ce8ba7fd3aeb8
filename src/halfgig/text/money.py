"""Sums of money."""

import re

from halfgig.text import numbers
from halfgig.text.quantities import DASH, NUMBER, PER, SCALES, SIGN, per_words, sign_words
from halfgig.text.rules import Rule, any_of

_DOLLARS = ("dollar", "dollars", "cent", "cents")
_CURRENCIES = {
    "$": _DOLLARS,
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "", ""),
    "₽": ("ruble", "rubles", "kopeck", "kopecks"),
    "₺": ("lira", "lira", "kurus", "kurus"),
    "₫": ("dong", "dong", "", ""),
    "₿": ("bitcoin", "bitcoins", "", ""),
    "US$": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "USD": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "JPY": ("yen", "yen", "", ""),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "INR": ("rupee", "rupees", "paisa", "paise"),
    "CNY": ("yuan", "yuan", "", ""),
}
"""Names for each symbol or code: singular, plural, and the same for a hundredth."""

_SHORT_SCALES = {"k": "thousand", "m": "million", "mm": "million", "mn": "million", "b": "billion", "bn": "billion",
                 "t": "trillion", "tn": "trillion"}  # fmt: skip


def _sum(match: re.Match[str]) -> str:
    one, many, _, _ = names = _CURRENCIES[match["before"] or match["after"]]
    low, high, scale = match["low"], match["high"], match["scale"]
    spoken = sign_words(match)
    if scale or high:
        upper = f" to {numbers.number(high)}" if high else ""
        power = f" {_SHORT_SCALES.get(scale.lower(), scale)}" if scale else ""
        return f"{spoken}{numbers.number(low)}{upper}{power} {many}{per_words(match)}"
    if re.fullmatch(r".*\.\d\d", low) and names[2]:
        return spoken + _with_hundredths(low, *names) + per_words(match)
    return f"{spoken}{numbers.number(low)} {one if low == '1' else many}{per_words(match)}"


def _with_hundredths(low: str, one: str, many: str, hundredth: str, hundredths: str) -> str:
    whole, _, after = low.partition(".")
    cents = int(after)
    small = f"{numbers.cardinal(cents)} {hundredth if cents == 1 else hundredths}"
    if cents and whole.strip("0,") == "":
        return small
    large = f"{numbers.whole(whole or '0')} {one if whole == '1' else many}"
    return f"{large} and {small}" if cents else large


_CODES = tuple(code for code in _CURRENCIES if code.isalpha())
_SIGNS_AFTER = "$€£¥₹₩₽₺₫₿"
_SUM = (
    rf"{SIGN}(?:(?P<before>{any_of(_CURRENCIES)})\s?)?"
    rf"(?P<low>{NUMBER})(?:{DASH}[$€£]?(?P<high>{NUMBER}))?"
    rf"(?:[\s-]?(?P<scale>{SCALES}(?!\w)|(?:[kKmMbBtT]|mm|mn|bn|tn)(?!\w)))?"
    rf"(?(before)(?:{PER})?|\s?(?P<after>[{_SIGNS_AFTER}]|{any_of(_CODES)}(?!\w)))"
)

RULES = (Rule("LDP", _SUM, _sum),)
