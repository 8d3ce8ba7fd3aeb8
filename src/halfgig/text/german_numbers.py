"""German: numbers with their neighbours: units, ranges, fractions, scores, years, telephones, Roman numerals."""

import re

from halfgig.text import numbers
from halfgig.text.context import text_before, word_after
from halfgig.text.pattern import Pattern
from halfgig.text.punctuation import BEGINNINGS
from halfgig.text.rules import Rule, any_of, word_before

_FEMININE = {
    "h": ("Stunde", "Stunden"), "Std": ("Stunde", "Stunden"), "min": ("Minute", "Minuten"),
    "Min": ("Minute", "Minuten"), "s": ("Sekunde", "Sekunden"), "Sek": ("Sekunde", "Sekunden"),
    "ms": ("Millisekunde", "Millisekunden"), "kWh": ("Kilowattstunde", "Kilowattstunden"),
    "Wh": ("Wattstunde", "Wattstunden"), "MWh": ("Megawattstunde", "Megawattstunden"), "t": ("Tonne", "Tonnen"),
    "kcal": ("Kilokalorie", "Kilokalorien"), "Msp": ("Messerspitze", "Messerspitzen"),
    "mAh": ("Milliamperestunde", "Milliamperestunden"), "Pckg": ("Packung", "Packungen"),
    "Pkg": ("Packung", "Packungen"), "Tbl": ("Tablette", "Tabletten"),
}  # fmt: skip
_UNCHANGED = {
    "km/h": "Kilometer pro Stunde", "m/s": "Meter pro Sekunde", "km": "Kilometer", "cm": "Zentimeter",
    "mm": "Millimeter", "dm": "Dezimeter", "m": "Meter", "µm": "Mikrometer", "nm": "Nanometer", "kg": "Kilogramm",
    "g": "Gramm", "mg": "Milligramm", "µg": "Mikrogramm", "l": "Liter", "L": "Liter", "ml": "Milliliter",
    "cl": "Zentiliter", "dl": "Deziliter", "m²": "Quadratmeter", "m2": "Quadratmeter", "qm": "Quadratmeter",
    "km²": "Quadratkilometer", "cm²": "Quadratzentimeter", "m³": "Kubikmeter", "m3": "Kubikmeter",
    "cm³": "Kubikzentimeter", "ccm": "Kubikzentimeter", "ha": "Hektar", "°C": "Grad Celsius",
    "°F": "Grad Fahrenheit", "°": "Grad", "kB": "Kilobyte", "KB": "Kilobyte", "MB": "Megabyte", "GB": "Gigabyte",
    "TB": "Terabyte", "Mbit/s": "Megabit pro Sekunde", "MBit/s": "Megabit pro Sekunde",
    "Gbit/s": "Gigabit pro Sekunde", "W": "Watt", "kW": "Kilowatt", "MW": "Megawatt", "GW": "Gigawatt",
    "kWp": "Kilowatt Peak", "V": "Volt", "kV": "Kilovolt", "mA": "Milliampere", "Hz": "Hertz", "kHz": "Kilohertz",
    "MHz": "Megahertz", "GHz": "Gigahertz", "dB": "Dezibel", "bar": "Bar", "kJ": "Kilojoule", "hPa": "Hektopascal",
    "px": "Pixel", "MP": "Megapixel", "TL": "Teelöffel", "EL": "Esslöffel", "Pck": "Päckchen", "Stk": "Stück",
    "PS": "PS", "%": "Prozent", "‰": "Promille",
}  # fmt: skip
_UNITS = {**{sign: (name, name) for sign, name in _UNCHANGED.items()}, **_FEMININE}
"""Units by symbol: one and several."""

