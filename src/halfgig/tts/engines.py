"""Which engine speaks: Kokoro where it is installed and has the voice, espeak-ng else."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

from halfgig.errors import ModelMissing, UnknownVoice
from halfgig.resources.limits import usable_threads
from halfgig.tts.kokoro import voices as kokoro_voices
from halfgig.tts.voices import DEFAULT_VOICE

if TYPE_CHECKING:
    from pathlib import Path

    from halfgig.models.installed import Installed
    from halfgig.tts.base import Engine, Voice

KOKORO_PRIVATE_MB = 85
"""What Kokoro's networks keep to for one chunk, in MB of private memory.

Far less than the 220 a cell may have: tensors as long as the sound then lie in a file, all but the smallest, so that
chunks of 1 and of 15 s peak alike (55 and 64 MB), at the same speed within 3 %.
"""


KOKORO_THREADS = 4
"""The most that its networks use: with four they keep 69 MB, with eight 96, which is more than is planned for."""


def default_voice(kokoro: Installed | None) -> str:
    """Return the voice that speaks when none is asked for."""
    has_own = kokoro is not None and kokoro_voices.DEFAULT_VOICE in kokoro.parts
    return kokoro_voices.DEFAULT_VOICE if has_own else DEFAULT_VOICE


def is_kokoros(voice: str, kokoro: Installed | None) -> bool:
    """Return whether Kokoro speaks for a voice's name, or mix of names.

    OpenAI's names are Kokoro's where it has the voice they stand for.  Raises `ModelMissing` for a voice that only
    Kokoro has where it is not, and `UnknownVoice` for a mix that cannot be read.
    """
    from halfgig.tts.kokoro.voices import parse_mix

    try:
        shares = parse_mix(voice)
    except UnknownVoice:
        if "(" in voice:
            raise
        return False
    if voice.strip().lower() in kokoro_voices.OPENAI_NAMES:
        return kokoro is not None and shares[0].voice in kokoro.parts
    if kokoro is not None:
        return True
    raise ModelMissing(
        f'the voice "{shares[0].voice}" is Kokoro\'s, which is not on this machine; fetch it with: halfgig pull kokoro'
    )


def voice_of(name: str, speaker: Engine) -> Voice:
    """Find a voice, or a mix of voices, of a speaker.  Raises `UnknownVoice`."""
    if speaker.name == kokoro_voices.ENGINE:
        from halfgig.tts.kokoro.voices import resolve_voice as kokoro_voice_of

        return kokoro_voice_of(name)
    from halfgig.tts.voices import find_voice

    return find_voice(name, speaker.voices())


@functools.lru_cache(maxsize=1)
def kokoro_speaker(folder: Path) -> Engine:
    """Return the Kokoro in a folder; a cell that is kept for the next request keeps it."""
    from halfgig.tts.kokoro.engine import KokoroEngine

    # Beside the weights there is a disk; the system's folder for temporary files may be memory.
    spill_dir = folder if os.access(folder, os.W_OK) else None
    return KokoroEngine(folder, usable_threads(KOKORO_THREADS), KOKORO_PRIVATE_MB, spill_dir)


def speaker_in(folder: Path | None) -> Engine:
    """Return the Kokoro in a folder, or espeak-ng for None."""
    if folder is not None:
        return kokoro_speaker(folder)
    from halfgig.tts.espeak.engine import EspeakEngine

    return EspeakEngine()
