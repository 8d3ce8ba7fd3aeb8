"""What other films lend, and the sentences for what cannot be used."""

from __future__ import annotations

import numpy as np
import pytest

from halfgig.animators.sadtalker.motion.references import References, looped
from halfgig.errors import BadSetting


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
