"""Spec of the espeak-ng engine, known without loading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.throughput import Throughput
from halfgig.media.provenance import ALGORITHMIC
from halfgig.tts.base import EngineSpec
from halfgig.tts.voices import DEFAULT_VOICE

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from halfgig.tts.base import Engine, Voice


def make(_folder: Path | None) -> Engine:
    """Load espeak-ng."""
    from halfgig.tts.espeak.engine import EspeakEngine

    return EspeakEngine()


def renew() -> None:
    """Reset the flutter of a voice, which espeak-ng continues from sentence to sentence."""
    from halfgig.tts.espeak.library import espeak_library

    espeak_library().renew()


def claims(_name: str, _parts: Container[str] | None) -> bool:
    """Return True: espeak-ng is the last engine and claims every name; for unknown ones it lists similar names."""
    return True


def default_voice(_parts: Container[str] | None) -> str:
    """Return American English."""
    return DEFAULT_VOICE


def voices_of(_name: str) -> tuple[str, ...]:
    """Return no parts: all voices come with the wheel."""
    return ()


def listed(_parts: Container[str]) -> list[Voice]:
    """Return no voices: the loaded engine lists them, in a cell."""
    return []


# 16 MB private at the start, 24 MB after seven minutes of sound in one piece, 1 MB for the mark, 4 for kept sentences.
SPEC = EngineSpec(
    name="espeak",
    title="espeak-ng",
    cost=StageCost("espeak", "espeak-ng", "speaking espeak", private_mb=30, budget_mb=100),
    throughput=Throughput(start_s=0.2, each_s=0.01, most_cpus=1),
    source_type=ALGORITHMIC,
    make=make,
    claims=claims,
    default_voice=default_voice,
    voices_of=voices_of,
    listed=listed,
    renew=renew,
)
