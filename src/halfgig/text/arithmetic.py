"""Sums, powers, and "x" as times or by."""

import re
import unicodedata

from halfgig.text import numbers
from halfgig.text.context import text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.quantities import DASH, NUMBER, SIGN, sign_words
from halfgig.text.rules import Rule, any_of, lookup
from halfgig.text.units import UNITS

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(_SUPERSCRIPTS + "⁻⁺", "0123456789-+")
_POWERS = {"2": "squared", "3": "cubed"}


def _power(raised: str) -> str:
    digits = raised.translate(_LOWERED).lstrip("+")
    if digits in _POWERS:
        return _POWERS[digits]
    size = digits.lstrip("-\N{MINUS SIGN}")
    return f"to the power of {'' if size == digits else 'minus '}{numbers.whole(size)}"


def _raised(match: re.Match[str]) -> str:
    return _power(match[0].removeprefix("^"))


def _scientific(match: re.Match[str]) -> str:
    power = _power(match["power"].removeprefix("^")).replace("squared", "to the power of two")
    spoken = f"{numbers.number(match['low'])} times " if match["low"] else ""
    return f"{sign_words(match)}{spoken}ten {power.replace('cubed', 'to the power of three')}"


def _function(match: re.Match[str]) -> str:
    return f"{match['name']}{' prime' * len(match['primes'] or '')} of {match['of']}"


def _power_of(match: re.Match[str]) -> str | None:
    """Return the sign of a power, x ** 2; None for that of emphasis, which closes again."""
    before = text_before(match)
    is_operand = re.search(r"(?:(?<![\w*])[a-z]|\d|\))\Z", before)
    return "to the power of" if is_operand and before.count("**") % 2 == 0 else None


def _product(match: re.Match[str]) -> str | None:
    """Return the sign between two letters of a sum, b*c; None for the sign of emphasis."""
    return "times" if re.search(r"(?:(?<!\w)[a-z]|\d)\Z", text_before(match)) else None


def _of_a_ticket(match: re.Match[str]) -> str:
    """Return how many of an item, behind it: "Adult x2"."""
    return f"times {numbers.whole(match['low'])}"


_COMPARED = {
    "<": "less than", ">": "greater than", "\N{LESS-THAN OR EQUAL TO}": "less than or equal to",
    "<=": "less than or equal to", "\N{GREATER-THAN OR EQUAL TO}": "greater than or equal to",
    ">=": "greater than or equal to", "\N{NOT EQUAL TO}": "not equal to", "!=": "not equal to",
    "≈": "approximately",
}  # fmt: skip


def _compared(match: re.Match[str]) -> str | None:
    """Return a comparison as a statement, "x is greater than five"; None for steps of a menu: Settings > General."""
    follows = match.string[match.end() : match.end() + 2].lstrip()
    is_spaced, is_number = match[0][0].isspace(), follows[:1].isdecimal()
    if is_spaced is not match.string[match.end()].isspace() or not (is_spaced or is_number):
        return None  # under <5 km, a tag: <b>
    is_menu = match["sign"] == ">" and follows[:1].isupper() and len(word_after(match)) > 1
    is_named = word_after(match).lower() in {"and", "or", "is", "are", "sign", "signs", "symbol", "symbols"}
    return None if is_menu or is_named else f"is {_COMPARED[match['sign']]}"


_FUNCTIONS = {
    "sin": "sine of", "cos": "cosine of", "tan": "tangent of", "log": "log of", "ln": "natural log of",
    "sqrt": "square root of", "exp": "exponential of", "O": "O of", "arcsin": "arc sine of", "arccos": "arc cosine of",
    "arctan": "arc tangent of", "lim": "limit of", "max": "maximum of", "min": "minimum of",
}  # fmt: skip
"""Functions before a bracket."""


