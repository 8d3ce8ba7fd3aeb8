"""What can be asked for, and the sentences for what cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from halfgig.animators.registry import check_request
from halfgig.animators.sadtalker.options import MODES, SadTalkerOptions
from halfgig.errors import BadSetting
from halfgig.requests import SpeechRequest, VideoRequest, check_idle, given_options


def check(animator: str = "sadtalker", fps: float = 25.0, **options: Any) -> None:
    check_request(VideoRequest(idle=1.0, animator=animator, fps=fps, options=options))


def one(name: str, value: object) -> dict[str, Any]:
    return {name: value}


@pytest.mark.parametrize("style", [-1, 46, 1.5])
def test_a_pose_style_that_does_not_exist_is_refused(style: int) -> None:
    with pytest.raises(BadSetting, match=r"no pose style .* 0 to 45"):
        check(pose_style=style)


def test_the_first_and_the_last_pose_style_exist() -> None:
    check(pose_style=0)
    check(pose_style=45)


@pytest.mark.parametrize("scale", [-0.1, 3.1, float("nan"), float("inf")])
def test_an_expression_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(BadSetting, match="from 0 to 3"):
        check(expression_scale=scale)


def test_a_preprocess_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadSetting, match="no preprocess 'fill'; choose one of: full, crop, extcrop, resize, extfull"):
        check(preprocess="fill")
    for mode in MODES:
        check(preprocess=mode)


@pytest.mark.parametrize("name", ["yaw", "pitch", "roll"])
def test_angles_that_cannot_be_seen_are_refused(name: str) -> None:
    with pytest.raises(BadSetting, match=f"a {name} of 91 degrees cannot be seen; give angles from -90 to 90"):
        check(**one(name, (0, 91)))
    with pytest.raises(BadSetting, match="101 angles"):
        check(**one(name, (1.0,) * 101))


def test_another_frame_rate_than_the_networks_know_is_refused() -> None:
    with pytest.raises(BadSetting, match="25 frames a second, not at 30; leave fps out"):
        check(fps=30)


@pytest.mark.parametrize("wish", [{"still": True}, {"pose_style": 3}, {"blink": False}, {"yaw": (10.0,)}])
def test_the_puppet_is_not_asked_for_what_only_sadtalker_does(wish: dict[str, Any]) -> None:
    name = next(iter(wish)).replace("_", " ")
    with pytest.raises(BadSetting, match=f"the puppet knows no {name}: it is SadTalker's"):
        check("puppet", 30, **wish)
    check("puppet", 30)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"liveliness": 1.1}, "1.1 is out of range; choose one from 0 to 1"),
        ({"liveliness": -0.1}, "from 0 to 1"),
        ({"liveliness": float("nan")}, "from 0 to 1"),
        ({"mood": "bored"}, "no mood 'bored'; choose one of: neutral, happy, serious, surprised"),
    ],
)
def test_liveliness_and_mood_have_bounds(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        check("puppet", **wish)
    check("puppet", liveliness=0.0, mood="happy")


def test_sadtalker_is_not_asked_for_a_mood() -> None:
    with pytest.raises(BadSetting, match="SadTalker knows no mood: it is the puppet's"):
        check("sadtalker", mood="happy")


@pytest.mark.parametrize("seconds", [0.0, -1.0, 0.039, 61.0, float("nan"), float("inf")])
def test_an_idle_time_that_cannot_be_is_refused(seconds: float) -> None:
    with pytest.raises(BadSetting, match=r"ask for 0.04 s \(one frame\) to 60 s"):
        check_idle(seconds, 60)


@pytest.mark.parametrize("size", [0, 63, 2161, -512])
def test_a_size_out_of_range_is_refused_with_the_range(size: int) -> None:
    with pytest.raises(BadSetting, match=rf"{size} pixels.*64 to 2160"):
        check_request(VideoRequest(idle=1.0, size=size))


def test_a_request_passes_through_json() -> None:
    request = VideoRequest(
        SpeechRequest("Hi.", "en-gb", 1.5), portrait="portrait", options={"yaw": [1.0], "still": True}
    )
    assert VideoRequest.from_json(json.loads(json.dumps(request.as_json()))) == request


def test_only_options_that_differ_from_their_defaults_are_kept() -> None:
    assert given_options(SadTalkerOptions(still=True, yaw=(1.0, 2.0))) == {"still": True, "yaw": [1.0, 2.0]}
