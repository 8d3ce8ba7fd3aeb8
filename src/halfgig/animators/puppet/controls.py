"""What can be moved in a face: the numbers that motion makes and animation takes, one set a frame."""

from typing import NamedTuple


class Mouth(NamedTuple):
    """Shape the mouth; all zero is the mouth of the picture."""

    jaw: float = 0.0
    """How far it is open, 0..1."""
    width: float = 0.0
    """How far the corners are drawn apart (1) or together (-1)."""
    round: float = 0.0
    """How far the lips are rounded and put forward, 0..1."""
    press: float = 0.0
    """How firmly the lips are closed on each other, 0..1; at 1 nothing of the inner mouth is seen."""
    teeth: float = 0.0
    """How much the upper teeth show in the opening, 0..1."""
    tuck: float = 0.0
    """How far the lower lip is drawn up to the upper teeth, as for f and v, 0..1."""
    tongue: float = 0.0
    """How far the tongue is raised, 0..1."""


class Head(NamedTuple):
    """Move the head; all zero is the head of the picture."""

    x: float = 0.0
    """Shift to the right, in eye distances."""
    y: float = 0.0
    """Shift downwards, in eye distances."""
    roll: float = 0.0
    """Tilt clockwise, in radians."""
    scale: float = 0.0
    """Towards the viewer: 0.01 is one percent larger."""
    yaw: float = 0.0
    """Turn to the right: the shift of the nose against the ears, in eye distances."""
    pitch: float = 0.0
    """Nod downwards: the shift of the nose against the ears, in eye distances."""


class Pose(NamedTuple):
    """Hold everything that moves in one frame."""

    mouth: Mouth = Mouth()
    right_lid: float = 0.0
    """How far the person's right eye is closed, 0..1."""
    left_lid: float = 0.0
    """How far the person's left eye is closed, 0..1."""
    brow: float = 0.0
    """How far the brows are raised, 0..1."""
    head: Head = Head()
