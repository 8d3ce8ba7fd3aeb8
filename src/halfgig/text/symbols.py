"""Signs that are spoken, and those that keep silent."""

import re
import unicodedata

from halfgig.text import numbers
from halfgig.text.characters import PICTURES, SILENT
from halfgig.text.rules import Rule, any_of, looked_up

_SPOKEN = {
    "&": "and", "&&": "and", "&amp;": "and", "%": "percent", "@": "at", "+": "plus", "=": "equals", "==": "equals",
    "\N{MULTIPLICATION SIGN}": "times", "÷": "divided by", "±": "plus or minus", "\N{MINUS SIGN}": "minus",
    "<": "less than", ">": "greater than",
    "≤": "less than or equal to", "<=": "less than or equal to", "≥": "greater than or equal to",
    ">=": "greater than or equal to", "≠": "not equal to", "!=": "not equal to", "≈": "approximately",
    "∞": "infinity", "√": "the square root of", "∑": "the sum of", "∫": "the integral of", "∂": "partial",
    "∈": "in", "∆": "delta", "$": "dollars", "€": "euros", "£": "pounds", "¥": "yen", "₹": "rupees", "₿": "bitcoin",
    "¢": "cents", "°": "degrees", "§": "section", "§§": "sections", "¶": "paragraph", "©": "copyright", "№": "number",
    "♯": "sharp", "♭": "flat", "℃": "degrees Celsius", "℉": "degrees Fahrenheit", "Ω": "ohms", "‰": "per mille",
    "/": "slash", "\\": "backslash",
}  # fmt: skip
_COMPATIBLE = r"[¹²³¼-¾\u2070-\u209f\u2100-\u218f\u2460-\u24ff\u2776-\u2793\u3200-\u33ff]"


def _compatible(match: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", match[0])
    if plain.isdecimal():
        return numbers.cardinal(int(plain))
    if plain.isascii() and plain.isalpha():
        number = numbers.roman(plain.upper()) if unicodedata.category(match[0]) == "Nl" else None
        return plain if number is None else numbers.cardinal(number)
    return plain if plain.isalpha() else ""


SILENCE = (
    Rule("P", rf"[{SILENT}]{{1,200}}", ""),
    Rule("P", r"(?:->|=>|[-=]{2,9}>|[→⇒➜➔]){1,20}", "—"),
    Rule("P", rf"(?![♯♭])[{PICTURES}{SILENT}]{{1,200}}", ""),
)
"""What is not spoken in any language."""

RULES = (
    *SILENCE,
    Rule("P", r"[:;]'?-?[)(DPp|](?!\w)", ""),
    Rule("P", r"#\s?(?=\d)", "number"),
    Rule("P", r"(?<=[A-Z])/(?=[A-Z])", " "),
    Rule("S", r"(?<=[^\W\d_])\s>\s(?=[A-Z])", "—"),
    Rule("P", r"(?:[=+#]{3,200}|[#~^|\\]{2,200}|-{3,200}|[®™℠†‡•·])", ""),
    Rule("P", r"(?<=\d)\+(?=[\s.,;!?)]|\Z)", "plus"),
    Rule("LP", any_of(_SPOKEN), looked_up(_SPOKEN)),
    Rule("LP", _COMPATIBLE, _compatible),
)
