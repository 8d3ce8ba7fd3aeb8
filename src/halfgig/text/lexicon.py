"""A user's lexicon: words and phrases, and how they are said.

A line is `word = how it is said`: other words ("nginx = engine X"), syllables with the stressed one in capitals
("Kubernetes = koo-ber-NET-eez"), or phonemes in IPA between slashes ("Nietzsche = /nˈiːtʃə/").  In braces after the
word stand `case`, when capitals count, and the language: "US {case, en} = U S".  A line that begins with # is a
comment.
"""
# ruff: noqa: RUF001, RUF002 - letters of the IPA look like others

from __future__ import annotations

import re
import unicodedata
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from halfgig.errors import BadLexicon
from halfgig.text.pattern import Pattern
from halfgig.text.rules import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MAX_CHARACTERS = 200_000
"""Most characters of a lexicon."""

MAX_ENTRIES = 5000
"""Most entries of a lexicon."""

MAX_WORD, MAX_WORDS = 100, 20
"""Most characters of a word or phrase, and most words and signs in it."""

MAX_READING = 200
"""Most characters of how a word is said."""

_RIGHT = 'write one entry per line as "word = how it is said", for example "nginx = engine X"'
_IPA = "write IPA, as in Nietzsche = /nˈiːtʃə/"
_XML = ("<?xml", "<lexicon", "<!")
_LONGEST_LINE = 1000
_NEWLINE = Pattern(r"\r\n?|\n")
_LINE = Pattern(r'(?P<word>"[^"]+"|[^={}"][^={}]*?)\s*(?:\{(?P<options>[^{}]*)\}\s*)?=(?P<reading>.*)')
LANGUAGE_TAG = Pattern(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,3}")
"""Pattern of a BCP 47 tag in lower case, as far as languages here have one."""

_NOT_PHONEMES = Pattern(r"[\[\]/\d<>{}|\\=]")

# Directives, URLs and addresses are single tokens that no entry matches: their parts are not words.
_OPAQUE = (
    r"\[(?:pause|voice):[^\]\n]{1,200}\]|\]\(/[^/\n]{1,300}/\)|(?:https?://|www\.)[^\s<>\"]{1,500}+"
    r"|[\w.+-]{1,64}+@[\w.-]{1,100}+"
)
_TOKEN = Pattern(rf"(?P<opaque>{_OPAQUE})|[^\W_]+|[^\w\s]|_")
_CONTRACTED = Pattern(r"['\u2019](?!s\b)\w", re.IGNORECASE)
_SHORT = 2  # characters; after an apostrophe a word of these is an ending, as in "don't" and "we'll"


class Entry(NamedTuple):
    """A word or phrase, and how it is said."""

    word: str
    """The word or phrase as it is written."""
    say: str = ""
    """Words or syllables; "": none."""
    phonemes: str = ""
    """IPA; "": none."""
    is_exact: bool = False
    """True when capitals count."""
    language: str = ""
    """BCP 47 tag, in lower case, of the texts it is for; "": all."""
    line: int = 0
    """Its line in the lexicon, counted from 1."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries of one lexicon, or of several."""

    entries: tuple[Entry, ...] = ()
    """Of several for one word, the first counts."""

    def __add__(self, other: Lexicon) -> Lexicon:
        """Return the entries of both; where both have a word, this one's counts."""
        return Lexicon((*self.entries, *other.entries))

    def finder(self, language: str, *, reads_phonemes: bool) -> WordFinder:
        """Return a finder of the words in texts of a language, for an engine that reads phonemes or does not."""
        found = WordFinder(language, reads_phonemes)
        for entry in self.entries:
            if not entry.language or f"{language.lower()}-".startswith(f"{entry.language}-"):
                found.add(entry)
        return found


class _Place(NamedTuple):
    start: int
    end: int
    key: str
    """The token in lower case, after a space where one precedes it; "" for a token that no entry matches."""


