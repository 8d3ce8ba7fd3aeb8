"""Lexicons in the W3C's Pronunciation Lexicon Specification, XML: the part that says how words are said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.errors import BadLexicon
from halfgig.text.lexicon import LANGUAGE_TAG, Entry, entry_for, with_phonemes, with_words
from halfgig.text.xml_reader import XmlHandlers, XmlReader

if TYPE_CHECKING:
    from collections.abc import Mapping

_INSIDE = {
    "lexicon": "",
    "lexeme": "lexicon",
    "grapheme": "lexeme",
    "phoneme": "lexeme",
    "alias": "lexeme",
    "example": "lexeme",
    "meta": "lexicon",
    "metadata": "lexicon",
}
"""The elements that are read, with the element that each is in."""


def read_pls(document: str) -> list[Entry]:
    """Return the entries of a document.  Raises `BadLexicon`, with the line."""
    return _PlsReader().read(document)


class _PlsReader:
    def __init__(self) -> None:
        self._xml = XmlReader("lexicon", BadLexicon)
        self._open = [""]
        self._entries: list[Entry] = []
        self._language, self._alphabet = "", "ipa"
        self._text = ""
        self._words: list[Entry] = []
        self._alias = ""
        self._phonemes: dict[bool, str] = {}  # by whether it is the preferred one

    def read(self, document: str) -> list[Entry]:
        self._xml.read(document, XmlHandlers(self._start, self._end, self._take))
        return self._entries

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if "metadata" not in self._open and _INSIDE.get(name) != self._open[-1]:
            known = ", ".join(_INSIDE)
            raise self._xml.refusal(f"<{name:.40}> is not supported here; a lexicon has these elements: {known}")
        self._open.append(name)
        self._text = ""
        if name == "lexicon":
            self._language = attributes.get("xml:lang", "").lower()
            if self._language and not LANGUAGE_TAG.fullmatch(self._language):
                raise self._xml.refusal(f'xml:lang="{self._language:.40}" is no language tag; write one such as en-gb')
        elif name == "lexeme":
            self._words, self._alias, self._phonemes = [], "", {}
        self._check_alphabet(name, attributes)
        self._is_preferred = attributes.get("prefer") == "true"

    def _check_alphabet(self, name: str, attributes: Mapping[str, str]) -> None:
        alphabet = attributes.get("alphabet", self._alphabet)
        if name == "lexicon":
            self._alphabet = alphabet
        elif name == "phoneme" and alphabet != "ipa":
            raise self._xml.refusal(f'alphabet="{alphabet:.40}" is not supported; write the phonemes in ipa')

    def _take(self, text: str) -> None:
        self._text += text if self._open[-1] in ("grapheme", "phoneme", "alias") else ""

    def _end(self, name: str) -> None:
        self._open.pop()
        said = " ".join(self._text.split())
        if self._open[-1] != "lexeme":
            if name == "lexeme":
                self._finish()
        elif name == "grapheme":
            self._words.append(entry_for(said, self._xml.line)._replace(is_exact=True, language=self._language))
        elif name == "alias":
            self._alias = self._alias or said
        elif name == "phoneme":
            self._phonemes.setdefault(self._is_preferred, said)

    def _finish(self) -> None:
        if not self._words or not (self._alias or self._phonemes):
            raise self._xml.refusal("a <lexeme> has a <grapheme>, and a <phoneme> or an <alias>; write both")
        for word in self._words:
            entry = with_words(word, self._alias) if self._alias else word
            if self._phonemes:
                entry = with_phonemes(entry, self._phonemes[max(self._phonemes)])
            self._entries.append(entry)
