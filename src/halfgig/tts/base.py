"""The contract of speech engines: a sentence in, chunks of sound with phoneme and word times out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from halfgig.media.chunks import Chunk
    from halfgig.text.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Voice:
    """Describe a voice one can ask for."""

    name: str
    """What `--voice` takes."""
    language: str
    """BCP 47 tag: "en-us", "fr"."""
    description: str
    """For a person: "English (America)"."""
    engine: str
    """The speaker it belongs to: "espeak"."""


class Engine(Protocol):
    """Speak sentences; held by one cell at a time."""

    name: str
    """The engine's name: "espeak"."""
    version: str
    """The engine's version, for the marks in the files."""

    def voices(self) -> Sequence[Voice]:
        """List the voices, sorted by name."""
        ...

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the sentence's sound, its closing pause included.

        `speed` is a factor, 0.25 to 4; 1 is the voice's own pace.
        """
        ...
