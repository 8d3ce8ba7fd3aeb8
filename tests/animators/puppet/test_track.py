from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import halfgig
from halfgig.animators.puppet.blendshapes import Brows, Eyes, Head, Mouth, Pose, weights_of
from halfgig.animators.puppet.track import NAMES, frame_of
from halfgig.errors import BadSetting
from tests.media.sounds import wav
from tests.support.media import PRESENTER, frames

if TYPE_CHECKING:
    from pathlib import Path

ARKIT = {
    *("jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRollLower", "browInnerUp"),
    *(f"mouth{name}{side}" for name in ("Stretch", "UpperUp", "Smile", "Frown") for side in ("Left", "Right")),
    *(f"brow{name}{side}" for name in ("OuterUp", "Down") for side in ("Left", "Right")),
    *(f"eye{name}{side}" for name in ("Blink", "Squint", "Wide") for side in ("Left", "Right")),
    *(f"eyeLook{name}{side}" for name in ("In", "Out", "Up", "Down") for side in ("Left", "Right")),
}


def test_weights_have_the_names_of_arkit_and_two_of_our_own() -> None:
    assert set(NAMES) == ARKIT | {"tongueUp", "breath"}


def test_the_person_who_looks_to_the_right_of_the_picture_looks_to_their_left() -> None:
    weights = weights_of(Pose(eyes=Eyes(gaze_yaw=15, gaze_pitch=-30)))
    looking = {name: weight for name, weight in weights.items() if weight}
    assert looking == {"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5, "eyeLookUpLeft": 1, "eyeLookUpRight": 1}


def test_a_frame_has_each_weight_and_then_the_head() -> None:
    pose = Pose(Mouth(jaw_open=0.12345, smile=0.5), Eyes(1), Brows(0.25), Head(0.01, yaw=-3.5), 0.75)
    numbers = json.loads(frame_of(pose))
    weights, head = dict(zip(NAMES, numbers, strict=False)), numbers[len(NAMES) :]
    assert (weights["jawOpen"], weights["mouthSmileLeft"], weights["mouthSmileRight"]) == (0.123, 0.5, 0.5)
    assert (weights["eyeBlinkRight"], weights["eyeBlinkLeft"], weights["breath"]) == (1, 0, 0.75)
    assert head == [0.01, 0, 0, -3.5, 0, 0]


def test_a_track_has_a_frame_for_each_of_the_video_with_words_and_phonemes(tmp_path: Path) -> None:
    video, track = tmp_path / "it.mp4", tmp_path / "it.json"
    halfgig.talk(PRESENTER, "Papa, good morning.", video, size=64, fps=10, track=track)
    found = json.loads(track.read_text(encoding="utf-8"))
    assert (found["version"], found["fps"]) == (1, 10)
    assert tuple(found["names"]) == NAMES
    assert tuple(found["head"]) == Head._fields
    assert len(found["frames"]) == sum(1 for _ in frames(video))
    assert {len(frame) for frame in found["frames"]} == {len(NAMES) + len(Head._fields)}
    assert not any(found["frames"][0][len(NAMES) :])
    assert max(max(frame[: len(NAMES)]) for frame in found["frames"]) <= 1
    assert [word for word, _, _ in found["words"]] == ["Papa,", "good", "morning."]
    assert found["phonemes"][0][0] == "p"
    assert 0.6 * len(found["frames"]) / 10 < found["phonemes"][-1][2] <= len(found["frames"]) / 10


def test_the_track_of_a_recording_has_no_words(tmp_path: Path) -> None:
    track = tmp_path / "it.json"
    sound = wav(tmp_path / "it.wav", b"\0\x10\0\xf0" * 6000)
    halfgig.talk(PRESENTER, audio=sound, output=tmp_path / "it.mp4", size=64, fps=10, track=track)
    found = json.loads(track.read_text(encoding="utf-8"))
    assert (found["words"], found["phonemes"]) == ([], [])
    assert len(found["frames"]) == 5


def test_a_face_that_moves_by_no_blendshapes_has_no_track(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="choose puppet"):
        halfgig.talk(PRESENTER, "Hi.", tmp_path / "it.mp4", animator="sadtalker", track=tmp_path / "it.json")
    assert not list(tmp_path.iterdir())
