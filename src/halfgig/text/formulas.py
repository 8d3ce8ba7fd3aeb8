"""Formulas of chemistry, letter by letter: CO2, NaCl, Ca(OH)2 and CO₂."""

import re
import unicodedata

from halfgig.text import numbers
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Rule

_ELEMENTS = (
    "Ag|Al|Ar|As|Au|Ba|Be|Bi|Br|Ca|Cd|Cl|Co|Cr|Cs|Cu|Fe|Ga|Ge|He|Hg|In|Kr|Li|Mg|Mn|Mo|Na|Ne|Ni|Pb|Pt|Ra|Rb|Se|Si|Sn|"
    "Sr|Ti|Xe|Zn|Zr|B|C|F|H|I|K|N|O|P|S|U|W"
)
_COUNT = r"(?:2[0-4]|1\d|[2-9]|[₀-₉]{1,2})"
_GROUP = rf"\((?:(?:{_ELEMENTS}){_COUNT}?){{1,4}}\){_COUNT}"
_PART = Pattern(rf"(?P<element>{_ELEMENTS})|(?P<count>[\d₀-₉]+)")
_WITHOUT_COUNTS = "NaCl|KCl|HCl|NaOH|KOH|HBr|HCN|KBr|LiCl|AgCl|NaF|CuO|ZnO|MgO|CaO|FeO|ZnS|CuS|SiC|GaN|GaAs"
_IS_NAME = Pattern(r"[A-GIJL-Z][A-Z]{2,}\d+\Z")
"""Capitals with one number at the end, such as COP26 and NOV12; formulas of that form begin with H or K."""

_FEWEST_ELEMENTS = 2
"""Elements in a formula, as in CO₂; a single letter with a number is something else."""


def _formula(match: re.Match[str]) -> str | None:
    parts = list(_PART.finditer(match[0]))
    if _IS_NAME.match(match[0]) or sum(part["element"] is not None for part in parts) < _FEWEST_ELEMENTS:
        return None
    return " ".join(map(_part, parts))


def _part(part: re.Match[str]) -> str:
    if part["count"]:
        return numbers.cardinal(int(unicodedata.normalize("NFKC", part["count"])))
    return " ".join("ay" if letter == "A" else letter for letter in part["element"].upper())


RULES = (
    Rule("L", rf"(?:{_WITHOUT_COUNTS})(?!\w)", _formula),
    Rule(
        "L",
        rf"(?=[A-Za-z()]{{1,12}}[2-9₀-₉1])(?:(?:{_ELEMENTS}){_COUNT}?|{_GROUP}){{1,8}}(?![\w(]|[.-]\d)",
        _formula,
    ),
)
