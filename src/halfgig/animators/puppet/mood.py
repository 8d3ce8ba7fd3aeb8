"""Moods: what a face shows while it speaks and while it is silent, and how it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from halfgig.animators.puppet.blendshapes import Brows
from halfgig.animators.puppet.easing import eased

if TYPE_CHECKING:
    from halfgig.animators.puppet.blendshapes import Mouth, Pose

EASE_IN_S = 1.2
"""Time in which a mood shows, so that the first frame is the portrait itself."""

ROUND_SHARE = 0.75
"""Share of smile and frown that a round mouth takes away: lips cannot be drawn apart and together."""


class Mood(NamedTuple):
    """Weights added to those of speech, and the pace of motion."""

    smile: float = 0.0
    frown: float = 0.0
    jaw: float = 0.0
    """Opening of the jaw in pauses."""
    squint: float = 0.0
    wide: float = 0.0
    brows: Brows = Brows()
    pace: float = 1.0
    """Factor on how often the head and the eyes move."""
    size: float = 1.0
    """Factor on how far the head moves."""
    blinking: float = 1.0
    """Factor on how often the eyes blink."""


MOODS = {
    "neutral": Mood(),
    "happy": Mood(smile=0.55, squint=0.3, brows=Brows(0.05, 0.12), pace=1.15, size=1.1),
    "serious": Mood(frown=0.3, squint=0.2, brows=Brows(down=0.75), pace=0.75, size=0.7, blinking=0.85),
    "surprised": Mood(jaw=0.15, wide=0.9, brows=Brows(0.95, 0.9), pace=1.0, size=0.9, blinking=0.75),
}
"""The moods by name, the default one first."""


def with_mood(pose: Pose, mood: Mood, moment_s: float) -> Pose:
    """Return a pose in a mood, at a moment of the stream; lips that meet still meet."""
    shown = eased(moment_s / EASE_IN_S)
    if not shown or mood is MOODS["neutral"]:
        return pose
    eyes = pose.eyes._replace(
        squint=min(1.0, pose.eyes.squint + shown * mood.squint),
        wide=min(1.0, pose.eyes.wide + shown * mood.wide),
    )
    brows = Brows(*(min(1.0, part + shown * more) for part, more in zip(pose.brows, mood.brows, strict=True)))
    return pose._replace(mouth=_mouth(pose.mouth, mood, shown), eyes=eyes, brows=brows)


def _mouth(mouth: Mouth, mood: Mood, shown: float) -> Mouth:
    corners = shown * (1 - ROUND_SHARE * max(mouth.pucker, mouth.funnel))
    return mouth._replace(
        smile=min(1.0, mouth.smile + corners * mood.smile),
        frown=min(1.0, mouth.frown + corners * mood.frown),
        jaw_open=max(mouth.jaw_open, shown * mood.jaw * (1 - mouth.close)),
    )
