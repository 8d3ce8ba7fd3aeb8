"""Who reads a text: the sentences of a request in order, each with an engine, its voice and its speed."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import BadLexicon, BadMarkup, BadSetting, EmptyText, TextTooLong, UsageError
from halfgig.media.provenance import ALGORITHMIC
from halfgig.requests import check_options
from halfgig.text.lexicon import Lexicon, read_lexicon, read_lexicon_file
from halfgig.text.script import read_script
from halfgig.tts.espeak.scripts import is_speakable
from halfgig.tts.sentence_cache import sentence_key
from halfgig.tts.voices import checked_speed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from halfgig.media.chunks import Chunk
    from halfgig.requests import SpeechRequest
    from halfgig.settings import Limits
    from halfgig.text.lexicon import WordFinder
    from halfgig.text.script import Passage, Script
    from halfgig.text.sentences import Sentence
    from halfgig.tts.base import Engine, Voice
    from halfgig.tts.recent_sentences import RecentSentences
    from halfgig.tts.registry import ResolvedVoice
    from halfgig.tts.sentence_cache import SentenceCache

MAX_GROWTH, SPARE_CHARACTERS = 10, 10_000
"""How many times longer a lexicon may make a text, and the characters that any text may grow by."""


MAX_SAID = 800
"""Characters that are spoken instead of one word: a sentence is made at once, and others wait for it."""


class SpeechJob(NamedTuple):
    """All a cell needs in order to speak a text."""

    request: SpeechRequest
    """What to say, and how."""
    voice: ResolvedVoice
    """Who says it, where the text names nobody."""
    limits: Limits
    """How long a text may be, and the server's own lexicon."""
    wants_words: bool = False
    """True when the words' times are wanted."""
    others: Mapping[str, ResolvedVoice] = {}
    """The voices that the text names, by their names in it."""

    @property
    def heaviest(self) -> ResolvedVoice:
        """The voice whose engine takes the most memory."""
        return max((self.voice, *self.others.values()), key=lambda voice: voice.spec.cost.private_mb)


