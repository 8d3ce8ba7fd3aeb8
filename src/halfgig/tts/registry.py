"""The speech engines there are, in the order in which they are asked whether a voice is theirs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from halfgig.settings import load_plugins
from halfgig.tts.espeak.spec import SPEC as ESPEAK
from halfgig.tts.kokoro.spec import SPEC as KOKORO

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.tts.base import Engine, EngineSpec

_specs: list[EngineSpec] = [KOKORO, ESPEAK]


def register(spec: EngineSpec) -> None:
    """Add an engine, which is asked before the others; one of the same name is replaced."""
    _specs[:] = [spec, *(each for each in _specs if each.name != spec.name)]


def engines() -> tuple[EngineSpec, ...]:
    """Return the specs, in the order in which they are asked; the last one claims every voice."""
    load_plugins()
    return tuple(_specs)


def default_engine() -> EngineSpec:
    """Return the spec of the engine that needs no model."""
    return _specs[-1]


@functools.lru_cache(maxsize=1)
def loaded(spec: EngineSpec, folder: Path | None) -> Engine:
    """Return an engine, loaded once in a cell that is kept for the next request."""
    return spec.make(folder)
