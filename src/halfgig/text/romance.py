"""French, Spanish, Italian and Portuguese: short forms, dates, times, money; espeak-ng reads other numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

from halfgig.text import numbers, romance_days, romance_messages, romance_numbers
from halfgig.text.context import text_before
from halfgig.text.rules import Rule, any_of


class Grammar(NamedTuple):
    """What the rules need to know of a language."""

    language: str
    """Its name for num2words."""
    months: tuple[str, ...]
    """The months, from January on."""
    first: str
    """The first day of a month."""
    of: str
    """Between day, month and year, with a space after it; "" for none."""
    money: dict[str, tuple[str, str, str]]
    """By sign: one, several, and what follows 0 cents less: ("euro", "euros", "centimes")."""
    joint: str
    """Between a sum and its cents, with a space after it."""
    one: str
    """One, before the name of a currency."""
    feminine: dict[int, str]
    """Numbers that have a form of their own before a feminine noun, such as hours."""
    million_of: str
    """Between a million and the name of a currency."""
    hour: tuple[str, str, str]
    """A time of day: one hour, several, and what joins the minutes, with its spaces."""
    short: dict[str, str]
    """Short forms, without their last full stop."""
    units: dict[str, tuple[str, str]]
    """Units of measure by symbol: one and several."""
    whole_hour: tuple[str, str, str]
    """A time without minutes: pattern of the sign after the hour, one and several."""
    clock_range: str
    """Between two times of day, with its spaces."""
    minus: str
    """Before a measure below zero, with a space after it."""
    closing: dict[str, str]
    """Short forms that may end a sentence: one full stop then ends both."""


_FRENCH = Grammar(
    language="fr",
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
    first="premier",
    of="",
    money={
        "€": ("euro", "euros", "centimes"), "EUR": ("euro", "euros", "centimes"),
        "$": ("dollar", "dollars", "cents"), "£": ("livre", "livres", "pence"),
        "CHF": ("franc suisse", "francs suisses", "centimes"),
    },
    joint="",
    one="un",
    feminine={1: "une"},
    million_of="d'",
    hour=("{} heure", "{} heures", " "),
    short={
        "Mme": "Madame", "Mlle": "Mademoiselle", "Mgr": "Monseigneur", "M": "Monsieur",
        "MM": "Messieurs", "Dr": "Docteur", "Pr": "Professeur", "p. ex": "par exemple",
        "c.-à-d": "c'est-à-dire", "av. J.-C": "avant Jésus-Christ", "apr. J.-C": "après Jésus-Christ",
        "env": "environ", "n°": "numéro", "tél": "téléphone", "Tél": "Téléphone", "bd": "boulevard",
        "Bd": "Boulevard", "av": "avenue", "Av": "Avenue", "vol": "volume", "chap": "chapitre", "fig": "figure",
        "max": "maximum", "min": "minimum", "cf": "confer", "éd": "édition", "St": "Saint", "Ste": "Sainte",
        "art": "article", "apr": "après", "th": "thermostat",
        "pers": "personnes", "cp": "comprimés", "dép": "départ", "arr": "arrivée",
    },
    units={
        "km/h": ("kilomètre heure", "kilomètres heure"), "km": ("kilomètre", "kilomètres"), "kg": ("kilo", "kilos"),
        "cm": ("centimètre", "centimètres"), "mm": ("millimètre", "millimètres"), "m": ("mètre", "mètres"),
        "m²": ("mètre carré", "mètres carrés"), "g": ("gramme", "grammes"), "l": ("litre", "litres"),
        "°C": ("degré", "degrés"), "ºC": ("degré", "degrés"), "min": ("minute", "minutes"),
    },
    whole_hour=(r"[hH]", "{} heure", "{} heures"),
    clock_range=" à ",
    minus="moins ",
    closing={"etc": "et cetera", "c. à s": "cuillères à soupe", "c. à c": "cuillères à café"},
)  # fmt: skip
_SPANISH = Grammar(
    language="es",
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
    first="uno",
    of="de ",
    money={
        "€": ("euro", "euros", "céntimos"), "EUR": ("euro", "euros", "céntimos"),
        "$": ("dólar", "dólares", "centavos"), "US$": ("dólar", "dólares", "centavos"),
        "£": ("libra", "libras", "peniques"), "MXN": ("peso", "pesos", "centavos"),
    },
    joint="con ",
    one="un",
    feminine={1: "una"},
    million_of="de ",
    hour=("{}", "{}", " y "),
    short={
        "Sr": "Señor", "Sra": "Señora", "Srta": "Señorita", "Sres": "Señores", "Dr": "Doctor", "Dra": "Doctora",
        "Ud": "Usted", "Uds": "Ustedes", "Vd": "Usted", "EE. UU": "Estados Unidos", "p. ej": "por ejemplo",
        "P. ej": "Por ejemplo", "a. C": "antes de Cristo", "d. C": "después de Cristo", "núm": "número",
        "Núm": "Número", "tel": "teléfono", "Tel": "Teléfono", "Av": "Avenida", "Avda": "Avenida",
        "Prof": "Profesor", "Profa": "Profesora", "pág": "página", "págs": "páginas", "aprox": "aproximadamente",
        "máx": "máximo", "mín": "mínimo", "Lic": "Licenciado", "Ing": "Ingeniero", "Gral": "General",
        "art": "artículo", "cap": "capítulo", "vol": "volumen", "fig": "figura", "Sto": "Santo", "Sta": "Santa",
        "incl": "incluido", "pers": "personas", "comp": "comprimido", "dto": "descuento", "Tfno": "Teléfono",
        "dcha": "derecha", "izq": "izquierda", "Dña": "Doña", "Pza": "Plaza",
    },
    units={
        "km/h": ("kilómetro por hora", "kilómetros por hora"), "km": ("kilómetro", "kilómetros"),
        "kg": ("kilo", "kilos"), "cm": ("centímetro", "centímetros"), "mm": ("milímetro", "milímetros"),
        "m": ("metro", "metros"), "m²": ("metro cuadrado", "metros cuadrados"), "g": ("gramo", "gramos"),
        "l": ("litro", "litros"), "°C": ("grado", "grados"), "ºC": ("grado", "grados"), "min": ("minuto", "minutos"),
    },
    whole_hour=(r"h(?:rs?)?", "{}", "{}"),
    clock_range=" a ",
    minus="menos ",
    closing={"etc": "etcétera", "cdas": "cucharadas", "cda": "cucharada", "cdtas": "cucharaditas",
             "cdta": "cucharadita"},
)  # fmt: skip
_ITALIAN = Grammar(
    language="it",
    months=(
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
        "novembre", "dicembre",
    ),
    first="primo",
    of="",
    money={
        "€": ("euro", "euro", "centesimi"), "EUR": ("euro", "euro", "centesimi"),
        "$": ("dollaro", "dollari", "centesimi"), "£": ("sterlina", "sterline", "pence"),
    },
    joint="e ",
    one="un",
    feminine={1: "una"},
    million_of="di ",
    hour=("{}", "{}", " e "),
    short={
        "Sig": "Signor", "Sigg": "Signori", "Sig.ra": "Signora", "Sig.na": "Signorina", "Dott": "Dottor",
        "Dott.ssa": "Dottoressa", "Dr": "Dottor", "Prof": "Professor", "Prof.ssa": "Professoressa",
        "Ing": "Ingegner", "Avv": "Avvocato", "Geom": "Geometra", "p. es": "per esempio", "ad es": "ad esempio",
        "a. C": "avanti Cristo", "d. C": "dopo Cristo", "pag": "pagina", "pagg": "pagine", "tel": "telefono",
        "Tel": "Telefono", "n": "numero", "num": "numero", "cap": "capitolo", "art": "articolo", "vol": "volume",
        "fig": "figura", "ca": "circa", "V": "Via", "P.za": "Piazza", "C.so": "Corso", "S": "San", "max": "massimo",
        "min": "minimo", "On": "Onorevole", "Rag": "Ragionier", "pers": "persone", "incl": "incluso",
    },
    units={
        "km/h": ("chilometro orario", "chilometri orari"), "km": ("chilometro", "chilometri"),
        "kg": ("chilo", "chili"), "cm": ("centimetro", "centimetri"), "mm": ("millimetro", "millimetri"),
        "m": ("metro", "metri"), "m²": ("metro quadrato", "metri quadrati"), "g": ("grammo", "grammi"),
        "l": ("litro", "litri"), "°C": ("grado", "gradi"), "ºC": ("grado", "gradi"), "min": ("minuto", "minuti"),
    },
    whole_hour=(r"(?!h)h", "{}", "{}"),
    clock_range=" - ",
    minus="meno ",
    closing={"ecc": "eccetera", "etc": "eccetera"},
)  # fmt: skip
_PORTUGUESE = Grammar(
    language="pt",
    months=(
        "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
        "novembro", "dezembro",
    ),
    first="primeiro",
    of="de ",
    money={
        "R$": ("real", "reais", "centavos"), "BRL": ("real", "reais", "centavos"),
        "€": ("euro", "euros", "cêntimos"), "EUR": ("euro", "euros", "cêntimos"),
        "US$": ("dólar", "dólares", "centavos"), "$": ("dólar", "dólares", "centavos"),
        "£": ("libra", "libras", "pence"),
    },
    joint="e ",
    one="um",
    feminine={1: "uma", 2: "duas"},
    million_of="de ",
    hour=("{} hora", "{} horas", " e "),
    short={
        "Sr": "Senhor", "Sra": "Senhora", "Srta": "Senhorita", "Srs": "Senhores", "Dr": "Doutor", "Dra": "Doutora",
        "p. ex": "por exemplo", "a. C": "antes de Cristo", "d. C": "depois de Cristo", "núm": "número",
        "nº": "número", "tel": "telefone", "Tel": "Telefone", "Av": "Avenida", "R": "Rua", "Prof": "Professor",
        "Profa": "Professora", "Profª": "Professora", "pág": "página", "págs": "páginas", "aprox": "aproximadamente",
        "máx": "máximo", "mín": "mínimo", "Eng": "Engenheiro", "art": "artigo", "cap": "capítulo", "vol": "volume",
        "fig": "figura", "Sto": "Santo", "Sta": "Santa", "V. Exa": "Vossa Excelência",
        "apto": "apartamento", "Apto": "Apartamento", "séc": "século", "comp": "comprimido", "incl": "incluído",
    },
    units={
        "km/h": ("quilômetro por hora", "quilômetros por hora"), "km": ("quilômetro", "quilômetros"),
        "kg": ("quilo", "quilos"), "cm": ("centímetro", "centímetros"), "mm": ("milímetro", "milímetros"),
        "m": ("metro", "metros"), "m²": ("metro quadrado", "metros quadrados"), "g": ("grama", "gramas"),
        "l": ("litro", "litros"), "°C": ("grau", "graus"), "ºC": ("grau", "graus"), "min": ("minuto", "minutos"),
    },
    whole_hour=(r"[hH]", "{} hora", "{} horas"),
    clock_range=" a ",
    minus="menos ",
    closing={"etc": "et cetera"},
)  # fmt: skip

_HUNDREDTH = 2  # digits


class _Reader:
    """Verbalizers for one language."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._short = {name.replace(" ", ""): said for name, said in grammar.short.items()}

    def _words(self, number: int) -> str:
        return numbers.in_language(number, "cardinal", self._grammar.language)

    def date(self, match: re.Match[str]) -> str | None:
        day, month, of = int(match["day"]), int(match["month"]), self._grammar.of
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        first = self._grammar.first if day == 1 else self._words(day)
        return f"{first} {of}{self._grammar.months[month - 1]} {of}{self._words(int(match['year']))}"

    def units(self, match: re.Match[str]) -> str:
        """Return a unit behind a range or a fraction."""
        return self._grammar.units[match["unit"]][1]

    def sum(self, match: re.Match[str]) -> str:
        one, many, hundredths = self._grammar.money[match["before"] or match["after"]]
        whole, cents, scale = (int(re.sub(r"\D", "", match["whole"])), match["cents"], match["scale"])
        if scale:
            decimals = f",{cents}" if cents else ""
            of = self._grammar.million_of if re.match("[mb]i", scale) else ""
            return f"{whole}{decimals} {scale} {of}{many}"
        single = self._grammar.feminine[1] if one.endswith("a") else self._grammar.one
        large = f"{single} {one}" if whole == 1 else f"{self._words(whole)} {many}"
        if not cents or not int(cents):
            return large
        small = self._words(int(cents.ljust(_HUNDREDTH, "0")))
        return f"{small} {hundredths}" if whole == 0 else f"{large} {self._grammar.joint}{small}"

    def time(self, match: re.Match[str]) -> str | None:
        hour, minute = int(match["hour"]), int(match["minute"])
        if hour > 24 or minute > 59:
            return None
        one, many, joint = self._grammar.hour
        shown = (one if hour == 1 else many).format(self._grammar.feminine.get(hour) or self._words(hour))
        return shown + (f"{joint}{self._words(minute)}" if minute else "")

    def hour(self, match: re.Match[str]) -> str | None:
        """Return a time without minutes: "20 h"."""
        hour = int(match["hour"])
        _, one, many = self._grammar.whole_hour
        if hour > 24:
            return None
        return (one if hour == 1 else many).format(self._grammar.feminine.get(hour) or self._words(hour))

    def hours(self, match: re.Match[str]) -> str | None:
        """Return two times without minutes: "9-14 h"."""
        low, last = int(match["low"]), self.hour(match)
        if low > 24 or last is None:
            return None
        first = self._grammar.feminine.get(low) or self._words(low)
        return " ".join(filter(None, (first, self.joint(match), last)))

    def measure(self, match: re.Match[str]) -> str:
        one, many = self._grammar.units[match["unit"]]
        sign = self._grammar.minus if match["sign"] else ""
        return f"{sign}{match['number']} {one if match['number'] == '1' else many}"

    def closing(self, match: re.Match[str]) -> str:
        words = self._grammar.closing[re.sub(r"\.\s?", ". ", match["name"])]
        if re.search(r"(?:(?<!\d)1|/\d|[½¼¾])\s\Z", text_before(match)):
            words = words.replace("cuillères", "cuillère")
        return words + ("." if match["ends"] is not None else "")

    def joint(self, _: re.Match[str]) -> str:
        return self._grammar.clock_range.strip(" -")

    def short_form(self, match: re.Match[str]) -> str:
        return self._short[re.sub(r"\s", "", match["name"])]


