"""From a fifth of a second of sound to 512 numbers that say what is heard.

The network is Wav2Lip's (https://arxiv.org/abs/2008.10010); expression and pose each have one of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks.small_conv import convolved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from halfgig.nn.weights import Weights

    Floats = NDArray[np.float32]

BANDS, COLUMNS = 80, 16
"""A window of the mel spectrogram: bands, columns of 12.5 ms."""
HEARD = 512
"""Numbers that say what is heard."""
AT_ONCE = 4
"""Windows looked at together: the largest patches take 1.5 MB each."""


@dataclass(frozen=True, slots=True)
class Layer:
    """How a convolution goes over its map."""

    stride: tuple[int, int] = (1, 1)
    """Rows and columns from one place to the next."""
    added: bool = False
    """Whether the layer's input is added to what it gives, before negative numbers become zero."""


AGAIN = Layer(added=True)
LAYERS = (
    *(Layer(), AGAIN, AGAIN),
    *(Layer((3, 1)), AGAIN, AGAIN),
    *(Layer((3, 3)), AGAIN, AGAIN),
    *(Layer((3, 2)), AGAIN),
)
"""All that have a border; behind them a map of 3 x 3 becomes one place."""


def heard(weights: Weights, name: str, windows: Floats) -> Floats:
    """Return what is heard [n, 512] in windows [n, 80, 16]; `name` is the encoder's, as `audio_build` wrote it."""
    parts = [_heard(weights, name, windows[i : i + AT_ONCE]) for i in range(0, len(windows), AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty((0, HEARD), np.float32)


def _heard(weights: Weights, name: str, windows: Floats) -> Floats:
    def layer(x: Floats, index: int, like: Layer) -> Floats:
        y = convolved(x, weights[f"{name}.{index}"], weights[f"{name}.{index}.bias"], like.stride)
        if like.added:
            y += x
        return np.maximum(y, 0, out=y)

    x = windows[..., None]  # [n, 80, 16, 1]
    for index, like in enumerate(LAYERS):
        x = layer(x, index, like)
    x = x.reshape(len(x), -1)  # [n, 3 * 3 * 256]
    for index in (len(LAYERS), len(LAYERS) + 1):
        x = np.maximum(x @ weights[f"{name}.{index}"] + weights[f"{name}.{index}.bias"], 0)
    return x
