"""A second speech engine without a network, of its own folder: it says each word as a beep.

Imported by PLUGINS=tests.plugins.beeps, it registers itself; nothing in the package names it.
"""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

import halfgig.tts.registry as engines
from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.throughput import Throughput
from halfgig.errors import BadSetting, UnknownVoice
from halfgig.media.chunks import SAMPLE_RATE, Chunk, Phoneme, Word
from halfgig.media.provenance import ALGORITHMIC
from halfgig.tts.base import EngineSpec, Voice

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from halfgig.text.sentences import Sentence

WORD_S = 0.25
BEEP = Voice("beep", "en-us", "a machine that beeps", "beeps")


class Beeper:
    """Speaks a word as a beep of a quarter of a second and a pause of the same length."""

    name = "beeps"
    version = "1"

    def voices(self) -> Sequence[Voice]:
        """Return the one voice."""
        return [BEEP]

    def find_voice(self, name: str) -> Voice:
        """Return the one voice.  Raises `UnknownVoice`."""
        if name != BEEP.name:
            raise UnknownVoice(f'no voice is named "{name}"; there is "{BEEP.name}"')
        return BEEP

    def in_language(self, voice: Voice, language: str) -> Voice:
        """Raise `BadSetting`: beeps have no language."""
        raise BadSetting(f'the voice "{voice.name}" does not speak "{language}"; it beeps')

    def check_phonemes(self, phonemes: str) -> None:
        """Raise `BadSetting`: beeps have no phonemes."""
        raise BadSetting(f"{phonemes!r} cannot be beeped; leave phonemes out")

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:  # noqa: ARG002
        """Yield the sentence as one chunk."""
        samples, pcm, words, phonemes = round(SAMPLE_RATE * WORD_S / speed), array("h"), [], []
        seconds = samples / SAMPLE_RATE
        for number, text in enumerate(sentence.written.split()):
            pcm.extend(round(8000 * math.sin(2 * math.pi * 440 * n / SAMPLE_RATE)) for n in range(samples))
            pcm.extend([0] * samples)
            start = 2 * number * seconds
            words.append(Word(text, start, start + seconds))
            phonemes += [Phoneme("a", start, start + seconds), Phoneme("", start + seconds, start + 2 * seconds)]
        yield Chunk(pcm.tobytes(), tuple(phonemes), tuple(words), sentence.written)


def make(_folder: Path | None) -> Beeper:
    """Make the engine."""
    return Beeper()


def claims(name: str, _parts: Container[str] | None) -> bool:
    """Return whether the one voice is asked for."""
    return name == BEEP.name


def nothing(_parts: Container[str] | None) -> str:
    """Return no voice: another engine's speaks by default."""
    return ""


def parts_of(_name: str) -> tuple[str, ...]:
    """Return nothing: there is no model."""
    return ()


def listed(_parts: Container[str]) -> list[Voice]:
    """Return nothing: the engine lists its voices itself."""
    return []


COST = StageCost("beeps", "beeps", "speaking beeps", 20, 64)
engines.register(
    EngineSpec("beeps", "beeps", COST, Throughput(0.1, 0.01, 1), ALGORITHMIC, make, claims, nothing, parts_of, listed)
)
