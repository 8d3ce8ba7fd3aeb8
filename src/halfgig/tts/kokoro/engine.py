"""Kokoro as a speech engine: sentences in, sound in pieces of about half a second out, with phoneme and word times."""

from __future__ import annotations

import zlib
from dataclasses import replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import BadSetting, ModelMissing
from halfgig.media.chunks import SAMPLE_RATE, Chunk, Phoneme, Word
from halfgig.tts.kokoro.g2p.alphabet import ids_of, unknown_symbol
from halfgig.tts.kokoro.pauses import cut, pause_after, silence_s, voice_activity
from halfgig.tts.kokoro.timing import phoneme_times
from halfgig.tts.kokoro.vocabulary import read_vocabulary
from halfgig.tts.kokoro.voices import ENGINE, parse_mix, resolve_voice, style_row, voices_among

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.text.sentences import Sentence
    from halfgig.tts.base import Voice
    from halfgig.tts.kokoro.g2p.chunks import PhonemeChunk
    from halfgig.tts.kokoro.g2p.front_end import FrontEnd
    from halfgig.tts.kokoro.networks.model import Kokoro

    Floats = NDArray[np.float32]

PIECE = SAMPLE_RATE // 2
"""Samples in a piece of sound."""

FULL_SCALE = 32767

PLAIN_PHONEMES = 150
"""Maximum phonemes in one pass at speed 1, about 11 s of sound; bounds the memory."""


class KokoroEngine:
    """Speech engine with the Kokoro installed in `folder`; only cells load it.

    `threads` and `budget_mb` (private memory) limit the networks; tensors that do not fit go to files in `spill_dir`.
    The sound of a sentence does not depend on earlier sentences.
    """

    name = "kokoro"

    def __init__(self, folder: Path, threads: int, budget_mb: int, spill_dir: Path | None = None) -> None:
        from halfgig.tts.kokoro.g2p.front_end import FrontEnd
        from halfgig.tts.kokoro.networks.model import Kokoro

        self._folder = folder
        self.version = "82M v1.0" if folder.name == ENGINE else folder.name
        self._vocabulary = read_vocabulary(folder)
        self._model: Kokoro = Kokoro(folder, threads, budget_mb, spill_dir)
        self._front_end: FrontEnd = FrontEnd(self._vocabulary, folder)

    def voices(self) -> Sequence[Voice]:
        """Return the installed voices, including OpenAI names for them, sorted by name."""
        return voices_among({path.stem for path in (self._folder / "voices").glob("*.f32")})

    def find_voice(self, name: str) -> Voice:
        """Return the voice, or mix of voices, with a name. Raises `UnknownVoice`, which lists similar names."""
        return resolve_voice(name)

    def in_language(self, voice: Voice, language: str) -> Voice:
        """Return a voice speaking another language. Raises `BadSetting`, or `ExtraMissing` without its packages."""
        return replace(voice, language=self._front_end.language_of(language))

    def check_phonemes(self, phonemes: str) -> None:
        """Raise `BadSetting` for IPA with a symbol that Kokoro was not trained on; the message names it."""
        if wrong := unknown_symbol(phonemes, self._vocabulary):
            raise BadSetting(
                f'{wrong!r} (U+{ord(wrong):04X}) in "{phonemes:.60}" is no phoneme that Kokoro knows; '
                "write IPA of the languages that it speaks, or syllables, as koo-ber-NET-eez"
            )

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the sound of a sentence in pieces, including the pause after it; the first has its text and words.

        Raises `NotFinite` if a network computes NaN or infinity.
        """
        chunks = self._front_end.chunks(sentence, voice.language, round(PLAIN_PHONEMES * max(0.5, speed)))
        for chunk, following in pairwise(chain(chunks, [None])):
            assert chunk
            if not chunk.phonemes:
                yield silence(chunk.pause_s, chunk.text)
                continue
            yield from self._spoken(chunk, self.style(voice.name, chunk.phonemes), speed)
            ends = following is None and not sentence.is_open
            pause_s = pause_after(chunk.phonemes, speed, chunk.pause_s, ends_sentence=ends)
            if silent_s := silence_s(pause_s):
                yield silence(silent_s)

    def style(self, voice: str, phonemes: str) -> Floats:
        """Return the style vector [256] of a voice, or mix of voices, for this number of phonemes."""
        row = style_row(phonemes)
        rows = [share.weight * self._voice_file(share.voice)[row] for share in parse_mix(voice)]
        return np.asarray(sum(rows), dtype=np.float32)

    def _voice_file(self, voice: str) -> Floats:
        path = self._folder / "voices" / f"{voice}.f32"
        try:
            return np.memmap(path, "<f4", "r").reshape(-1, 256)
        except FileNotFoundError:
            raise ModelMissing(
                f'the voice "{voice}" is not on this machine; '
                f"fetch it with: halfgig pull {self._folder.name} --voice {voice}"
            ) from None

    def _spoken(self, chunk: PhonemeChunk, style: Floats, speed: float) -> Iterator[Chunk]:
        ids = ids_of(chunk.phonemes, self._vocabulary)
        # The seed depends only on the phonemes, so that earlier sentences do not change the sound.
        made = self._model.synthesise(ids, style, speed, seed=zlib.crc32(chunk.phonemes.encode()))
        # The vocoder has run when the first piece comes; all of them together take a hundredth of its time and memory.
        sound = np.concatenate(list(made.pieces))
        voice = voice_activity(sound)
        phonemes, words = phoneme_times(chunk, made.durations.tolist(), voice)
        words = tuple(_earlier(word, voice.start / SAMPLE_RATE) for word in words)
        kept = cut(sound, voice)
        for start in range(0, len(kept), PIECE):
            piece = kept[start : start + PIECE]
            low, high = ((voice.start + place) / SAMPLE_RATE for place in (start, start + len(piece)))
            heard = tuple(_within(phonemes, low, high))
            yield Chunk(_pcm(piece), heard, () if start else words, "" if start else chunk.text)

    def close(self) -> None:
        """Stop the threads."""
        self._model.close()


def silence(seconds: float, text: str = "") -> Chunk:
    """Return a chunk of silence."""
    samples = round(seconds * SAMPLE_RATE)
    return Chunk(bytes(2 * samples), (Phoneme("", 0.0, samples / SAMPLE_RATE),), (), text)


def _pcm(piece: Floats) -> bytes:
    """Convert samples to s16le."""
    return bytes((piece * FULL_SCALE).clip(-FULL_SCALE, FULL_SCALE).astype("<i2").tobytes())


def _earlier(word: Word, seconds: float) -> Word:
    """Return a word that is heard earlier."""
    return Word(word.text, word.start - seconds, word.end - seconds)


def _within(phonemes: Sequence[Phoneme], start: float, end: float) -> Iterator[Phoneme]:
    """Yield the phonemes between `start` and `end`, with times in seconds from `start`."""
    for phoneme in phonemes:
        if phoneme.start < end and phoneme.end > start:
            low, high = max(phoneme.start, start) - start, min(phoneme.end, end) - start
            yield Phoneme(phoneme.symbol, low, high, phoneme.stress)
