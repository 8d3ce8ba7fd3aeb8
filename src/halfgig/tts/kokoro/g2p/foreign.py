"""Sentences without a dictionary of ours to phonemes, by espeak-ng, a clause at a time."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from halfgig.tts.kokoro.g2p.alphabet import foreign_symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from halfgig.tts.kokoro.g2p.tokens import Token

ESPEAK_VOICES = {"es": "roa/es", "fr": "roa/fr", "hi": "inc/hi", "it": "roa/it", "pt-br": "roa/pt-BR"}
"""The languages Kokoro learnt from espeak-ng's phonemes, and the voice each is read with."""


class Foreign:
    """Pronounce sentences of one language."""

    def __init__(self, espeak: Callable[[str], str], symbols: Callable[[str], str] = foreign_symbols) -> None:
        """Take `espeak`, which gives the IPA of words, parted by spaces, with "^" between the letters of a phoneme.

        `symbols` puts that into Kokoro's alphabet.
        """
        self._espeak = espeak
        self._symbols = symbols

    def phonemes(self, tokens: Sequence[Token]) -> list[str]:
        """Return each token's phonemes; a pause's are the pause, "" for a word that is said with its neighbour."""
        said = [token.text if token.is_pause else token.given for token in tokens]
        for run in _runs(tokens):
            words = [tokens[index].text for index in run]
            together = self._symbols(self._espeak(" ".join(words))).split()
            for index, phonemes in zip(run, self._shared_out(words, together), strict=True):
                said[index] = phonemes
        return said

    def _shared_out(self, words: Sequence[str], together: Sequence[str]) -> list[str]:
        if len(words) == len(together):
            return list(together)
        # "23" becomes three words and "est-ce que" two from three: only then is each word asked for alone.
        return shared_out([self._symbols(self._espeak(word)).split() for word in words], together)


def _runs(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Yield the words between two pauses, for words change their sound beside others."""
    run: list[int] = []
    for index, token in enumerate(tokens):
        if token.is_pause or token.given:
            yield from [run] if run else []
            run = []
        else:
            run.append(index)
    yield from [run] if run else []


def shared_out(alone: Sequence[Sequence[str]], together: Sequence[str]) -> list[str]:
    """Return which of the words spoken together belong to which written word, by how each sounds alone."""
    if sum(map(len, alone)) == len(together):
        ends = list(accumulate(map(len, alone)))
        return [" ".join(together[end - len(one) : end]) for one, end in zip(alone, ends, strict=True)]
    owners = _owners(["".join(one) for one in alone], together)
    return [
        " ".join(word for word, owner in zip(together, owners, strict=True) if owner == index)
        for index in range(len(alone))
    ]


def _owners(alone: Sequence[str], together: Sequence[str]) -> list[int]:
    """Return each spoken word to the written one most of whose letters it shares; none goes back."""
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
