"""Tables of English short forms and what they stand for, by the place they stand in."""

TITLES = {
    "Dr": "Doctor", "Drs": "Doctors", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Mx": "Mix", "Prof": "Professor",
    "Profs": "Professors", "Gen": "General", "Sen": "Senator", "Sens": "Senators", "Rep": "Representative",
    "Reps": "Representatives", "Gov": "Governor", "Capt": "Captain", "Cpt": "Captain", "Lt": "Lieutenant",
    "Col": "Colonel", "Cmdr": "Commander", "Cdr": "Commander", "Sgt": "Sergeant", "Cpl": "Corporal",
    "Pvt": "Private", "Pte": "Private", "Pfc": "Private First Class", "Maj": "Major", "Adm": "Admiral",
    "Brig": "Brigadier", "Ens": "Ensign", "Spc": "Specialist", "Rev": "Reverend", "Hon": "Honorable",
    "Pres": "President", "Supt": "Superintendent", "Insp": "Inspector", "Det": "Detective", "Amb": "Ambassador",
    "Asst": "Assistant", "Atty": "Attorney", "Fr": "Father", "Br": "Brother", "Bp": "Bishop", "Abp": "Archbishop",
    "Msgr": "Monsignor", "Mgr": "Monsignor", "St": "Saint", "Ste": "Sainte", "Mt": "Mount", "Ft": "Fort",
    "Pt": "Point", "Messrs": "Messieurs", "Mme": "Madame", "Mlle": "Mademoiselle", "Sec": "Secretary",
    "Dir": "Director", "Eng": "Engineer", "Sr": "Senior",
}  # fmt: skip
"""Before a name."""

MAXIMA = {"max": "maximum", "Max": "Maximum", "min": "minimum", "Min": "Minimum"}
"""With a full stop, before a word in lower case."""

COUNTED = {
    **MAXIMA,
    "No": "Number", "Nos": "Numbers", "no": "number", "nos": "numbers", "Fig": "Figure", "Figs": "Figures",
    "fig": "figure", "figs": "figures", "Vol": "Volume", "Vols": "Volumes", "vol": "volume", "vols": "volumes",
    "Ch": "Chapter", "ch": "chapter", "Chap": "Chapter", "chap": "chapter", "Sec": "Section", "sec": "section",
    "Eq": "Equation", "eq": "equation", "eqs": "equations", "Eqs": "Equations", "p": "page", "pp": "pages",
    "P": "page", "pg": "page", "Pg": "Page", "pgs": "pages", "Art": "Article", "art": "article", "Pt": "Part",
    "pt": "part", "Tab": "Table", "tab": "table", "Ex": "Example", "ex": "example", "Para": "Paragraph",
    "para": "paragraph", "par": "paragraph", "App": "Appendix", "Apt": "Apartment", "apt": "apartment",
    "Ste": "Suite", "ste": "suite", "Rte": "Route", "rte": "route", "Rt": "Route", "Hwy": "Highway",
    "hwy": "highway", "Op": "Opus", "op": "opus", "Rm": "Room", "rm": "room", "Bldg": "Building", "bldg": "building",
    "Fl": "Floor", "fl": "floor", "Ext": "Extension", "ext": "extension", "Ver": "Version", "ver": "version",
    "Ed": "Edition", "Ep": "Episode", "ep": "episode", "Bk": "Book", "bk": "book", "col": "column", "Col": "Column",
    "ca": "circa", "c": "circa", "Cl": "Clause", "cl": "clause", "l": "line", "ll": "lines", "Sch": "Schedule",
    "Ser": "Series", "Lot": "Lot", "Lv": "Level", "lv": "level", "Lvl": "Level", "lvl": "level",
    "Cat": "Category", "cat": "category", "Plat": "Platform", "plat": "platform", "pop": "population",
    "alt": "altitude", "elev": "elevation", "Pop": "Population", "Alt": "Altitude", "Elev": "Elevation",
    "Wk": "Week", "wk": "week",
    "Vis": "Visibility",
    "vis": "visibility", "Mag": "Magnitude", "mag": "magnitude", "Sc": "Scene", "sc": "scene",
    "fn": "footnote",
    "Tel": "Telephone", "tel": "telephone", "Ph": "Phone", "ph": "phone",
    "Acct": "Account", "acct": "account", "Ref": "Reference", "ref": "reference", "Inv": "Invoice", "inv": "invoice",
    "b": "born", "d": "died", "r": "reigned", "fl.": "flourished",
}  # fmt: skip
"""Before a number."""

