"""Verses: chapter and verse of a holy book, "Psalm 23:4" and "Rom. 8:28-30"."""

import re

from halfgig.text import numbers
from halfgig.text.rules import Rule, any_of, word_before

_SHORT = {
    "Gen": "Genesis", "Exod": "Exodus", "Ex": "Exodus", "Lev": "Leviticus", "Num": "Numbers", "Deut": "Deuteronomy",
    "Josh": "Joshua", "Judg": "Judges", "Sam": "Samuel", "Chron": "Chronicles", "Neh": "Nehemiah", "Ps": "Psalm",
    "Prov": "Proverbs", "Eccl": "Ecclesiastes", "Isa": "Isaiah", "Jer": "Jeremiah", "Ezek": "Ezekiel", "Dan": "Daniel",
    "Matt": "Matthew", "Mt": "Matthew", "Mk": "Mark", "Lk": "Luke", "Jn": "John", "Rom": "Romans",
    "Cor": "Corinthians", "Gal": "Galatians", "Eph": "Ephesians", "Phil": "Philippians", "Col": "Colossians",
    "Thess": "Thessalonians", "Tim": "Timothy", "Heb": "Hebrews", "Jas": "James", "Pet": "Peter", "Rev": "Revelation",
}  # fmt: skip
_BOOKS = frozenset({
    *_SHORT.values(), "Ruth", "Kings", "Ezra", "Esther", "Job", "Psalms", "Hosea", "Joel", "Amos", "Jonah", "Micah",
    "Habakkuk", "Zechariah", "Malachi", "Luke", "Acts", "Titus", "Philemon", "Jude", "Surah", "Sura", "Quran",
})  # fmt: skip
_COUNT = {"1": "First", "2": "Second", "3": "Third"}

_VERSE = r"(?P<chapter>\d{1,3}):(?P<first>\d{1,3})(?:\s?[-\u2013]\s?(?P<last>\d{1,3}))?(?![\d:])"


def _verse(match: re.Match[str]) -> str | None:
    book = word_before(match)
    if book not in _BOOKS and book not in _SHORT:
        return None
    last = f" to {numbers.cardinal(int(match['last']))}" if match["last"] else ""
    return f"{numbers.cardinal(int(match['chapter']))} {numbers.cardinal(int(match['first']))}{last}"


def _book(match: re.Match[str]) -> str:
    count = f"{_COUNT[match['count']]} " if match["count"] else ""
    return count + _SHORT.get(match["book"], match["book"])


_HEAD = rf"(?P<book>{any_of([*_SHORT, *_BOOKS])})\.?(?=\s\d{{1,3}}:\d)"

RULES = (
    Rule("D", _VERSE, _verse),
    Rule("D", rf"(?P<count>[123])\s{_HEAD}", _book),
    Rule("L", rf"(?P<count>(?!x)x)?{_HEAD}", _book),
)
