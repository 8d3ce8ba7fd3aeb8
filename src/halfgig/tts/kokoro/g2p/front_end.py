"""Kokoro's front end: a sentence in, chunks of phonemes with their words out."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Protocol

from halfgig.errors import BadSetting
from halfgig.tts.kokoro.g2p.alphabet import anglicised, english_symbols, within
from halfgig.tts.kokoro.g2p.chunks import MAX_PHONEMES, PhonemeChunk, chunks_of
from halfgig.tts.kokoro.g2p.dictionary import DIALECTS, Dictionary
from halfgig.tts.kokoro.g2p.english import English
from halfgig.tts.kokoro.g2p.foreign import ESPEAK_VOICES, Foreign
from halfgig.tts.kokoro.g2p.tokens import align, tokens_of

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence
    from pathlib import Path

    from halfgig.text.sentences import Sentence
    from halfgig.tts.espeak.library import EspeakLibrary
    from halfgig.tts.kokoro.g2p.tokens import Piece, Token

_ENGLISH_VOICES = {"en-us": "gmw/en-US", "en-gb": "gmw/en"}
_TIE = "^"


class Pronouncer(Protocol):
    """Grapheme-to-phoneme conversion of one language."""

    def phonemes(self, tokens: Sequence[Token]) -> list[str]:
        """Return the phonemes of each token."""
        ...


def dictionary_path(folder: Path, language: str) -> Path:
    """Return the path of the dictionary for "en-us" or "en-gb" in a model folder."""
    return folder / "dictionary" / language


class FrontEnd:
    """Converts sentences to phonemes; each language is loaded on first use."""

    def __init__(self, vocabulary: Container[str], folder: Path, library: EspeakLibrary | None = None) -> None:
        """`vocabulary` is that of the model configuration; `folder` contains the dictionaries."""
        self._vocabulary = vocabulary
        self._folder = folder
        self._library = library
        self._pronouncers: dict[str, Pronouncer] = {}

    def chunks(self, sentence: Sentence, language: str, most: int = MAX_PHONEMES) -> Iterator[PhonemeChunk]:
        """Yield a sentence in chunks of at most `most` phonemes of the vocabulary.

        A sentence without sound yields its pause as a chunk without phonemes, or nothing. Raises `ExtraMissing` if the
        optional packages of the language are missing, and `BadSetting` if Kokoro does not speak the language.
        """
        tokens = tokens_of(sentence)
        phonemes = self._pronouncer(language).phonemes(tokens)
        chunks = chunks_of(self._within(align(sentence, tokens, phonemes)), most, sentence.pause_s)
        silence = PhonemeChunk("", text=sentence.written, pause_s=sentence.pause_s)
        first = next(chunks, silence)
        return itertools.chain([first] if first.phonemes or first.pause_s else [], chunks)

    def language_of(self, tag: str) -> str:
        """Return the language that a BCP 47 tag means here, ready to be spoken: "fr" for "fr-CA".

        A language that Kokoro was not trained on is spoken by espeak-ng's phonemes. Raises `ExtraMissing` as `chunks`
        does, and `BadSetting` for a language that nobody speaks.
        """
        language = _nearest_tag(tag, (*DIALECTS, *ESPEAK_VOICES, "ja", "zh"))
        language = language or _nearest_tag(tag, self._natives()) or tag
        self._pronouncer(language)
        return language

    def _espeak_library(self) -> EspeakLibrary:
        from halfgig.tts.espeak.library import espeak_library

        return self._library or espeak_library()

    def _natives(self) -> dict[str, str]:
        """Return espeak-ng's voices by language tag."""
        return {native.language: native.identifier for native in self._espeak_library().voices()}

    def _within(self, pieces: Sequence[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            yield piece._replace(phonemes=within(piece.phonemes, self._vocabulary))

    def _pronouncer(self, language: str) -> Pronouncer:
        if language not in self._pronouncers:
            self._pronouncers[language] = self._load(language)
        return self._pronouncers[language]

    def _load(self, language: str) -> Pronouncer:
        if language in DIALECTS:
            return self._english(language)
        if language in ESPEAK_VOICES:
            return Foreign(functools.partial(self._espeak, voice=ESPEAK_VOICES[language]))
        if language == "ja":
            from halfgig.tts.kokoro.g2p.japanese import Japanese

            return Japanese()
        if language == "zh":
            from halfgig.tts.kokoro.g2p.mandarin import Mandarin

            return Mandarin()
        if native := self._natives().get(language):
            return Foreign(functools.partial(self._espeak, voice=native))
        known = ", ".join([*DIALECTS, *ESPEAK_VOICES, "ja", "zh"])
        raise BadSetting(f'Kokoro does not speak "{language}"; it speaks {known}: take a voice of one of them')

    def _english(self, language: str) -> Pronouncer:
        """Return a pronouncer with the dictionary, or with espeak-ng alone if no dictionary is installed."""
        path, is_british = dictionary_path(self._folder, language), language == "en-gb"
        espeak = functools.partial(self._espeak, voice=_ENGLISH_VOICES[language])
        if not path.exists():
            return Foreign(espeak, functools.partial(english_symbols, is_british=is_british))
        return English(Dictionary(path), espeak, is_british=is_british)

    def _espeak(self, text: str, voice: str) -> str:
        """Return the IPA of a text by espeak-ng, other scripts by the voice of their language."""
        from halfgig.tts.espeak.engine import speakable
        from halfgig.tts.espeak.scripts import script_runs

        library = self._espeak_library()
        is_english = voice in _ENGLISH_VOICES.values()
        parts = []
        for run in script_runs(speakable(text), voice):
            ipa = library.phonemes(run.text, run.voice, _TIE).replace(".", "")  # between syllables; a pause for Kokoro
            is_foreign = is_english and run.voice != voice
            parts.append(anglicised(ipa, is_british=voice == _ENGLISH_VOICES["en-gb"]) if is_foreign else ipa)
        return " ".join(filter(None, parts))


def _nearest_tag(tag: str, known: Collection[str]) -> str:
    """Return a tag, else the first of the same language, else ""."""
    primary = tag.lower().partition("-")[0]
    near = next((each for each in known if each.partition("-")[0] == primary), "")
    return tag.lower() if tag.lower() in known else near