_FEMININE_NOUNS = (
    "Tasse", "Prise", "Stunde", "Minute", "Sekunde", "Person", "Woche", "Zwiebel", "Million", "Milliarde", "Packung",
    "Flasche", "Dose", "Scheibe", "Zehe", "Knoblauchzehe", "Portion", "Nacht", "Tüte", "Messerspitze", "Karotte",
    "Möhre", "Kartoffel", "Zitrone", "Orange", "Tomate", "Paprika", "Gurke", "Tafel", "Frau", "Karte", "Stelle",
    "Tonne", "Runde", "Minute", "Etage", "Kugel", "Kanne", "Schachtel", "Tablette", "Bewertung", "Nachricht",
)  # fmt: skip
_NEUTER_NOUNS = (
    "Glas", "Jahr", "Kilo", "Kilogramm", "Päckchen", "Pfund", "Stück", "Ei", "Kind", "Brot", "Bier", "Zimmer", "Tor",
    "Spiel", "Bund", "Blatt", "Gramm", "Prozent", "Bett", "Byte",
)  # fmt: skip
_MASCULINE_NOUNS = (
    "Liter", "Teelöffel", "Esslöffel", "Meter", "Kilometer", "Zentimeter", "Millimeter", "Becher", "Tag", "Monat",
    "Apfel", "Milliliter", "Euro", "Cent", "Mann", "Punkt", "Platz", "Würfel", "Schuss", "Grad", "Dollar", "Zentner",
)  # fmt: skip
_NOUN_AFTER = Pattern(r"\s?([^\W\d_]{1,30})")


def _gender(match: re.Match[str]) -> str:
    """Return "e", "es" or "er" for the noun or the unit after a match; "" for an unknown one."""
    found = _NOUN_AFTER.match(match.string, match.end())
    unit = match.groupdict().get("unit") or (found[1] if found else "")
    noun = _UNITS[unit][0] if unit in _UNITS else unit
    genders = (("e", _FEMININE_NOUNS), ("es", _NEUTER_NOUNS), ("er", _MASCULINE_NOUNS))
    return next((gender for gender, nouns in genders if noun in nouns), "")


def _words(number: int) -> str:
    return numbers.in_language(number, "cardinal", "de")


_SIGNS = {"-": "minus ", "\N{MINUS SIGN}": "minus ", "+": "plus ", "±": "plus minus ", "": ""}


def _unit(match: re.Match[str]) -> str:
    number, unit = match["number"], match["unit"]
    one, many = _UNITS[unit]
    sign, per = _SIGNS[match["sign"] or ""], _per(match)
    if number == "1" and unit not in {"%", "‰"}:
        return f"{sign}{'eine' if unit in _FEMININE else 'ein'} {one}{per}"
    return f"{sign}{number} {many}{per}"


_ELECTRIC = Pattern(
    r"\b(?:Sicherung\w*|Strom\w*|abgesichert|Ampere|Volt|Watt|Netzteil\w*|Lade\w*|Akku\w*|Schalter|Leitung\w*|Kabel|Steckdose\w*|"
    r"Anschluss\w*|Spannung|fließ\w*|USB\w*)\b|\d\s?k?[VW]\b"
)


def _ampere(match: re.Match[str]) -> str | None:
    """Return a current; None for a class or a house: the number has decimals, or words of electricity are near."""
    before = re.split(r"[.!?]\s", text_before(match))[-1]
    around = before + re.split(r"[.!?]\s", match.string[match.start() : match.end() + 40])[0]
    return f"{match['number']} Ampere" if "," in match["number"] or _ELECTRIC.search(around) else None


_PER = {
    "kg": "Kilogramm", "h": "Stunde", "Std": "Stunde", "m²": "Quadratmeter", "qm": "Quadratmeter", "km": "Kilometer",
    "l": "Liter", "min": "Minute", "Min": "Minute", "s": "Sekunde", "Monat": "Monat", "Jahr": "Jahr", "Tag": "Tag",
    "Woche": "Woche", "Stunde": "Stunde", "Minute": "Minute", "Nacht": "Nacht", "Person": "Person", "Stück": "Stück",
    "Stk": "Stück", "kWh": "Kilowattstunde", "m³": "Kubikmeter", "g": "Gramm",
}  # fmt: skip
PER = rf"(?:\s?/\s?(?P<hundred>100\s?)?(?P<per>{any_of(_PER)})\b\.?(?!\w))?"
"""A rate after a unit or a sum of money: "/Monat"."""


