"""Registry of speech engines, in the order in which they may claim a voice."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from halfgig.errors import UnknownVoice
from halfgig.media.provenance import ALGORITHMIC
from halfgig.settings import load_plugins
from halfgig.tts.espeak.spec import SPEC as ESPEAK
from halfgig.tts.kokoro.spec import SPEC as KOKORO
from halfgig.tts.kokoro.spec import community_specs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from halfgig.tts.base import Engine, EngineSpec, Voice


class ResolvedVoice(NamedTuple):
    """An engine with one of its voices: all a cell needs in order to speak."""

    spec: EngineSpec
    """The engine."""
    name: str
    """A voice's name, or a mix of names."""
    folder: Path | None = None
    """The folder of the engine's model; None where it has none."""
    likelier: tuple[str, ...] = ()
    """Voices of other engines that were more likely meant, if the engine has no such voice."""

    def load(self) -> Engine:
        """Return the engine, loaded; only in a cell."""
        return loaded(self.spec, self.folder)

    def voice(self) -> Voice:
        """Return the voice, from its engine; only in a cell.  Raises `UnknownVoice` with all engines' nearest names."""
        return self.found(self.load().find_voice)

    def found(self, find: Callable[[str], Voice]) -> Voice:
        """Return what `find` finds for the name.  Raises `UnknownVoice` with the nearest names of all engines."""
        try:
            return find(self.name)
        except UnknownVoice as error:
            raise error.after(self.likelier) from None


_specs: list[EngineSpec] = [KOKORO, *community_specs(), ESPEAK]


def register(spec: EngineSpec) -> None:
    """Add an engine before the others, replacing one of the same name."""
    _specs[:] = [spec, *(each for each in _specs if each.name != spec.name)]


def engines() -> tuple[EngineSpec, ...]:
    """Return the specs in the order of precedence; the last one claims every voice."""
    load_plugins()
    return tuple(_specs)


def source_type_of(maker: str) -> str:
    """Return the IPTC digital source type of a speech by its maker: that of trained voices where any speaks."""
    names = {each.split(" ")[0] for each in maker.split("; ")}
    kinds = [spec.source_type for spec in engines() if spec.name in names]
    return next((kind for kind in kinds if kind != ALGORITHMIC), ALGORITHMIC)


def kinds_of_engines() -> tuple[EngineSpec, ...]:
    """Return the specs without those that differ from one before them in their weights and voices alone."""
    return tuple({spec.title: spec for spec in reversed(engines())}.values())[::-1]


def default_engine() -> EngineSpec:
    """Return the spec of the engine that needs no model."""
    return _specs[-1]


def loaded(spec: EngineSpec, folder: Path | None) -> Engine:
    """Load an engine, or return the one this cell loaded before; only one with a network stays loaded."""
    return _network(spec, folder) if spec.has_network else _plain(spec, folder)


@functools.lru_cache(maxsize=1)
def _network(spec: EngineSpec, folder: Path | None) -> Engine:
    return spec.make(folder)


@functools.lru_cache(maxsize=2)
def _plain(spec: EngineSpec, folder: Path | None) -> Engine:
    return spec.make(folder)