GROWTHS = {
    "YoY": "year over year", "yoy": "year over year", "y/y": "year over year", "QoQ": "quarter over quarter",
    "qoq": "quarter over quarter", "q/q": "quarter over quarter", "MoM": "month over month",
    "m/m": "month over month", "Y/Y": "year over year", "Q/Q": "quarter over quarter", "M/M": "month over month",
}  # fmt: skip
"""What a growth is compared with; a full stop after one is that of the sentence."""

SIZES = {"lg": "large", "lrg": "large", "med": "medium", "sm": "small", "sml": "small", "xl": "extra large"}
"""Between a number and a thing: "3 lg. eggs"."""

CHARTS = {
    "dx": "diagnosis", "Dx": "Diagnosis", "hx": "history", "Hx": "History", "sx": "symptoms", "Sx": "Symptoms",
    "tx": "treatment", "Tx": "Treatment", "Rx": "Prescription",
}  # fmt: skip
"""In a medical chart, before a colon."""

RESULTS = {"pos": "positive", "Pos": "Positive", "neg": "negative", "Neg": "Negative"}
"""Results of a test."""

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho",
    "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
"""States of the USA by their postal codes."""

SHORT_STATES = {
    "Ala": "Alabama", "Ariz": "Arizona", "Ark": "Arkansas", "Calif": "California", "Colo": "Colorado",
    "Conn": "Connecticut", "Del": "Delaware", "Fla": "Florida", "Ga": "Georgia", "Ill": "Illinois",
    "Ind": "Indiana", "Kan": "Kansas", "Ky": "Kentucky", "La": "Louisiana", "Mass": "Massachusetts",
    "Md": "Maryland", "Mich": "Michigan", "Minn": "Minnesota", "Miss": "Mississippi", "Mo": "Missouri",
    "Mont": "Montana", "Neb": "Nebraska", "Nev": "Nevada", "N.C": "North Carolina", "N.D": "North Dakota",
    "N.H": "New Hampshire", "N.J": "New Jersey", "N.M": "New Mexico", "N.Y": "New York", "Okla": "Oklahoma",
    "Ont": "Ontario", "Ore": "Oregon", "Pa": "Pennsylvania", "Penn": "Pennsylvania", "R.I": "Rhode Island",
    "S.C": "South Carolina", "S.D": "South Dakota", "Tenn": "Tennessee", "Tex": "Texas", "Va": "Virginia",
    "Vt": "Vermont", "W.Va": "West Virginia", "Wash": "Washington", "Wis": "Wisconsin", "Wyo": "Wyoming",
}  # fmt: skip
"""States of the United States, as newspapers write them behind a town."""

NUMBERED = {
    "Acct": "Account", "acct": "account", "Ref": "Reference", "ref": "reference", "Inv": "Invoice", "inv": "invoice",
    "Tel": "Telephone", "tel": "telephone", "Ph": "Phone", "ph": "phone", "Flt": "Flight", "flt": "flight",
    "Ser": "Serial", "ser": "serial", "Reg": "Registration", "reg": "registration", "Lic": "License", "lic": "license",
    "Conf": "Confirmation", "conf": "confirmation", "Cat": "Catalog", "cat": "catalog", "Pol": "Policy",
    "pol": "policy", "Ext": "Extension", "ext": "extension", "Apt": "Apartment", "apt": "apartment",
    "Ord": "Order", "ord": "order", "Cust": "Customer", "cust": "customer", "Emp": "Employee", "emp": "employee",
}  # fmt: skip
"""Before "no." or "number"."""

PLACES = {
    "St": "Street", "Ave": "Avenue", "Av": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane", "Dr": "Drive",
    "Pl": "Place", "Ct": "Court", "Sq": "Square", "Pkwy": "Parkway", "Hwy": "Highway", "Ter": "Terrace",
    "Cir": "Circle", "Cres": "Crescent", "Expy": "Expressway", "Fwy": "Freeway", "Tpke": "Turnpike", "Plz": "Plaza",
    "Mtn": "Mountain", "Mtns": "Mountains", "Bldg": "Building", "Jct": "Junction", "Ctr": "Center", "Hts": "Heights",
    "Pk": "Park", "Fl": "Floor",
}  # fmt: skip
"""After a name."""

