"""What halfgig knows of Kokoro without loading it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.throughput import Throughput
from halfgig.errors import ModelMissing, UnknownVoice
from halfgig.media.provenance import TRAINED
from halfgig.tts.base import EngineSpec
from halfgig.tts.kokoro.voices import DEFAULT_VOICE, ENGINE, OPENAI_NAMES, voices_among

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from halfgig.tts.base import Engine, Voice

NETWORKS_PRIVATE_MB = 85
"""What Kokoro's networks keep for one chunk, in MB of private memory.

Far less than the 220 a cell could have: tensors as long as the sound then lie in a file, all but the smallest, so that
chunks of 1 and of 15 s peak alike (55 and 64 MB), at the same speed within 3 %.
"""

MOST_THREADS = 4
"""Most threads of its networks: with four they keep 69 MB, with eight 96, which is more than is planned for."""


def make(folder: Path | None) -> Engine:
    """Load the Kokoro in a folder."""
    from halfgig.resources.limits import usable_threads
    from halfgig.tts.kokoro.engine import KokoroEngine

    assert folder
    # The weights' folder is on a disk; the system's folder for temporary files may be memory.
    spill_dir = folder if os.access(folder, os.W_OK) else None
    return KokoroEngine(folder, usable_threads(MOST_THREADS), NETWORKS_PRIVATE_MB, spill_dir)


def claims(name: str, parts: Container[str] | None) -> bool:
    """Return whether Kokoro speaks for a voice's name, or mix of names.

    OpenAI's names are Kokoro's where it has the voice they stand for.  Raises `ModelMissing` for a voice that only
    Kokoro has where it is not installed, and `UnknownVoice` for a mix that cannot be read.
    """
    from halfgig.tts.kokoro.voices import parse_mix

    try:
        shares = parse_mix(name)
    except UnknownVoice:
        if "(" in name:
            raise
        return False
    if name.strip().lower() in OPENAI_NAMES:
        return parts is not None and shares[0].voice in parts
    if parts is not None:
        return True
    raise ModelMissing(
        f'the voice "{shares[0].voice}" is Kokoro\'s, which is not on this machine; fetch it with: halfgig pull kokoro'
    )


def default_voice(parts: Container[str] | None) -> str:
    """Return Kokoro's best voice where it is installed."""
    return DEFAULT_VOICE if parts is not None and DEFAULT_VOICE in parts else ""


def voices_of(name: str) -> tuple[str, ...]:
    """Return the voices that a name, or mix of names, is made of."""
    from halfgig.tts.kokoro.voices import parse_mix

    return tuple(share.voice for share in parse_mix(name))


def listed(parts: Container[str]) -> list[Voice]:
    """Return the voices that are installed, with OpenAI's names for them."""
    return voices_among(parts)


# 58-67 MB private were measured at any length of text, the rest spills to disk; what its budget has over that is stacks
# and buffers that are never touched.  4 times real time on one core, 8 times on two.
SPEC = EngineSpec(
    name=ENGINE,
    title="Kokoro",
    cost=StageCost(ENGINE, "Kokoro", "speaking kokoro", private_mb=90, budget_mb=340, model="kokoro"),
    throughput=Throughput(start_s=0.3, each_s=0.25, most_cpus=2),
    source_type=TRAINED,
    make=make,
    claims=claims,
    default_voice=default_voice,
    voices_of=voices_of,
    listed=listed,
    model="kokoro",
    has_network=True,
    reads_phonemes=True,
)
