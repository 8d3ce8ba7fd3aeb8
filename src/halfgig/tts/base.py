"""Contract of speech engines: a sentence in, chunks of sound with phoneme and word times out."""

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
    """A voice of an engine."""

    name: str
    """Name for `--voice`."""
    language: str
    """BCP 47 tag: "en-us", "fr"."""
    description: str
    """Description for the user: "English (America)"."""
    engine: str
    """Name of its engine: "espeak"."""


class Engine(Protocol):
    """A loaded speech engine; each cell loads its own."""

    name: str
    """Name: "espeak"."""
    version: str
    """Version, for the metadata of files."""

    def voices(self) -> Sequence[Voice]:
        """Return the voices, sorted by name."""
        ...

    def find_voice(self, name: str) -> Voice:
        """Return the voice, or mix of voices, with a name. Raises `UnknownVoice`, which lists similar names."""
        ...

    def in_language(self, voice: Voice, language: str) -> Voice:
        """Return a voice speaking another language, a BCP 47 tag. Raises `BadSetting` where it cannot."""
        ...

    def check_phonemes(self, phonemes: str) -> None:
        """Raise `BadSetting` for IPA with a symbol that the engine cannot say; the message names it."""
        ...

    def speak(self, sentence: Sentence, voice: Voice, speed: float) -> Iterator[Chunk]:
        """Yield the sound of a sentence, including the pause after it.

        `speed` is a factor from 0.25 to 4; 1 is the voice's normal speed.
        """
        ...


def suggest_nothing(_name: str, _parts: Container[str] | None, _is_asked: bool) -> Sequence[str]:
    """Return no voices: the loaded engine suggests them."""
    return ()


class EngineSpec(NamedTuple):
    """Properties of a speech engine that are known without loading it.

    The functions are module-level, so that a spec can be pickled to a cell, and import their dependencies when called.
    `parts` are the voices installed with the engine's model; None if the model is not installed.
    """

    name: str
    """Name: "espeak"."""
    title: str
    """Name for the user: "espeak-ng"."""
    cost: StageCost
    """Memory of the cell that speaks."""
    throughput: Throughput
    """Synthesis speed."""
    source_type: str
    """IPTC digital source type of its sound."""
    make: Callable[[Path | None], Engine]
    """Loads the engine, from the folder of its model if it has one; called in a cell."""
    claims: Callable[[str, Container[str] | None], bool]
    """Returns whether a voice name, or mix of names, belongs to this engine.

    Raises `ModelMissing` if only this engine has the voice and its model is not installed."""
    default_voice: Callable[[Container[str] | None], str]
    """Returns the voice to use when the request names none; "" leaves the choice to the next engine."""
    voices_of: Callable[[str], tuple[str, ...]]
    """Returns the parts of the model that a voice name, or mix of names, needs."""
    listed: Callable[[Container[str]], list[Voice]]
    """Returns the voices available with the installed parts, without loading the engine."""
    model: str = ""
    """Required model in the catalogue; empty: none."""
    has_network: bool = False
    """Whether loading is slow: the cell is kept for the next request, and sentences are cached on disk."""
    reads_phonemes: bool = False
    """Whether the engine accepts phonemes in a text."""
    suggest: Callable[[str, Container[str] | None, bool], Sequence[str]] = suggest_nothing
    """Returns voices that a name of no voice may be meant for, the likeliest first; none for a name unlike its own.

    The flag says that the request asks for this engine."""
    renew: Callable[[], None] | None = None
    """Resets state that changes the sound of the next sentence; None if the engine has no such state."""
