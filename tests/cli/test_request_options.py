"""SadTalker's options on the command line: ours and upstream's names, and a sentence for what is not there."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from halfgig.animators.sadtalker.options import NOT_YET, SadTalkerOptions
from halfgig.cli.request_options import add_animator_options, given_own_options
from halfgig.errors import BadSetting
from tests.support.command import halfgig


def read(*words: str) -> Any:
    parser = argparse.ArgumentParser()
    add_animator_options(parser)
    return SadTalkerOptions(**given_own_options(parser.parse_args(words)))


def test_nothing_given_is_the_defaults() -> None:
    assert read() == SadTalkerOptions()


def test_every_option_is_read_under_our_name_and_upstreams() -> None:
    ours = read(
        *("--preprocess", "crop", "--still", "--pose-style", "7", "--expression-scale", "1.5", "--no-blink"),
        *("--yaw", "-20", "30", "--pitch", "5", "--roll", "1", "2.5", "--follow"),
        *("--reference-blink", "a.mp4", "--reference-pose", "b.mp4"),
    )
    theirs = read(
        *("--preprocess", "crop", "--still", "--pose_style", "7", "--expression_scale", "1.5", "--no-blink"),
        *("--input_yaw", "-20", "30", "--input_pitch", "5", "--input_roll", "1", "2.5", "--follow"),
        *("--ref_eyeblink", "a.mp4", "--ref_pose", "b.mp4"),
    )
    assert ours == theirs
    assert (ours.yaw, ours.roll, ours.reference_pose) == ([-20, 30], [1, 2.5], "b.mp4")


@pytest.mark.parametrize("option", NOT_YET)
def test_options_that_are_not_there_yet_are_refused_with_the_reason(option: str) -> None:
    with pytest.raises(BadSetting, match=option):
        read(option, "2")


def test_a_refusal_is_one_sentence_on_the_command_line() -> None:
    assert halfgig("talk", "me.png", "Hi", "-o", "a.mp4", "--enhancer", "gfpgan").refused(2, "--enhancer", "GFPGAN")
    assert halfgig("talk", "me.png", "Hi", "-o", "a.mp4", "--still").refused(2, "the puppet knows no still")