_OPERATORS = {
    "-": "minus", "\N{MINUS SIGN}": "minus", "\N{EN DASH}": "minus", "+": "plus", "*": "times", "x": "times",
    "\N{MULTIPLICATION SIGN}": "times", "·": "times", "/": "divided by", "÷": "divided by", "=": "equals",
}  # fmt: skip
_TERM = rf"(?:{NUMBER}|[A-Za-z](?![A-Za-z]))"
_OPERATOR = r"\s?[-\u2212\u2013+*x\u00d7·/÷]\s?"
_TERMS = rf"{_TERM}(?:{_OPERATOR}{_TERM}){{1,9}}"
_PART = Pattern(rf"(?P<fraction>(?<![\d.,])\d{{1,3}}/\d{{1,3}}(?![\d/]))|(?P<number>{NUMBER})|(?P<sign>\S)")
_EQUATION = Pattern(r"(?:(?<!\w)[A-Za-z]|[\d)])\s?=\s?\Z")
_RANGE = Pattern(rf"{NUMBER}{DASH}{NUMBER}")
_QUESTION = Pattern(r"(?:what(?:'s|\u2019s| is| are)|calculate|compute|solve|evaluate)\s\Z", re.IGNORECASE)


def _sum(match: re.Match[str]) -> str | None:
    before = text_before(match)
    is_equation = _EQUATION.search(before) and not _RANGE.fullmatch(match[0])
    is_sum = match["result"] or is_equation or (match["open"] and _QUESTION.search(before))
    if not is_sum or not re.search(r"\d", match[0]):
        return None
    return " ".join(_part_words(part, match[0]) for part in _PART.finditer(match[0]))


def _part_words(part: re.Match[str], whole: str) -> str:
    if part["fraction"]:
        above, below = map(int, part["fraction"].split("/"))
        if above < below:
            return numbers.fraction(above, below)
        return f"{numbers.cardinal(above)} divided by {numbers.cardinal(below)}"
    if part["number"]:
        return numbers.number(part["number"])
    sign = part["sign"]
    if sign == "x" and not re.search(r"\d\s?x\s?\d", whole):
        return sign
    return _OPERATORS.get(sign) or ("ay" if sign in "aA" else sign)


def _screen(match: re.Match[str]) -> str:
    return f"{numbers.in_pairs(match['low'])} by {numbers.in_pairs(match['high'])}"


_MEASURED = Pattern(rf"\d\s?(?:{any_of(UNITS)}|[\"'\u2032\u2033\u2019\u201d])\.?\Z")


def _times(match: re.Match[str]) -> str:
    spaced = match[0].strip() != match[0]
    is_price = match.string[match.end()] in "$€£"
    return "times" if "*" in match[0] or is_price or (spaced and "\u00d7" in match[0]) else "by"


def _by(match: re.Match[str]) -> str | None:
    before = match.string[max(0, match.start() - 12) : match.start()]
    if re.search(r"\d\s(?:days|weeks|hours|months|nights|people|times)\Z", before):
        return "times"
    return "by" if _MEASURED.search(before) else None


_FASTER = frozenset({
    "faster", "slower", "more", "less", "bigger", "larger", "smaller", "better", "higher", "lower", "cheaper",
    "longer", "the", "as", "speed", "speedup", "return", "growth", "increase", "zoom", "leverage", "your", "our",
    "my", "their", "his",
})  # fmt: skip
_ALGEBRA_AFTER = Pattern(r"\s?[=+*/^\u2212\u00b7²³]|\s-\s?[\d(a-z]|-\d")
"""What follows an unknown: 2x - 1."""
_MAKERS = frozenset({"engineer", "engineers", "developer", "developers", "programmer", "programmers"})


def _of_an_item(match: re.Match[str]) -> str:
    """Return how many of an item are bought: "2 x Coffee"."""
    return f"{numbers.whole(match['low'])} times"


def _angle(match: re.Match[str]) -> str:
    return f"angle {_letters(match['name'])}"


def _letters(name: str) -> str:
    return " ".join("ay" if letter == "A" else letter for letter in name)


def _logarithm(match: re.Match[str]) -> str:
    return f"log base {numbers.whole(unicodedata.normalize('NFKC', match['base']))} of"


def _probability(match: re.Match[str]) -> str:
    given = f" given {_letters(match['other'])}" if match["given"] else ""
    return f"P of {_letters(match['of'])}{given}"


def _over(match: re.Match[str]) -> str | None:
    """Return the line of a fraction; None for "(a)/b" in prose."""
    is_sum = match.string[match.start() - 1] != ")" or re.search(r"[-+*\u2212²³\d)]\w{0,6}\)\Z", text_before(match))
    return "over" if is_sum else None


