"""Times of the phonemes and words of a chunk, from the durations that Kokoro predicts and the voice in its sound."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from halfgig.media.chunks import SAMPLE_RATE, Phoneme, Word
from halfgig.tts.kokoro.g2p.alphabet import IPA, LENGTHENING, PRIMARY, SILENT, STRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.tts.kokoro.g2p.chunks import PhonemeChunk
    from halfgig.tts.kokoro.pauses import VoiceActivity

FRAMES_PER_SECOND = 40
"""A frame lasts 25 ms."""

LAG_S = 0.06
"""How much later the durations place a phoneme than it is heard, at any speed.

Kokoro learnt durations from an aligner that assigned a frame to a phoneme after hearing it, and the predictors of pitch
and loudness make up for it: the loudness of a vowel rises 50 to 60 ms before its frames, and the sound follows the
loudness within 5 ms. Forced alignment of 800 words by three voices gives 58 to 73 ms (docs/kokoro.md).
"""

SHORTEST_S = 0.005
"""Minimum length of a phoneme."""

WORD_GAP_S = 0.12
"""Minimum gap of the voice that is a pause between two words without a mark; the closure of a stop is shorter."""

_Seconds = tuple[float, float]


class _Sound(NamedTuple):
    symbol: str
    stress: int
    end: float
    """In frames."""
    last: int
    """Index of its last token."""


def phoneme_times(
    chunk: PhonemeChunk, durations: Sequence[int], voice: VoiceActivity
) -> tuple[tuple[Phoneme, ...], tuple[Word, ...]]:
    """Return the phonemes and words of a chunk, with times in seconds from the start of its sound.

    `durations` are the frames of each token, including both pads. Phonemes have no gaps or overlaps from 0 to the end;
    the frames of a space between two words are divided equally, as in Kokoro's own implementation. What precedes and
    follows the voice, or a gap in it at a punctuation mark, is a pause.
    """
    if len(durations) != len(chunk.phonemes) + 2:
        raise ValueError(f"{len(chunk.phonemes)} phonemes and two pads have {len(durations)} durations")
    tokens = f" {chunk.phonemes} "  # the pads are silent
    sounds = _sounds(tokens, list(accumulate(durations)))
    ends = [*_ends(sounds, voice), sum(durations) / FRAMES_PER_SECOND]
    spans = list(pairwise([0.0, *ends]))
    for index, sound in enumerate(sounds[:-1]):
        if sound.symbol and sounds[index + 1].symbol and tokens[sound.last] == " ":
            spans[index : index + 2] = _parted(voice, spans[index], spans[index + 1])
    phonemes = tuple(_phonemes(sounds, spans))
    place = _places(sounds, len(tokens))
    words = (Word(word.text, spans[place[word.first + 1]][0], spans[place[word.end]][1]) for word in chunk.words)
    return phonemes, tuple(words)


def _ends(sounds: Sequence[_Sound], voice: VoiceActivity) -> list[float]:
    """Return the end of each sound but the last, in seconds: durations where the voice goes on, its edges elsewhere."""
    if len(sounds) == 1:
        return []
    first, last = voice.start / SAMPLE_RATE, voice.stop / SAMPLE_RATE
    ends = [sound.end / FRAMES_PER_SECOND - LAG_S for sound in sounds[:-1]]
    ends[0] = first
    if not sounds[-1].symbol:
        ends[-1] = last
    for index in range(1, len(ends) - 1):
        if not sounds[index].symbol:
            before = ends[index - 2] if index > 1 else first
            ends[index - 1 : index + 1] = _gap_near(voice, before, ends[index + 1]) or ends[index - 1 : index + 1]
    shortest = min(SHORTEST_S, (last - first) / (len(ends) + 1))
    for index in range(1, len(ends)):
        ends[index] = max(ends[index], ends[index - 1] + shortest)
    ends[-1] = min(ends[-1], last)
    for index in range(len(ends) - 2, 0, -1):
        ends[index] = min(ends[index], ends[index + 1] - shortest)
    return ends


def _parted(voice: VoiceActivity, last: _Seconds, first: _Seconds) -> tuple[_Seconds, _Seconds]:
    """Return the last phoneme of a word and the first of the next one, apart if the voice pauses without a mark."""
    gap = _gap_near(voice, last[0], first[1])
    if gap is None or gap[1] - gap[0] < WORD_GAP_S or not last[0] < gap[0] < gap[1] < first[1]:
        return last, first
    return (last[0], gap[0]), (gap[1], first[1])


def _phonemes(sounds: Sequence[_Sound], spans: Sequence[_Seconds]) -> Iterator[Phoneme]:
    """Yield the phonemes, with a pause wherever a span does not begin at the end of the one before."""
    now = 0.0
    for sound, (start, end) in zip(sounds, spans, strict=True):
        if start > now:
            yield Phoneme("", now, start)
        yield Phoneme(sound.symbol, start, end, sound.stress)
        now = end


def _gap_near(voice: VoiceActivity, start: float, end: float) -> _Seconds | None:
    """Return the longest gap of the voice whose middle is between two times, in seconds; None if there is none."""
    gaps = [(low / SAMPLE_RATE, high / SAMPLE_RATE) for low, high in voice.gaps]
    near = [(low, high) for low, high in gaps if start < (low + high) / 2 < end]
    return max(near, key=lambda gap: gap[1] - gap[0], default=None)


def _places(sounds: Sequence[_Sound], count: int) -> list[int]:
    """Return the index of the sound of each token."""
    places: list[int] = []
    for index, sound in enumerate(sounds):
        places += [index] * (sound.last + 1 - len(places))
    return places + [len(sounds) - 1] * (count - len(places))


def _sounds(tokens: str, ends: Sequence[int]) -> list[_Sound]:
    sounds: list[_Sound] = []
    stress = 0
    for index, token in enumerate(tokens):
        end = float(ends[index])
        if token in STRESS:  # its frames go to the vowel after it
            stress = 2 if token == PRIMARY else 1
        elif _is_between_words(tokens, index):
            sounds[-1] = sounds[-1]._replace(end=(ends[index - 1] + ends[index]) / 2, last=index)
        elif token in LENGTHENING and sounds and sounds[-1].symbol:
            sounds[-1] = sounds[-1]._replace(symbol=sounds[-1].symbol + token, end=end, last=index)
        elif token in SILENT and sounds and not sounds[-1].symbol:
            sounds[-1] = sounds[-1]._replace(end=end, last=index)
        else:
            symbol = "" if token in SILENT else IPA.get(token, token)
            sounds.append(_Sound(symbol, stress if symbol else 0, end, index))
            stress = 0
    return sounds


def _is_between_words(tokens: str, index: int) -> bool:
    if tokens[index] != " " or index in (0, len(tokens) - 1):
        return False
    return tokens[index - 1] not in SILENT and tokens[index + 1] not in SILENT
