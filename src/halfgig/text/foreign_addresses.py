"""German, French, Spanish, Italian and Portuguese: e-mail and web addresses."""

from __future__ import annotations

import re
from typing import NamedTuple

from halfgig.text.rules import Rule


class _Signs(NamedTuple):
    at: str
    dot: str
    slash: str
    hyphen: str
    underscore: str


_SIGNS = {
    "de": _Signs("ät", "Punkt", "Schrägstrich", "Bindestrich", "Unterstrich"),
    "fr": _Signs("arobase", "point", "slash", "tiret", "tiret bas"),
    "es": _Signs("arroba", "punto", "barra", "guion", "guion bajo"),
    "it": _Signs("chiocciola", "punto", "barra", "trattino", "trattino basso"),
    "pt": _Signs("arroba", "ponto", "barra", "hífen", "sublinhado"),
}
_SPELLED = frozenset({
    "de", "at", "ch", "fr", "be", "lu", "es", "mx", "ar", "cl", "it", "pt", "br", "eu", "uk", "us", "io", "tv", "nl",
    "me", "ai", "dk", "pl", "cz", "html", "php", "pdf",
})  # fmt: skip
"""Ends of addresses that are said letter by letter."""

_DOMAIN = r"[^\W_](?:[\w-]{0,60}[^\W_])?(?:\.[^\W_][\w-]{0,60}){0,5}\.[^\W\d_]{2,12}"
_MAIL = rf"[^\W_][\w.+-]{{0,63}}@{_DOMAIN}(?![\w@])"
_WEB = (
    rf"(?:https?://(?:www\.)?|www\.)(?P<address>{_DOMAIN}(?::\d{{1,5}})?(?:/[\w./~%+-]{{0,150}})?)"
    r"(?:[?#][^\s<>]{0,150})?"
)
_BARE = (
    r"(?P<address>[a-z][\w-]{1,40}\.(?:com|org|net|info|de|at|ch|fr|es|it|pt|eu|io|app)(?:/[\w/-]{1,80})?)"
    r"(?!\w|[@.-]\w)"
)


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for "de", "fr", "es", "it" or "pt"; none for others."""
    signs = _SIGNS.get(language)
    if signs is None:
        return ()

    def spoken(address: str) -> str:
        named = {"@": signs.at, ".": signs.dot, "/": signs.slash, "-": signs.hyphen, "_": signs.underscore, ":": ""}
        parts = re.findall(r"[^\W_]+|\S|_", address.rstrip("/."))
        return " ".join(filter(None, (named.get(part) if part in named else _label(part) for part in parts)))

    def address(match: re.Match[str]) -> str:
        return spoken(match["address"])

    def mail(match: re.Match[str]) -> str:
        return spoken(match[0])

    return (Rule("LD", _MAIL, mail), Rule("L", _WEB, address), Rule("L", _BARE, address))


def _label(part: str) -> str:
    return " ".join(part.upper()) if part.lower() in _SPELLED else part
