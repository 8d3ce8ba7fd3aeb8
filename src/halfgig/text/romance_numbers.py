"""French, Spanish, Italian and Portuguese: ordinals, Roman numerals, ranges, scores, fractions and "x"."""

from __future__ import annotations

import re
from typing import NamedTuple

from halfgig.text import numbers
from halfgig.text.context import word_after
from halfgig.text.rules import Rule, any_of, word_before


class Counting(NamedTuple):
    """How a language counts."""

    language: str
    """Its code."""
    variety: str
    """Its name for num2words."""
    ordinal_signs: str
    """Pattern of what follows the digits of an ordinal: "2e", "1.º"."""
    feminine_signs: tuple[str, ...]
    """Those of them that mark the feminine."""
    short_first: tuple[str, ...]
    """Ordinals cut short before a masculine noun: "primer" for 1, "tercer" for 3."""
    to: str
    """Between the ends of a range, with its spaces."""
    score: str
    """Between the goals of two teams, with its spaces."""
    half: tuple[str, str, str]
    """Half a masculine, half a feminine noun, and half after a whole number with "and"."""
    parts: dict[int, tuple[str, str]]
    """Thirds and other parts: one and several."""
    one: str
    """One, before the name of a part."""
    times: tuple[str, str, str]
    """Once, and what follows the number of times; between two numbers."""
    compared: dict[str, str]
    """Comparisons by sign."""
    power: str
    """Between a number and its power."""
    number_signs: str
    """Pattern of the sign for "number" before digits: "n°"."""
    number: str
    """Its word."""
    counted: frozenset[str]
    """Words that a Roman numeral counts: "chapitre"."""
    largest_ordinal: int
    """Rulers up to this number have ordinals, later ones cardinals."""


