"""German: short forms, ordinals, dates, times and sums of money; espeak-ng reads other numbers."""

import re

from halfgig.text import numbers
from halfgig.text.context import text_before
from halfgig.text.rules import Boundary, Rule, any_of, lookup

_MONTHS = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember")  # fmt: skip
_SHORT_MONTHS = {"Jan": "Januar", "Feb": "Februar", "Mär": "März", "Apr": "April", "Jun": "Juni", "Jul": "Juli",
                 "Aug": "August", "Sep": "September", "Sept": "September", "Okt": "Oktober", "Nov": "November",
                 "Dez": "Dezember"}  # fmt: skip
_DAYS = {"Mo": "Montag", "Di": "Dienstag", "Mi": "Mittwoch", "Do": "Donnerstag", "Fr": "Freitag", "Sa": "Samstag",
         "So": "Sonntag"}  # fmt: skip

_PHRASES = {
    "z. B": "zum Beispiel", "Z. B": "Zum Beispiel", "d. h": "das heißt", "D. h": "Das heißt",
    "u. a": "unter anderem", "u. U": "unter Umständen", "i. d. R": "in der Regel", "o. Ä": "oder Ähnliches",
    "o. ä": "oder ähnliches", "u. Ä": "und Ähnliches", "s. o": "siehe oben", "s. u": "siehe unten",
    "z. T": "zum Teil", "z. Zt": "zurzeit", "z. Z": "zurzeit", "v. a": "vor allem", "V. a": "Vor allem",
    "n. Chr": "nach Christus", "v. Chr": "vor Christus", "i. A": "im Auftrag", "i. V": "in Vertretung",
    "m. E": "meines Erachtens", "u. s. w": "und so weiter", "a. D": "außer Dienst", "o. g": "oben genannte",
    "u. v. m": "und vieles mehr", "i. e": "das heißt", "a. M": "am Main", "a. d": "an der", "o. J": "ohne Jahr",
    "e. V": "eingetragener Verein", "m. a. W": "mit anderen Worten", "i. Allg": "im Allgemeinen",
    "u. g": "unten genannte", "s. a": "siehe auch", "z. H": "zu Händen", "z. Hd": "zu Händen",
    "b. w": "bitte wenden", "n. u. Z": "nach unserer Zeit", "P. S": "Postskriptum",
}  # fmt: skip
_WORDS = {
    "bzw": "beziehungsweise", "ca": "circa", "Ca": "Circa", "Nr": "Nummer", "Nrn": "Nummern", "Str": "Straße",
    "str": "straße", "Dr": "Doktor", "Prof": "Professor", "Hr": "Herr", "Hrn": "Herrn", "Fr": "Frau",
    "Frl": "Fräulein", "St": "Sankt", "Tel": "Telefon", "Abs": "Absatz", "Art": "Artikel", "Bd": "Band",
    "Bde": "Bände", "Kap": "Kapitel", "Abb": "Abbildung", "Tab": "Tabelle", "evtl": "eventuell", "Evtl": "Eventuell",
    "ggf": "gegebenenfalls", "Ggf": "Gegebenenfalls", "inkl": "inklusive", "exkl": "exklusive", "max": "maximal",
    "Max": "Maximal", "min": "minimal", "Mio": "Millionen", "Mrd": "Milliarden", "Tsd": "Tausend", "Std": "Stunden",
    "Min": "Minuten", "Sek": "Sekunden", "geb": "geboren", "gest": "gestorben", "vgl": "vergleiche",
    "Vgl": "Vergleiche", "sog": "sogenannte", "zzgl": "zuzüglich", "bzgl": "bezüglich", "Jh": "Jahrhundert",
    "Jhd": "Jahrhundert", "Hbf": "Hauptbahnhof", "Pl": "Platz", "allg": "allgemein", "Aufl": "Auflage",
    "Ausg": "Ausgabe", "bes": "besonders", "dt": "deutsch", "einschl": "einschließlich", "engl": "englisch",
    "entspr": "entsprechend", "Ges": "Gesellschaft", "Hrsg": "Herausgeber", "insb": "insbesondere",
    "insbes": "insbesondere", "jmd": "jemand", "Jr": "Junior", "lt": "laut", "Lt": "Leutnant", "mind": "mindestens",
    "Mind": "Mindestens", "Mwst": "Mehrwertsteuer", "röm": "römisch", "Sen": "Senior", "Sr": "Senior",
    "Stk": "Stück", "tägl": "täglich", "Univ": "Universität", "urspr": "ursprünglich", "usf": "und so fort",
    "verh": "verheiratet", "vs": "versus", "wg": "wegen", "Ing": "Ingenieur", "Dipl": "Diplom", "Mag": "Magister",
    "Ausf": "Ausführung", "Anm": "Anmerkung", "Bsp": "Beispiel", "Fa": "Firma", "franz": "französisch",
    "gem": "gemäß", "kath": "katholisch", "ev": "evangelisch", "südl": "südlich", "nördl": "nördlich",
    "östl": "östlich", "westl": "westlich", "Zs": "Zeitschrift", "Ztr": "Zentner", **_SHORT_MONTHS,
}  # fmt: skip
_CLOSING = {"usw": "und so weiter", "etc": "et cetera"}

