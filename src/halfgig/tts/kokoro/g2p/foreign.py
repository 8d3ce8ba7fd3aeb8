"""Sentences to phonemes by espeak-ng, one clause at a time, for languages without a dictionary."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.alphabet import foreign_symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from halfgig.tts.kokoro.g2p.tokens import Token

ESPEAK_VOICES = {"es": "roa/es", "fr": "roa/fr", "hi": "inc/hi", "it": "roa/it", "pt-br": "roa/pt-BR"}
"""Languages that Kokoro was trained on with espeak-ng's phonemes, and the espeak voice for each."""


class Foreign:
    """Pronouncer of one language through espeak-ng."""

    def __init__(self, espeak: Callable[[str], str], symbols: Callable[[str], str] = foreign_symbols) -> None:
        """`espeak` returns the IPA of words, separated by spaces, with "^" between the letters of a phoneme.

        `symbols` converts it to Kokoro's alphabet.
        """
        self._espeak = espeak
        self._symbols = symbols

    def phonemes(self, tokens: Sequence[Token]) -> list[str]:
        """Return the phonemes of each token; a pause stands for itself, "" is a word spoken with its neighbour."""
        said = [token.text if token.is_mark else token.given for token in tokens]
        for run in _runs(tokens):
            words = [tokens[index].text for index in run]
            together = self._symbols(self._espeak(" ".join(words))).split()
            for index, phonemes in zip(run, self._align(words, together), strict=True):
                said[index] = phonemes
        return said

    def _align(self, words: Sequence[str], together: Sequence[str]) -> list[str]:
        if len(words) == len(together):
            return list(together)
        # "23" becomes three words, and the three of "est-ce que" become two: only then phonemise each word alone.
        return align_words([self._symbols(self._espeak(word)).split() for word in words], together)


def _runs(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Yield the runs of words between pauses; words sound different next to others."""
    run: list[int] = []
    for index, token in enumerate(tokens):
        if token.is_mark or token.given:
            yield from [run] if run else []
            run = []
        else:
            run.append(index)
    yield from [run] if run else []


def align_words(alone: Sequence[Sequence[str]], together: Sequence[str]) -> list[str]:
    """Align jointly phonemised words with the written words, by phonemising each word on its own."""
    if sum(map(len, alone)) == len(together):
        ends = list(accumulate(map(len, alone)))
        return [" ".join(together[end - len(one) : end]) for one, end in zip(alone, ends, strict=True)]
    owners = _owners(["".join(one) for one in alone], together)
    return [
        " ".join(word for word, owner in zip(together, owners, strict=True) if owner == index)
        for index in range(len(alone))
    ]


def _owners(alone: Sequence[str], together: Sequence[str]) -> list[int]:
    """Return, for each spoken word, the written word with which it shares most letters, in monotonic order."""
    owner_of = [index for index, one in enumerate(alone) for _ in one]
    joined = "".join(together)
    matched: dict[int, int] = {}
    for a, b, size in SequenceMatcher(None, "".join(alone), joined, autojunk=False).get_matching_blocks():
        matched.update((b + step, owner_of[a + step]) for step in range(size))
    owners, position, latest = list[int](), 0, 0
    for word in together:
        votes = [matched[place] for place in range(position, position + len(word)) if place in matched]
        latest = max(latest, max(set(votes), key=votes.count)) if votes else latest
        owners.append(latest)
        position += len(word)
    return owners
