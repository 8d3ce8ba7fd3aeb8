"""The rules for other languages than English, in the order they are tried."""

import re

from halfgig.text import characters, foreign_addresses, lines, markup, punctuation
from halfgig.text.characters import PART_OF_WORD, SILENT, WORD
from halfgig.text.rules import Rule, as_written
from halfgig.text.words import plain_word


def _foreign_word(match: re.Match[str]) -> str:
    return plain_word(match[0])


_FOREIGN_WORDS = (
    Rule("L", rf"(?:https?://|www\.)[^\s<>|\"*`\[\](){{}}{SILENT}]{{1,200}}(?<![.,:;!?])", as_written),
    Rule("LP", rf"{WORD}(?:['\u2019\u02bc\u2010\u2011.@:/_-]{WORD}){{0,6}}", _foreign_word),
    Rule("LP", PART_OF_WORD, _foreign_word),
    Rule(
        "DP",
        r"(?:(?<!\w)[-\u2212+])?\d{1,40}(?:(?:[.,:/'\u2019-]|[ \xa0\u202f](?=\d{3}(?!\d)))\d{1,40}){0,6}",
        as_written,
    ),
    Rule("P", r"[%‰$€£¥₹°§&+=@\u00d7÷/√∞≤≥≠±²³¹½¼¾⅓⅔]", as_written),
)


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for a language, "" for one without rules of its own; "de", "pt-pt"."""
    return (
        *markup.DIRECTIVES,
        *punctuation.COMMON,
        *punctuation.PARAGRAPHS,
        *foreign_addresses.rules(language[:2]),
        *_of_its_own(language),
        *_FOREIGN_WORDS,
        *lines.RULES,
        *markup.RULES,
        *characters.SILENT_SYMBOLS,
        *punctuation.SPACES,
        *punctuation.FOREIGN,
    )


def _of_its_own(language: str) -> tuple[Rule, ...]:
    if language == "de":
        from halfgig.text import german

        return german.RULES
    from halfgig.text import romance

    return romance.rules(language)
