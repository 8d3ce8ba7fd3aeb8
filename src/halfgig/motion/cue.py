"""What speech asks of the face in one frame, whether it was read from phonemes or heard in the sound."""

from typing import NamedTuple

from halfgig.motion.controls import Mouth


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
