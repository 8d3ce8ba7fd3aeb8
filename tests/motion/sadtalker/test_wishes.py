"""What can be wished, and the sentences for what cannot."""

from __future__ import annotations

import numpy as np
import pytest

from halfgig.errors import BadSetting
from halfgig.motion.sadtalker.wishes import References, Wishes, at_25_fps, looped


@pytest.mark.parametrize("style", [-1, 46, 1.5])
def test_a_pose_style_that_does_not_exist_is_refused(style: int) -> None:
    with pytest.raises(BadSetting, match=r"no pose style .* 0 to 45"):
        Wishes(pose_style=style)


def test_the_first_and_the_last_pose_style_exist() -> None:
    assert [Wishes(pose_style=style).pose_style for style in (0, 45)] == [0, 45]


@pytest.mark.parametrize("scale", [-0.1, 3.1, float("nan"), float("inf")])
def test_an_expression_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(BadSetting, match="from 0 to 3"):
        Wishes(expression_scale=scale)


@pytest.mark.parametrize("shape", [(0, 64), (5, 63), (64,)])
def test_a_reference_expression_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(BadSetting, match="at least one frame with 64 coefficients"):
        References(expressions=np.zeros(shape, np.float32))


def test_a_reference_pose_of_another_shape_is_refused() -> None:
    with pytest.raises(BadSetting, match="at least one frame with 6 coefficients"):
        References(poses=np.zeros((4, 7), np.float32))


def test_a_reference_with_numbers_that_are_none_is_refused() -> None:
    with pytest.raises(BadSetting, match="not finite"):
        References(poses=np.full((4, 6), np.nan, np.float32))


@pytest.mark.parametrize(("fps", "wanted"), [(25, [0, 1, 2, 3, 4, 5]), (50, [1, 3, 5]), (12.5, [*"001122334455"])])
def test_a_reference_film_keeps_its_pace_at_25_frames_a_second(fps: float, wanted: list[int]) -> None:
    assert at_25_fps(np.arange(6, dtype=np.float32)[:, None], fps)[:, 0].tolist() == [int(one) for one in wanted]


@pytest.mark.parametrize("fps", [0.0, -25.0, float("nan"), float("inf")])
def test_a_reference_film_without_a_speed_is_refused(fps: float) -> None:
    with pytest.raises(BadSetting, match="frames a second cannot be used"):
        at_25_fps(np.zeros((3, 6), np.float32), fps)


def test_a_reference_film_begins_again_where_it_ends() -> None:
    assert looped(np.arange(3, dtype=np.float32)[:, None], 2, 5)[:, 0].tolist() == [2, 0, 1, 2, 0]