_FRENCH = Counting(
    language="fr",
    variety="fr",
    ordinal_signs="ers?|ères?|ere|res?|èmes?|ièmes?|emes?|iemes?|nde?|es?",
    feminine_signs=("ère", "ères", "ere", "re", "res", "nde"),
    short_first=(),
    to=" à ",
    score=" à ",
    half=("un demi", "une demi", " et demi"),
    parts={3: ("tiers", "tiers"), 4: ("quart", "quarts")},
    one="un",
    times=("une fois", "fois", "fois"),
    compared={
        ">": "supérieur à", "<": "inférieur à", ">=": "supérieur ou égal à", "<=": "inférieur ou égal à",
        "\N{GREATER-THAN OR EQUAL TO}": "supérieur ou égal à", "\N{LESS-THAN OR EQUAL TO}": "inférieur ou égal à",
    },
    power="puissance",
    number_signs="[nN]°|[nN]º|[nN]o\\.(?=\\s?\\d)",
    number="numéro",
    counted=frozenset({"chapitre", "tome", "volume", "partie", "acte", "scène", "livre", "article", "guerre", "phase",
                       "mondiale", "titre", "annexe", "type", "niveau", "chap", "art", "vol"}),
    largest_ordinal=1,
)  # fmt: skip
_SPANISH = Counting(
    language="es",
    variety="es",
    ordinal_signs="\\.?[ºª°]|\\.?er(?!\\w)|[oa](?=\\s)",
    feminine_signs=("ª", ".ª", "a"),
    short_first=("primer", "tercer"),
    to=" a ",
    score=" a ",
    half=("medio", "media", " y medi"),
    parts={3: ("tercio", "tercios"), 4: ("cuarto", "cuartos")},
    one="un",
    times=("una vez", "veces", "por"),
    compared={
        ">": "mayor que", "<": "menor que", ">=": "mayor o igual que", "<=": "menor o igual que",
        "\N{GREATER-THAN OR EQUAL TO}": "mayor o igual que", "\N{LESS-THAN OR EQUAL TO}": "menor o igual que",
    },
    power="elevado a",
    number_signs="[nN]\\.?[ºo°](?=\\s?\\d)|[nN]ro\\.?(?=\\s?\\d)",
    number="número",
    counted=frozenset({"capítulo", "tomo", "volumen", "parte", "acto", "escena", "libro", "artículo", "guerra", "fase",
                       "mundial", "título", "anexo", "tipo", "nivel", "siglo", "s", "cap", "art", "vol"}),
    largest_ordinal=10,
)  # fmt: skip
_ITALIAN = Counting(
    language="it",
    variety="it",
    ordinal_signs="[ºª]|°(?=\\s[a-zà-ù]{2})",
    feminine_signs=("ª",),
    short_first=(),
    to=" ",
    score=" a ",
    half=("mezzo", "mezza", " e mezz"),
    parts={3: ("terzo", "terzi"), 4: ("quarto", "quarti")},
    one="un",
    times=("una volta", "volte", "per"),
    compared={
        ">": "maggiore di", "<": "minore di", ">=": "maggiore o uguale a", "<=": "minore o uguale a",
        "\N{GREATER-THAN OR EQUAL TO}": "maggiore o uguale a", "\N{LESS-THAN OR EQUAL TO}": "minore o uguale a",
    },
    power="alla",
    number_signs="[nN]°(?=\\s?\\d)|[nN]º(?=\\s?\\d)",
    number="numero",
    counted=frozenset({"capitolo", "tomo", "volume", "parte", "atto", "scena", "libro", "articolo", "guerra", "fase",
                       "mondiale", "titolo", "allegato", "tipo", "livello", "cap", "art", "vol"}),
    largest_ordinal=60,
)  # fmt: skip
_PORTUGUESE = Counting(
    language="pt",
    variety="pt_BR",
    ordinal_signs="\\.?[ºª°](?!\\s?C)",
    feminine_signs=("ª", ".ª"),
    short_first=(),
    to=" a ",
    score=" a ",
    half=("meio", "meia", " e mei"),
    parts={3: ("terço", "terços"), 4: ("quarto", "quartos")},
    one="um",
    times=("uma vez", "vezes", "por"),
    compared={
        ">": "maior que", "<": "menor que", ">=": "maior ou igual a", "<=": "menor ou igual a",
        "\N{GREATER-THAN OR EQUAL TO}": "maior ou igual a", "\N{LESS-THAN OR EQUAL TO}": "menor ou igual a",
    },
    power="elevado a",
    number_signs="[nN]\\.?[ºo°](?=\\s?\\d)",
    number="número",
    counted=frozenset({"capítulo", "tomo", "volume", "parte", "ato", "cena", "livro", "artigo", "guerra", "fase",
                       "mundial", "título", "anexo", "tipo", "nível", "século", "séc", "cap", "art", "vol"}),
    largest_ordinal=10,
)  # fmt: skip
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4)}
_LARGEST_NUMERAL = 60
_QUEENS = frozenset({"Elisabeth", "Élisabeth", "Isabel", "Elisabetta", "Catherine", "Catalina", "Caterina", "Maria",
                     "María", "Marie", "Cristina", "Christine", "Margarita", "Margherita", "Juana",
                     "Victoria"})  # fmt: skip


_FRENCH_FEMININE = frozenset({
    "heure", "tasse", "livre", "bouteille", "journée", "douzaine", "part", "cuillère", "cuillerée", "cuiller", "pincée",
    "minute", "semaine", "année", "gousse", "tranche", "botte", "boîte", "page", "portion", "feuille", "étoile",
    "seconde", "once", "pinte", "tonne", "louche", "poignée", "noix",
})  # fmt: skip


