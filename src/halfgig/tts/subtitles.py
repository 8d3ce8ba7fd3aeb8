"""WebVTT and SubRip subtitles from word times, written as the words arrive."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import UnknownFormat
from halfgig.media.chunks import Word
from halfgig.storage.atomic_write import atomic_write
from halfgig.text.pattern import Pattern
from halfgig.text.short_forms import ends_with_short_form

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from halfgig.media.chunks import Chunk

FORMATS = (".vtt", ".srt")
"""File extensions that can be written."""

LINE, LINES = 42, 2
"""Characters per line and lines per cue, usual limits for readable subtitles."""

LONGEST_S, SHORTEST_S = 7.0, 1.0
"""Maximum length of a cue, and minimum length unless the next cue starts earlier, in seconds."""

GAP_S = 0.6
"""Silence after which a new cue begins, in seconds."""

_ENDS, _CLAUSES = ".!?…。！？", ",;:—、，"  # noqa: RUF001 - Chinese and Japanese punctuation


_OPENERS = tuple("\"'\u201c\u2018(\u00ab\u00bf\u00a1\u300c\u300e-\u20ac$")
_SPACELESS = Pattern(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_MARKUP = Pattern(r"\]\(/[^/]*/\)|\[pause:[^\]]*\]")
_LETTER = Pattern(r"[^\W_]")
_HIDDEN = Pattern(r"[\[\]*_`#<>|~{}\\]+")


class Cue(NamedTuple):
    """One subtitle."""

    start: float
    """Seconds from the start of the speech."""
    end: float
    """Seconds from the start of the speech."""
    lines: tuple[str, ...]
    """One or two lines of at most `LINE` characters, unless a single word is longer."""
    speaker: str = ""
    """Who says it, in a text for several voices; else ""."""


def cues_of(words: Iterable[Word]) -> Iterator[Cue]:
    """Group words into cues of at most two lines and seven seconds that preferably end at punctuation.

    Words must be in time order; in a script without spaces a word may be a whole clause.
    """
    waiting: Cue | None = None
    for group in _groups(words):
        end, lines = max(group[-1].end, group[0].start), _wrapped([word.text for word in group])
        cue = Cue(group[0].start, end, lines, group[0].speaker)
        if waiting:
            yield _extended(waiting, cue.start)
        waiting = cue
    if waiting:
        yield _extended(waiting, None)


def _extended(cue: Cue, following: float | None) -> Cue:
    """Extend a short cue until it can be read, but not into the next one."""
    end = max(cue.end, cue.start + SHORTEST_S)
    return cue._replace(end=end if following is None else min(end, max(following, cue.start)))


def _groups(words: Iterable[Word]) -> Iterator[list[Word]]:
    held: list[Word] = []
    for shown in words:
        is_apart = held and (shown.start - held[-1].end > GAP_S or shown.speaker != held[-1].speaker)
        if is_apart or (held and _ends_sentence(held, shown)):
            yield held
            held = []
        while held and not _fits([*held, shown]):
            cut = _best_cut(held, shown)
            yield held[:cut]
            held = held[cut:]
        held.append(shown)
    if held:
        yield held


def _ends_sentence(held: Sequence[Word], following: Word) -> bool:
    # A very short sentence shares a cue with the next: "No. I will not."
    return _is_stop(held[-1].text, following.text) and held[-1].end - held[0].start >= SHORTEST_S


def _is_stop(word: str, following: str) -> bool:
    """Return whether a sentence ends with a word; "Dr." and "Jan." end none before a name or a number."""
    return word.endswith(tuple(_ENDS)) and not ends_with_short_form(word, following)


def _fits(words: Sequence[Word]) -> bool:
    lines = _wrapped([word.text for word in words])
    is_short = len(lines) <= LINES and all(len(line) <= LINE for line in lines)
    return is_short and words[-1].end - words[0].start <= LONGEST_S


def _best_cut(held: Sequence[Word], following: Word) -> int:
    """Return the number of words of the next cue: up to the last punctuation in the second half, else all."""
    texts = [word.text for word in (*held, following)]
    stops = [index for index in range(len(held)) if _is_stop(texts[index], texts[index + 1])]
    clauses = [index for index, text in enumerate(texts[:-1]) if text.endswith(tuple(_CLAUSES))]
    for places in (stops, clauses):
        if places and (places[-1] + 1) * 2 >= len(held):
            return places[-1] + 1
    last = len(held)
    while last > 1 and ends_with_short_form(texts[last - 1], texts[last]):
        last -= 1  # a title stays with its name
    return last


def _wrapped(texts: Sequence[str]) -> tuple[str, ...]:
    """Wrap words into one line, or into two of similar length."""
    whole = _joined(texts)
    if len(whole) <= LINE:
        return (whole,)
    if len(texts) == 1:
        return tuple(_pieces(whole))
    halves = ((_joined(texts[:cut]), _joined(texts[cut:])) for cut in range(1, len(texts)))
    return min(halves, key=lambda pair: (max(map(len, pair)) > LINE, abs(len(pair[0]) - len(pair[1]))))


def _joined(texts: Sequence[str]) -> str:
    """Join words with spaces, except in scripts without spaces and after a hyphen or a slash."""
    row = ""
    for text in texts:
        plain = " ".join(text.split())
        touches = row.endswith(("-", "/")) or (_SPACELESS.match(row[-1:]) and _SPACELESS.match(plain))
        row += plain if not row or touches else f" {plain}"
    return row


def _pieces(text: str) -> Iterator[str]:
    """Break a single long word into lines; the last line contains the rest."""
    for number in range(LINES - 1):
        yield text[number * LINE : (number + 1) * LINE]
    yield text[(LINES - 1) * LINE :]


def words_of(chunk: Chunk, begin: float = 0.0) -> tuple[Word, ...]:
    """Return the words of a chunk with punctuation and speaker, later by `begin`, the chunk's start in seconds."""
    shown = with_punctuation(chunk.words, chunk.text)
    return tuple(Word(word.text, begin + word.start, begin + word.end, chunk.speaker) for word in shown)