@dataclass(frozen=True, slots=True)
class WordFinder:
    """Finds the words of a lexicon in a text of one language; the time does not grow with the number of entries."""

    language: str
    """BCP 47 tag."""
    reads_phonemes: bool
    """True when phonemes are preferred to words, where an entry has both."""
    _tree: dict[str, Any] = field(default_factory=dict)  # next words by word; under "" entries by spelling, or by ""
    _spoken: dict[Entry, str] = field(default_factory=dict)
    _phonemes: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Add an entry, unless there is one for its word."""
        if entry.phonemes:
            self._phonemes.append(entry)
        places = list(_places(entry.word, 0, len(entry.word)))
        node = self._tree
        for place in places:
            node = node.setdefault(place.key, {})
        node.setdefault("", {}).setdefault(_spelling(entry.word, places) if entry.is_exact else "", entry)

    def entries(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, Entry]]:
        """Yield start, end and entry of each word of the lexicon in a part of a text; of two that overlap the first.

        Of several that begin at the same place the longest counts.
        """
        if not self._tree:
            return
        places, window = _places(text, start, end), deque[_Place]()
        while True:
            while len(window) < MAX_WORDS and (place := next(places, None)):
                window.append(place)
            if not window:
                return
            count, entry = self._longest(text, window)
            if entry:
                yield window[0].start, window[count - 1].end, entry
            for _ in range(count):
                window.popleft()

    def tokens(self, text: str, start: int, end: int) -> Iterator[Token]:
        """Yield a token for each word of the lexicon in a part of a text."""
        for first, last, entry in self.entries(text, start, end):
            if self.uses_phonemes(entry):
                yield Token(text[first:last], first, last, phonemes=entry.phonemes)
            else:
                yield Token(self.spoken(entry), first, last)

    def spoken(self, entry: Entry) -> str:
        """Return the words that are spoken for an entry's."""
        from halfgig.text.spoken_form import spoken_form  # loaded only to speak

        if entry not in self._spoken:
            self._spoken[entry] = spoken_form(entry.say, self.language)
        return self._spoken[entry]

    def with_phonemes(self) -> tuple[Entry, ...]:
        """Return the entries that have phonemes."""
        return tuple(self._phonemes)

    def uses_phonemes(self, entry: Entry) -> bool:
        """Return whether an entry is said by its phonemes: where the engine reads them, or it has nothing else."""
        return bool(entry.phonemes) and (self.reads_phonemes or not entry.say)

    def _longest(self, text: str, window: Sequence[_Place]) -> tuple[int, Entry | None]:
        """Return the number of tokens of the longest entry at the start of a window, and the entry; else 1 and None."""
        node, count, found = self._tree, 1, None
        for index, place in enumerate(window):
            key = place.key if index else place.key.lstrip()
            if not key or key not in node:
                break
            node = node[key]
            if "" in node and (entry := _entry_at(text, list(window)[: index + 1], node[""])):
                count, found = index + 1, entry
        return count, found


def _entry_at(text: str, places: Sequence[_Place], entries: dict[str, Entry]) -> Entry | None:
    start, end = places[0].start, places[-1].end
    is_part = _CONTRACTED.match(text, end) or unicodedata.combining(text[end : end + 1] or " ")
    is_ending = end - start <= _SHORT and start > 1 and text[start - 1] in "'\u2019" and text[start - 2].isalnum()
    if is_part or is_ending:
        return None
    return entries.get(_spelling(text, places)) or entries.get("")


def _places(text: str, start: int, end: int) -> Iterator[_Place]:
    for match in _TOKEN.finditer(text, start, end):
        space = " " if match.start() > start and text[match.start() - 1].isspace() else ""
        key = "" if match["opaque"] else space + _folded(match[0])
        yield _Place(match.start(), match.end(), key)


def _folded(token: str) -> str:
    return token.lower() if token.isascii() else unicodedata.normalize("NFC", token).casefold().replace("\u2019", "'")


def _spelling(text: str, places: Sequence[_Place]) -> str:
    return " ".join(text[place.start : place.end] for place in places)


def read_lexicon(text: str) -> Lexicon:
    """Read a lexicon, in lines or in the W3C's XML.  Raises `BadLexicon`, with the line and what is right."""
    if len(text) > MAX_CHARACTERS:
        raise BadLexicon(f"the lexicon has {len(text)} characters; the limit is {MAX_CHARACTERS}: leave entries out")
    text = text.removeprefix("\ufeff")
    entries: dict[tuple[str, bool, str], Entry] = {}
    for entry in _xml_entries(text) if text.lstrip().startswith(_XML) else _line_entries(text):
        _enter(entry, entries)
        if len(entries) > MAX_ENTRIES:
            raise _wrong(entry.line, f"this is entry {len(entries)}; the limit is {MAX_ENTRIES}: leave entries out")
    # An entry for "en-gb" counts before one for "en".
    return Lexicon(tuple(sorted(entries.values(), key=lambda entry: -len(entry.language))))