ANYWHERE = {
    "vs": "versus", "e.g": "for example", "eg": "for example", "E.g": "For example", "i.e": "that is",
    "ie": "that is", "I.e": "That is", "viz": "namely", "cf": "compare", "Cf": "Compare", "w.r.t": "with respect to",
    "ibid": "ibid", "op. cit": "op cit", "sic": "sic", "approx": "approximately", "Approx": "Approximately",
    "appt": "appointment", "dept": "department", "Dept": "Department", "depts": "departments", "div": "division",
    "Div": "Division", "govt": "government", "Govt": "Government", "gov't": "government", "Assn": "Association",
    "assn": "association", "assoc": "associate", "Assoc": "Associate", "asst": "assistant", "Univ": "University",
    "univ": "university", "Inst": "Institute", "inst": "institute", "Natl": "National", "natl": "national",
    "Intl": "International", "intl": "international", "Int'l": "International", "int'l": "international",
    "Nat'l": "National", "incl": "including", "excl": "excluding", "misc": "miscellaneous", "Misc": "Miscellaneous",
    "est": "established", "Est": "Established", "ext": "extension", "esp": "especially", "avg": "average",
    "Avg": "Average", "temp": "temperature", "Temp": "Temperature",
    "qty": "quantity", "Qty": "Quantity", "amt": "amount", "Amt": "Amount", "qtr": "quarter", "Qtr": "Quarter",
    "mgr": "manager", "mgmt": "management", "mfg": "manufacturing", "mtg": "meeting", "pkg": "package",
    "prev": "previous", "resp": "respectively", "std": "standard", "tbsp": "tablespoon", "tsp": "teaspoon",
    "yrs": "years", "hrs": "hours", "mins": "minutes", "secs": "seconds", "wks": "weeks", "lbs": "pounds",
    "bldg": "building", "bldgs": "buildings", "abbr": "abbreviation", "abbrev": "abbreviation", "addr": "address",
    "attn": "attention", "Attn": "Attention", "cont": "continued", "corp": "corporation", "dist": "district",
    "edn": "edition", "equiv": "equivalent", "freq": "frequency", "info": "info", "lang": "language",
    "orig": "originally", "pron": "pronunciation", "pub": "published", "rec": "recommended", "ref": "reference",
    "refs": "references", "req": "required", "stat": "statute", "tech": "tech", "vocab": "vocabulary",
    "a.k.a": "also known as", "aka": "also known as", "b/c": "because", "et seq": "et seq", "encl": "enclosed",
    "agg": "aggregate", "Bal": "Balance", "bal": "balance",  "prob": "probably", "Prob": "Probably", "Cnr": "Corner",
    "cnr": "corner", "gal": "gallon", "oz": "ounce", "doz": "dozen", "no. of": "number of",
    "nos. of": "numbers of",
    "No. of": "Number of", "mil": "million",
}  # fmt: skip
"""Anywhere; a full stop after one does not end the sentence."""

CLOSING = {
    "etc": "et cetera", "et al": "et al", "Inc": "Incorporated", "Ltd": "Limited", "Co": "Company",
    "Corp": "Corporation", "Bros": "Brothers", "Jr": "Junior", "Sr": "Senior", "Ph.D": "P.H.D.", "Esq": "Esquire",
    "Cos": "Companies", "Mfg": "Manufacturing", "M.Sc": "M S C", "B.Sc": "B S C",
    "LLC": "L L C", "GmbH": "G M B H", "Pty": "Proprietary", "Plc": "P L C",
    "plc": "P L C",
}  # fmt: skip
"""Short forms that may end a sentence: one full stop then ends both."""

DOTLESS = {
    "vs": "versus", "etc": "et cetera", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Jr": "Junior",
    "Sr": "Senior", "PhD": "P.H.D.", "AT&T": "ay T and T", "w/o": "without", "w/": "with", "and/or": "and or",
    "c/o": "care of", "n/a": "N A", "N/A": "N A", "I/O": "I O", "approx": "approximately", "Approx": "Approximately",
    "dept": "department", "depts": "departments", "govt": "government", "Govt": "Government", "avg": "average",
    "qty": "quantity", "Qty": "Quantity", "mgmt": "management", "incl": "including", "excl": "excluding",
    "intl": "international", "assn": "association", "bldg": "building", "appt": "appointment",
    "appts": "appointments", "acct": "account", "Acct": "Account", "Bldg": "Building", "b/c": "because",
    "aka": "also known as", "he/she": "he or she",
    "she/he": "she or he", "his/her": "his or her", "him/her": "him or her", "s/he": "he or she",
    "yes/no": "yes or no", "either/or": "either or", "w/out": "without", "w/in": "within", "est'd": "established",
    "Est'd": "Established", "Prof": "Professor", "Rev": "Reverend",
    "Sgt": "Sergeant", "Capt": "Captain", "Cpl": "Corporal", "Mme": "Madame", "Mlle": "Mademoiselle",
    "Messrs": "Messieurs", "Univ": "University", "gov't": "government", "Gov't": "Government",
    "int'l": "international", "Int'l": "International",
    "nat'l": "national", "Nat'l": "National", "hrs": "hours",
    "mins": "minutes", "yrs": "years", "wks": "weeks", "lbs": "pounds", "km/h": "kilometers per hour",
    "m/s": "meters per second",
}  # fmt: skip
"""Short forms that are also recognised without a full stop."""

