"""German: short forms, ordinals, dates, times and sums of money; espeak-ng reads other numbers."""

import re

from halfgig.text import german_numbers, numbers
from halfgig.text.context import text_before, word_after
from halfgig.text.pattern import Pattern
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
    "Mind": "Mindestens", "Mwst": "Mehrwertsteuer", "MwSt": "Mehrwertsteuer", "röm": "römisch", "Sen": "Senior",
    "Sr": "Senior", "insg": "insgesamt", "Insg": "Insgesamt",
    "Stk": "Stück", "tägl": "täglich", "Univ": "Universität", "urspr": "ursprünglich", "usf": "und so fort",
    "verh": "verheiratet", "vs": "versus", "wg": "wegen", "Ing": "Ingenieur", "Dipl": "Diplom", "Mag": "Magister",
    "Ausf": "Ausführung", "Anm": "Anmerkung", "Bsp": "Beispiel", "Fa": "Firma", "franz": "französisch",
    "gem": "gemäß", "kath": "katholisch", "ev": "evangelisch", "südl": "südlich", "nördl": "nördlich",
    "Gl": "Gleis", "Abf": "Abfahrt", "Ank": "Ankunft", "Wg": "Wagen", "Sitzpl": "Sitzplatz", "Temp": "Temperatur",
    "Zi": "Zimmer", "Whg": "Wohnung", "OG": "Obergeschoss", "USt": "Umsatzsteuer",
    "östl": "östlich", "westl": "westlich", "Zs": "Zeitschrift", "Ztr": "Zentner", **_SHORT_MONTHS,
}  # fmt: skip
_CLOSING = {"usw": "und so weiter", "etc": "et cetera"}

_ORDERED = (
    *_MONTHS, "Platz", "Jahrhundert", "Jahrhunderts", "Auflage", "Klasse", "Stock", "Tag", "Tages", "Geburtstag",
    "Kapitel", "Weltkrieg", "Weltkriegs", "Weltkrieges", "Liga", "Mal", "Runde", "Band", "Reihe", "Etage", "Stelle",
    "Woche", "Quartal", "Semester", "Jahrestag", "Spieltag", "Minute", "Lebensjahr", "Oktober", "Preis", "Rang",
    "Teil", "Akt", "Satz", "Staffel", "Folge", "Etappe", "Sitzung", "Ausgabe", "Jahr", "Monat", "Generation",
    "Halbzeit", "Versuch", "Schritt", "Advent", "Person", "Gang", "Kind", "Hochzeitstag", "Bezirk", "Hälfte",
    "Armee", "Division", "Sinfonie", "Symphonie", "FC", "Bundesliga", "Mannschaft", "Vorsitzender", "Vorsitzende",
    "Bürgermeister", "OG", "UG", "Sekunde", "Lesung", "Strophe", "Version", "Obergeschoss", "Stockwerk",
)  # fmt: skip
_FEMININE = frozenset({
    "Auflage", "Klasse", "Liga", "Runde", "Reihe", "Etage", "Stelle", "Woche", "Minute", "Staffel", "Folge", "Etappe",
    "Sitzung", "Ausgabe", "Generation", "Halbzeit", "Person", "Hälfte", "Armee", "Division", "Sinfonie", "Symphonie",
    "Bundesliga", "Mannschaft", "Vorsitzende", "Sekunde", "Lesung", "Strophe", "Version",
})  # fmt: skip
_NEUTER = frozenset({"Jahrhundert", "Kapitel", "Mal", "Quartal", "Semester", "Lebensjahr", "Jahr", "Kind", "OG", "UG",
                     "Obergeschoss", "Stockwerk"})  # fmt: skip
_DATIVE = Pattern(
    r"\b(?:am|vom|zum|zur|beim|im|den|dem|des|der(?=\s\d+\.\s(?:Klasse|Auflage|Liga|Runde|Etage|Stelle|Woche|Minute|Staffel)\b)|"
    r"seit|ab|bis|jeden|diesen|diesem|dieses|nach|vor|einem|meinem|seinem|ihrem|unserem|meinen|seinen|ihren|"
    r"(?:Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonnabend|Sonntag), den|"
    r"\d{1,2}\. (?:bis|und))(?: zum)?\s\Z",
    re.IGNORECASE,
)
_IN_DATIVE = Pattern(r"\b(?:in|auf|aus|mit|bei|von|nach|zu|an|ab|seit|während|trotz) der\s\Z", re.IGNORECASE)
_ARTICLE = Pattern(r"\b(?:der|die|das|diese[rs]?|jede[rs]?|Der|Die|Das|ihre|seine|meine)\s\Z")