_ORDERED = (
    *_MONTHS, "Platz", "Jahrhundert", "Jahrhunderts", "Auflage", "Klasse", "Stock", "Tag", "Tages", "Geburtstag",
    "Kapitel", "Weltkrieg", "Weltkriegs", "Weltkrieges", "Liga", "Mal", "Runde", "Band", "Reihe", "Etage", "Stelle",
    "Woche", "Quartal", "Semester", "Jahrestag", "Spieltag", "Minute", "Lebensjahr", "Oktober", "Preis", "Rang",
    "Teil", "Akt", "Satz", "Staffel", "Folge", "Etappe", "Sitzung", "Ausgabe", "Jahr", "Monat", "Generation",
    "Halbzeit", "Versuch", "Schritt", "Advent", "Person", "Gang", "Kind", "Hochzeitstag", "Bezirk", "Hälfte",
    "Armee", "Division", "Sinfonie", "Symphonie",
)  # fmt: skip
_DATIVE = re.compile(
    r"\b(?:am|vom|zum|zur|beim|im|den|dem|des|der(?=\s\d+\.\s(?:Klasse|Auflage|Liga|Runde|Etage|Stelle|Woche|Minute|Staffel)\b)|"
    r"seit|ab|bis|jeden|diesen|diesem|dieses|nach|vor|einem|meinem|seinem|ihrem|unserem|meinen|seinen|ihren|"
    r"(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag), den|"
    r"\d{1,2}\. (?:bis|und))(?: zum)?\s\Z",
    re.IGNORECASE,
)
_IN_DATIVE = re.compile(r"\b(?:in|auf|aus|mit|bei|von|nach|zu|an|ab|seit|während|trotz) der\s\Z", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:der|die|das|diese[rs]?|jede[rs]?|Der|Die|Das|ihre|seine|meine)\s\Z")


def _ordinal(number: int, match: re.Match[str]) -> str:
    """Return an ordinal with the ending that its article or preposition asks for: "ersten", "erste", "erster"."""
    stem = numbers.in_language(number, "ordinal", "de").removesuffix("e")
    before = text_before(match)
    if _DATIVE.search(before) or _IN_DATIVE.search(before):
        return f"{stem}en"
    return f"{stem}e" if _ARTICLE.search(before) else f"{stem}er"


def _before_noun(match: re.Match[str]) -> str:
    return _ordinal(int(match["number"]), match)


def _range_before_month(match: re.Match[str]) -> str:
    return f"{_ordinal(int(match['low']), match)} bis {_ordinal(int(match['number']), match)}"


def _date(match: re.Match[str]) -> str | None:
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    first, year = _ordinal(day, match), match.groupdict().get("year")
    second = numbers.in_language(month, "ordinal", "de").removesuffix("e") + first[first.rindex("t") + 1 :]
    return f"{first} {second}" + (f" {_year(year)}" if year else "")


def _year(digits: str) -> str:
    number = int(digits)
    return numbers.in_language(number, "year" if len(digits) == 4 and number < 2000 else "cardinal", "de")


def _time(match: re.Match[str]) -> str | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 24 or minute > 59:
        return None
    return f"{_hours(hour)} Uhr" + (f" {numbers.in_language(minute, 'cardinal', 'de')}" if minute else "")


def _hours(hour: int) -> str:
    return "ein" if hour == 1 else numbers.in_language(hour, "cardinal", "de")


_MONEY = {"€": ("Euro", "Cent"), "EUR": ("Euro", "Cent"), "$": ("Dollar", "Cent"), "£": ("Pfund", "Pence"),
          "CHF": ("Franken", "Rappen"), "USD": ("Dollar", "Cent"), "¥": ("Yen", "")}  # fmt: skip
_SCALES = {"Mio": "Millionen", "Mrd": "Milliarden", "Tsd": "Tausend"}


def _sum(match: re.Match[str]) -> str:
    name, cent = _MONEY[match["before"] or match["after"]]
    whole, cents, scale = match["whole"].replace(".", ""), match["cents"], match["scale"]
    if scale:
        return f"{whole}{',' + cents if cents else ''} {_SCALES.get(scale.rstrip('.'), scale)} {name}"
    large = f"{'ein' if whole == '1' else numbers.in_language(int(whole), 'cardinal', 'de')} {name}"
    if not cents or not int(cents):
        return large
    small = numbers.in_language(int(cents.ljust(2, "0")), "cardinal", "de")
    return f"{small} {cent}" if whole == "0" else f"{large} {small}"


