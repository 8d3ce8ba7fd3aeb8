"""Coefficients with every option, at every length; their windows, blinks and references."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.animators.sadtalker.audio_windows import idle_windows, mel_windows
from halfgig.animators.sadtalker.motion.coefficients import (
    BLINK_SHAPE,
    MotionInputs,
    References,
    coefficients,
    looped,
    random_blinks,
    row_windows,
)
from halfgig.animators.sadtalker.motion.mel import mel_columns
from halfgig.animators.sadtalker.motion.poses import latents_from
from halfgig.animators.sadtalker.networks.mapping import windows_of
from halfgig.animators.sadtalker.options import SadTalkerOptions
from halfgig.errors import BadSetting
from tests.animators.sadtalker.networks.world import golden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

TOLERANCE = 1e-3
SHORT = 14
"""Frames where the golden numbers of all 55 are not needed."""
FIRST_BLINK = 20
"""The golden frame with which the first blink begins."""


def inputs(n_frames: int = SHORT, **changes: Any) -> MotionInputs:
    """Return the inputs of the golden frames from the first, with some of them changed."""
    numbers = golden("coefficients")
    given = {"source": numbers["ref"][0, :70], "latents": lambda chunk: numbers["z"][chunk]}
    blinks = np.resize(numbers["blink"][FIRST_BLINK:, 0], n_frames)
    return MotionInputs(n_frames, **{**given, "blinks": blinks, **changes})


def blocks(n_frames: int) -> Iterator[Floats]:
    yield from np.array_split(golden("coefficients")["windows"][:n_frames], -(-n_frames // 10))


def rows(weights: Weights, motion: MotionInputs) -> Floats:
    return np.concatenate(list(coefficients(weights, blocks(motion.n_frames), motion)))


def difference(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).max())


@pytest.fixture(scope="module")
def plain(hearing: Weights) -> Floats:
    """Return the rows of the golden inputs without any option."""
    return rows(hearing, inputs())


def test_expressions_are_scaled_and_poses_are_not(hearing: Weights, plain: Floats) -> None:
    scaled = rows(hearing, inputs(options=SadTalkerOptions(expression_scale=1.5)))
    assert np.allclose(scaled[:, :64], 1.5 * plain[:, :64], rtol=1e-6)
    assert np.array_equal(scaled[:, 64:], plain[:, 64:])


def test_a_still_head_keeps_the_portraits_pose_while_the_face_moves(hearing: Weights, plain: Floats) -> None:
    found = rows(hearing, inputs(options=SadTalkerOptions(still=True)))
    assert (found[:, 64:] == golden("coefficients")["ref"][0, 64:70]).all()
    assert np.array_equal(found[:, :64], plain[:, :64])


def test_in_full_mode_every_row_ends_with_the_portraits_place(hearing: Weights, plain: Floats) -> None:
    source = golden("coefficients")["ref"][0]
    found = rows(hearing, inputs(source=source))
    assert (found[:, 70:] == source[70:]).all()
    assert np.array_equal(found[:, :70], plain)


def test_eyes_that_are_not_to_blink_do_not(hearing: Weights, plain: Floats) -> None:
    open_eyes = rows(hearing, inputs(options=SadTalkerOptions(blink=False)))
    assert np.array_equal(open_eyes, rows(hearing, inputs(blinks=np.zeros(SHORT, np.float32))))
    assert difference(open_eyes, plain) > 0


def test_a_reference_film_brings_its_own_resting_face_and_blinks(hearing: Weights) -> None:
    shown = np.random.default_rng(1).standard_normal((5, 64), np.float32)
    found = rows(hearing, inputs(references=References(expressions=shown)))
    first = inputs(source=np.concatenate([shown[0], inputs().pose]), options=SadTalkerOptions(blink=False))
    resting = rows(hearing, first)
    assert difference(found[[0, 5, 10], :64], resting[[0, 5, 10], :64]) < 1e-5
    assert difference(found[1, :64], resting[1, :64]) > TOLERANCE


def test_a_reference_films_turns_are_added_to_the_generated_pose(hearing: Weights, plain: Floats) -> None:
    shown = np.arange(30, dtype=np.float32).reshape(5, 6) / np.float32(100)
    added = rows(hearing, inputs(references=References(poses=shown))) - plain
    wanted = np.tile(shown - shown[0], (3, 1))[:SHORT]
    assert difference(added[:, 64:], wanted) < 1e-5
    assert not added[:, :64].any()


@pytest.mark.parametrize("n_frames", [1, 2, 12, 13, 33])
@pytest.mark.parametrize("still", [True, False])
def test_a_sound_of_any_length_moves_a_face(hearing: Weights, n_frames: int, still: bool) -> None:
    found = rows(hearing, inputs(n_frames, options=SadTalkerOptions(still=still)))
    assert found.shape == (n_frames, 70)
    assert np.isfinite(found).all()


def test_the_first_frame_of_one_has_the_portraits_pose(hearing: Weights) -> None:
    assert np.array_equal(rows(hearing, inputs(1))[0, 64:], inputs().pose)


def test_silence_and_idleness_move_a_face(hearing: Weights) -> None:
    silence = mel_windows(mel_columns([np.zeros(640 * 40, np.float32)], 40), 40)
    for audio in (silence, idle_windows(40)):
        found = np.concatenate(list(coefficients(hearing, audio, inputs(40, latents=latents_from(3)))))
        assert np.isfinite(found).all()
        assert np.ptp(found[:, 64:], axis=0).min() > 0


@pytest.mark.parametrize("still", [True, False])
def test_rows_come_while_the_sound_is_still_heard(hearing: Weights, still: bool) -> None:
    asked = 0

    def audio() -> Iterator[Floats]:
        nonlocal asked
        for block in idle_windows(90_000):
            asked += len(block)
            yield block

    motion = inputs(90_000, latents=latents_from(3), options=SadTalkerOptions(still=still))
    yielded = 0
    for block in itertools.islice(coefficients(hearing, audio(), motion), 3):
        yielded += len(block)
        assert asked - yielded <= 32 + 32 + 12


@pytest.mark.parametrize("n_frames", [1, 2, 14, 27, 55])
@pytest.mark.parametrize("length", [1, 10, 100])
def test_a_rows_window_reaches_13_rows_to_both_sides(n_frames: int, length: int) -> None:
    given = golden("coefficients")["coeffs"][:n_frames]
    found = np.concatenate(list(row_windows(given[i : i + length] for i in range(0, n_frames, length))))
    assert np.array_equal(found, windows_of(given))


def test_blinks_are_the_originals_for_the_same_draws() -> None:
    drawn = iter([20, 26])
    asked = []

    def draw(low: int, high: int) -> int:
        asked.append((low, high))
        return next(drawn)

    assert np.array_equal(random_blinks(55, draw), golden("coefficients")["blink"][:, 0])
    assert asked == [(10, 27), (10, 27)]


def test_eyes_stay_open_at_least_ten_frames_between_blinks() -> None:
    found = random_blinks(200, min)
    assert np.flatnonzero(found == 1).tolist() == list(range(12, 200 - 2, 15))


@pytest.mark.parametrize("n_frames", [1, 2, 20, 21])
def test_a_short_film_has_no_blink(n_frames: int) -> None:
    assert not random_blinks(n_frames, random.Random(1).randrange).any()


def test_a_film_of_22_frames_may_blink() -> None:
    assert random_blinks(22, random.Random(1).randrange)[10:15].tolist() == pytest.approx(BLINK_SHAPE)


@given(st.integers(1, 2000), st.integers())
def test_every_blink_is_whole_and_the_last_frame_is_open(n_frames: int, seed: int) -> None:
    found = random_blinks(n_frames, random.Random(seed).randrange)
    assert len(found) == n_frames
    assert found[-1] == 0
    assert np.count_nonzero(found == np.float32(0.9)) == 2 * np.count_nonzero(found == 1)


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


def test_a_reference_film_begins_again_where_it_ends() -> None:
    assert looped(np.arange(3, dtype=np.float32)[:, None], 2, 5)[:, 0].tolist() == [2, 0, 1, 2, 0]
