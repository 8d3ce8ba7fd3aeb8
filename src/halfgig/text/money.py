"""Sums of money."""

import re

from halfgig.text import numbers
from halfgig.text.context import describes, joined, text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.quantities import DASH, MORE, NUMBER, SCALES, SIGN, scaled_range, sign_words
from halfgig.text.rules import Rule, any_of
from halfgig.text.units import PER, per_words

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
    "R$": ("Brazilian real", "Brazilian reais", "centavo", "centavos"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "NZ$": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
    "US$": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "CA$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AU$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "Rs.": ("rupee", "rupees", "paisa", "paise"),
    "Rs": ("rupee", "rupees", "paisa", "paise"),
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
    "SEK": ("Swedish krona", "Swedish kronor", "", ""),
    "NOK": ("Norwegian krone", "Norwegian kroner", "", ""),
    "DKK": ("Danish krone", "Danish kroner", "", ""),
    "PLN": ("zloty", "zloty", "", ""),
    "MXN": ("Mexican peso", "Mexican pesos", "centavo", "centavos"),
    "BRL": ("Brazilian real", "Brazilian reais", "centavo", "centavos"),
    "S$": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "zł": ("zloty", "zloty", "", ""),
    "Kč": ("Czech koruna", "Czech koruna", "", ""),
    "₴": ("hryvnia", "hryvnia", "", ""),
    "₪": ("shekel", "shekels", "", ""),
    "₦": ("naira", "naira", "", ""),
    "₱": ("peso", "pesos", "centavo", "centavos"),
    "฿": ("baht", "baht", "", ""),
    "CZK": ("Czech koruna", "Czech koruna", "", ""),
    "HUF": ("forint", "forints", "", ""),
    "SGD": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "KRW": ("won", "won", "", ""),
    "THB": ("baht", "baht", "", ""),
    "ILS": ("shekel", "shekels", "", ""),
    "ZAR": ("rand", "rand", "cent", "cents"),
    "AED": ("dirham", "dirhams", "", ""),
    "RUB": ("ruble", "rubles", "kopeck", "kopecks"),
    "NZD": ("New Zealand dollar", "New Zealand dollars", "cent", "cents"),
}
"""Names for each symbol or code: singular, plural, and the same for a hundredth."""

_ALWAYS_DESCRIBED = frozenset({
    "bill", "bills", "note", "notes", "coin", "coins", "banknote", "banknotes", "voucher", "vouchers", "coupon",
    "coupons", "ticket", "tickets", "gift", "fine", "fines", "fee", "fees", "deal", "deals", "prize", "discount",
    "bonus", "deposit", "donation", "chip", "chips", "bounty", "refund",
})  # fmt: skip
"""Nouns that a sum before them describes, with or without an article: "$100 bills"."""


def _sum(match: re.Match[str]) -> str:
    names = _names(match)
    low, scale = _with_point(match["low"]), match["scale"]
    spoken = sign_words(match)
    if scale:
        return f"{spoken}{numbers.number(low)} {MORE.get(scale.lower(), scale)} {names[1]}{per_words(match)}"
    return spoken + _plain_sum(low, names) + per_words(match)


def _with_point(written: str) -> str:
    """Return a sum with a decimal point where it has a decimal comma: "1.299,90" is "1299.90"."""
    is_other = re.fullmatch(r"[\d.]+,\d\d", written)
    return written.replace(".", "").replace(",", ".") if is_other else written


def _names(match: re.Match[str]) -> tuple[str, str, str, str]:
    """Return the names of a currency; the singular for both where the sum describes what follows: "a $5 bill"."""
    one, many, hundredth, hundredths = _CURRENCIES[match["before"] or match["after"]]
    if describes(match) or word_after(match).lower() in _ALWAYS_DESCRIBED:
        return one, one, hundredth, hundredth
    return one, many, hundredth, hundredths


def _plain_sum(written: str, names: tuple[str, str, str, str]) -> str:
    if re.fullmatch(r".*\.\d\d", written) and names[2]:
        return _with_hundredths(written, *names)
    written = written.removesuffix(".00")
    return f"{numbers.number(written)} {names[0] if written == '1' else names[1]}"


