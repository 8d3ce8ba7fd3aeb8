"""The pose of every frame: the mouth from speech, with gaze, blinks, brows, head and breath that go with it.

Poses follow from cues and a seed alone: neither a portrait nor a video is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfgig.animators.puppet.audio_animation import audio_cues
from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Pose
from halfgig.animators.puppet.blinks import Blinks
from halfgig.animators.puppet.breathing import Breathing
from halfgig.animators.puppet.easing import random_for
from halfgig.animators.puppet.gaze import Gaze
from halfgig.animators.puppet.head_motion import Drift, Nods, Postures, total
from halfgig.animators.puppet.mood import MOODS, with_mood
from halfgig.animators.puppet.options import LIVELINESS
from halfgig.animators.puppet.viseme_animation import viseme_cues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from halfgig.animators.puppet.blendshapes import FrameCue
    from halfgig.animators.puppet.gaze import Direction
    from halfgig.animators.puppet.options import PuppetOptions
    from halfgig.media.chunks import Chunk
    from halfgig.tts.speech import Speech

FULL_BREATH_AT = 0.5
"""Liveliness from which breath and glances have their full size; livelier faces do not breathe more."""

EYES_DEG = 20.0
"""Farthest turn of the eyes in the head."""

LID_A_DEGREE = 0.02
"""Closing of the lids for each degree that the eyes look down."""

WIDE_WITH_BROWS = 0.25
"""Raising of the upper lids with fully raised brows."""

BREATH = Head(y=-0.008, pitch=-0.5)
"""Displacement of the head by a full breath."""


class Animation:
    """Turns the cues of one stream, frame by frame, into poses; calls must be in order of time."""

    def __init__(self, seed: int, liveliness: float = LIVELINESS, mood: str = "neutral") -> None:
        self._mood = MOODS[mood]
        self._gain = liveliness
        pace = self._mood.pace
        self._gaze = Gaze(random_for(seed, "gaze"), pace)
        self._blinks = Blinks(random_for(seed, "blinks"), self._mood.blinking)
        self._drift = Drift(random_for(seed, "drift"))
        self._postures = Postures(random_for(seed, "postures"), pace)
        self._nods = Nods(random_for(seed, "nods"), pace)
        self._breathing = Breathing(random_for(seed, "breath"))

    def pose(self, moment_s: float, cue: FrameCue) -> Pose:
        """Return the pose of the frame that is shown at a moment."""
        pose = self._moved(moment_s, cue) if self._gain else Pose(cue.mouth)
        return with_mood(pose, self._mood, moment_s)

    def _moved(self, moment_s: float, cue: FrameCue) -> Pose:
        full = min(1.0, self._gain / FULL_BREATH_AT)
        gaze = self._gaze.follow(moment_s, cue)
        closed = self._blinks.closed(moment_s, cue, self._gaze.shift)
        nod, brow = self._nods.follow(moment_s, cue.accent)
        breath = full * self._breathing.drawn(moment_s, cue)
        follow = self._gaze.head(moment_s)
        parts = (
            self._drift.head(moment_s),
            self._postures.head(moment_s, cue),
            nod,
            Head(yaw=follow.yaw, pitch=follow.pitch),
            Head(y=BREATH.y * breath, pitch=BREATH.pitch * breath),
        )
        head = total(parts, self._gain * self._mood.size)
        brow = min(1.0, self._gain * brow)
        return Pose(cue.mouth, _eyes(gaze, full, head, closed, brow), Brows(brow, brow), head, breath)


def _eyes(gaze: Direction, full: float, head: Head, closed: float, brow: float) -> Eyes:
    """Return the eyes that look in a direction in space, whatever the head does."""
    yaw, pitch = (
        max(-EYES_DEG, min(EYES_DEG, full * direction - turn))
        for direction, turn in ((gaze.yaw, head.yaw), (gaze.pitch, head.pitch))
    )
    closed = max(closed, min(1.0, LID_A_DEGREE * max(0.0, pitch)))
    return Eyes(closed, closed, wide=WIDE_WITH_BROWS * brow, gaze_yaw=yaw, gaze_pitch=pitch)


def poses(
    cues: Iterable[FrameCue], fps: float, seed: int, liveliness: float = LIVELINESS, mood: str = "neutral"
) -> Iterator[Pose]:
    """Yield a pose for each cue; equal seeds yield equal poses.

    `liveliness` is 0 to 1, at 0 nothing but the mouth moves; `mood` is a name in `MOODS`.
    """
    animation = Animation(seed, liveliness, mood)
    for frame, cue in enumerate(cues):
        yield animation.pose(frame / fps, cue)


def poses_of(speech: Speech, chunks: Iterator[Chunk], fps: float, seed: int, options: PuppetOptions) -> Iterator[Pose]:
    """Yield a pose for each frame of a speech whose chunks are consumed as needed."""
    return poses(cues_of(speech, chunks, fps), fps, seed, options.liveliness, options.mood)


def cues_of(speech: Speech, chunks: Iterator[Chunk], fps: float) -> Iterator[FrameCue]:
    """Yield a cue for each frame of a speech whose chunks are consumed as needed.

    Visemes drive the mouth if the speech has phonemes, its sound otherwise.
    """
    return viseme_cues(chunks, fps) if speech.has_phonemes else audio_cues(chunks, fps, speech.peak)