def _rules(grammar: Grammar) -> tuple[Rule, ...]:
    reader = _Reader(grammar)
    signs = any_of(grammar.money)
    scale = (
        r"(?:\s(?P<scale>mil|mille|millions?|millones|millón|milhões|milhão|milioni|milione|milliards?|miliardi"
        r"|bilhões|bilhão))?"
    )
    amount = (
        r"(?P<whole>\d{1,3}(?:[.\xa0\u202f ]\d{3}){1,4}|\d{1,3}(?:,\d{3}){1,4}(?!\d)|\d{1,12})"
        r"(?:[,.](?P<cents>\d{1,2})(?!\d))?"
    )
    phrases = "|".join(
        re.escape(name).replace(r"\.\ ", r"\.\s?") for name in sorted(grammar.short, key=len, reverse=True)
    )
    closings = "|".join(
        re.escape(name).replace(r"\.\ ", r"\.\s?") for name in sorted(grammar.closing, key=len, reverse=True)
    )
    sign = grammar.whole_hour[0]
    time = rf"\d{{1,2}}(?:(?::|\s?[hH]\s?|\.)\d\d|\s?{sign})"
    return (
        Rule("L", rf"(?<![\w.])(?P<name>{phrases})\.(?!\w)(?=\s?[\d(:)]|,|\s[^\W\d_])", reader.short_form),
        Rule(
            "L",
            rf"(?<![\w.])(?P<name>{closings})\.(?=(?P<ends>\s{{1,20}}[A-ZÀ-Ú]|\s{{0,20}}\Z|\n)?)(?!\w)",
            reader.closing,
        ),
        Rule("D", r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})(?![\d/-])", reader.date),
        Rule("D", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])", reader.date),
        Rule("L", rf"(?<=\d\s)(?P<unit>{any_of(grammar.units)})(?![\w/²³])", reader.units),
        Rule("D", r"(?P<hour>\d{1,2})(?::|\s?[hH]\s?)(?P<minute>\d\d)(?![\d:])(?:\s?h(?!\w))?", reader.time),
        Rule("D", r"(?<=\bore )(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)(?![\d.])", reader.time),
        Rule("D", rf"(?<![\w.,/])(?P<low>\d{{1,2}})\s?[-\u2013]\s?(?P<hour>\d{{1,2}})\s?{sign}(?!\w)", reader.hours),
        Rule("D", rf"(?<![\w.,/])(?P<hour>\d{{1,2}})\s?{sign}(?!\w)", reader.hour),
        Rule("SP", rf"(?<=[\dhH])\s?[-\u2013]\s?(?={time}(?!\w))", reader.joint),
        Rule(
            "DLP",
            rf"(?:(?P<before>{signs})\s?)?(?<![\w.,]){amount}{scale}"
            rf"(?(before)(?!\w)|\s?(?P<after>{signs})(?!\w))",
            reader.sum,
        ),
        Rule(
            "DP",
            rf"(?P<sign>(?<![\w.,)])[-\u2212])?(?<![\w.,])(?P<number>\d{{1,12}}(?:[.,]\d{{1,6}})?)\s?"
            rf"(?P<unit>{any_of(grammar.units)})(?![\w/²³])",
            reader.measure,
        ),
    )


def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules for "fr", "es", "it", "pt" or "pt-pt"; none for others."""
    base = language[:2]
    grammar = {"fr": _FRENCH, "es": _SPANISH, "it": _ITALIAN, "pt": _PORTUGUESE}.get(base)
    if grammar is None:
        return ()
    days = romance_days.rules(grammar.language, grammar.months, grammar.first, grammar.of)
    return (*romance_messages.rules(base), *days, *_rules(grammar), *romance_numbers.rules(language))
