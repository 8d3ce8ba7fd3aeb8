"""French, Spanish, Italian and Portuguese: days without a year, "le 12/03", and short days of the week, "lun.-ven."."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halfgig.text import numbers
from halfgig.text.context import text_before
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule, any_of, lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

_WEEKS = {
    "fr": {"lun": "lundi", "mar": "mardi", "mer": "mercredi", "jeu": "jeudi", "ven": "vendredi", "sam": "samedi",
           "dim": "dimanche"},
    "es": {"lun": "lunes", "mar": "martes", "mié": "miércoles", "jue": "jueves", "vie": "viernes", "sáb": "sábado",
           "dom": "domingo"},
    "it": {"lun": "lunedì", "mar": "martedì", "mer": "mercoledì", "gio": "giovedì", "ven": "venerdì", "sab": "sabato",
           "dom": "domenica"},
    "pt": {"seg": "segunda", "ter": "terça", "qua": "quarta", "qui": "quinta", "sex": "sexta", "sáb": "sábado",
           "dom": "domingo"},
}  # fmt: skip
_TO = {"fr": "à", "es": "a", "it": "a", "pt": "a"}
_LARGEST_PART = 4  # of 1/2, 1/3, 3/4
_ON_A_DAY = Pattern(r"\b(?:le|du|au|el|del|al|il|dal|em|dia|até)\s\Z", re.IGNORECASE)


def rules(language: str, months: Sequence[str], first: str, of: str) -> tuple[Rule, ...]:
    """Return the rules for a language; `first` is the first day of a month, `of` stands between day and month."""
    week = _WEEKS[language]
    names = {**week, **{short.capitalize(): name.capitalize() for short, name in week.items()}}

    def day(match: re.Match[str]) -> str | None:
        number, month = int(match["day"]), int(match["month"])
        is_part = number < month <= _LARGEST_PART
        if not (1 <= number <= 31 and 1 <= month <= 12) or is_part or not _ON_A_DAY.search(text_before(match)):
            return None
        words = first if number == 1 else numbers.in_language(number, "cardinal", language)
        return f"{words} {of}{months[month - 1]}"

    def span(match: re.Match[str]) -> str:
        return f"{names[match['low']]} {_TO[language]} {names[match['high']]}"

    name = any_of(names)
    return (
        Rule("D", r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/])", day),
        Rule("L", rf"(?P<low>{name})\.?\s?[-\u2013]\s?(?P<high>{name})(?!\w)(?:\.(?=,|:|\s[\da-z]))?", span),
        Rule("L", rf"(?P<name>{name})\.(?=,|:|\s[\da-z])", lookup(names, "name")),
    )