_ENDS_OF_DATES = frozenset({"day", "week", "month", "year", "hour", "minute", "quarter", "date", "night", "wk", "mo",
                           "yr", "hr", "and", "or"})  # fmt: skip
_PERIODS = {"pc": "piece", "pp": "person", "wk": "week", "yr": "year", "hr": "hour", "mo": "month"}


def _per(match: re.Match[str]) -> str | None:
    """Return a rate: "7 days/wk", "a late fee/month"; None between two periods: day/night, month/year."""
    before = re.search(r"\b(?P<word>[a-z]{2,14}|\d{1,9}x?)\Z", text_before(match))
    if not before or before["word"] in _ENDS_OF_DATES or match.string.startswith("/", match.end()):
        return None
    return f"per {_PERIODS.get(match['per'], match['per'])}"


def _size(match: re.Match[str]) -> str:
    of = numbers.whole(match["of"]) if match["of"].isdecimal() else match["of"]
    return f"the absolute value of {'minus ' if match['minus'] else ''}{of}"


def _multiple(match: re.Match[str]) -> str | None:
    after = word_after(match)
    if match["sign"] == "X" and after not in _FASTER:
        return None
    before = text_before(match)
    if not match["high"] and not after and (_EQUATION.search(before) or before.endswith(("-", "\u2212"))):
        return f"{numbers.number(match['low'])} {match['sign']}"
    if not match["high"] and _ALGEBRA_AFTER.match(match.string, match.end()):
        return f"{numbers.number(match['low'])} {match['sign']}"
    high = f" to {numbers.number(match['high'])}" if match["high"] else ""
    return f"{numbers.number(match['low'])}{high} {'x' if after in _MAKERS else 'times'}"


def _factorial(match: re.Match[str]) -> str:
    return f"{numbers.whole(match['low']) if match['low'].isdecimal() else match['low']} factorial"


def _to_the_power(match: re.Match[str]) -> str:
    return f"{numbers.number(match['low'])} {_power(match['power'])}"


_EXPONENT = rf"[-+\u2212]?\d{{1,4}}(?!\w)|\^[-\u2212]?\d{{1,4}}(?!\w)|[⁻⁺]?[{_SUPERSCRIPTS}]{{1,5}}"
_TEN = rf"10(?=[\^⁻⁺{_SUPERSCRIPTS}])"
_TIMES_TEN = rf"\s?[\u00d7x*·]\s?{_TEN}"

_CHARGES = {"⁺": "plus", "⁻": "minus"}


def _charge(match: re.Match[str]) -> str:
    """Return the charge of an ion: SO₄²⁻."""
    count = f"{numbers.whole(match['count'].translate(_LOWERED))} " if match["count"] else ""
    return count + _CHARGES[match["sign"]]


def _isotope(match: re.Match[str]) -> str:
    return numbers.whole(match[0].translate(_LOWERED))


FIRST = (
    Rule(
        "DL",
        rf"(?<![\w.,/-])(?:{_TERMS}(?P<result>\s?=\s?[-\u2212]?{_TERM}(?:/\d{{1,3}}(?!\d))?)(?:\s?=\s?{_TERM}){{0,2}}|(?P<open>{_TERMS})(?=\s?\?|\s?=\s?\?|[.!]?\Z)|{_TERMS}(?=[\s.,;:!?)]))(?![\w^(])",
        _sum,
    ),
)
"""Sums that end in a result, tried before ranges and dates."""