_DOTLESS_TITLES = (
    "Mt", "Ft", "Lt", "Col", "Gen", "Sen", "Gov", "Maj", "Pvt", "Adm", "Cmdr", "St", "Pres", "Rep", "Fr",
)  # fmt: skip
DOTLESS_TITLES = {name: TITLES[name] for name in _DOTLESS_TITLES} | {"Dept": "Department"}
"""Without a full stop, directly before a name."""

DOTLESS_COUNTED = {
    "No": "number", "Nos": "numbers", "Fig": "Figure", "Figs": "Figures", "Vol": "Volume", "Rm": "Room",
    "Apt": "Apartment", "Ste": "Suite", "Hwy": "Highway", "Rte": "Route", "Bldg": "Building", "pg": "page",
    "pp": "pages", "Ch": "Chapter", "Eq": "Equation", "ext": "extension", "Ext": "Extension", "fig": "figure",
    "vol": "volume", "Ep": "Episode",
}  # fmt: skip
"""Without a full stop, directly before a number."""

_STARTERS = (
    "The", "A", "An", "This", "That", "These", "Those", "There", "Then", "He", "She", "It", "They", "We", "You", "I",
    "His", "Her", "Its", "Their", "Our", "My", "Your", "But", "And", "Or", "So", "If", "When", "While", "After",
    "Before", "In", "On", "At", "By", "For", "From", "With", "Without", "As", "Now", "Not", "Yes", "What", "Why",
    "How", "Where", "Which", "However", "Also", "Only", "Once", "Later", "Finally", "Meanwhile", "Although",
)  # fmt: skip
STARTERS = frozenset(_STARTERS)
"""Words that are not names: with a capital they start a sentence."""

_FOREIGN = frozenset({
    "abs", "av", "bzw", "ca", "dott", "dr", "dra", "evtl", "ggf", "gral", "hr", "hrn", "ing", "inkl", "kap", "lic",
    "mio", "mme", "mlle", "mrd", "núm", "nr", "pág", "prof", "sig", "sog", "sr", "sra", "srta", "str", "tel", "usw",
    "vgl", "zzgl", "ud", "uds", "uu", "ee", "ej",
})  # fmt: skip
_MONTHS_AND_DAYS = frozenset({
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed",
    "thu", "thur", "thurs", "fri", "sat", "sun",
})  # fmt: skip
_EDGES = "\"'\u201c\u201d\u2018\u2019()[]"


def ends_with_short_form(word: str, following: str) -> bool:
    """Return whether the full stop of a word is that of a short form within a sentence, as "Dr." is before "No".

    `following` is the next word. For subtitles, in any language: a guess from the two words alone.
    """
    bare, after = word.rstrip(_EDGES), following.lstrip(_EDGES)
    name = bare.removesuffix(".").lstrip(_EDGES)
    if not bare.endswith(".") or bare.endswith("..") or not name or not after:
        return False
    starts = after.strip(".,;:!?" + _EDGES) in STARTERS
    if name in COUNTED and after[0] in "#0123456789":
        return True
    if len(name) == 1 or "." in name:  # an initial, "U.S.", "e.g."
        return name.isdecimal() is False and (name.lower() in {"e.g", "i.e"} or not starts) and name != "I"
    if name in TITLES:
        return not starts
    if name.lower() in _MONTHS_AND_DAYS:
        return after[0].isdecimal() or (after[0].islower() and name[0].isupper())
    if (name in SHORT_STATES or name in SIZES or name in RESULTS) and after[0].islower():
        return True
    is_known = name in ANYWHERE or name in CLOSING or name in PLACES or name in MAXIMA or name.lower() in _FOREIGN
    return is_known and not starts
