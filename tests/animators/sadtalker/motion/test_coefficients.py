"""Rows of coefficients against the original's, with every option, at every length; and the windows around them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from halfgig.animators.sadtalker.motion.coefficients import Part, coefficients, row_windows
from halfgig.animators.sadtalker.motion.mel import mel_columns
from halfgig.animators.sadtalker.motion.poses import latents_from
from halfgig.animators.sadtalker.motion.references import References
from halfgig.animators.sadtalker.motion.windows import idle_windows, windows
from halfgig.animators.sadtalker.networks.mapping import windows_of
from halfgig.animators.sadtalker.options import SadTalkerOptions
from tests.animators.sadtalker.networks.world import golden
from tools.golden.sound import of_rows

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


def part(n_frames: int = SHORT, **changes: Any) -> Part:
    """Describe the first frames of the golden part, or another."""
    numbers = golden("coefficients")
    given = {"source": numbers["ref"][0, :70], "latents": lambda chunk: numbers["z"][chunk]}
    blinks = np.resize(numbers["blink"][FIRST_BLINK:, 0], n_frames)
    return Part(n_frames, **{**given, "blinks": blinks, **changes})


def blocks(n_frames: int) -> Iterator[Floats]:
    yield from np.array_split(golden("coefficients")["windows"][:n_frames], -(-n_frames // 10))


def rows(weights: Weights, acted: Part) -> Floats:
    return np.concatenate(list(coefficients(weights, blocks(acted.n_frames), acted)))


def difference(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).max())


@pytest.fixture(scope="module")
def plain(hearing: Weights) -> Floats:
    """Return the rows of the golden part without any option."""
    return rows(hearing, part())


def test_rows_are_the_originals_from_the_sound_on(hearing: Weights) -> None:
    (figure,) = of_rows(hearing, golden("mel"), golden("coefficients"))
    assert figure.is_met


def test_expressions_are_scaled_and_poses_are_not(hearing: Weights, plain: Floats) -> None:
    scaled = rows(hearing, part(wishes=SadTalkerOptions(expression_scale=1.5)))
    assert np.allclose(scaled[:, :64], 1.5 * plain[:, :64], rtol=1e-6)
    assert np.array_equal(scaled[:, 64:], plain[:, 64:])


def test_a_still_head_keeps_the_portraits_pose_while_the_face_moves(hearing: Weights, plain: Floats) -> None:
    found = rows(hearing, part(wishes=SadTalkerOptions(still=True)))
    assert (found[:, 64:] == golden("coefficients")["ref"][0, 64:70]).all()
    assert np.array_equal(found[:, :64], plain[:, :64])


def test_in_full_mode_every_row_ends_with_the_portraits_place(hearing: Weights, plain: Floats) -> None:
    source = golden("coefficients")["ref"][0]
    found = rows(hearing, part(source=source))
    assert (found[:, 70:] == source[70:]).all()
    assert np.array_equal(found[:, :70], plain)


def test_eyes_that_are_not_to_blink_do_not(hearing: Weights, plain: Floats) -> None:
    open_eyes = rows(hearing, part(wishes=SadTalkerOptions(blink=False)))
    assert np.array_equal(open_eyes, rows(hearing, part(blinks=np.zeros(SHORT, np.float32))))
    assert difference(open_eyes, plain) > 0


def test_a_reference_film_brings_its_own_resting_face_and_blinks(hearing: Weights) -> None:
    shown = np.random.default_rng(1).standard_normal((5, 64), np.float32)
    found = rows(hearing, part(references=References(expressions=shown)))
    first = part(source=np.concatenate([shown[0], part().pose]), wishes=SadTalkerOptions(blink=False))
    resting = rows(hearing, first)
    assert difference(found[[0, 5, 10], :64], resting[[0, 5, 10], :64]) < 1e-5
    assert difference(found[1, :64], resting[1, :64]) > TOLERANCE


def test_a_reference_films_turns_are_added_to_the_generated_pose(hearing: Weights, plain: Floats) -> None:
    shown = np.arange(30, dtype=np.float32).reshape(5, 6) / np.float32(100)
    added = rows(hearing, part(references=References(poses=shown))) - plain
    wanted = np.tile(shown - shown[0], (3, 1))[:SHORT]
    assert difference(added[:, 64:], wanted) < 1e-5
    assert not added[:, :64].any()


@pytest.mark.parametrize("n_frames", [1, 2, 12, 13, 33])
@pytest.mark.parametrize("still", [True, False])
def test_a_sound_of_any_length_moves_a_face(hearing: Weights, n_frames: int, still: bool) -> None:
    found = rows(hearing, part(n_frames, wishes=SadTalkerOptions(still=still)))
    assert found.shape == (n_frames, 70)
    assert np.isfinite(found).all()


def test_the_first_frame_of_one_has_the_portraits_pose(hearing: Weights) -> None:
    assert np.array_equal(rows(hearing, part(1))[0, 64:], part().pose)


def test_silence_and_idleness_move_a_face(hearing: Weights) -> None:
    silence = windows(mel_columns([np.zeros(640 * 40, np.float32)], 40), 40)
    for heard in (silence, idle_windows(40)):
        found = np.concatenate(list(coefficients(hearing, heard, part(40, latents=latents_from(3)))))
        assert np.isfinite(found).all()
        assert np.ptp(found[:, 64:], axis=0).min() > 0


@pytest.mark.parametrize("still", [True, False])
def test_rows_come_while_the_sound_is_still_heard(hearing: Weights, still: bool) -> None:
    asked = 0

    def heard() -> Iterator[Floats]:
        nonlocal asked
        for block in idle_windows(90_000):
            asked += len(block)
            yield block

    acted = part(90_000, latents=latents_from(3), wishes=SadTalkerOptions(still=still))
    told = 0
    for block in itertools.islice(coefficients(hearing, heard(), acted), 3):
        told += len(block)
        assert asked - told <= 32 + 32 + 12


@pytest.mark.parametrize("n_frames", [1, 2, 14, 27, 55])
@pytest.mark.parametrize("length", [1, 10, 100])
def test_a_rows_window_reaches_13_rows_to_both_sides(n_frames: int, length: int) -> None:
    given = golden("coefficients")["coeffs"][:n_frames]
    found = np.concatenate(list(row_windows(given[i : i + length] for i in range(0, n_frames, length))))
    assert np.array_equal(found, windows_of(given))
