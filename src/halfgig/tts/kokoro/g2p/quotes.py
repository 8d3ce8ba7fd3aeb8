"""Quotation marks and apostrophes of a sentence, told apart.

Normalization makes both silent. Kokoro was trained with “ and ” among its phonemes, as misaki writes every quotation
mark, so they are found again in the written text; an apostrophe at the edge of a word belongs to the word.
"""
# ruff: noqa: RUF001 - quotation marks look like others

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.elisions import may_end_in_apostrophe, may_follow_apostrophe

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPENING, _CLOSING, _STRAIGHT = "“„«‟", "”»", '"'
_SINGLE_OPENING, _SINGLE = "‘‚‹", "'’›"
_SILENT = re.compile(r"[\s.,;:!?…)(\]}{\[*_~—–\-\"'“”„‟«»‘’‚‹›]*")
_SIGNS = re.compile(f"[{_OPENING}{_CLOSING}{_STRAIGHT}{_SINGLE_OPENING}{_SINGLE}]")
_WORD = re.compile(r"[^\W_]+")
_CONTRACTION = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CLOSES_SINGLE = re.compile(r"(?<=[\w.,!?…—])['’](?!\w)")


def quote_marks(written: Sequence[str], is_word: Sequence[bool]) -> dict[int, list[str]]:
    """Return “, ” or an apostrophe for the spans of a sentence that have one.

    `written` are the spans as they were written, `is_word` whether each is spoken as words.
    """
    text, start = "".join(written), 0
    if not _SIGNS.search(text):
        return {}
    found: dict[int, list[str]] = {}
    marks = _Marks(text)
    for index, span in enumerate(written):
        first = _first_silent(span, is_word=is_word[index])
        mine = [mark for step in range(first, len(span)) if (mark := marks.mark(span[step], start + step))]
        if mine:
            found[index] = mine
        start += len(span)
    return found


def _first_silent(span: str, *, is_word: bool) -> int:
    """Return where the punctuation of a span begins: all of it, or what closes a quotation after "5 p.m."."""
    if not is_word:
        return 0 if _SILENT.fullmatch(span) else len(span)
    bare = span.rstrip(_CLOSING + _STRAIGHT)
    return len(span) if bare[-1:].isdigit() else len(bare)


class _Marks:
    """Reads the quotation marks of one sentence from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_open = False
        self._is_single_open = False

    def mark(self, sign: str, at: int) -> str:
        """Return “, ” or "'" for a character of the text; "" if it is nothing of that kind."""
        if sign in _OPENING + _CLOSING + _STRAIGHT:
            return self._double(sign, at)
        if sign in _SINGLE_OPENING + _SINGLE:
            return self._single(sign, at)
        return ""

    def _double(self, sign: str, at: int) -> str:
        before, after = self._text[at - 1 : at] if at else "", self._text[at + 1 : at + 2]
        if sign == _STRAIGHT:
            opens = (not before or before.isspace() or before in "([{—–-‘'") and bool(after) and not after.isspace()
            if not opens and not self._is_open and before.isdigit():  # inches
                return ""
        else:
            closes_german = sign == "“" and bool(before) and not before.isspace() and not after.isalnum()
            opens = sign in _OPENING and not closes_german
        self._is_open = opens
        return "“" if opens else "”"

    def _single(self, sign: str, at: int) -> str:
        before, after = self._text[at - 1 : at] if at else "", self._text[at + 1 : at + 2]
        if not before.isalnum() and (after.isalnum() or (after in '“"' and after)):
            return self._before_word(sign, at)
        if self._is_single_open and not after.isalnum():
            self._is_single_open = False
            return "”"
        word = _WORD.findall(self._text[max(0, at - 20) : at])
        return "'" if before.isalnum() and word and may_end_in_apostrophe(word[-1]) else ""

    def _before_word(self, sign: str, at: int) -> str:
        word = _CONTRACTION.match(self._text, at + 1)
        if word and may_follow_apostrophe(word[0].replace("’", "'")):
            return "'"
        if sign in _SINGLE_OPENING or _CLOSES_SINGLE.search(self._text, at + 1):
            self._is_single_open = True
            return "“"
        return ""