def _per(match: re.Match[str]) -> str:
    return f" pro {'100 ' if match['hundred'] else ''}{_PER[match['per']]}" if match["per"] else ""


def per_words(match: re.Match[str]) -> str:
    """Return the rate matched by `PER` after a space; "" if there is none."""
    return _per(match)


def _range(match: re.Match[str]) -> str | None:
    low, high, unit = match["low"], match["high"], match["unit"]
    if re.fullmatch("7[0-9]7", low) and not unit:
        return f"{low} {high}"
    low_size, high_size = (float(each.replace(".", "").replace(",", ".")) for each in (low, high))
    is_span = len(low) == 4 and len(high) == 2
    if low_size >= high_size and not is_span:
        return None if unit else f"{_year_or(low)} {high}"
    after = f" {_UNITS[unit][1]}{_per(match)}" if unit else ""
    return f"{_year_or(low)} bis {_year_or(high)}{after}"


def _year_or(digits: str) -> str:
    return year(digits) if re.fullmatch(r"1[1-9]\d\d", digits) else digits


def year(digits: str) -> str:
    """Return a year in words: 1990 is "neunzehnhundertneunzig"."""
    number = int(digits)
    return numbers.in_language(number, "year" if len(digits) == 4 and number < 2000 else "cardinal", "de")


_YEAR_BEFORE = Pattern(
    r"\b(?:Jahre?s?|seit|anno|Anno|Sommer|Winter|Herbst|Frühjahr|Frühling|Januar|Februar|März|April|Mai|Juni|Juli|August"
    r"|September|Oktober|November|Dezember|WM|EM|Olympia)\s\Z|[(\u2013]\Z"
)


def _lone_year(match: re.Match[str]) -> str | None:
    """Return a year; None for a count, which a noun follows."""
    is_count = word_after(match)[:1].isupper() and not _YEAR_BEFORE.search(text_before(match))
    return None if is_count or word_before(match) in _NUMBERED else year(match[0])


_NUMBERED = frozenset({"Postfach", "Zimmer", "Raum", "Nummer", "Nr", "Modell", "Typ", "Flug", "Linie", "Seite",
                       "Paragraf", "Artikel", "Absatz", "Zeile", "Bus"})  # fmt: skip


def _decade(match: re.Match[str]) -> str:
    return f"{year(match['low'])}er{match['ending'] or ''}"


def _percentage(match: re.Match[str]) -> str:
    whole, _, decimals = match["number"].partition(",")
    head = _words(int(whole)) + (f"-Komma-{numbers_of(decimals)}-" if decimals else "")
    return f"{head}prozentig{match['ending'] or ''}"


def numbers_of(digits: str) -> str:
    """Return digits one by one."""
    return " ".join(_words(int(digit)) for digit in digits)


_PARTS = {2: "Halbe", 3: "Drittel", 4: "Viertel", 5: "Fünftel", 6: "Sechstel", 7: "Siebtel", 8: "Achtel", 9: "Neuntel",
          10: "Zehntel", 12: "Zwölftel", 16: "Sechzehntel", 20: "Zwanzigstel", 100: "Hundertstel"}  # fmt: skip
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8)}


_PRESSURE = Pattern(r"\b(?:Blutdruck|RR)(?: (?:von|ist|war|bei|liegt bei))?:?\s\Z")


