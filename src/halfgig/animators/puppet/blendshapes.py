"""The pose of a face: what animation computes for each frame and every renderer draws.

Weights carry the names of ARKit's blendshapes where one fits.  A pose says how far the face has left the picture: all
zero is the picture itself, whatever expression it has.  Right and left are the person's own.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Mouth(NamedTuple):
    """The mouth, alike on both sides; each weight 0..1."""

    jaw_open: float = 0.0
    """The jaw drops, with the lower lip, the lower teeth and the tongue."""
    close: float = 0.0
    """The lips meet whatever the jaw does; at 1 the inner mouth is hidden."""
    funnel: float = 0.0
    """The lips form an open ring, as in "o"."""
    pucker: float = 0.0
    """The lips form a small ring and come forward, as in "u" and "w"."""
    stretch: float = 0.0
    """The corners are drawn apart, as in "ee"."""
    upper_up: float = 0.0
    """The upper lip is lifted off the upper teeth."""
    roll_lower: float = 0.0
    """The lower lip is drawn up to the upper teeth, as in "f" and "v"."""
    tongue_up: float = 0.0
    """The tip of the tongue is raised to the upper teeth, as in "l", "n" and "th"; no blendshape of ARKit."""
    smile: float = 0.0
    """The corners go up and apart."""
    frown: float = 0.0
    """The corners go down."""


class Eyes(NamedTuple):
    """The eyes."""

    blink_right: float = 0.0
    """Closing of the person's right eye, 0..1."""
    blink_left: float = 0.0
    """Closing of the person's left eye, 0..1."""
    squint: float = 0.0
    """The lower lids are raised, 0..1."""
    wide: float = 0.0
    """The upper lids are raised, 0..1."""
    gaze_yaw: float = 0.0
    """Turn of the eyes to the right of the picture, in degrees."""
    gaze_pitch: float = 0.0
    """Turn of the eyes downwards, in degrees."""


class Brows(NamedTuple):
    """The brows, alike on both sides; each weight 0..1."""

    inner_up: float = 0.0
    """The inner ends are raised."""
    outer_up: float = 0.0
    """The outer ends are raised."""
    down: float = 0.0
    """The brows are lowered and drawn together."""


class Head(NamedTuple):
    """The position of the head."""

    x: float = 0.0
    """Shift to the right of the picture, in eye distances."""
    y: float = 0.0
    """Shift downwards, in eye distances."""
    scale: float = 0.0
    """Approach to the viewer: 0.01 is one percent larger."""
    yaw: float = 0.0
    """Turn to the right of the picture, in degrees."""
    pitch: float = 0.0
    """Nod downwards, in degrees."""
    roll: float = 0.0
    """Tilt clockwise, in degrees."""


class Pose(NamedTuple):
    """The pose of one frame."""

    mouth: Mouth = Mouth()
    eyes: Eyes = Eyes()
    brows: Brows = Brows()
    head: Head = Head()
    breath: float = 0.0
    """Breath drawn, 0..1: chest and shoulders are raised."""


class FrameCue(NamedTuple):
    """What speech contributes to the pose of one frame."""

    mouth: Mouth
    """Weights of the mouth."""
    accent: float = 0.0
    """Strength, 0..1, of a stressed syllable that is about to begin, so that a nod can start; 0 if none is."""
    until_voice: float = math.inf
    """Seconds until the voice sets in; 0 while it sounds, infinite if it does not within the look-ahead."""
    until_pause: float = 0.0
    """Seconds until the next pause; 0 in it, infinite if none begins within the look-ahead."""


EYE_RANGE_DEG = 30.0
"""Turn of an eye at which its eyeLook blendshape has the weight 1."""

LEAD_S = 0.03
"""Lead of the lips over the sound in seconds: 20 to 40 ms look best, a lag of 45 ms goes unnoticed (ITU-R BT.1359)."""

ACCENT_LEAD_S = 0.13
"""Lead of a nod over the stressed vowel: three frames."""

_MOUTH = {
    "jaw_open": ("jawOpen",),
    "close": ("mouthClose",),
    "funnel": ("mouthFunnel",),
    "pucker": ("mouthPucker",),
    "stretch": ("mouthStretchLeft", "mouthStretchRight"),
    "upper_up": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "roll_lower": ("mouthRollLower",),
    "tongue_up": ("tongueUp",),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "frown": ("mouthFrownLeft", "mouthFrownRight"),
}
_BROWS = {
    "inner_up": ("browInnerUp",),
    "outer_up": ("browOuterUpLeft", "browOuterUpRight"),
    "down": ("browDownLeft", "browDownRight"),
}


def mouth_weights(mouth: Mouth) -> dict[str, float]:
    """Return the weights of a mouth by their names, as `weights_of` does for a whole pose."""
    return {name: value for field, value in mouth._asdict().items() for name in _MOUTH[field]}


def weights_of(pose: Pose) -> dict[str, float]:
    """Return the weights of a pose by the names of ARKit's blendshapes, 0..1, and of `tongueUp` and `breath`, our own.

    The head is not among them: it is no blendshape.
    """
    eyes = pose.eyes
    to_left, to_right = max(0.0, eyes.gaze_yaw) / EYE_RANGE_DEG, max(0.0, -eyes.gaze_yaw) / EYE_RANGE_DEG
    down, up = max(0.0, eyes.gaze_pitch) / EYE_RANGE_DEG, max(0.0, -eyes.gaze_pitch) / EYE_RANGE_DEG
    brows = {name: value for field, value in pose.brows._asdict().items() for name in _BROWS[field]}
    # The right of the picture is the person's left: there the left eye looks outwards, the right one inwards.
    return (
        mouth_weights(pose.mouth)
        | brows
        | {
            "eyeBlinkLeft": eyes.blink_left,
            "eyeBlinkRight": eyes.blink_right,
            "eyeSquintLeft": eyes.squint,
            "eyeSquintRight": eyes.squint,
            "eyeWideLeft": eyes.wide,
            "eyeWideRight": eyes.wide,
            "eyeLookOutLeft": to_left,
            "eyeLookInRight": to_left,
            "eyeLookInLeft": to_right,
            "eyeLookOutRight": to_right,
            "eyeLookDownLeft": down,
            "eyeLookDownRight": down,
            "eyeLookUpLeft": up,
            "eyeLookUpRight": up,
            "breath": pose.breath,
        }
    )
