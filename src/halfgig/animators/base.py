"""The contract every way to move a face keeps, and the one that is always there: the puppet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from halfgig.animators.puppet.cue import cues_of
from halfgig.animators.puppet.idle import poses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.animators.puppet.controls import Pose
    from halfgig.animators.puppet.portrait import Portrait
    from halfgig.face.face_cache import Measured
    from halfgig.media.chunks import Chunk
    from halfgig.requests import VideoRequest
    from halfgig.tts.speech import Speech


class Animator(Protocol):
    """Turn speech into moves, one a frame, and moves into frames.

    Moves are cheap, and the same at each time of asking; frames may be dear.  So a video that was broken off goes on by
    asking for all moves again and rendering only those whose frames are not there.
    """

    size: tuple[int, int]
    """Width and height of the frames, both even."""
    group: int
    """How many frames are encoded together, so that a break changes none; 0: as many as there are until a break."""

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[Any]:
        """Yield what each frame shows, until the sound ends; `chunks` are the speech's on their way."""
        ...

    def render(self, move: Any) -> NDArray[np.uint8]:
        """Give the frame of a move, RGB [height, width, 3]."""
        ...


class PuppetAnimator:
    """Move a portrait as a puppet; `seed` decides blinks and sway."""

    group = 0

    def __init__(self, portrait: Portrait, seed: int) -> None:
        self.size = portrait.size
        self._puppet = portrait.puppet
        self._seed = seed

    def moves(self, speech: Speech, chunks: Iterator[Chunk], fps: Fraction) -> Iterator[Pose]:
        """Yield a pose for each frame."""
        return poses(cues_of(speech, chunks, float(fps)), float(fps), self._seed)

    def render(self, move: Pose) -> NDArray[np.uint8]:
        """Give the frame of a pose."""
        return self._puppet.render(move)


def make_puppet(request: VideoRequest, measured: Measured) -> PuppetAnimator:
    """Make a puppet of a face that was measured before."""
    from halfgig.animators.puppet.portrait import make_portrait

    return PuppetAnimator(make_portrait(request, measured), request.seed)
