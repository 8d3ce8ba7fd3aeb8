"""Convert espeak-ng's events to phonemes without gaps and to the written words, with times."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from halfgig.media.chunks import Phoneme, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from halfgig.text.sentences import Span
    from halfgig.tts.espeak.library import SynthEvent

_PRIMARY, _SECONDARY = "\N{MODIFIER LETTER VERTICAL LINE}", "\N{MODIFIER LETTER LOW VERTICAL LINE}"

# Some phonemes have no IPA in espeak-ng's tables and appear under ASCII names: "tS", "i:", "n#", "s.".
_PLAIN_IPA = str.maketrans(
    {
        ":": "\N{MODIFIER LETTER TRIANGULAR COLON}",
        "S": "\N{LATIN SMALL LETTER ESH}",
        "Z": "\N{LATIN SMALL LETTER EZH}",
        "A": "\N{LATIN SMALL LETTER ALPHA}",
        **dict.fromkeys("#.[^`" + _PRIMARY + _SECONDARY),
    }
)

_LANGUAGE_SWITCH = "("  # "(en)": espeak-ng switches to another language

# In scripts without spaces a word is one character, unless espeak-ng reports several as one.
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")

_SPOKEN_MARKS = frozenset("%‰#@&")


class TimedPhoneme(NamedTuple):
    """A phoneme and its time in samples."""

    symbol: str
    """IPA without stress marks; "" for a pause."""
    stress: int
    """2 with primary stress, 1 with secondary, 0 without."""
    start: int
    """Samples from the start of the sentence."""
    end: int
    """Samples from the start of the sentence."""


class _Token(NamedTuple):
    at: int
    """Start in the spoken sentence, in characters."""
    start: int
    """Start in the written sentence, in characters."""
    end: int
    """End in the written sentence, in characters."""


def timed_phonemes(events: Sequence[SynthEvent], total: int) -> list[TimedPhoneme]:
    """Return phonemes without gaps from 0 to `total` samples.

    Pauses inside words are removed: a glottal stop is added to the vowel after it, a voiceless vowel to the phoneme
    before it.
    """
    marks = [(0, "", 0), *_marks(events)]
    timed: list[TimedPhoneme] = []
    now = 0
    for (_, symbol, stress), (following, _, _) in pairwise([*marks, (total, "", 0)]):
        start, now = now, min(max(now, following), total)
        if timed and not symbol and not timed[-1].symbol:
            timed[-1] = timed[-1]._replace(end=now)
        elif now > start:
            timed.append(TimedPhoneme(symbol, stress, start, now))
    return timed


def phonemes_of(timed: Iterable[TimedPhoneme], rate: float, seconds: float) -> tuple[Phoneme, ...]:
    """Return phonemes with times in seconds and a final pause up to `seconds`; `rate` is in Hz."""
    phonemes = [Phoneme(symbol, start / rate, end / rate, stress) for symbol, stress, start, end in timed]
    spoken = 0.0
    if phonemes and not phonemes[-1].symbol:
        spoken = phonemes.pop().start
    elif phonemes:
        spoken = phonemes[-1].end
    if spoken < seconds:
        phonemes.append(Phoneme("", spoken, seconds))
    return tuple(phonemes)


def words_of(
    events: Sequence[SynthEvent], timed: Sequence[TimedPhoneme], spans: Sequence[Span], rate: float
) -> tuple[Word, ...]:
    """Return the written words, each from the start of its first phoneme to the end of its last, in seconds."""
    written = "".join(span.written for span in spans)
    tokens = list(_tokens(spans))
    starts = list(_word_starts(events, tokens))
    words = []
    for (token, start), (after, until) in pairwise([*starts, (len(tokens), timed[-1].end if timed else 0)]):
        inside = [each for each in timed if each.symbol and start <= each.start < until]
        if inside:
            # A word that espeak-ng joins to the one before ("of the") has no event; the text then contains both.
            text = written[tokens[token].start : tokens[after - 1].end]
            words.append(Word(text, inside[0].start / rate, inside[-1].end / rate))
    return tuple(words)


def _marks(events: Iterable[SynthEvent]) -> Iterator[tuple[int, str, int]]:
    words: list[list[tuple[int, str]]] = [[]]
    for event in events:
        if event.symbol is None:
            words.append([])
        elif not event.symbol.startswith(_LANGUAGE_SWITCH):
            words[-1].append((event.sample, event.symbol))
    for word in words:
        yield from _word_marks(word)


def _word_marks(word: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, int]]:
    start: int | None = None
    for index, (sample, symbol) in enumerate(word):
        if not symbol and _is_lone(word, index):
            start = sample if index == 0 else None
            continue
        stress = 2 if _PRIMARY in symbol else 1 if _SECONDARY in symbol else 0
        yield (sample if start is None else start), _plain_ipa(symbol), stress
        start = None


def _plain_ipa(symbol: str) -> str:
    plain = symbol.translate(_PLAIN_IPA)
    # Mandarin's aspirated stops appear as "th", "kh".
    return plain[:-1] + "\N{MODIFIER LETTER SMALL H}" if len(plain) > 1 and plain.endswith("h") else plain


def _is_lone(word: Sequence[tuple[int, str]], index: int) -> bool:
    before = index == 0 or word[index - 1][1]
    after = index + 1 < len(word) and word[index + 1][1]
    return bool(before and after)


def _word_starts(events: Iterable[SynthEvent], tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    positions = [token.at for token in tokens]
    current, now = -1, 0
    for event in events:
        if event.symbol is None and tokens:
            token = max(bisect_right(positions, event.position) - 1, 0)
            now = max(now, event.sample)
            if token > current:
                yield (0 if current < 0 else token), now
                current = token


def _tokens(spans: Iterable[Span]) -> Iterator[_Token]:
    spoken = written = 0
    for span in spans:
        if span.spoken == span.written:
            for match in _TOKEN.finditer(span.written):
                first, last = _bare(match.group())
                if first < last:
                    start = match.start() + first
                    yield _Token(spoken + start, written + start, written + match.start() + last)
        elif any(map(str.isalnum, span.spoken)) and (text := span.written.strip()):
            start = written + span.written.index(text)
            yield _Token(spoken, start, start + len(text))
        spoken += len(span.spoken)
        written += len(span.written)


def _bare(token: str) -> tuple[int, int]:
    first, last = 0, len(token)
    while first < last and _is_punctuation(token[first]):
        first += 1
    while last > first and _is_punctuation(token[last - 1]):
        last -= 1
    return first, last


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P") and character not in _SPOKEN_MARKS
