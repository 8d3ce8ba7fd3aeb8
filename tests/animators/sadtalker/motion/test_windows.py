"""What each frame hears, and idle faces."""

from __future__ import annotations

import numpy as np
import pytest

from halfgig.animators.sadtalker.motion.mel import columns_in
from halfgig.animators.sadtalker.motion.windows import idle_frames, idle_windows, start_of, windows
from halfgig.errors import BadSetting


def test_windows_begin_80_ms_early_and_are_cut_towards_zero() -> None:
    assert [start_of(frame) for frame in range(12)] == [-6, -3, 0, 3, 6, 9, 12, 16, 19, 22, 25, 28]


@pytest.mark.parametrize("n_frames", [1, 2, 21, 32, 33, 100])
@pytest.mark.parametrize("length", [1, 7, 1000])
def test_columns_beyond_an_end_are_the_ends_own(n_frames: int, length: int) -> None:
    last = columns_in(n_frames) - 1
    columns = np.repeat(np.arange(last + 1, dtype=np.float32)[:, None], 80, axis=1)
    blocks = [columns[i : i + length] for i in range(0, last + 1, length)]
    found = np.concatenate(list(windows(blocks, n_frames)))
    wanted = [np.clip(start_of(frame) + np.arange(16), 0, last) for frame in range(n_frames)]
    assert np.array_equal(found[:, 0], wanted)
    assert np.array_equal(found[:, 79], wanted)


def test_an_idle_face_hears_zeros_and_not_silence() -> None:
    found = np.concatenate(list(idle_windows(idle_frames(2.03))))
    assert found.shape == (50, 80, 16)
    assert not found.any()


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.03, float("inf"), float("nan")])
def test_an_idle_face_of_less_than_a_frame_is_refused(seconds: float) -> None:
    with pytest.raises(BadSetting, match=r"0\.04 s \(one frame\)"):
        idle_frames(seconds)
