"""How a recording's channels become one: by their mean, without those that are silent, and never cancelling out.

Equal channels keep their level.  Where the mean loses the sound, as with two channels in antiphase, the loudest channel
is taken alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from av import AudioFrame
    from numpy.typing import NDArray

Mix = tuple[float, ...]
"""The weight of each channel; empty for mono."""

SILENT = 1e-4
"""Power of a channel, relative to the loudest, below which it has no part in the mix; -40 dB."""

CANCELLED = 1 / 16
"""Power of the mix, relative to the loudest channel, below which that channel is taken alone; -12 dB."""

_BY_POSITION = {"FC": 1.4, "BL": 0.7, "BR": 0.7, "BC": 0.7, "SL": 0.7, "SR": 0.7, "LFE": 0.0}
"""Weights by speaker position, 1 for all others: dialogue comes from the centre, and no speech from a subwoofer."""

# In other layouts the "subwoofer" may be the fourth microphone.
_WITH_POSITIONS = frozenset({"stereo", "3.0", "4.0", "quad", "5.0", "5.1", "5.0(side)", "5.1(side)", "6.1", "7.1"})


def plain_mix(layout: str, positions: Sequence[str]) -> Mix:
    """Return the weights of a layout's channels, with a sum of 1; `positions` are ffmpeg's names of them."""
    if len(positions) == 1:
        return ()
    weights = [_BY_POSITION.get(name, 1.0) if layout in _WITH_POSITIONS else 1.0 for name in positions]
    return tuple(weight / sum(weights) for weight in weights)


class ChannelPowers:
    """The power of each channel of a recording, and of what any two have in common."""

    def __init__(self, plain: Mix) -> None:
        import numpy as np

        self._plain = plain
        self._powers: NDArray[np.float64] = np.zeros((len(plain), len(plain)))

    def add(self, frame: AudioFrame) -> None:
        """Count a frame's samples."""
        import numpy as np

        samples = frame.to_ndarray()
        bits = 8 * samples.dtype.itemsize - 1
        is_float = samples.dtype.kind == "f"
        shift = 128 if samples.dtype == np.uint8 else 0
        # float32 is enough for levels, and half as much memory
        scaled = (samples.astype(np.float32) - np.float32(shift)) / np.float32(1 if is_float else 2**bits)
        by_channel = scaled if frame.format.is_planar else scaled.reshape(-1, len(self._plain)).T
        self._powers += by_channel @ by_channel.T

    def mix(self) -> Mix:
        """Return the weights for what was counted, with a sum of 1."""
        import numpy as np

        powers = np.diag(self._powers)
        loudest = int(np.argmax(powers))
        alone = np.eye(len(powers))[loudest]
        weights = np.asarray(self._plain) * (powers > SILENT * powers[loudest])
        if not np.isfinite(powers).all() or powers[loudest] <= 0:
            return self._plain
        if weights.sum() <= 0 or _power(weights, self._powers) < CANCELLED * powers[loudest]:
            weights = alone
        return tuple(float(weight) for weight in weights / weights.sum())


def _power(weights: NDArray[np.float64], powers: NDArray[np.float64]) -> float:
    scaled = weights / weights.sum()
    return float(scaled @ powers @ scaled)
