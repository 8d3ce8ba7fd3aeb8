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


def looped(rows: Floats, first: int, n: int) -> Floats:
    """Give `n` rows from `first` on of rows that begin again where they end."""
    return rows[np.arange(first, first + n) % len(rows)]
