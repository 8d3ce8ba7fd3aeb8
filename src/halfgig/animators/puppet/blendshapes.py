"""Blendshape weights: the numbers that animation computes for each frame and the puppet renders."""

from __future__ import annotations

from typing import NamedTuple


class Mouth(NamedTuple):
    """Weights of the mouth; all zero is the mouth of the picture."""

    jaw: float = 0.0
    """Opening, 0..1."""
    width: float = 0.0
    """Corners drawn apart (1) or together (-1)."""
    round: float = 0.0
    """Lips rounded and protruded, 0..1."""
    press: float = 0.0
    """Lips pressed together, 0..1; at 1 the inner mouth is hidden."""
    teeth: float = 0.0
    """Visibility of the upper teeth in the opening, 0..1."""
    tuck: float = 0.0
    """Lower lip drawn up to the upper teeth, as for f and v, 0..1."""
    tongue: float = 0.0
    """Tongue raised, 0..1."""


class Head(NamedTuple):
    """Displacement of the head; all zero is the head of the picture."""

    x: float = 0.0
    """Shift to the right, in eye distances."""
    y: float = 0.0
    """Shift downwards, in eye distances."""
    roll: float = 0.0
    """Tilt clockwise, in radians."""
    scale: float = 0.0
    """Approach to the viewer: 0.01 is one percent larger."""
    yaw: float = 0.0
    """Turn to the right, as the shift of the nose relative to the ears, in eye distances."""
    pitch: float = 0.0
    """Nod downwards, as the shift of the nose relative to the ears, in eye distances."""


class Pose(NamedTuple):
    """All weights of one frame."""

    mouth: Mouth = Mouth()
    right_lid: float = 0.0
    """Closing of the person's right eye, 0..1."""
    left_lid: float = 0.0
    """Closing of the person's left eye, 0..1."""
    brow: float = 0.0
    """Brows raised, 0..1."""
    head: Head = Head()


class FrameCue(NamedTuple):
    """What speech contributes to the pose of one frame."""

    mouth: Mouth
    """Weights of the mouth."""
    accent: bool = False
    """Whether a stressed syllable is about to begin, so that a nod can start."""


LEAD_S = 0.03
"""Lead of the lips over the sound in seconds: 20 to 40 ms look best, a lag of 45 ms goes unnoticed (ITU-R BT.1359)."""