RULES = (
    Rule("D", r"(?P<low>\d{1,3})\s?[x\u00d7]\s(?=[A-Z][a-z])", _of_an_item),
    Rule("P", r"\|(?P<minus>[-\u2212])?(?P<of>[a-zA-Z]|\d{1,6})\|(?=\s?[=<>+*/\u2264\u2265])", _size),
    Rule("SP", r"(?<=[²³)])\s?/\s?(?=[\da-zA-Z(])", _over),
    Rule("P", r"(?:(?<=[=(]\s)|(?<=[=(]))[-\u2212](?=[a-z](?![a-z])|\d[a-z](?![a-z]))", "minus"),
    Rule("SP", r"(?<=[²³])(?:[-\u2212]|\s[-\u2212]\s)(?=[\da-z])", "minus"),
    Rule(
        "P",
        r"/(?P<per>wk|yr|hr|mo|day|week|month|year|hour|serving|portion|person|game|share|capita|pc|pp)(?!\w)",
        _per,
    ),
    Rule("SP", r"(?<=\b[a-z])\s?(?:\u2192|->)\s?(?=[-\u2212]?[\d\u221e])", "approaches"),
    Rule(
        "DP",
        rf"{SIGN}(?:(?P<low>{NUMBER})(?:[eE](?=[-+\u2212\d])|{_TIMES_TEN})|{_TEN})(?P<power>{_EXPONENT})",
        _scientific,
    ),
    Rule("DL", r"(?<!\w)(?P<low>\d{1,6}|[a-z])!(?=\s?[=+*/\u00d7\u00f7<>)])", _factorial),
    Rule("D", rf"(?P<low>{NUMBER})\s?\*\*\s?(?P<power>\d{{1,4}})(?![\w*])", _to_the_power),
    Rule("D", r"(?P<low>\d{3,4})\s?[x\u00d7]\s?(?P<high>\d{3,4})(?![\w,.]\w)(?!\w)", _screen),
    Rule("D", rf"(?P<low>{NUMBER})x?(?:{DASH}(?P<high>{NUMBER}))?(?P<sign>[xX\u00d7])(?![\w])(?!\s\d)", _multiple),
    Rule("SLP", r"(?<=\d)\s?[x\u00d7*]\s?(?=[$€£]?\.?\d)", _times),
    Rule("SLP", r"\s?[xX\u00d7]\s?(?=\.?\d)", _by),
    Rule("S", r"(?<=\d)\s[-\u2212]\s(?=\d[\d.,]{0,20}\s?=)", "minus"),
    Rule("S", r"(?<=\d[a-z])\s[-\u2212]\s(?=\d)", "minus"),
    Rule(
        "SP",
        rf"(?<=[\w)\]}}%|\"'\u2019])\s?(?P<sign>{any_of(_COMPARED)})(?!\w{{0,20}}>)(?=\s?[-\u2212$€£(]?\w)",
        _compared,
    ),
    Rule(
        "P",
        r"(?P<sign>[∑∫\u03a3])(?=\s(?:from|over)\b)",
        lookup({"∑": "the sum", "Σ": "the sum", "∫": "the integral"}, "sign"),
    ),
    Rule("P", r"[∠∡]\s?(?P<name>[A-Z]{1,3})(?!\w)", _angle),
    Rule("L", r"log_?\{?(?P<base>\d{1,3}|[\u2080-\u2089]{1,3})\}?\s?\(", _logarithm),
    Rule("L", rf"(?P<name>{any_of(_FUNCTIONS)})\((?=[^()]{{1,60}}\))", lookup(_FUNCTIONS, "name")),
    Rule("L", r"(?P<name>P)\((?P<of>[A-Z])(?:\s?(?P<given>\|)\s?(?P<other>[A-Z]))?\)", _probability),
    Rule("L", r"(?P<name>[fgh])(?P<primes>['\u2019\u2032]{1,3})?\((?P<of>[a-z])\)", _function),
    Rule("SL", r"\s?x\s?(?=\d{1,3}\s(?:reps?|sets?|rounds?)\b)", "times"),
    Rule("P", rf"(?<=[A-Za-z₀-₉])(?P<count>[{_SUPERSCRIPTS}])?(?P<sign>[⁺⁻])(?![{_SUPERSCRIPTS}\d])", _charge),
    Rule("P", rf"(?<![\w{_SUPERSCRIPTS}])[{_SUPERSCRIPTS}]{{1,3}}(?=[A-Z])", _isotope),
    Rule("SP", r"(?<=[a-z\d)])\s?\*\*\s?(?=[\da-z(])", _power_of),
    Rule("P", r"\*(?=[a-z\d](?!\w))", _product),
    Rule("L", r"(?<=[A-Za-z]\s)x(?P<low>\d{1,2})(?=[,;)]|\.?\s?\Z|\.?\n)", _of_a_ticket),
    Rule("P", rf"(?<=[\w)])(?:\^[-\u2212]?\d{{1,9}}(?!\w)|[⁻⁺]?[{_SUPERSCRIPTS}]{{1,9}})", _raised),
)
