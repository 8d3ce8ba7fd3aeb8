"""A speech from any source, a text, a spool file or a recording: chunks of sound, and what is known beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE, Chunk, Word
from halfgig.media.provenance import ALGORITHMIC
from halfgig.media.sound_decode import probe_sound, read_sound
from halfgig.requests import check_idle
from halfgig.tts.readers import Readers
from halfgig.tts.registry import source_type_of
from halfgig.tts.spool import read_chunks, read_spool_state
from halfgig.tts.subtitles import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.events import Notice
    from halfgig.settings import Limits
    from halfgig.tts.readers import SpeechJob


@dataclass
class Speech:
    """A speech that is about to be made or read; its chunks can be taken once."""

    chunks: Iterator[Chunk]
    """The sound, in order, made on demand."""
    has_phonemes: bool
    """True when chunks have the times of phonemes."""
    maker: str
    """Who speaks, for a file's metadata: "espeak 1.52.0, voice en-us", "a recording"."""
    peak: float = 1.0
    """The largest sample of a recording, 0..1 of full scale."""
    source_type: str = ALGORITHMIC
    """The IPTC digital source type of its sound."""
    notices: tuple[Notice, ...] = ()
    """What a person should know before."""
    length: float = 0.0
    """Length of all of it: characters of a text, else seconds."""
    keeps_words: bool = False
    """True when the words are taken; if nobody took them they would grow with the speech."""
    _passed: float = 0.0
    _seconds: float = 0.0
    _words: list[Word] = field(default_factory=list)

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the chunks."""
        for chunk in self.chunks:
            if self.keeps_words:
                self._words += words_of(chunk, self._seconds)
            self._seconds += chunk.seconds
            self._passed += len(chunk.text) if self.has_phonemes else chunk.seconds
            yield chunk

    def take_words(self) -> tuple[Word, ...]:
        """Return the words that passed since the last call, in seconds from the start of the speech."""
        taken = tuple(self._words)
        self._words.clear()
        return taken

    @property
    def expected_s(self) -> float | None:
        """The length of all of it in seconds, estimated from what has passed; None before anything has."""
        if self._passed <= 0 or self.length <= 0:
            return None
        return self._seconds * max(1.0, self.length / self._passed)


def speech_from_text(job: SpeechJob, *, is_repeatable: bool = False) -> Speech:
    """Prepare to speak a text.  Raises at once what `Readers` raises.

    With `is_repeatable` each sentence sounds as it does in a new process, whatever was said before it; that costs
    espeak-ng 3.3 kB a sentence, which it does not give back.
    """
    readers = Readers(job)
    return Speech(
        _spoken(readers, is_repeatable=is_repeatable),
        has_phonemes=True,
        maker=readers.maker,
        source_type=readers.source_type,
        length=len(readers.script.text),
        keeps_words=job.wants_words,
    )


def _spoken(readers: Readers, *, is_repeatable: bool) -> Iterator[Chunk]:
    for reader, sentence in readers.sentences():
        if is_repeatable:
            reader.renew()
        yield from reader.speak(sentence)


def speech_from_spool(path: Path) -> Speech:
    """Prepare to play what was spoken into a spool file; its length is known."""
    state = read_spool_state(path)
    kind = source_type_of(state.maker)
    return Speech(read_chunks(path), has_phonemes=True, maker=state.maker, length=state.seconds, source_type=kind)


def speech_from_recording(path: Path, limits: Limits) -> Speech:
    """Prepare to play a recording.  Raises `SoundError` for one that cannot be used."""
    facts = probe_sound(path, limits.max_sound_minutes * 60)
    chunks = (Chunk(pcm) for pcm in read_sound(path, mixes=facts.mixes))
    return Speech(
        chunks, has_phonemes=False, maker="a recording", peak=facts.peak, notices=facts.notices, length=facts.seconds
    )


def speech_from_silence(seconds: float, limits: Limits) -> Speech:
    """Prepare silence for a face that says nothing.  Raises `BadSetting` for a length that cannot be."""
    check_idle(seconds, limits.max_sound_minutes * 60)
    samples = round(seconds * SAMPLE_RATE)
    blocks = (min(SAMPLE_RATE, samples - start) for start in range(0, samples, SAMPLE_RATE))
    chunks = (Chunk(bytes(block * BYTES_PER_SAMPLE)) for block in blocks)
    return Speech(chunks, has_phonemes=True, maker="nobody", length=seconds)
