"""What a face does while it says something: ExpNet, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.audio_encoder import heard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

EXPRESSION = 64
"""Coefficients of an expression."""


def expressions(weights: Weights, windows: Floats, references: Floats, blinks: Floats) -> Floats:
    """Return expressions [n, 64] for windows of sound [n, 80, 16].

    `references` [n, 64] is what the face looks like when it rests, `blinks` [n] how far its eyes are shut, 0 to 1.
    """
    known = np.concatenate([heard(weights, "expression.encoder", windows), references, blinks[:, None]], axis=1)
    found: Floats = known @ weights["expression.last"] + weights["expression.last.bias"]
    return found