def _fraction(match: re.Match[str]) -> str | None:
    if match["part"]:
        above, below = _VULGAR[match["part"]]
    else:
        above, below = int(match["above"]), int(match["below"])
    if below not in _PARTS or above >= below:
        joint = " zu " if _PRESSURE.search(text_before(match)) else " "
        return None if match["count"] or match["part"] or match["unit"] else f"{above}{joint}{below}"
    count = int(match["count"] or 0)
    unit = f" {_UNITS[match['unit']][1 if count else 0]}" if match["unit"] else ""
    if (above, below) == (1, 2):
        return (f"{'ein' if count == 1 else _words(count)}einhalb" if count else _half(match)) + unit
    part = f"{'ein' if above == 1 else _words(above)} {_PARTS[below]}"
    return (f"{_words(count)} {part}" if count else part) + unit


def _half(match: re.Match[str]) -> str:
    gender = _gender(match)
    return f"{'eine' if gender == 'e' else 'ein'} halb{gender}" if gender else "einhalb"


_PLAYED = Pattern(
    r"\b(?:gewann\w*|gewinn\w*|verl[oi]\w*|siegt\w*|schlug\w*|besiegt\w*|[Ss]piel\w*|[Ss]ieg\w*|[Ss]atz|[Ee]ndet\w*|"
    r"[Ss]teht|[Ss]tand|Endstand|Ergebnis|unterlag\w*|führt\w*|Verhältnis|Maßstab|Mischung)\b[^.!?\d]{0,40}\Z"
)


def _score(match: re.Match[str]) -> str | None:
    low, high = match["low"], match["high"]
    is_time = len(high) == 2 and int(low) <= 24 and int(high) < 60
    if is_time and not _PLAYED.search(text_before(match)):
        return None
    return f"{low} zu {high}"


def _divided(match: re.Match[str]) -> str:
    return f"{match['low']} geteilt durch {match['high']}"


def _one(match: re.Match[str]) -> str | None:
    """Return the article for a noun that is counted: 1 Hund, 1 Katze; None after a noun, as in "Gleis 1"."""
    noun, gender = word_after(match), _gender(match)
    if re.search(r"[A-ZÄÖÜ]\w+\s\Z", text_before(match)) or len(noun) < 2 or noun.isupper():
        return None
    is_feminine = gender == "e" or (not gender and noun.endswith(_FEMININE_ENDINGS))
    return "eine" if is_feminine else "ein"


_FEMININE_ENDINGS = ("e", "ung", "heit", "keit", "schaft", "tät", "ion", "in", "ur")


def _formation(match: re.Match[str]) -> str:
    return match[0].replace("-", " ")


def _times(match: re.Match[str]) -> str:
    count = int(match["count"])
    return f"{'ein' if count == 1 else _words(count)}mal"


_CALLED = Pattern(
    r"\b(?:Tel|Telefon|Telefonnummer|Fax|Handy|Mobil|Mobilnummer|Rufnummer|Hotline|Durchwahl|Notruf|anrufen|ruf\w*|wähl\w*)"
    r"(?:\.|\b)[^\d.!?]{0,20}\Z",
    re.IGNORECASE,
)
_NAMED = Pattern(
    r"\b(?:PIN|Code|TAN|IBAN|BIC|PLZ|Postleitzahl|Passwort|(?:Kunden|Bestell|Rechnungs|Vertrags|Sendungs|Konto|Auftrags|"
    r"Artikel|Ticket|Vorgangs|Serien|Steuer|Ausweis)nummer|(?:Kunden|Bestell|Rechnungs|Vertrags|Auftrags|Artikel)-?Nr\.?)"
    r"(?: (?:ist|lautet|war|Nr\.))?:?\s\Z"
)


def _digits(match: re.Match[str]) -> str | None:
    """Return a telephone number, PIN or customer number digit by digit, in the groups that are written."""
    written, before = match[0], text_before(match)
    is_dialled = re.match(r"\+\d|0\d{2,5}[ /-]\d{3}", written) or (_CALLED.search(before) and len(written) > 2)
    if not is_dialled and not _NAMED.search(before):
        return None
    groups = re.findall(r"\d+|[A-Z]+", written)
    spelled = [numbers_of(each) if each.isdecimal() else " ".join(each) for each in groups]
    return ("plus " if written[0] == "+" else "") + ", ".join(spelled)