class Reader(NamedTuple):
    """A voice of an engine with a pace and a lexicon."""

    resolved: ResolvedVoice
    """The engine."""
    voice: Voice
    """Its voice, in the language that it speaks."""
    speed: float
    """A factor, 0.25 to 4."""
    finder: WordFinder
    """Finds the lexicon's words in texts of that language."""
    speaker: str = ""
    """The name for times and subtitles; "" where one voice says everything."""

    @property
    def engine(self) -> Engine:
        """The engine, loaded; of several with a network, the one that speaks at the moment."""
        return self.resolved.load()

    def speak(self, sentence: Sentence) -> Iterator[Chunk]:
        """Yield the sound of a sentence."""
        return self._named(self.engine.speak(sentence, self.voice, self.speed))

    def speak_repeatably(
        self, sentence: Sentence, cache: SentenceCache | None, recent: RecentSentences
    ) -> Iterator[Chunk]:
        """Yield a sentence as it sounds in a new process, a network's from `cache`, another engine's from `recent`."""
        kept = cache if self.resolved.folder else recent
        if kept is None:
            return self._named(self._anew(sentence))
        key = sentence_key(self.resolved.folder, self.voice, self.speed, sentence)
        return self._named(kept.spoken(key, lambda: self._anew(sentence)))

    def renew(self) -> None:
        """Make the next sentence sound as it does in a new process."""
        if self.resolved.spec.renew:
            self.resolved.spec.renew()

    def _anew(self, sentence: Sentence) -> Iterator[Chunk]:
        self.renew()
        yield from self.engine.speak(sentence, self.voice, self.speed)

    def _named(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        return (replace(chunk, speaker=self.speaker) for chunk in chunks) if self.speaker else chunks


class Readers:
    """The readers of a job's text; all that can be wrong with the text, its voices and lexicon is found beforehand.

    Raises `EmptyText`, `TextTooLong`, `BadMarkup`, `BadLexicon`, `UnknownVoice` or `BadSetting`.
    """

    def __init__(self, job: SpeechJob) -> None:
        check_options(job.request)
        _check_size(job)
        self._job = job
        self._lexicon = lexicon_of(job.request, job.limits)
        self._finders: dict[tuple[str, bool], WordFinder] = {}
        self._voices: dict[tuple[str, str], Voice] = {}
        self._readers: dict[tuple[str, float, str], Reader] = {}
        self.script: Script = read_script(job.request.text)
        for passage in self.script.passages:
            self._check(passage)
        if not any(is_speakable(sentence.spoken) for _, sentence in self.sentences()):
            raise EmptyText(f"there is nothing to say in {job.request.text[:40]!r}; give a text with words or numbers")
        self.maker = "; ".join(dict.fromkeys(self._makers()))
        """Who speaks, for a file's metadata; several voices are separated by semicolons."""

    @property
    def source_type(self) -> str:
        """The IPTC digital source type of the sound: that of trained voices where any is one."""
        kinds = [reader.resolved.spec.source_type for reader in self._readers.values()]
        return next((kind for kind in kinds if kind != ALGORITHMIC), ALGORITHMIC)

    def sentences(self, start: int = 0) -> Iterator[tuple[Reader, Sentence]]:
        """Yield the sentences with their readers, from the one that begins at an offset of the script's text."""
        for passage in self.script.passages:
            if passage.end > start:
                reader = self._reader(passage)
                for sentence in self.script.sentences(passage, reader.finder):
                    if sentence.start >= start:
                        yield reader, sentence

    def _check(self, passage: Passage) -> None:
        """Refuse a passage whose voice, language, speed or words cannot be spoken."""
        reader = self._reader(passage)
        text, spec = self.script.text, reader.resolved.spec
        length = longest = passage.end - passage.start
        for first, last, entry in reader.finder.entries(text, passage.start, passage.end):
            said = len(reader.finder.spoken(entry))
            longest += max(0, said - (last - first))
            if said > MAX_SAID:
                raise BadLexicon(f'line {entry.line} of the lexicon: "{entry.word}" is {_too_long(said)}')
            if reader.finder.uses_phonemes(entry) and not spec.reads_phonemes:
                raise BadLexicon(
                    f'line {entry.line} of the lexicon: "{entry.word}" has phonemes alone, which the voice '
                    f'"{reader.voice.name}" does not read; add a line with words or syllables for it, as '
                    '"Kubernetes = koo-ber-NET-eez"'
                )
        if longest > MAX_GROWTH * length + SPARE_CHARACTERS:
            raise BadLexicon(
                f"the lexicon makes {length} characters of text {longest} long; the limit is {MAX_GROWTH} times: "
                "shorten what it says for the most frequent words"
            )
        for mark in self.script.marks_of(passage):
            if mark.kind == "phonemes" and not spec.reads_phonemes:
                raise BadMarkup(
                    f'"{text[mark.start : mark.end]:.60}" is given in phonemes, which the voice "{reader.voice.name}" '
                    "does not read; take a voice of Kokoro, or write <sub> with other words"
                )
            if mark.kind == "phonemes":
                with _refused_as(BadMarkup, f'"{text[mark.start : mark.end]:.60}"'):
                    reader.engine.check_phonemes(mark.value)
            elif (said := len(self.script.spoken(mark, reader.finder.language))) > MAX_SAID:
                raise BadMarkup(f'"{text[mark.start : mark.end]:.60}" is {_too_long(said)}')

    def _makers(self) -> Iterator[str]:
        for (name, _), voice in self._voices.items():
            engine = self._resolved(name).load()
            yield f"{engine.name} {engine.version}, voice {voice.name}"

    def _reader(self, passage: Passage) -> Reader:
        key = (passage.voice, passage.rate, passage.language)
        if key not in self._readers:
            self._readers[key] = self._made_reader(passage)
        return self._readers[key]

    def _made_reader(self, passage: Passage) -> Reader:
        resolved, voice = self._resolved(passage.voice), self._voice(passage.voice, passage.language)
        speed = self._job.request.speed * passage.rate
        with _refused_as(BadMarkup, f"a rate of {passage.rate:g} at a speed of {self._job.request.speed:g}"):
            checked_speed(speed)
        finder = self._finder(resolved, voice)
        is_alone = not self.script.voices
        return Reader(resolved, voice, speed, finder, "" if is_alone else passage.voice or voice.name)

    def _resolved(self, name: str) -> ResolvedVoice:
        return self._job.others[name] if name else self._job.voice

    def _voice(self, name: str, language: str) -> Voice:
        """Return the voice with a name that the text gives, in a language that it gives."""
        if (name, language) not in self._voices:
            resolved = self._resolved(name)
            voice = resolved.voice()
            if language and _primary(language) != _primary(voice.language):
                voice = resolved.load().in_language(voice, language)
            self._voices[name, language] = voice
        return self._voices[name, language]

    def _finder(self, resolved: ResolvedVoice, voice: Voice) -> WordFinder:
        key = (voice.language, resolved.spec.reads_phonemes)
        if key not in self._finders:
            self._finders[key] = finder = self._lexicon.finder(key[0], reads_phonemes=key[1])
            if finder.reads_phonemes:
                for entry in finder.with_phonemes():
                    with _refused_as(BadLexicon, f'line {entry.line} of the lexicon: "{entry.word}"'):
                        resolved.load().check_phonemes(entry.phonemes)
        return self._finders[key]


def lexicon_of(request: SpeechRequest, limits: Limits) -> Lexicon:
    """Return the lexicon of a request, and after it the operator's.  Raises `BadLexicon`."""
    return read_lexicon(request.lexicon) + (read_lexicon_file(limits.lexicon) if limits.lexicon else Lexicon())


def _too_long(said: int) -> str:
    return f"{said} characters when it is spoken; the limit is {MAX_SAID}: shorten it"


@contextlib.contextmanager
def _refused_as(refusal: type[UsageError], what: str) -> Iterator[None]:
    try:
        yield
    except BadSetting as error:
        raise refusal(f"{what}: {error}") from None


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def _check_size(job: SpeechJob) -> None:
    megabytes = len(job.request.text.encode("utf-8", "surrogatepass")) / 1e6
    if megabytes > job.limits.max_text_mb:
        raise TextTooLong(
            f"the text has {megabytes:.3g} MB; the limit is {job.limits.max_text_mb:g} MB: "
            "split it, or raise MAX_TEXT_MB"
        )