def _range(match: re.Match[str]) -> str | None:
    low, high, low_scale, scale = match["low"], match["high"], match["low_scale"], match["scale"]
    currency, before = match["currency"], match["before"]
    if (
        (currency and currency != (before or match["after"]))
        or (low_scale and not scale)
        or (match["apart"] and not currency)
    ):
        return None
    names, joint = _names(match), joined(match)
    if scale:
        return f"{sign_words(match)}{scaled_range(low, low_scale, high, scale, joint)} {names[1]}{per_words(match)}"
    if names[2] and (re.fullmatch(r".*\.\d\d", low) or re.fullmatch(r".*\.\d\d", high)):
        return f"{sign_words(match)}{_plain_sum(low, names)} {joint} {_plain_sum(high, names)}{per_words(match)}"
    return f"{sign_words(match)}{numbers.number(low)} {joint} {numbers.number(high)} {names[1]}{per_words(match)}"


def _with_hundredths(low: str, one: str, many: str, hundredth: str, hundredths: str) -> str:
    whole, _, after = low.partition(".")
    cents = int(after)
    small = f"{numbers.cardinal(cents)} {hundredth if cents == 1 else hundredths}"
    if cents and whole.strip("0,") == "":
        return small
    large = f"{numbers.whole(whole or '0')} {one if whole == '1' else many}"
    return f"{large} and {small}" if cents else large


_CODES = tuple(code for code in _CURRENCIES if code.isalpha())
_SIGNS_AFTER = "$€£¥₹₩₽₺₫₿₴₪₦₱฿"
_SCALE = rf"(?:{SCALES}(?!\w)|(?:[kKmMbBtT]|mm|mn|bn|tn)(?!\w))"
_END = rf"(?(before)(?:{PER})?|\s?(?P<after>[{_SIGNS_AFTER}]|{any_of(_CODES)}(?!\w)))"
_BEFORE = rf"{SIGN}(?:(?P<before>{any_of(_CURRENCIES)})\s?)?"
_COMMA = r"\d{1,3}(?:\.\d{3}){0,3},\d\d(?![\d,])(?=\s?[^\s\w]|\s|\Z)"
"""A sum as written outside English: 99,90 and 1.299,90."""
_SUM = rf"{_BEFORE}(?P<low>{_COMMA}|{NUMBER})(?:[\s-]?(?P<scale>{_SCALE}))?{_END}"
_RANGE = (
    rf"{_BEFORE}(?P<low>{NUMBER})(?:\s?(?P<low_scale>{_SCALE}))?(?:{DASH}|(?P<apart>\s[-~]\s))"
    rf"(?:(?P<currency>{any_of(_CURRENCIES)})\s?)?(?P<high>{NUMBER})(?:[\s-]?(?P<scale>{_SCALE}))?{_END}"
)

_PRICE = Pattern(rf"[{_SIGNS_AFTER}]\s?\d[\d.,]{{0,20}}\Z")


_TRADED = ("EUR", "USD", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "INR", "MXN", "SEK", "NOK", "BTC", "ETH")


def _currency_pair(match: re.Match[str]) -> str:
    return f"{match['first']} {match['second']}"


def _for_a_number(match: re.Match[str]) -> str | None:
    """Return "per" between a price and a number of things: "$3/1M tokens"."""
    return "per" if _PRICE.search(text_before(match)) else None


RULES = (
    Rule("L", rf"(?P<first>{any_of(_TRADED)})/(?P<second>{any_of(_TRADED)})(?!\w)", _currency_pair),
    Rule("P", r"(?<=\s\d)/(?=[$€£]\d)", "for"),
    Rule("LDP", _RANGE, _range),
    Rule("LDP", _SUM, _sum),
    Rule("P", r"/(?=\d{1,3}(?:,\d{3}){0,3}\s?[kKmMbB]?\s[a-z])", _for_a_number),
)
