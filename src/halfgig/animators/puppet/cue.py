"""What speech asks of the face in one frame, whether it was read from phonemes or heard in the sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from halfgig.animators.puppet.controls import Mouth
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech


class Cue(NamedTuple):
    """Hold one frame's share of the speech."""

    mouth: Mouth
    """The shape of the mouth."""
    accent: bool = False
    """True when a stressed syllable is about to begin: the moment to start a nod."""
    speaking: bool = False
    """False in a pause."""


LEAD_S = 0.03
"""How early lips move: between 20 and 40 ms look best, and sound may lag by 45 ms unnoticed (ITU-R BT.1359)."""


def cues_of(speech: Speech, chunks: Iterator[Chunk], fps: float) -> Iterator[Cue]:
    """Yield a cue for each frame of a speech; `chunks` are its chunks on their way."""
    from halfgig.animators.puppet.audio_animation import heard_cues
    from halfgig.animators.puppet.viseme_animation import spoken_cues

    return spoken_cues(chunks, fps) if speech.has_phonemes else heard_cues(chunks, fps, speech.peak)