def _line_entries(text: str) -> Iterator[Entry]:
    for number, line in enumerate(_NEWLINE.split(text), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _entry(line.strip(), number)


def _xml_entries(text: str) -> Iterator[Entry]:
    from halfgig.text.pls import read_pls  # expat is loaded only for XML

    yield from read_pls(text)


def read_lexicon_file(path: Path) -> Lexicon:
    """Read a lexicon from a file.  Raises `BadLexicon`, which names the file."""
    lines = read_lexicon_lines(path)
    try:
        return read_lexicon(lines)
    except BadLexicon as error:
        raise BadLexicon(f"{path.name}: {error}") from None


def read_lexicon_lines(path: Path) -> str:
    """Return the text of a lexicon's file.  Raises `BadLexicon` for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4 * MAX_CHARACTERS + 4).decode("utf-8-sig")
    except OSError as error:
        raise BadLexicon(f"the lexicon {path.name!r} cannot be read: {error.strerror}; name a text file") from error
    except UnicodeDecodeError as error:
        raise BadLexicon(f"the lexicon {path.name!r} is not UTF-8 (byte {error.start}); convert it") from None


def lexicon_lines(entries: Mapping[str, str]) -> str:
    """Return the lines of a lexicon for words and how each is said.  Raises `BadLexicon` for one of several lines."""
    if wrong := next((word for pair in entries.items() for word in pair if _NEWLINE.search(word)), None):
        raise BadLexicon(f"{wrong!r:.80} has a line break; write each entry in one line")
    return "\n".join(f"{word} = {said}" for word, said in entries.items())


def _enter(entry: Entry, entries: dict[tuple[str, bool, str], Entry]) -> None:
    """Add an entry; a word may have one line with words and one with phonemes."""
    key = (entry.word if entry.is_exact else entry.word.casefold(), entry.is_exact, entry.language)
    before = entries.get(key)
    if before and bool(before.say) == bool(entry.say):
        raise _wrong(entry.line, f'"{entry.word}" has an entry on line {before.line} already; keep one of them')
    if before:
        entry = entry._replace(say=entry.say or before.say, phonemes=entry.phonemes or before.phonemes)
    entries[key] = entry


def _entry(line: str, number: int) -> Entry:
    match = _LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
    if not match:
        raise _wrong(number, f'"{line:.60}" is no entry; {_RIGHT}')
    entry = _with_options(entry_for(match["word"].strip().strip('"'), number), match["options"] or "")
    return _with_reading(entry, match["reading"].strip())


def entry_for(word: str, line: int) -> Entry:
    """Return an entry for a word or phrase that says nothing yet.  Raises `BadLexicon`."""
    word = " ".join(word.split())
    places = list(_places(word, 0, len(word)))
    if not any(map(str.isalnum, word)) or not all(place.key for place in places):
        raise _wrong(line, f'"{word:.60}" is no word that can be found in a text; {_RIGHT}')
    if len(word) > MAX_WORD or len(places) > MAX_WORDS:
        raise _wrong(
            line,
            f'"{word:.60}..." has {len(word)} characters and {len(places)} words and signs; the limits are {MAX_WORD} '
            f"and {MAX_WORDS}: shorten it",
        )
    return Entry(word, line=line)


def _with_reading(entry: Entry, reading: str) -> Entry:
    if not reading.startswith("/"):
        return with_words(entry, reading)
    if len(reading) < len("/x/") or not reading.endswith("/"):
        raise _wrong(entry.line, f'"{reading:.60}" has no phonemes between two slashes; {_IPA}')
    return with_phonemes(entry, reading[1:-1])


def with_words(entry: Entry, said: str) -> Entry:
    """Return an entry that says words or syllables.  Raises `BadLexicon`."""
    _check_length(entry, said)
    if not any(map(str.isalnum, said)):
        raise _wrong(entry.line, f'there is nothing to say for "{entry.word}"; {_RIGHT}')
    return entry._replace(say=said)


def with_phonemes(entry: Entry, ipa: str) -> Entry:
    """Return an entry that says phonemes.  Raises `BadLexicon`."""
    _check_length(entry, ipa)
    if wrong := _NOT_PHONEMES.search(ipa):
        raise _wrong(entry.line, f"{wrong[0]!r} is no phoneme; {_IPA}")
    if not ipa.strip():
        raise _wrong(entry.line, f'there are no phonemes for "{entry.word}"; {_IPA}')
    return entry._replace(phonemes=ipa.strip())


def _check_length(entry: Entry, reading: str) -> None:
    if len(reading) > MAX_READING:
        raise _wrong(
            entry.line, f'"{entry.word}" is said in {len(reading)} characters; the limit is {MAX_READING}: shorten it'
        )


def _with_options(entry: Entry, options: str) -> Entry:
    for option in filter(None, (each.strip().lower().replace("_", "-") for each in options.split(","))):
        if option == "case":
            entry = entry._replace(is_exact=True)
        elif LANGUAGE_TAG.fullmatch(option) and not entry.language:
            entry = entry._replace(language=option)
        else:
            raise _wrong(
                entry.line,
                f'"{option:.40}" in braces is neither case nor one language; write {{case}}, {{en-gb}} or {{case, de}}',
            )
    return entry


def _wrong(line: int, reason: str) -> BadLexicon:
    return BadLexicon(f"line {line} of the lexicon: {reason}")
