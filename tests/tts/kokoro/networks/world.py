"""Golden numbers and layer contexts for the tests of Kokoro's networks."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.nn.buffers import SpillBuffer
from halfgig.nn.kernels import Kernels
from halfgig.nn.tiles import ThreadPool
from halfgig.nn.weights import Weights, read_table
from halfgig.tts.kokoro.networks.build import FORMAT, MANIFEST, WEIGHTS
from halfgig.tts.kokoro.networks.layers import TILE_NUMBERS, WIDE_TILE, LayerContext

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOLDEN = Path(__file__).parents[3] / "reference" / "golden" / "kokoro.npz"
CASES = ("5_1.0", "5_1.5", "30_1.0", "120_1.0")
CASES_WITH_ALL = CASES[:3]
ROOM = 1 << 30


@dataclass(frozen=True, slots=True)
class Built:
    """Place the seeded checkpoint and its builds."""

    checkpoint: Path
    narrow: Path
    float32: Path


@dataclass(frozen=True, slots=True)
class Golden:
    """What the original computes for one case."""

    name: str

    def __call__(self, what: str) -> NDArray[Any]:
        """Return one of its arrays, the batch axis dropped."""
        found = numbers()[f"{self.name}/{what}"]
        return np.asarray(found[0] if found.ndim > 1 else found)

    @property
    def style(self) -> NDArray[np.float32]:
        """The decoder's half of the style."""
        return self("style")[:128]

    @property
    def prosody_style(self) -> NDArray[np.float32]:
        """The prosody's half of the style."""
        return self("style")[128:]


@functools.cache
def numbers() -> dict[str, NDArray[Any]]:
    with np.load(GOLDEN) as file:
        return dict(file)


def layer_context(
    model: Path, *, room: int = ROOM, spill: Path | None = None, tile: int = TILE_NUMBERS, wide: int = WIDE_TILE
) -> LayerContext:
    weights = Weights(model / WEIGHTS, read_table(model / MANIFEST, FORMAT, "Kokoro")["tensors"])
    return LayerContext(weights, Kernels(1), ThreadPool(1), SpillBuffer(room, spill), tile, wide)
