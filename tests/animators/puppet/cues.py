"""Cues of a person who talks in phrases, made without any sound, and what the poses made of them show."""

from __future__ import annotations

import functools
import itertools
import math
import random
from typing import NamedTuple

from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.blendshapes import FrameCue, Mouth, Pose
from halfgig.animators.puppet.phrases import phrase_at

PAUSES_S = (0.3, 0.5, 0.8, 2.0)


class Blink(NamedTuple):
    """A blink as it is seen."""

    start: float
    """Seconds."""
    seconds: float
    depth: float
    peak: float
    """Share of its length at which the eyes are most closed."""


@functools.cache
def phrases(seconds: float) -> tuple[tuple[float, float], ...]:
    """Return start and end of phrases of one to four seconds, in seconds."""
    rng = random.Random(1)
    spans, moment = [], 0.5
    while moment < seconds:
        end = moment + rng.uniform(1, 4)
        spans.append((moment, end))
        moment = end + rng.choice(PAUSES_S)
    return tuple(spans)


@functools.cache
def talked(seconds: float, fps: float = 25.0) -> tuple[FrameCue, ...]:
    """Return the cues of phrases with a stress every half second."""
    made, coming = [], list(phrases(seconds))
    for frame in range(round(seconds * fps)):
        moment = frame / fps
        while len(coming) > 1 and coming[0][1] < moment - 1:
            coming.pop(0)
        phrase = phrase_at(moment, coming)
        is_stressed = phrase.until_voice == 0 and int(2 * moment) > int(2 * (moment - 1 / fps))
        mouth = Mouth(jaw_open=0.4 if phrase.until_voice == 0 else 0.0)
        made.append(FrameCue(mouth, 0.5 + 0.5 * math.sin(moment) ** 2 if is_stressed else 0.0, *phrase))
    return tuple(made)


@functools.cache
def talking(
    seconds: float, fps: float = 25.0, seed: int = 0, liveliness: float = 0.5, mood: str = "neutral"
) -> tuple[Pose, ...]:
    """Return the poses of one who talks in phrases."""
    return tuple(poses(talked(seconds, fps), fps, seed, liveliness, mood))


@functools.cache
def idle(seconds: float, fps: float = 25.0, seed: int = 0, liveliness: float = 0.5) -> tuple[Pose, ...]:
    """Return the poses of a face that says nothing."""
    return tuple(poses([FrameCue(Mouth())] * round(seconds * fps), fps, seed, liveliness))


def gaze_of(pose: Pose) -> tuple[float, float]:
    """Return the direction of gaze in space, in degrees to the right and downwards."""
    return pose.eyes.gaze_yaw + pose.head.yaw, pose.eyes.gaze_pitch + pose.head.pitch


def is_on_viewer(pose: Pose) -> bool:
    """Return whether the viewer is looked at: nearer than any glance away."""
    return math.hypot(*gaze_of(pose)) < 3


def blinks_of(made: tuple[Pose, ...], fps: float) -> list[Blink]:
    """Return the blinks: what closes the eyes further than a look downwards does."""
    found = []
    runs = itertools.groupby(enumerate(made), key=lambda numbered: numbered[1].eyes.blink_left > 0.15)
    for frames in ([*run] for closed, run in runs if closed):
        lids = [pose.eyes.blink_left for _, pose in frames]
        found.append(Blink(frames[0][0] / fps, len(lids) / fps, max(lids), (lids.index(max(lids)) + 0.5) / len(lids)))
    return found