def _phrase(match: re.Match[str]) -> str:
    return _PHRASES[re.sub(r"\.\s?", ". ", match["name"])]


def _closing(match: re.Match[str]) -> str:
    return _CLOSING[match["name"]] + "."


def _street_end(match: re.Match[str]) -> str:
    return f"{match['name']}straße."


def _street(match: re.Match[str]) -> str:
    return f"{match['name']}straße"


_UNITS = {
    "km/h": "Kilometer pro Stunde", "km": "Kilometer", "cm": "Zentimeter", "mm": "Millimeter", "m": "Meter",
    "kg": "Kilogramm", "g": "Gramm", "mg": "Milligramm", "l": "Liter", "ml": "Milliliter", "m²": "Quadratmeter",
    "m2": "Quadratmeter", "km²": "Quadratkilometer", "qm": "Quadratmeter", "°C": "Grad Celsius", "GB": "Gigabyte",
    "MB": "Megabyte", "TB": "Terabyte", "kW": "Kilowatt", "kWh": "Kilowattstunden", "h": "Stunden", "min": "Minuten",
    "Hz": "Hertz", "ha": "Hektar",
}  # fmt: skip


def _unit(match: re.Match[str]) -> str:
    one = match["number"] == "1"
    name = _UNITS[match["unit"]]
    if one:
        name = {"Stunden": "Stunde", "Minuten": "Minute", "Kilowattstunden": "Kilowattstunde"}.get(name, name)
        return f"{'eine' if name.endswith(('e', 'unde')) else 'ein'} {name}"
    return f"{match['number']} {name}"


_PHRASE = "|".join(name.replace(". ", r"\.\s?") for name in sorted(_PHRASES, key=len, reverse=True))
_GOES_ON = r"(?!\s{0,20}\Z|\n)"
_END_OF_PHRASE = r"\.(?!\w)"
_AMOUNT = r"(?P<whole>\d{1,3}(?:\.\d{3}){1,4}|\d{1,12})(?:,(?P<cents>\d{1,2})(?!\d)|,[-\u2013\u2014]{1,2})?"
_SCALE = r"(?:\s?(?P<scale>Mio\.?|Mrd\.?|Tsd\.?|Millionen|Milliarden|Tausend))?"

RULES = (
    Rule("L", rf"(?<![\w.])(?P<name>{_PHRASE}){_END_OF_PHRASE}{_GOES_ON}", _phrase),
    Rule("L", r"(?P<name>usw|etc)\.(?=\s{0,20}\Z|\s{1,20}[\"\u201e]?[A-ZÄÖÜ])", _closing, Boundary.SENTENCE),
    Rule(
        "L", r"(?P<name>[A-ZÄÖÜ][a-zäöüß-]{2,30})str\.(?=\s{0,20}\Z|\s{1,20}[A-ZÄÖÜ])", _street_end, Boundary.SENTENCE
    ),
    Rule("L", r"(?P<name>usw|etc|bzw)\.(?=,|\s[a-zäöü])", lookup({**_CLOSING, "bzw": "beziehungsweise"}, "name")),
    Rule("L", r"(?P<name>[A-ZÄÖÜ][a-zäöüß-]{2,30})str\.(?!\w)(?=\s?[\d,;)]|\s[a-zäöü])", _street),
    Rule("L", r"S\.(?=\s?\d)", "Seite"),
    Rule("L", rf"(?<![\w.])(?P<name>{any_of(_WORDS)})\.(?!\w){_GOES_ON}", lookup(_WORDS, "name")),
    Rule("L", rf"(?P<name>{any_of(_DAYS)})\.(?=,?\s(?:den\s)?\d)", lookup(_DAYS, "name")),
    Rule("D", r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)", _date),
    Rule("D", r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?=\s[a-zäöü(]|[,;)])", _date),
    Rule("D", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])", _date),
    Rule(
        "D",
        rf"(?P<low>\d{{1,2}})\.(?:\s?[-\u2013]\s?|\s(?:bis|und)\s)(?P<number>\d{{1,2}})\.(?=\s{any_of(_ORDERED)}(?!\w))",
        _range_before_month,
    ),
    Rule("D", rf"(?P<number>\d{{1,3}})\.(?=\s{any_of([*_ORDERED, *_SHORT_MONTHS])}(?!\w))", _before_noun),
    Rule("D", r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)\sUhr(?!\w)", _time),
    Rule("D", r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])", _time),
    Rule(
        "DLP",
        rf"(?:(?P<before>{any_of(_MONEY)})\s?)?(?<![\w.,]){_AMOUNT}{_SCALE}(?(before)(?!\w)|\s?(?P<after>{any_of(_MONEY)})(?!\w))",
        _sum,
    ),
    Rule("D", rf"(?<![\w.,])(?P<number>\d{{1,12}}(?:[.,]\d{{1,6}})?)\s?(?P<unit>{any_of(_UNITS)})(?![\w/²³])", _unit),
)
