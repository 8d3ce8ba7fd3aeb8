"""espeak-ng as a speech engine: 138 languages and accents, robotic but instant, in 15 MB."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from halfgig.errors import BadSetting
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE, Chunk
from halfgig.media.resample import resampled
from halfgig.text.spoken_form import SYLLABLE_MARK
from halfgig.tts.base import Voice
from halfgig.tts.espeak.library import NOMINAL_WPM, RATE_WPM, EspeakLibrary, NativeVoice, espeak_library
from halfgig.tts.espeak.scripts import script_runs
from halfgig.tts.espeak.timing import phonemes_of, timed_phonemes, words_of
from halfgig.tts.voices import OPENAI_NAMES, checked_speed, find_voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.text.sentences import Sentence
    from halfgig.tts.espeak.library import SynthEvent

_RESPELT = re.compile(rf"\w+(?:{SYLLABLE_MARK}\w+)+")

# The wheel has no dictionaries for these languages; xextan is a test.
_WITHOUT_DICTIONARY = frozenset({"fo", "kaa", "xex"})


class EspeakEngine:
    """Speech engine with espeak-ng; a chunk is a whole sentence."""

    name = "espeak"

    def __init__(self, library: EspeakLibrary | None = None) -> None:
        self._library = library or espeak_library()
        self.version = self._library.version

    def voices(self) -> Sequence[Voice]:
        """Return a voice for each language and accent, and the OpenAI names, sorted by name."""
        return self._voices

    def find_voice(self, name: str) -> Voice:
        """Return the voice with a name. Raises `UnknownVoice`, which lists similar names."""
        return find_voice(name, self.voices())

    def in_language(self, voice: Voice, language: str) -> Voice:
        """Return the voice of another language, with the same variant. Raises `UnknownVoice`."""
        plain = OPENAI_NAMES.get(voice.name, voice.name)
        _, plus, variant = plain.partition("+")
        return self.find_voice(language + plus + variant)

    def check_phonemes(self, phonemes: str) -> None:
        """Raise `BadSetting`: espeak-ng has letters of its own for phonemes, other ones in each language."""
        raise BadSetting(f'"{phonemes:.60}" is IPA, which espeak-ng does not read; write syllables, as koo-ber-NET-eez')

    @functools.cached_property
    def _voices(self) -> list[Voice]:
        own = {name: Voice(name, name, native.description, self.name) for name, native in self._native_voices.items()}
        others = [_alias(name, find_voice(target, list(own.values()))) for name, target in OPENAI_NAMES.items()]
        return sorted([*own.values(), *others], key=lambda voice: voice.name)

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the sentence as one chunk, including the pause after it.

        `speed` is a factor from 0.25 to 4, accurate to 10 %. espeak-ng itself supports 0.46 to 2.57; beyond that the
        sound is time-stretched.
        """
        wpm, stretch = pace(checked_speed(speed))
        yield self._chunk(sentence, self._native_name(voice), wpm, stretch)

    def _chunk(self, sentence: Sentence, native_name: str, wpm: int, stretch: float) -> Chunk:
        sound = bytearray()
        events = list(self._events(sentence, native_name, wpm, sound))
        stretched = bytes(sound) if stretch == 1 else self._library.stretched(bytes(sound), stretch)
        pcm = resampled(stretched, self._library.sample_rate, SAMPLE_RATE)
        silence = bytes(BYTES_PER_SAMPLE * round(sentence.pause_s * SAMPLE_RATE))
        chunk = Chunk(pcm + silence, text=sentence.written)
        if not pcm:
            return chunk
        samples = len(sound) // BYTES_PER_SAMPLE
        timed = timed_phonemes(events, samples)
        rate = samples / Chunk(pcm).seconds
        words = words_of(events, timed, sentence.spans, rate)
        return replace(chunk, phonemes=phonemes_of(timed, rate, chunk.seconds), words=words)

    def _events(self, sentence: Sentence, native_name: str, wpm: int, sound: bytearray) -> Iterator[SynthEvent]:
        """Speak a sentence, other scripts by the voices of their languages; append its samples to `sound`."""
        runs = list(script_runs(speakable(sentence.spoken), native_name))
        for run in runs:
            start = len(sound) // BYTES_PER_SAMPLE
            events = self._library.synthesise(
                run.text, run.voice, wpm, sound.extend, ends=run is runs[-1] and not sentence.is_open
            )
            for event in events:
                yield event._replace(sample=event.sample + start, position=event.position + run.start)

    @functools.cached_property
    def _native_voices(self) -> dict[str, NativeVoice]:
        natives = {_name(native): native for native in self._library.voices()}
        return {name: native for name, native in natives.items() if name not in _WITHOUT_DICTIONARY}

    def _native_name(self, voice: Voice) -> str:
        name = find_voice(voice.name, self.voices()).name
        base, plus, variant = OPENAI_NAMES.get(name, name).partition("+")
        return self._native_voices[base].identifier + plus + variant


def pace(speed: float) -> tuple[int, float]:
    """Return espeak-ng's words per minute for a speed factor, and the factor by which to stretch its sound."""
    slowest, fastest = RATE_WPM
    wanted = NOMINAL_WPM * speed
    wpm = min(max(round(wanted), slowest), fastest)
    return wpm, (wpm / wanted if not slowest <= wanted <= fastest else 1.0)


def speakable(text: str) -> str:
    """Replace control characters and surrogates with spaces, and join respelt syllables; positions are unchanged."""
    text = _RESPELT.sub(lambda match: match[0].lower().replace(SYLLABLE_MARK, "-"), text)
    return "".join(" " if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)


def _name(native: NativeVoice) -> str:
    # The file name is the shortest tag ("fr" for "fr-fr"), but for British English it is just "en".
    tail = native.identifier.rpartition("/")[2].lower()
    return native.language if tail == "en" else tail


def _alias(name: str, voice: Voice) -> Voice:
    return Voice(name, voice.language, f"{voice.description}: {voice.name}", voice.engine)
