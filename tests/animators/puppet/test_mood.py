from __future__ import annotations

import pytest

from halfgig.animators.puppet import options
from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.blendshapes import FrameCue, Mouth, Pose
from halfgig.animators.puppet.mood import MOODS
from tests.animators.puppet.cues import talking

FEELINGS = [name for name in MOODS if name != "neutral"]


def shown(mood: str, **mouth: float) -> list[Pose]:
    """Return the poses of a still face in a mood."""
    return list(poses([FrameCue(Mouth(**mouth))] * 50, 25, 0, 0.0, mood))


@pytest.mark.parametrize("mood", MOODS)
def test_a_mood_comes_gradually_from_the_portrait_itself(mood: str) -> None:
    made = shown(mood)
    assert made[0] == Pose()
    assert made[5].mouth.smile <= 0.5 * made[-1].mouth.smile
    assert made[-1] == made[-10]


def test_each_mood_shows_in_its_own_parts() -> None:
    happy, serious, surprised = (shown(mood)[-1] for mood in FEELINGS)
    assert happy.mouth.smile > 0.3 < happy.eyes.squint + 0.1
    assert serious.brows.down > 0.3
    assert serious.mouth.smile == 0 < serious.mouth.frown
    assert min(surprised.eyes.wide, surprised.brows.inner_up, surprised.brows.outer_up) > 0.5


@pytest.mark.parametrize("mood", MOODS)
def test_what_is_said_survives_a_mood(mood: str) -> None:
    closed = shown(mood, close=1.0)[-1].mouth
    assert closed.close == 1
    assert closed.jaw_open == 0
    rounded = shown(mood, jaw_open=0.3, pucker=1.0)[-1].mouth
    assert (rounded.pucker, rounded.jaw_open) == (1, 0.3)
    assert max(rounded.smile, rounded.frown) < 0.15


@pytest.mark.parametrize("mood", MOODS)
def test_weights_stay_between_0_and_1(mood: str) -> None:
    for pose in talking(60, mood=mood, liveliness=1.0):
        assert all(0 <= weight <= 1 for weight in (*pose.mouth, *pose.brows, *pose.eyes[:4], pose.breath))


def test_one_who_is_serious_moves_less() -> None:
    moved = {mood: sum(abs(pose.head.yaw) for pose in talking(120, mood=mood)) for mood in ("serious", "happy")}
    assert moved["serious"] < 0.85 * moved["happy"]


def test_each_mood_can_be_asked_for() -> None:
    assert tuple(MOODS) == options.MOOD_NAMES
