"""Character classes for patterns (used inside [ ]), and the rules for spoken and silent symbols.

Characters that are easily confused are written as code points.
"""

import re
import unicodedata

from halfgig.text import numbers
from halfgig.text.rules import Rule, any_of, lookup

NEWLINE = r"(?:\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029])"
"""Pattern of one line break of any system."""

INLINE = r"[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]"
"""Pattern of one white space within a line."""

PARAGRAPH_END = rf"\s{{0,20}}\Z|[ \t]{{0,20}}{NEWLINE}[ \t]{{0,20}}{NEWLINE}"
"""Pattern of the end of the text or a blank line."""

FULL_STOPS = "\u3002\uff01\uff1f\u061f\u0964\u0965\u06d4\u17d4\uff61\uff0e\u0589"
"""Ends of sentences that need no space after them: Chinese and Japanese, Arabic, Hindi, Urdu, Khmer, Armenian."""

QUESTIONS = "?\uff1f\u061f"
EXCLAMATIONS = "!\uff01"

COMMAS = "\uff0c\u3001\uff1b\uff1a\u060c\u061b"
"""Clause separators of these scripts."""

_CLOSING_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u2039\u203a\u300d\u300f"
_CLOSING_BRACKETS = r")\]}\uff09\u3011\u300b\u3009\u3015"
CLOSERS = rf"{_CLOSING_QUOTES}{_CLOSING_BRACKETS}*_`~"
"""Quotes, brackets and Markdown emphasis that may follow the end of a sentence."""

BRACKETS = rf"(\[{{\uff08\u3010\u300a\u3008\u3014\u300c\u300e{_CLOSING_BRACKETS}\u300d\u300f"
"""Brackets and quotes, spoken as a pause."""

JOINERS = r"\u00ad\u200b-\u200d\u2060\ufeff"
"""Invisible characters allowed inside a word: soft hyphens, joiners, the byte order mark."""

SILENT = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ud800-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000323b0-\U0010ffff"
)
"""Control, invisible, surrogate, private and unassigned characters: never spoken."""

PICTURES = (
    r"\u20d0-\u20f0\u2190-\u21ff\u2300-\u243f\u2500-\u266c\u2670-\u27bf\u27f0-\u297f\u2b00-\u2bff"
    r"\U0001f000-\U0001faff"
)
"""Emoji, arrows, boxes and other drawings, without the musical sharp and flat."""

BREAKS = (
    r"\s\d_\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u2000-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u303d\u3200-\u33ff\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    rf"{SILENT}\U0001f000-\U0001faff{FULL_STOPS}{COMMAS}"
)
"""Characters that no word contains."""

WORD = rf"(?![{JOINERS}])(?:[{JOINERS}]{{0,3}}[^{BREAKS}]){{1,61}}"
"""Pattern of a word: letters with combining marks and, not first, invisible joiners.

It has the characters of a word once, since their set takes most of the time to compile it.
"""

PART_OF_WORD = rf"(?![{JOINERS}])(?:[{JOINERS}]{{0,3}}[^{BREAKS}]){{1,16}}"
"""Pattern of the beginning of a word that is too long when it is spoken: a ligature may stand for 18 letters."""


_SPOKEN = {
    "&": "and", "&&": "and", "&amp;": "and", "%": "percent", "@": "at", "+": "plus", "=": "equals", "==": "equals",
    "\N{MULTIPLICATION SIGN}": "times", "÷": "divided by", "±": "plus or minus", "\N{MINUS SIGN}": "minus",
    "<": "less than", ">": "greater than",
    "≤": "less than or equal to", "<=": "less than or equal to", "≥": "greater than or equal to",
    ">=": "greater than or equal to", "≠": "not equal to", "!=": "not equal to", "≈": "approximately",
    "∞": "infinity", "√": "the square root of", "∛": "the cube root of", "∑": "the sum of", "∫": "the integral of",
    "∂": "partial",
    "∈": "in", "\N{UNION}": "union", "∩": "intersection", "∆": "delta", "$": "dollars",
    "€": "euros", "£": "pounds", "¥": "yen", "₹": "rupees", "₿": "bitcoin",
    "¢": "cents", "°": "degrees", "§": "section", "§§": "sections", "¶": "paragraph", "©": "copyright", "№": "number",
    "⊂": "is a subset of", "⊆": "is a subset of", "∉": "is not in", "∅": "the empty set", "∀": "for all",
    "∃": "there exists", "¬": "not", "∧": "and", "\N{LOGICAL OR}": "or", "∝": "is proportional to", "∇": "del",
    "∏": "the product of",
    "≡": "is equivalent to", "⊥": "is perpendicular to", "∥": "is parallel to", "∴": "therefore",
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


_SUITS = {"♠": "spades", "♥": "hearts", "♦": "diamonds", "♣": "clubs"}


def _suit(match: re.Match[str]) -> str | None:
    """Return the suit of a card, A♠; None for a drawing."""
    is_card = re.search(r"(?:\b|\d)(?:[2-9]|10|[AKQJ])\Z", match.string[max(0, match.start() - 3) : match.start()])
    return f"of {_SUITS[match['suit']]}" if is_card else None


SILENT_SYMBOLS = (
    Rule("P", rf"[{SILENT}]{{1,200}}", ""),
    Rule("P", r"(?:->|=>|[-=]{2,9}>|[→⇒➜➔]){1,20}", "—"),
    Rule("P", rf"(?![♯♭])[{PICTURES}{SILENT}]{{1,200}}", ""),
)
"""Symbols that are not spoken in any language."""

RULES = (
    Rule("P", r"(?P<suit>[♠♥♦♣])\ufe0f?", _suit),
    *SILENT_SYMBOLS,
    Rule("P", r"[:;]'?-?[)(DPp|](?!\w)|:/(?=\s|\Z)", ""),
    Rule("P", r"\+/[-\u2212]", "plus or minus"),
    Rule("P", r"#\s?(?=\d)", "number"),
    Rule("P", r"\$(?=\{?[A-Za-z_])", "dollar"),
    Rule("P", r"(?<=\w)/\.(?=[a-z])", "slash dot"),
    Rule("P", r"(?<=[A-Z])/(?=[A-Z])", " "),
    Rule("S", r"(?<=[^\W\d_])\s>\s(?=[A-Z])", "—"),
    Rule("P", r"(?:[=+#]{3,200}|[#~^|\\]{2,200}|-{3,200}|[®™℠†‡•·])", ""),
    Rule("P", r"(?<=\d)\+(?=[\s.,;!?)]|\Z)", "plus"),
    Rule("LP", any_of(_SPOKEN), lookup(_SPOKEN)),
    Rule("LP", _COMPATIBLE, _compatible),
)
