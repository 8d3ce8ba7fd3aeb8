"""The contract of speech engines: a sentence in, chunks of sound with phoneme and word times out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence
    from pathlib import Path

    from halfgig.capacity.memory_costs import StageCost
    from halfgig.capacity.throughput import Throughput
    from halfgig.media.chunks import Chunk
    from halfgig.text.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that can be asked for."""

    name: str
    """What `--voice` takes."""
    language: str
    """BCP 47 tag: "en-us", "fr"."""
    description: str
    """For a person: "English (America)"."""
    engine: str
    """The name of its engine: "espeak"."""


class Engine(Protocol):
    """Speaks sentences; held by one cell at a time."""

    name: str
    """The engine's name: "espeak"."""
    version: str
    """The engine's version, for the metadata of files."""

    def voices(self) -> Sequence[Voice]:
        """Return the voices, sorted by name."""
        ...

    def find_voice(self, name: str) -> Voice:
        """Return the voice, or mix of voices, with a name.  Raises `UnknownVoice`, which lists the nearest names."""
        ...

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the sentence's sound, its closing pause included.

        `speed` is a factor, 0.25 to 4; 1 is the voice's own pace.
        """
        ...


class EngineSpec(NamedTuple):
    """What halfgig knows of a speech engine without loading it.

    The functions are module-level, so that a spec crosses into a cell; they import what they need when called.
    `parts` are the voices installed with the engine's model; None where the model is not installed.
    """

    name: str
    """The engine's name: "espeak"."""
    title: str
    """For a person: "espeak-ng"."""
    cost: StageCost
    """What the cell that speaks takes."""
    throughput: Throughput
    """How fast it speaks."""
    source_type: str
    """The IPTC digital source type of its sound."""
    make: Callable[[Path | None], Engine]
    """Load the engine, from its model's folder where it has a model; called in a cell."""
    claims: Callable[[str, Container[str] | None], bool]
    """Whether a voice's name, or mix of names, is this engine's.

    Raises `ModelMissing` where only this engine has the voice and its model is not installed."""
    default_voice: Callable[[Container[str] | None], str]
    """The voice that speaks when none is asked for; "" where another engine should."""
    voices_of: Callable[[str], tuple[str, ...]]
    """The parts of the model that a name, or mix of names, needs."""
    listed: Callable[[Container[str]], list[Voice]]
    """The voices that installed parts make, without loading the engine."""
    model: str = ""
    """The model in the catalogue that must be installed; empty: none."""
    has_network: bool = False
    """True when loading takes time: the cell is kept for the next request, sentences are cached on disk."""
    reads_phonemes: bool = False
    """True when texts may be phonemes."""
    renew: Callable[[], None] | None = None
    """Makes the next sentence sound as it does in a new process; None where it always does."""