def _ordinal(number: int, match: re.Match[str]) -> str:
    """Return an ordinal with the ending that its article or preposition asks for: "ersten", "erste", "erster"."""
    stem = numbers.in_language(number, "ordinal", "de").removesuffix("e")
    before = text_before(match)
    if _DATIVE.search(before) or _IN_DATIVE.search(before):
        return f"{stem}en"
    noun = word_after(match)
    ending = "e" if _ARTICLE.search(before) or noun in _FEMININE else "es" if noun in _NEUTER else "er"
    return stem + ending


def _before_noun(match: re.Match[str]) -> str:
    return _ordinal(int(match["number"]), match)


def _range_before_month(match: re.Match[str]) -> str:
    return f"{_ordinal(int(match['low']), match)} bis {_ordinal(int(match['number']), match)}"


_THIS_CENTURY = 70
"""Years of two digits below it are those of this century."""


def _date(match: re.Match[str]) -> str | None:
    day, month = int(match["day"]), int(match["month"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    groups = match.groupdict()
    first, year, short = _ordinal(day, match), groups.get("year"), groups.get("short")
    year = year or (short and ("20" if int(short) < _THIS_CENTURY else "19") + short)
    second = numbers.in_language(month, "ordinal", "de").removesuffix("e") + first[first.rindex("t") + 1 :]
    return f"{first} {second}" + (f" {german_numbers.year(year)}" if year else "")


def _time(match: re.Match[str]) -> str | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 24 or minute > 59:
        return None
    return f"{_hours(hour)} Uhr" + (f" {numbers.in_language(minute, 'cardinal', 'de')}" if minute else "")


def _hours(hour: int) -> str:
    return "ein" if hour == 1 else numbers.in_language(hour, "cardinal", "de")


_MONEY = {"€": ("Euro", "Cent"), "Euro": ("Euro", "Cent"), "EUR": ("Euro", "Cent"), "$": ("Dollar", "Cent"),
          "£": ("Pfund", "Pence"), "CHF": ("Franken", "Rappen"), "USD": ("Dollar", "Cent"),
          "¥": ("Yen", "")}  # fmt: skip
_SCALES = {"Mio": "Millionen", "Mrd": "Milliarden", "Tsd": "Tausend"}


def _sum(match: re.Match[str]) -> str:
    name, cent = _MONEY[match["before"] or match["after"]]
    whole, cents, scale = match["whole"].replace(".", ""), match["cents"], match["scale"]
    per = german_numbers.per_words(match)
    if scale:
        return f"{whole}{',' + cents if cents else ''} {_SCALES.get(scale.rstrip('.'), scale)} {name}{per}"
    large = f"{'ein' if whole == '1' else numbers.in_language(int(whole), 'cardinal', 'de')} {name}"
    if not cents or not int(cents):
        return large + per
    small = numbers.in_language(int(cents.ljust(2, "0")), "cardinal", "de")
    return (f"{small} {cent}" if whole == "0" else f"{large} {small}") + per


def _phrase(match: re.Match[str]) -> str:
    return _PHRASES[re.sub(r"\.\s?", ". ", match["name"])]


def _closing(match: re.Match[str]) -> str:
    return _CLOSING[match["name"]] + "."


def _street_end(match: re.Match[str]) -> str:
    return f"{match['name']}straße."


def _street(match: re.Match[str]) -> str:
    return f"{match['name']}straße"


_ENDS = {"u. v. m": "und vieles mehr", "u. a": "und andere", "u. ä": "und ähnliches", "u. Ä": "und Ähnliches",
         "o. ä": "oder ähnliches", "o. Ä": "oder Ähnliches", "u. s. w": "und so weiter", "v. Chr": "vor Christus",
         "n. Chr": "nach Christus", "e. V": "eingetragener Verein", "a. M": "am Main", "a. D": "außer Dienst",
         "s. o": "siehe oben", "s. u": "siehe unten"}  # fmt: skip
_AT_END = {
    **{name: _WORDS[name] for name in ("Std", "Min", "Sek", "Stk", "Jh", "Jhd", "Mio", "Mrd", "Tsd")},
    "MwSt": "Mehrwertsteuer", "Mwst": "Mehrwertsteuer", "Pck": "Päckchen", "Pckg": "Packung", "Msp": "Messerspitze",
    "evtl": "eventuell", "ggf": "gegebenenfalls", "ff": "fortfolgende",
}  # fmt: skip
"""Short forms that may end a sentence: one full stop then ends both."""
_STOPLESS = {
    "MwSt": "Mehrwertsteuer", "bzw": "beziehungsweise", "usw": "und so weiter", "evtl": "eventuell",
    "ggf": "gegebenenfalls", "inkl": "inklusive", "zzgl": "zuzüglich", "bspw": "beispielsweise", "vllt": "vielleicht",
    "vlt": "vielleicht", "iwie": "irgendwie", "iwann": "irgendwann", "sry": "sorry", "hdl": "hab dich lieb",
    "hdgdl": "hab dich ganz doll lieb", "MfG": "Mit freundlichen Grüßen", "mfg": "mit freundlichen Grüßen",
    "zb": "zum Beispiel", "GmbH": "GmbH", "USt": "Umsatzsteuer", "mrg": "morgen", "mrgn": "morgen",
    "kA": "keine Ahnung",
    "kp": "kein Plan", "gn8": "gute Nacht", "n8": "Nacht", "Hbf": "Hauptbahnhof", "OG": "Obergeschoss",
    "EG": "Erdgeschoss", "UG": "Untergeschoss",
}  # fmt: skip
"""Short forms that are recognised without a full stop."""
_GREETINGS = {"LG": "Liebe Grüße", "lg": "liebe Grüße", "VG": "Viele Grüße", "vg": "viele Grüße"}
"""At the end of a message, before the name."""
_LONG_DAYS = {**_DAYS, **{day: day for day in _DAYS.values()}}


def _ending_phrase(match: re.Match[str]) -> str:
    return _ENDS[re.sub(r"\.\s?", ". ", match["name"])] + "."


def _at_end(match: re.Match[str]) -> str:
    return _AT_END[match["name"]] + "."


def _days(match: re.Match[str]) -> str:
    return f"{_LONG_DAYS[match['first']]} bis {_LONG_DAYS[match['last']]}"


def _hours_range(match: re.Match[str]) -> str | None:
    low, high = _time_words(match, "low"), _time_words(match, "high")
    if not (low and high):
        return None
    return f"{low} bis {high}" + ("" if "Uhr" in high else " Uhr")


def _time_words(match: re.Match[str], which: str) -> str | None:
    hour, minute = int(match[which]), int(match[f"{which}_minute"] or 0)
    if hour > 24 or minute > 59:
        return None
    if not minute:
        return _hours(hour)
    return f"{_hours(hour)} Uhr {numbers.in_language(minute, 'cardinal', 'de')}"


_PHRASE = "|".join(name.replace(". ", r"\.\s?") for name in sorted(_PHRASES, key=len, reverse=True))
_ENDING_PHRASE = "|".join(name.replace(". ", r"\.\s?") for name in sorted(_ENDS, key=len, reverse=True))
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?(?:\s?[-\u2013]\s?\d{1,2}(?:[:.]\d\d)?)?\sUhr(?!\w)"
_GOES_ON = r"(?!\s{0,20}\Z|\n)"
_END_OF_PHRASE = r"\.(?!\w)"
_AMOUNT = r"(?P<whole>\d{1,3}(?:\.\d{3}){1,4}|\d{1,12})(?:,(?P<cents>\d{1,2})(?!\d)|,[-\u2013\u2014]{1,2})?"
_SCALE = r"(?:\s?(?P<scale>Mio\.?|Mrd\.?|Tsd\.?|Millionen|Milliarden|Tausend))?"

_ON_A_DAY = (
    r"(?:(?<=[Vv]om )|(?<=[Aa]m )|(?<=[Bb]is )|(?<=[Ss]eit )|(?<=[Aa]b )|(?<=den )|(?<=dem )|(?<=zum )|(?<=Datum: )"
    r"|(?<=fällig ))"
)
_AT = "(?:(?<=[Aa]b )|(?<=[Uu]m )|(?<=bis )|(?<=von )|(?<=gegen ))"
_CLOCK_RANGE = (
    r"(?P<low>\d{1,2})(?:[:.](?P<low_minute>\d\d))?(?:\sUhr)?(?:\s?[-\u2013]\s?|\sbis\s)"
    r"(?P<high>\d{1,2})(?:[:.](?P<high_minute>\d\d))?\s(?:Uhr|h)(?!\w)"
)

RULES = (
    *german_numbers.FIRST,
    Rule("L", rf"(?<![\w.])(?P<name>{_ENDING_PHRASE})\.{german_numbers.BEGINS}", _ending_phrase, Boundary.SENTENCE),
    Rule("L", rf"(?<![\w.])(?P<name>{any_of(_AT_END)})\.{german_numbers.BEGINS}", _at_end, Boundary.SENTENCE),
    Rule("L", r"(?<=\d)ff\.?(?!\w)|(?<=\d\s)ff\.?(?!\w)", "fortfolgende"),
    Rule("L", r"(?<=\d\s)f\.(?=[,;)]|\s[a-zäöü])", "folgende"),
    Rule("L", r"Co\.(?=\s(?:KG|OHG|KGaA)\b)", "Co"),
    Rule("L", r"(?<=\s)u\.(?=\s\w{2})", "und"),
    Rule("L", r"(?<=\s)od\.(?=\s\w)", "oder"),
    Rule("P", r"\u00a7\u00a7\s?(?=\d)", "Paragrafen"),
    Rule("P", r"\u00a7\s?(?=\d)", "Paragraf"),
    Rule("L", r"(?:(?<=Abs\.\s\d\s)|(?<=Absatz\s\d\s)|(?<=Abs\.\s\d\d\s))S\.(?=\s?\d)", "Satz"),
    Rule("L", r"Gr\.(?=\s?(?:\d|X{0,3}[SML]\b))", "Größe"),
    Rule(
        "L",
        rf"(?P<first>{any_of(_LONG_DAYS)})\.?\s?[-\u2013]\s?(?P<last>{any_of(_LONG_DAYS)})(?!\w)(?:\.(?=,|\s\d))?",
        _days,
    ),
    Rule("L", rf"(?P<name>{any_of(_DAYS)})\.?(?=[:,]?\s{_CLOCK})", lookup(_DAYS, "name")),
    Rule("L", rf"(?P<name>{any_of(_STOPLESS)})(?![\w.@-]|'\w)", lookup(_STOPLESS, "name")),
    Rule(
        "L",
        rf"(?P<name>{any_of(_GREETINGS)})(?=[,.!]?(?:\s{{1,3}}[A-ZÄÖÜ][a-zäöüß]{{1,20}})?[.!]?\s{{0,3}}\Z)",
        lookup(_GREETINGS, "name"),
    ),
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
    Rule("D", rf"{_ON_A_DAY}(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<short>\d\d)(?![\d.]\d)", _date),
    Rule("D", r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?=\s[a-zäöü(]|[,;)])", _date),
    Rule("D", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])", _date),
    Rule(
        "D",
        rf"(?P<low>\d{{1,2}})\.(?:\s?[-\u2013]\s?|\s(?:bis|und)\s)(?P<number>\d{{1,2}})\.(?=\s{any_of(_ORDERED)}(?!\w))",
        _range_before_month,
    ),
    Rule("D", rf"(?P<number>\d{{1,3}})\.(?=\s{any_of([*_ORDERED, *_SHORT_MONTHS])}(?!\w))", _before_noun),
    Rule("D", _CLOCK_RANGE, _hours_range),
    Rule("D", r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)\s?(?:Uhr|h)(?!\w)", _time),
    Rule("D", rf"{_AT}(?P<hour>\d{{1,2}})(?P<minute>)\s?h(?!\w)", _time),
    Rule("D", r"(?<![\d.,:])1(?=\sUhr\b)", "ein"),
    *german_numbers.SCORES,
    Rule("D", r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])", _time),
    Rule(
        "DLP",
        rf"(?:(?P<before>{any_of(_MONEY)})\s?)?(?<![\w.,]){_AMOUNT}{_SCALE}(?(before)(?!\w)|\s?(?P<after>{any_of(_MONEY)})(?!\w)){german_numbers.PER}",
        _sum,
    ),
    *german_numbers.RULES,
)
