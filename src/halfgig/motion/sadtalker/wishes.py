"""What can be wished of a face's movements, refused where it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.errors import BadSetting
from halfgig.models.sadtalker.expression import EXPRESSION
from halfgig.models.sadtalker.head_pose import POSE, STYLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MOST_EXPRESSION = 3.0
"""Times the usual; beyond it faces come apart."""
FPS = 25


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hold what is wished; raises BadSetting for what cannot be."""

    pose_style: int = 0
    """One of 46 ways to move a head."""
    expression_scale: float = 1.0
    """Times the usual expression, 0 to 3."""
    still: bool = False
    """Whether the head keeps the portrait's pose; face and eyes move."""
    blink: bool = True
    """Whether the eyes blink by themselves."""

    def __post_init__(self) -> None:
        style, scale = self.pose_style, self.expression_scale
        if not isinstance(style, int) or not 0 <= style < STYLES:
            raise BadSetting(f"there is no pose style {style!r}; styles are the whole numbers 0 to {STYLES - 1}")
        if not 0 <= scale <= MOST_EXPRESSION:
            raise BadSetting(f"an expression scale of {scale:g} cannot be; give a number from 0 to {MOST_EXPRESSION:g}")


@dataclass(frozen=True, slots=True)
class References:
    """Hold what other films show, a row a frame at 25 frames a second; they begin again where they end."""

    expressions: Floats | None = None
    """What the resting face looks like, [frames, 64]; it brings its own blinks."""
    poses: Floats | None = None
    """Poses whose changes are added, [frames, 6]."""

    def __post_init__(self) -> None:
        for what, rows, width in (("expression", self.expressions, EXPRESSION), ("pose", self.poses, POSE)):
            if rows is not None and (rows.ndim != 2 or not len(rows) or rows.shape[1] != width):
                raise BadSetting(
                    f"a reference {what} of shape {rows.shape} cannot be used; "
                    f"give at least one frame with {width} coefficients each"
                )
            if rows is not None and not np.isfinite(rows).all():
                raise BadSetting(f"a reference {what} holds numbers that are not finite; read its film again")


def at_25_fps(rows: Floats, fps: float) -> Floats:
    """Take the rows of a film of another speed that are nearest to 25 a second; raises BadSetting for no speed."""
    if not 1 <= fps <= 1000:
        raise BadSetting(f"a reference film with {fps:g} frames a second cannot be used; give one with 1 to 1000")
    n = max(1, round(len(rows) * FPS / fps))
    at = np.minimum(np.floor((np.arange(n) + 0.5) * fps / FPS).astype(int), len(rows) - 1)
    found: Floats = rows[at]
    return found


def looped(rows: Floats, first: int, n: int) -> Floats:
    """Give `n` rows from `first` on of rows that begin again where they end."""
    return rows[np.arange(first, first + n) % len(rows)]
