"""Times of the phonemes and words of a chunk, from the durations that Kokoro predicts."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from halfgig.media.chunks import Phoneme, Word
from halfgig.tts.kokoro.g2p.alphabet import IPA, LENGTHENING, PRIMARY, SILENT, STRESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from halfgig.tts.kokoro.g2p.chunks import PhonemeChunk

FRAMES_PER_SECOND = 40
"""A frame lasts 25 ms."""


class _Sound(NamedTuple):
    symbol: str
    stress: int
    end: float
    """In frames."""
    last: int
    """Index of its last token."""


def phoneme_times(chunk: PhonemeChunk, durations: Sequence[int]) -> tuple[tuple[Phoneme, ...], tuple[Word, ...]]:
    """Return the phonemes and words of a chunk, with times in seconds from its start.

    `durations` are the frames of each token, including both pads. Phonemes have no gaps or overlaps from 0 to the end;
    the frames of a space between two words are divided equally, as in Kokoro's own implementation.
    """
    if len(durations) != len(chunk.phonemes) + 2:
        raise ValueError(f"{len(chunk.phonemes)} phonemes and two pads have {len(durations)} durations")
    tokens = f" {chunk.phonemes} "  # the pads are silent
    sounds = _sounds(tokens, list(accumulate(durations)))
    starts = [0.0, *(sound.end for sound in sounds)]
    spans = [
        (start / FRAMES_PER_SECOND, sound.end / FRAMES_PER_SECOND) for start, sound in zip(starts, sounds, strict=False)
    ]
    phonemes = tuple(Phoneme(sound.symbol, *span, sound.stress) for sound, span in zip(sounds, spans, strict=True))
    place = _places(sounds, len(tokens))
    words = (Word(word.text, spans[place[word.first + 1]][0], spans[place[word.end]][1]) for word in chunk.words)
    return phonemes, tuple(words)


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
