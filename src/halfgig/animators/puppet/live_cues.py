"""Poses of a speech that is shown while it is made: the video's cues, as far as the speech is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.puppet.blendshapes import Mouth, mouth_weights
from halfgig.animators.puppet.phrases import LOOK_AHEAD_S
from halfgig.animators.puppet.viseme_animation import Loudness, VisemeTrack, cue_of, moment_of, n_frames
from halfgig.media.chunks import PoseRows

if TYPE_CHECKING:
    from halfgig.animators.puppet.blendshapes import FrameCue
    from halfgig.media.chunks import Chunk

RATE = 25.0
"""Rows a second: renderers interpolate."""

NAMES = (*(name for name in mouth_weights(Mouth()) if "Smile" not in name and "Frown" not in name), "accent", "voice")
"""What a row has: the weights of the mouth that speech sets, the strength of a stressed syllable that is about to
begin, and whether the voice sounds, 0 or 1."""


class LiveCues:
    """Makes the cues of a speech, chunk by chunk, without waiting for what follows.

    Cues depend on `LOOK_AHEAD_S` of what follows.  Those at the end of what is known are made without it, and made
    again with the next chunk, so that the rows laid over each other are those of the video.
    """

    def __init__(self, rate: float = RATE) -> None:
        self._rate = rate
        self._loudness = Loudness()
        self._track = VisemeTrack(iter(()))
        self._frame, self._jaw = 0, 0.0  # the first frame that may change, and the jaw in the one before

    def add(self, chunk: Chunk) -> PoseRows:
        """Return the rows that a chunk adds or changes; their start is in seconds from the start of the chunk."""
        chunk_start = self._track.seconds
        self._loudness.record(chunk.pcm)
        self._track.add(chunk)
        first, jaw, rows = self._frame, self._jaw, bytearray()
        self._track.forget(moment_of(first, self._rate))
        for frame in range(first, n_frames(self._track, self._rate)):
            moment = moment_of(frame, self._rate)
            cue = cue_of(frame, self._rate, self._track.known(moment), self._loudness, jaw)
            jaw = cue.mouth.jaw_open
            rows += _row(cue)
            if self._track.seconds >= moment + LOOK_AHEAD_S:
                self._frame, self._jaw = frame + 1, jaw
        return PoseRows(NAMES, self._rate, first / self._rate - chunk_start, bytes(rows))


def _row(cue: FrameCue) -> bytes:
    weights = mouth_weights(cue.mouth) | {"accent": cue.accent, "voice": float(cue.until_voice == 0)}
    return bytes(round(255 * weights[name]) for name in NAMES)
