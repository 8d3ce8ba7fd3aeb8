"""Spec of the Kokoro engine, known without loading it."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from halfgig.capacity.memory_costs import StageCost
from halfgig.capacity.throughput import Throughput
from halfgig.errors import ModelMissing, UnknownVoice
from halfgig.media.provenance import TRAINED
from halfgig.models.catalogue import MODELS
from halfgig.tts.base import EngineSpec
from halfgig.tts.kokoro.voices import (
    DEFAULT_VOICE,
    ENGINE,
    OPENAI_NAMES,
    checkpoints,
    has_voices_of,
    is_ours,
    looks_like_ours,
    nearest,
    parse_mix,
    voices_among,
)

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from halfgig.models.catalogue import Model
    from halfgig.tts.base import Engine

NETWORKS_PRIVATE_MB = 85
"""Private memory of Kokoro's networks for one chunk, in MB.

Far less than the 220 MB available in a cell: almost all tensors as long as the sound then go to a file, so that chunks
of 1 s and 15 s have similar peaks (55 and 64 MB), at the same speed within 3 %.
"""

MAX_THREADS = 4
"""Maximum threads of the networks: four use 69 MB, eight use 96 MB, more than planned."""


def make(folder: Path | None) -> Engine:
    """Load the Kokoro installed in a folder."""
    from halfgig.resources.limits import usable_threads
    from halfgig.tts.kokoro.engine import KokoroEngine

    assert folder
    # The model folder is on disk; the temporary folder of the system may be in memory.
    spill_dir = folder if os.access(folder, os.W_OK) else None
    return KokoroEngine(folder, usable_threads(MAX_THREADS), NETWORKS_PRIVATE_MB, spill_dir)


def claims(name: str, parts: Container[str] | None, model: str = ENGINE) -> bool:
    """Return whether a voice name, or mix of names, belongs to a checkpoint of Kokoro's networks.

    OpenAI names belong to Kokoro if the voice they map to is installed. Raises `ModelMissing` for a voice that only
    this checkpoint has if it is not installed, and `UnknownVoice` for a mix that cannot be parsed.
    """
    if not (is_ours(name) or has_voices_of(name)):
        return False
    try:
        shares = parse_mix(name)
    except UnknownVoice:
        if is_ours(name):
            raise
        return False
    if checkpoints()[shares[0].voice].name != model:
        return False
    if name.strip().lower() in OPENAI_NAMES:
        return parts is not None and shares[0].voice in parts
    if parts is not None:
        return True
    raise ModelMissing(
        f'the voice "{shares[0].voice}" belongs to Kokoro\'s checkpoint {model}, which is not on this machine; '
        f"fetch it with: halfgig pull {model}"
    )


def default_voice(parts: Container[str] | None) -> str:
    """Return Kokoro's best voice if it is installed, else ""."""
    return DEFAULT_VOICE if parts is not None and DEFAULT_VOICE in parts else ""


def default_voice_of(parts: Container[str] | None, model: str) -> str:
    """Return the first voice of a community checkpoint that is installed, else ""."""
    return next((name for name, each in checkpoints().items() if each.name == model and name in (parts or ())), "")


def voices_of(name: str) -> tuple[str, ...]:
    """Return the voices in a name or mix of names."""
    return tuple(share.voice for share in parse_mix(name))


def suggest(name: str, parts: Container[str] | None, is_asked: bool) -> list[str]:
    """Return the voices that a name of no voice may be meant for, if Kokoro is asked or there, or it looks like one."""
    if not (is_asked or parts is not None or looks_like_ours(name)):
        return []
    return nearest(name) or ([DEFAULT_VOICE, "af_bella", "bf_emma"] if is_asked else [])


# Measured: 58-67 MB private for any length of text, the rest spills to disk; the budget also covers stacks and buffers
# that are reserved but never touched. 4 times real time on one core, 8 times on two.
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
    listed=voices_among,
    model="kokoro",
    has_network=True,
    reads_phonemes=True,
    suggest=suggest,
)


def _spec_of(model: Model) -> EngineSpec:
    """Return the spec of a community checkpoint: Kokoro's, with other weights, voices and language."""
    return SPEC._replace(
        name=model.name,
        cost=SPEC.cost._replace(model=model.name),
        claims=functools.partial(claims, model=model.name),
        default_voice=functools.partial(default_voice_of, model=model.name),
        model=model.name,
    )


def community_specs() -> tuple[EngineSpec, ...]:
    """Return the specs of the community's checkpoints in the catalogue."""
    return tuple(_spec_of(model) for model in MODELS if model.engine == ENGINE and model.name != ENGINE)
