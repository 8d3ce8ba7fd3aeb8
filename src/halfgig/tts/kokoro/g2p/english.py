"""English sentences to phonemes, from the last word to the first: function words depend on the word after them."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from halfgig.text.spoken_form import SYLLABLE_MARK
from halfgig.tts.kokoro.g2p.acronyms import acronym, in_dialect, is_syllables
from halfgig.tts.kokoro.g2p.alphabet import QUOTES, english_symbols, plain_symbols
from halfgig.tts.kokoro.g2p.elisions import elided
from halfgig.tts.kokoro.g2p.homographs import tags_of
from halfgig.tts.kokoro.g2p.interjections import interjection, unstretched
from halfgig.tts.kokoro.g2p.letters import LETTER, is_plural_letter
from halfgig.tts.kokoro.g2p.lexicon import Context, Lexicon
from halfgig.tts.kokoro.g2p.stress import NONE, RAISE, compounded, stressed
from halfgig.tts.kokoro.g2p.suffixes import with_s

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from halfgig.tts.kokoro.g2p.dictionary import Dictionary
    from halfgig.tts.kokoro.g2p.tokens import Token

_PARTS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+|[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 60  # letters of one word; longer ones are not split into known parts
_SHORT_ACRONYM = 5


class English:
    """Pronouncer of English: dictionary first, espeak-ng for unknown words."""

    def __init__(self, dictionary: Dictionary, espeak: Callable[[str], str], *, is_british: bool) -> None:
        """`espeak` returns the IPA of a word with "^" between the letters of one phoneme."""
        self._lexicon = Lexicon(dictionary, is_british=is_british)
        self._espeak = espeak
        self._is_british = is_british

    def phonemes(self, tokens: Sequence[Token]) -> list[str]:
        """Return the phonemes of each token; a pause stands for itself."""
        words = [token.text for token in tokens if token.text not in QUOTES]  # quotes do not part neighbours
        place = len(words)
        said: list[str] = []
        context = Context()
        for token in reversed(tokens):
            if token.text in QUOTES:
                said.append(token.text)
            else:
                place -= 1
                phonemes, context = self._token(token, words, place, context)
                said.append(phonemes)
        return said[::-1]

    def _token(self, token: Token, words: Sequence[str], index: int, context: Context) -> tuple[str, Context]:
        if token.is_pause:
            phonemes = token.text
        elif token.given:
            phonemes = plain_symbols(token.given, is_british=self._is_british)
        elif SYLLABLE_MARK in token.text:
            phonemes = self._respelt(token.text)
        elif is_plural_letter(words, index):
            phonemes = with_s(self._lexicon.spelled(token.text[0]), is_british=self._is_british)
        else:
            phonemes = self._word(token.text, self._tags(token, words, index), context)
        if token.is_expanded and token.text == "point":  # within a number
            phonemes = stressed(phonemes, NONE)
        return phonemes, context.before(token.text, phonemes)

    def _tags(self, token: Token, words: Sequence[str], index: int) -> tuple[str, ...]:
        if token.is_letter:
            return LETTER
        return () if self._lexicon.has_one_reading(token.text) else tags_of(words, index)

    def _word(self, word: str, tags: tuple[str, ...], context: Context) -> str:
        said = self._outside_dictionary(word, tags, context) or self._lexicon.phonemes(word, tags, context)
        if not said and word.endswith("."):
            word = word.rstrip(".")
            said = self._lexicon.phonemes(word, tags, context)
        if not said and len(word) <= _LONGEST:
            said = self._compound(word, tags, context)
        return (said or self._unknown(word)).replace("ɾ", "T").replace("ʔ", "t")

    def _respelt(self, word: str) -> str:
        """Return the phonemes of a word whose syllables a user has written, those in capitals stressed."""
        said = []
        for syllable in word.split(SYLLABLE_MARK):
            is_stressed = syllable.removesuffix("'s").isupper()
            phonemes = self._unknown(syllable.lower())
            said.append(stressed(phonemes, RAISE) if is_stressed else stressed(phonemes, NONE).replace("ʌ", "ə"))
        return "".join(said)

    def _outside_dictionary(self, word: str, tags: tuple[str, ...], context: Context) -> str:
        """Return the phonemes of an acronym, an interjection, a stretched or a clipped word; "" for any other."""
        if word.isalpha() and word.islower() and self._lexicon.has(word):  # nearly all words: no need for the rest
            return ""
        for ending in ("", "s", "'s"):
            if word.endswith(ending) and (said := self._acronym(word.removesuffix(ending))):
                return with_s(said, is_british=self._is_british) if ending else said
        if word.startswith("'") and word != word.lower():  # "'Tis"
            word = word.lower()
            if self._lexicon.has(word):
                return self._lexicon.phonemes(word, tags, context)
        if self._lexicon.has(word) and word.lower() != "o'":  # the dictionary has the strong form of "o'"
            return ""
        if "'" in word and (said := elided(word, self._whole(tags, context), self._lexicon.has)):
            return said
        if sound := interjection(word):
            return in_dialect(sound, is_british=self._is_british)
        if plain := unstretched(word, self._lexicon.has):
            said = self._lexicon.phonemes(plain.lower(), (), context) or self._lexicon.phonemes(plain, tags, context)
            return stressed(said, RAISE)
        return ""

    def _acronym(self, word: str) -> str:
        """Return the phonemes of capitals said as a word, unless the dictionary knows better; "" for any other word."""
        if said := acronym(word):
            return in_dialect(said, is_british=self._is_british)
        return self._unknown(word.lower()) if is_syllables(word) and not self._lexicon.has(word) else ""

    def _whole(self, tags: tuple[str, ...], context: Context) -> Callable[[str], str]:
        return lambda word: self._lexicon.phonemes(word, tags, context)

    def _compound(self, word: str, tags: tuple[str, ...], context: Context) -> str:
        """Compose a word from its longest known parts, from the end; "" if a part is unknown."""
        parts = [hump for part in _PARTS.findall(word) for hump in _HUMPS.split(part)]
        said, letters, end = [], [], len(parts)
        while end:
            start, phonemes = self._known_end(parts[:end], _tags_of_part(tags, is_last=end == len(parts)), context)
            if phonemes:
                said.append(phonemes)
                letters.append(len("".join(parts[start:end])))
                context = context.before("", phonemes)
                end = start
            elif any(character.isalnum() for character in parts[end - 1]):
                return ""
            else:
                end -= 1
        return "".join(compounded(said[::-1], letters[::-1]))

    def _known_end(self, parts: Sequence[str], tags: tuple[str, ...], context: Context) -> tuple[int, str]:
        for start in range(len(parts)):
            text = "".join(parts[start:])
            phonemes = self._acronym(text) or self._lexicon.phonemes(text, tags, context)
            if text[0].isalnum() and phonemes:
                return start, phonemes
        return len(parts), ""

    def _unknown(self, word: str) -> str:
        # espeak-ng spells words in capitals.
        plain = word.lower() if word.isupper() and len(word) > _SHORT_ACRONYM else word
        return english_symbols(self._espeak(plain), is_british=self._is_british)


def _tags_of_part(tags: tuple[str, ...], *, is_last: bool) -> tuple[str, ...]:
    """Return the tags of a part of a compound: the last one of "five-minute" is a noun."""
    if "NNP" in tags or "METAL" in tags or (is_last and tags and tags[0].startswith("VB")):
        return tags
    return ("NN",) if is_last else ()