def with_punctuation(words: Iterable[Word], text: str) -> list[Word]:
    """Return the words of a chunk with the punctuation around them in its text."""
    shown: list[Word] = []
    before, position = "", 0
    for word in words:
        place = text.find(word.text, position)
        if place >= 0:
            closing, opening = _around(text[position:place])
            if shown:
                shown[-1] = replace(shown[-1], text=shown[-1].text + closing)
            before, position = opening if shown else closing.strip() + opening, place + len(word.text)
        shown.append(replace(word, text=before + word.text))
        before = ""
    if shown:
        shown[-1] = replace(shown[-1], text=shown[-1].text + _around(text[position:] + " ")[0])
    return shown


def _around(between: str) -> tuple[str, str]:
    """Split the text between two words into the part after the first and the part before the second.

    Text that contains letters is not spoken and belongs to neither.
    """
    head, *others = re.split(r"\s+", _HIDDEN.sub("", _MARKUP.sub("", between)))
    opening = others.pop() if others and others[-1][:1] in _OPENERS else ""
    closing = " ".join(mark for mark in (head, *others) if mark)
    is_apart = closing and not head
    return ("", "") if _LETTER.search(closing + opening) else (" " * bool(is_apart) + closing, opening)


def checked_path(path: Path) -> Path:
    """Return the path if its extension is one of `FORMATS`. Raises `UnknownFormat`."""
    if path.suffix.lower() not in FORMATS:
        raise UnknownFormat(f'subtitles cannot be written to "{path.name}"; name it with {" or ".join(FORMATS)}')
    return path


def write_subtitles(words: Iterable[Word], path: Path, name: Path | None = None) -> int:
    """Write subtitles to a .vtt or .srt file and return the number of cues.

    The file is written atomically. `name` is its final name, if `path` is temporary. Raises `UnknownFormat` for any
    other extension.
    """
    ending = checked_path(name or path).suffix.lower()
    numbers = count(1)
    written, speaker = 0, ""
    with atomic_write(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write("WEBVTT\n\n" if ending == ".vtt" else "")
        for number, cue in zip(numbers, cues_of(words), strict=False):
            file.write(_vtt(cue) if ending == ".vtt" else f"{number}\n{_srt(cue, is_new=cue.speaker != speaker)}")
            written, speaker = number, cue.speaker
    return written


def _vtt(cue: Cue) -> str:
    text = _escaped("\n".join(cue.lines))
    if cue.speaker:
        text = f"<v {_escaped(cue.speaker)}>{text}"
    return f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{text}\n\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _srt(cue: Cue, *, is_new: bool) -> str:
    """Return a cue; the format has no speakers, so that their names stand before what they say first."""
    said = "\n".join(cue.lines)
    text = (f"{cue.speaker}: {said}" if cue.speaker and is_new else said).replace("-->", "->")
    return f"{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{text}\n\n"


def _clock(seconds: float, mark: str) -> str:
    thousandths = round(max(0.0, seconds) * 1000)
    hours, thousandths = divmod(thousandths, 3_600_000)
    minutes, thousandths = divmod(thousandths, 60_000)
    return f"{hours:02}:{minutes:02}:{thousandths // 1000:02}{mark}{thousandths % 1000:03}"