class _Counter:
    """Verbalizers for one language."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def _words(self, number: int, kind: str = "cardinal") -> str:
        return numbers.in_language(number, kind, self._counting.variety)

    def _ordinal(self, number: int, *, is_feminine: bool) -> str:
        words = self._words(number, "ordinal")
        if not is_feminine:
            return words
        if self._counting.language == "fr":
            return {1: "première", 2: "seconde"}.get(number, words)
        return re.sub(r"o\b", "a", words)

    def ordinal(self, match: re.Match[str]) -> str | None:
        number, sign = int(match["number"]), match["sign"]
        is_second = self._counting.language == "fr" and number == 2 and sign == "nde"
        is_feminine = sign in self._counting.feminine_signs and (number != 2 or is_second or sign != "re")
        if sign.lstrip(".") == "er" and self._counting.short_first:
            short = {1: self._counting.short_first[0], 3: self._counting.short_first[1]}
            return short.get(number)
        return self._ordinal(number, is_feminine=is_feminine) + ("s" if sign in ("ers", "èmes", "es") else "")

    def century(self, match: re.Match[str]) -> str | None:
        """Return a numeral with the ending of an ordinal: XIXe."""
        number = numbers.roman(match["letters"])
        return self._ordinal(number, is_feminine=match["sign"] in self._counting.feminine_signs) if number else None

    def numeral(self, match: re.Match[str]) -> str | None:
        """Return a Roman numeral after a ruler or a word that it counts."""
        number, before = numbers.roman(match["letters"]), word_before(match)
        if number is None or number > _LARGEST_NUMERAL:
            return None
        if before.lower() in self._counting.counted:
            return str(number)
        if len(match["letters"]) == 1 or not before[:1].isupper() or before.isupper():
            return None
        return self._ruler(number, before)

    def _ruler(self, number: int, name: str) -> str:
        if number <= self._counting.largest_ordinal:
            return self._ordinal(number, is_feminine=name in _QUEENS)
        return self._words(number)

    def range(self, match: re.Match[str]) -> str | None:
        low, high = match["low"], match["high"]
        sizes = [float(re.sub(r"[.\s]", "", each).replace(",", ".")) for each in (low, high)]
        if sizes[0] >= sizes[1]:
            return f"{low}{self._counting.score}{high}" if max(sizes) < 200 else None
        return f"{low}{self._counting.to}{high}"

    def fraction(self, match: re.Match[str]) -> str | None:
        above, below = _VULGAR[match["part"]] if match["part"] else (int(match["above"]), int(match["below"]))
        count = match["count"]
        masculine, feminine, after = self._counting.half
        if (above, below) == (1, 2):
            ending = "a" if self._is_feminine(match) else "o"
            if count:
                return f"{count}{after}{ending if self._counting.language != 'fr' else ''}"
            return feminine if self._is_feminine(match) else masculine
        if below not in self._counting.parts or above >= below:
            return None if count or match["part"] else f"{above} {below}"
        one, many = self._counting.parts[below]
        part = f"{self._counting.one} {one}" if above == 1 else f"{self._words(above)} {many}"
        joint = {"fr": " ", "es": " y ", "it": " e ", "pt": " e "}[self._counting.language]
        return f"{count}{joint}{part}" if count else part

    def _is_feminine(self, match: re.Match[str]) -> bool:
        noun = word_after(match)
        if self._counting.language == "fr":
            return noun.lower() in _FRENCH_FEMININE
        return noun.endswith(("a", "as", "tà", "dad")) or noun in {"colher", "colheres", "parte", "noche", "notte"}

    def times(self, match: re.Match[str]) -> str:
        once, many, _ = self._counting.times
        return once if match["count"] == "1" else f"{match['count']} {many}"

    def compared(self, match: re.Match[str]) -> str:
        return self._counting.compared[match["sign"]]


def _every_hours(match: re.Match[str]) -> str:
    return f"cada {match['hours']} horas"


def _eight_by_eight(match: re.Match[str]) -> str:
    hours = match["hours"]
    return f"{hours} em {hours} horas"


def _century(match: re.Match[str]) -> str | None:
    number = numbers.roman(match["letters"])
    return numbers.in_language(number, "ordinal", "it") if number else None


_FRENCH_MANY = {"k": "mille euros", "M": "millions d'euros", "Md": "milliards d'euros", "Mds": "milliards d'euros"}


def _and_a_half(match: re.Match[str]) -> str:
    """Return a number and a half with its noun, which French says before the half: "une tasse et demie"."""
    count, noun = match["count"], match["noun"]
    is_feminine = noun.removesuffix("s") in _FRENCH_FEMININE
    one = "une" if is_feminine else "un"
    return f"{one if count == '1' else count} {noun} et demi{'e' if is_feminine else ''}"


def _many_euros(match: re.Match[str]) -> str:
    return f"{match['number']} {_FRENCH_MANY[match['scale']]}"


_OWN = {
    "fr": (
        Rule("D", r"(?P<number>\d{1,4}(?:,\d{1,2})?)\s?(?P<scale>k|Mds?|M)\s?€", _many_euros),
        Rule(
            "D",
            r"(?<![\w/.,])(?P<count>\d{1,3})\s?(?:½|(?<=\s)1/2)\s(?P<noun>[a-zà-ÿ]{3,15})(?!\w)",
            _and_a_half,
        ),
    ),
    "it": (
        Rule("L", r"(?P<letters>[IVX]{1,6})(?=\ssec(?:olo|\.))", _century),
        Rule("L", r"Dott\.ssa(?!\w)", "Dottoressa"),
        Rule("L", r"Prof\.ssa(?!\w)", "Professoressa"),
        Rule("L", r"Sig\.ra(?!\w)", "Signora"),
    ),
    "pt": (Rule("D", r"(?P<hours>\d{1,2})/(?P=hours)\s?h(?:oras)?(?!\w)", _eight_by_eight),),
    "es": (
        Rule(
            "L",
            r"(?:(?<=\A)|(?<=\n)|(?<=, )|(?<= de )|(?<= a )|(?<= y )|(?<= con ))D\.(?=\s[A-ZÁÉÍÓÚÑ][a-zñá-ú])",
            "Don",
        ),
        Rule("L", r"D\.?ª(?=\s[A-Z])", "Doña"),
        Rule("L", r"s\.(?=\s[IVX]{1,5}(?!\w))", "siglo"),
        Rule("L", r"c/\s?(?P<hours>\d{1,2})\s?h(?:oras|rs?)?(?!\w)", _every_hours),
        Rule("L", r"[cC]/(?=\s?[A-ZÁÉÍÓÚÑ])", "Calle"),
    ),
}
"""Rules of one language alone."""


def _rules(counting: Counting) -> tuple[Rule, ...]:
    counter = _Counter(counting)
    number = r"(?:\d{1,3}(?:[.\xa0\u202f]\d{3}){1,4}|\d{1,12})(?:,\d{1,6})?"
    return (
        Rule("L", counting.number_signs, counting.number),
        *_OWN.get(counting.language, ()),
        Rule("D", rf"(?P<number>\d{{1,4}})(?P<sign>{counting.ordinal_signs})(?!\w)", counter.ordinal),
        Rule("L", r"(?P<letters>[IVX]{1,7})(?P<sign>er|ère|re|e|ème)(?!\w)", counter.century),
        Rule("L", r"(?P<letters>[IVXL]{1,6})(?![\w.'\u2019-])", counter.numeral),
        Rule("L", r"(?P<letters>[IVXL]{1,6})(?=\.(?:\s|\Z))", counter.numeral),
        Rule(
            "DP",
            r"(?<![\w/])(?:(?P<count>\d{1,3})(?:\s(?=\d)|\s?(?=[½⅓⅔¼¾])))?(?:(?P<part>[½⅓⅔¼¾])"
            r"|(?P<above>\d{1,3})[/\u2044](?P<below>\d{1,3}))(?![\d/])",
            counter.fraction,
        ),
        Rule(
            "D",
            rf"(?<![\w.,/-])(?P<low>{number})\s?[-\u2013]\s?(?P<high>{number})(?![\w/]|[-:]\d|[.,]\d)",
            counter.range,
        ),
        Rule("D", r"(?P<count>\d{1,3})\s?[x\u00d7]\s?(?=[a-zà-ÿ]{2})", counter.times),
        Rule("SLP", r"(?<=\d)\s?[x\u00d7*\u00b7]\s?(?=\d)", counting.times[2]),
        Rule("P", r"(?<=[\w)])\^(?=-?\d)", counting.power),
        Rule("SP", rf"(?<=\w)\s(?P<sign>{any_of(counting.compared)})(?=\s\w)", counter.compared),
    )


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for "fr", "es", "it", "pt" or "pt-pt", which counts in its own way; none for others."""
    european = _PORTUGUESE._replace(variety="pt")
    languages = {"fr": _FRENCH, "es": _SPANISH, "it": _ITALIAN, "pt": _PORTUGUESE, "pt-pt": european}
    counting = languages.get(language)
    return _rules(counting) if counting else ()
