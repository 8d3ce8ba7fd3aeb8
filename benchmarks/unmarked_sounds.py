"""Sounds without a mark, of many kinds, for counting false alarms; sound number N is always the same."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import halfgig
from halfgig.media.chunks import SAMPLE_RATE
from halfgig.media.sound_decode import read_sound
from halfgig.origin.sound_detect import WINDOW_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Sound = NDArray[np.int16]
    Floats = NDArray[np.float64]

SENTENCES = (Path(__file__).parents[1] / "tests" / "reference" / "sentences.txt").read_text(encoding="utf-8")
SIZE = round(WINDOW_S * SAMPLE_RATE)


class Sounds:
    """Sounds computed from speeches: espeak-ng in many languages, and files that are given."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._read = [_longer(np.frombuffer(b"".join(read_sound(path)), "<i2")) for path in files]
        self._spoken = [_longer(speech) for speech in _espeak_speeches()]

    def sound(self, number: int) -> tuple[str, Sound]:
        """Return the kind of a sound and its samples, as many as a verification examines together."""
        chance, noise = random.Random(number), np.random.default_rng(number)
        kinds: dict[str, Callable[[random.Random, np.random.Generator], Floats]] = {
            "espeak-ng": lambda chance, _: _part(chance, chance.choice(self._spoken)),
            "Kokoro and recordings": lambda chance, _: _part(chance, chance.choice(self._read or self._spoken)),
            "voices together": lambda chance, _: sum(
                (_part(chance, chance.choice(self._spoken)) for _ in range(chance.randrange(2, 6))), np.zeros(SIZE)
            ),
            "music": _music,
            "noise that swells": _swelling,
            "beats": _beats,
            "speech over music": lambda chance, noise: (
                _part(chance, chance.choice(self._spoken)) + chance.uniform(0.05, 0.6) * _music(chance, noise)
            ),
            "speech in noise": lambda chance, noise: (
                _part(chance, chance.choice(self._read or self._spoken))
                + chance.uniform(0.05, 0.6) * _swelling(chance, noise)
            ),
        }
        kind = list(kinds)[number % len(kinds)]
        return kind, np.clip(kinds[kind](chance, noise), -32768, 32767).astype(np.int16)


def _espeak_speeches() -> Iterator[Sound]:
    """Yield a speech of every third language that espeak-ng has."""
    lines = itertools.cycle(line for line in SENTENCES.splitlines() if 30 < len(line) < 120)
    for voice in halfgig.voices()[::3]:
        if voice.engine == "espeak":
            text = " ".join(itertools.islice(lines, 5))
            yield np.frombuffer(b"".join(chunk.pcm for chunk in halfgig.speak(text, voice=voice.name)), "<i2")


def _longer(speech: Sound) -> Sound:
    """Return a speech, repeated as often as a window at the highest speed needs."""
    return np.tile(speech, 1 + int(1.5 * SIZE) // max(1, len(speech)))


def _part(chance: random.Random, speech: Sound) -> Floats:
    """Return a part of a speech at any speed, as loud as any."""
    speed = chance.uniform(0.7, 1.4)
    start = chance.randrange(len(speech) - int(speed * SIZE) - 1)
    places = start + np.arange(SIZE) * speed
    return np.asarray(np.interp(places, np.arange(len(speech)), speech) * 10 ** chance.uniform(-1, 0.2))


def _music(chance: random.Random, noise: np.random.Generator) -> Floats:
    """Return tones of a scale with overtones, in a beat; some chips long, as the mark's are."""
    beat_s = chance.choice((0.04, 0.08, chance.uniform(0.1, 0.8)))
    time_s = np.arange(SIZE) / SAMPLE_RATE
    number = (time_s / beat_s).astype(int)
    music = np.zeros(SIZE)
    for _ in range(chance.randrange(1, 5)):
        steps = noise.integers(-12, 24, number[-1] + 1)
        if chance.random() < 0.3:  # the same bar again and again
            steps = np.tile(steps[: chance.randrange(2, 17)], len(steps))[: len(steps)]
        phase = 2 * np.pi * np.cumsum(220 * 2 ** (steps[number] / 12)) / SAMPLE_RATE
        fall = np.exp(-(time_s % beat_s) * chance.uniform(0.5, 12))
        music += fall * sum(np.sin(overtone * phase) / overtone ** chance.uniform(0.3, 2) for overtone in range(1, 9))
    return 5000 * music


def _swelling(chance: random.Random, noise: np.random.Generator) -> Floats:
    """Return noise of any colour that swells and falls, in some bands of its own."""
    spectrum = np.fft.rfft(noise.normal(size=SIZE))
    frequency = np.arange(len(spectrum)) / WINDOW_S + 20
    shape = frequency ** chance.uniform(-1, 0.3)
    bands = noise.choice((0.2, 1.0), size=80)
    shape = shape * bands[(frequency / chance.uniform(160, 900)).astype(int) % 80]
    hiss = np.fft.irfft(spectrum * shape, SIZE)
    swell = 1 + chance.random() * np.sin(2 * np.pi * chance.uniform(0.2, 12.5) * np.arange(SIZE) / SAMPLE_RATE)
    return np.asarray(3000 * hiss / hiss.std() * swell)


def _beats(chance: random.Random, noise: np.random.Generator) -> Floats:
    """Return drums and clicks."""
    time_s = np.arange(SIZE) / SAMPLE_RATE
    drums = np.zeros(SIZE)
    for _ in range(3):
        fall = np.exp(-(time_s % chance.uniform(0.04, 0.9)) * chance.uniform(5, 60))
        drums += fall * (
            noise.normal(scale=6000, size=SIZE) + 6000 * np.sin(2 * np.pi * chance.uniform(50, 900) * time_s)
        )
    return drums
