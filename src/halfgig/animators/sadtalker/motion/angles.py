"""Where a head is made to look: through a list of angles at even speed, whatever the sound says."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.options import SadTalkerOptions
from halfgig.errors import BadSetting
from halfgig.requests import options_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def angle_path(name: str, stops: Sequence[float], n_frames: int) -> Floats:
    """Return an angle for each frame [frames] that goes from stop to stop, all in degrees.

    `name` is the angle's, for the sentence of BadSetting: raised for no stop, and for one beyond 90 degrees.
    """
    if not stops:
        raise BadSetting(f"there is no {name} to turn to; give one angle or more, in degrees")
    next(each for each in options_of(SadTalkerOptions) if each.name == name).check(tuple(stops))
    ways = [(start, stop) for start, stop in itertools.pairwise(stops) if start != stop]
    if n_frames == 1 or not ways:  # the original divides by zero here
        return np.full(n_frames, stops[0], np.float32)
    step = sum(abs(stop - start) for start, stop in ways) / (n_frames - 1)
    passed = [np.arange(start, stop, step if stop > start else -step) for start, stop in ways]
    angles = np.concatenate(passed)[:n_frames]
    return np.pad(angles, (0, n_frames - len(angles)), mode="edge").astype(np.float32)
