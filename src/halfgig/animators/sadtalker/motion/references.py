"""What other films lend a face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.head_pose import EXPRESSION, POSE
from halfgig.errors import BadSetting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class References:
    """Motion taken from other films, one row per frame at 25 frames a second, repeated from its beginning."""

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


def looped(rows: Floats, first: int, n: int) -> Floats:
    """Return `n` rows from `first` on; after the last row comes the first again."""
    return rows[np.arange(first, first + n) % len(rows)]