def _postcode(match: re.Match[str]) -> str:
    return numbers_of(match[0])


_COUNTED = frozenset({"Kapitel", "Kap", "Band", "Bd", "Teil", "Akt", "Artikel", "Art", "Abschnitt", "Phase", "Stufe",
                      "Typ", "Klasse", "Tafel", "Weltkrieg", "Szene", "Gruppe"})  # fmt: skip
_QUEENS = frozenset({"Elisabeth", "Katharina", "Maria", "Margarethe", "Margrethe", "Beatrix", "Anna", "Isabella",
                     "Christina", "Victoria", "Viktoria", "Johanna", "Kleopatra"})  # fmt: skip
_DATIVE = Pattern(r"\b(?:von|unter|mit|bei|nach|zu|aus|seit|gegenüber|dem)\s(?:[A-Z]\w+\s){1,3}\Z", re.IGNORECASE)


def _numeral(match: re.Match[str]) -> str | None:
    number = numbers.roman(match["letters"])
    return str(number) if number and word_before(match) in _COUNTED else None


def _ruler(match: re.Match[str]) -> str | None:
    """Return the number of a ruler: "Heinrich VIII." is "Heinrich der Achte", "von Ludwig XIV." "dem Vierzehnten"."""
    number, name = numbers.roman(match["letters"]), match["name"]
    if not number or (number == 1 and not match["stop"]):
        return None
    ordinal = numbers.in_language(number, "ordinal", "de").capitalize()
    is_queen = name in _QUEENS and not re.search(r"Johann(?:es)?\s\Z", text_before(match))
    if name.endswith("s") and name.removesuffix("s") in _KINGS:
        article, ordinal = "des", f"{ordinal}n"
    elif _DATIVE.search(match.string[max(0, match.start() - 60) : match.start("letters")]):
        article, ordinal = "der" if is_queen else "dem", f"{ordinal}n"
    else:
        article = "die" if is_queen else "der"
    return f"{name} {article} {ordinal}"


_KINGS = frozenset({
    "Heinrich", "Ludwig", "Friedrich", "Wilhelm", "Karl", "Otto", "Georg", "Eduard", "Jakob", "Leopold", "Napoleon",
    "Peter", "Alexander", "Nikolaus", "Franz", "Philipp", "Felipe", "Juan Carlos", "Charles", "Paul", "Johannes Paul",
    "Benedikt", "Pius", "Leo", "Gregor", "Johannes", "Konrad", "Albrecht", "August", "Ramses", "Gustav", "Harald",
    "Richard", "Rudolf", "Maximilian", "Ferdinand", "Joseph", "Christian", "Albert", "Innozenz", "Urban", "Klemens",
})  # fmt: skip

_NUMBER = r"(?:\d{1,3}(?:\.\d{3}){1,4}|\d{1,12})(?:,\d{1,6})?"
BEGINS = rf"(?=\s{{1,20}}[\"\u201e]?{any_of(sorted(BEGINNINGS))}(?!\w)|\s{{0,20}}\Z|\n)"
"""Follows a short form that ends a sentence."""
_STOP = rf"(?:(?<=Std|Min|Sek|Msp|Pkg|Pck|Stk|Tbl)\.(?!{BEGINS}))?"
_UNIT = rf"(?P<unit>{any_of(_UNITS)})(?![\w²³]|/(?!\s?(?:100\s?)?{any_of(_PER)})){_STOP}"
_RULERS = any_of([*_QUEENS, *_KINGS, *(f"{name}s" for name in _KINGS)])
_PLACE_BEFORE = r"(?:(?<=\d, )|(?<=\d[a-z], )|(?<=\d[a-z] )|(?<=\n)|(?<=[a-zß]\s\d\s)|(?<=[a-z]\s\d\d\s)|(?<=D-))"

