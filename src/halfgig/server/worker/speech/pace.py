"""How long a second of sound takes at present, by engine: the plan's statement, then what is measured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from halfgig.server.worker.speech.stream import LEAD_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from halfgig.server.worker.speech.stream import Stream
    from halfgig.tts.base import EngineSpec

MEMORY_S = 20.0
"""Seconds of sound after which what was measured counts half."""

PRIOR_S = 2.0
"""Seconds of sound for which the plan's statement counts."""

CACHED = 0.25
"""Share of the pace of the plan below which a sentence was not made, but found."""


class Pace:
    """Seconds that an engine needs at present for a second of sound: the plan's statement, then what is measured."""

    def __init__(self, spec: EngineSpec, cpus: float) -> None:
        throughput = spec.throughput
        self._stated = throughput.each_s / min(cpus, throughput.most_cpus)
        self._took_s, self._sound_s = PRIOR_S * self._stated, PRIOR_S

    def note(self, took_s: float, sound_s: float) -> None:
        """Count a slice that is made."""
        if took_s >= CACHED * self._stated * sound_s:
            kept = 0.5 ** (sound_s / MEMORY_S)
            self._took_s, self._sound_s = kept * self._took_s + took_s, kept * self._sound_s + sound_s

    def now(self, took_s: float = 0.0, sound_s: float = 0.0) -> float:
        """Return the pace, with what is made of a slice already."""
        if took_s < CACHED * self._stated * sound_s:
            took_s = sound_s = 0.0
        return (self._took_s + took_s) / (self._sound_s + sound_s)


class Paces:
    """The pace of each engine, measured slice by slice; callers hold a lock of their own."""

    def __init__(self, cpus: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._cpus, self._clock = cpus, clock
        self._known: dict[str, Pace] = {}
        self._loaded: set[str] = set()
        self._current: Pace | None = None
        self._begun_at = self._made_s = 0.0
        self._counts = False

    def begin(self, stream: Stream, *, is_open: bool) -> None:
        """Note that a slice of a stream begins, in a cell that was open already or not."""
        assert stream.voice
        spec = stream.voice.spec
        if not is_open:
            self._loaded.clear()
        self._current = self._known.setdefault(spec.name, Pace(spec, self._cpus))
        self._counts = spec.name in self._loaded and stream.lead_s < LEAD_S  # nothing is loaded, nobody goes first
        self._loaded.add(spec.name)
        self._begun_at, self._made_s = self._clock(), 0.0

    def add(self, sound_s: float) -> float:
        """Count sound that the slice brings; return the pace at present."""
        assert self._current
        self._made_s += sound_s
        return self._current.now(self._clock() - self._begun_at, self._made_s) if self._counts else self._current.now()

    def end(self) -> None:
        """Note that the slice is made."""
        if self._current and self._counts and self._made_s:
            self._current.note(self._clock() - self._begun_at, self._made_s)