FIRST = (
    Rule("L", rf"(?P<name>{_RULERS})\s(?P<letters>[IVX]{{1,6}})(?P<stop>\.(?=\s[a-zäöü(]|,))(?!\w)", _ruler),
    Rule("L", rf"(?P<name>{_RULERS})\s(?P<letters>[IVX]{{1,6}})(?P<stop>(?=\.))?(?![\w])", _ruler),
    Rule("L", r"(?P<letters>[IVXLC]{1,7})(?!\w)", _numeral),
    Rule("DP", r"(?<![\w+])(?:\+\d{1,3}|\d{2,15})(?:[ /-]{1,2}\(?\d{1,12}\)?){0,6}(?!\w|[.,:]\d)", _digits),
    Rule("L", r"[A-Z]{2}\d{2}(?:\s?[\dA-Z]{4}){2,7}(?:\s?\d{1,3})?(?!\w)", _digits),
    Rule("D", rf"{_PLACE_BEFORE}\d{{5}}(?=\s[A-ZÄÖÜ])", _postcode),
)
"""Tried before dates."""

SCORES = (
    Rule("D", r"(?P<low>\d{1,4})\s:\s(?P<high>\d{1,4})(?=\s?=)", _divided),
    Rule("D", r"(?P<low>\d{1,3})\s?:\s?(?P<high>\d{1,7})(?![\d:])(?!\sUhr)", _score),
)
"""Tried before times of day."""

RULES = (
    Rule("D", r"(?P<number>\d{1,3}(?:,\d{1,2})?)\s?%-?ig(?P<ending>e[rnms]?)?(?!\w)", _percentage),
    Rule("D", r"(?P<low>1[1-9]\d\d|20[0-9]0)er(?P<ending>n|s)?(?!\w)", _decade),
    Rule(
        "DP",
        r"(?<![\w/])(?:(?P<count>\d{1,3})(?:\s(?=\d)|\s?(?=[½⅓⅔¼¾⅛⅜⅝])))?(?:(?P<part>[½⅓⅔¼¾⅛⅜⅝])|(?P<above>\d{1,3})[/\u2044](?P<below>\d{1,3}))(?![\d/])"
        rf"(?:\s?{_UNIT})?",
        _fraction,
    ),
    Rule(
        "D",
        rf"(?<![\w.,/-])(?P<low>{_NUMBER})\s?[-\u2013]\s?(?P<high>{_NUMBER})(?!\w|[-/:]\d|[.,]\d)(?:\s?{_UNIT}{PER})?",
        _range,
    ),
    Rule("DP", rf"(?P<sign>(?<![\w.,)])[-\u2212+±])?(?<![\w.,])(?P<number>{_NUMBER})\s?{_UNIT}{PER}", _unit),
    Rule("D", rf"(?<![\w.,])(?P<number>{_NUMBER})\s?A(?![\w-])", _ampere),
    Rule("D", r"\d{1,2}(?:-\d{1,2}){2,4}(?![\w-]|[.,/]\d)", _formation),
    Rule("D", r"(?P<count>\d{1,3})\s?[x\u00d7]\s?(?=[a-zäöü]{2})", _times),
    Rule("P", r"(?<=[\w)])\^(?=-?\d)", "hoch"),
    Rule("P", rf"(?<=[a-zäöü])/(?={any_of([name for name in _PER if len(name) > 2])}\b)", "pro"),
    Rule("SLP", r"(?<=\d)\s?[x\u00d7*\u00b7]\s?(?=\d)", "mal"),
    Rule("S", r"(?<=\d)\s[-\u2212\u2013]\s(?=\d[\d.,]{0,12}\s?=)", "minus"),
    Rule("D", r"(?<![\w.,/:+-])1(?=\s[A-ZÄÖÜ])", _one),
    Rule("D", r"(?<![\w.,/:-])1[1-9]\d\d(?![\w/:-]|[.,]\d|\.\s?\d)", _lone_year),
)
