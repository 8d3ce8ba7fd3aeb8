"""What the tests of Kokoro need: the golden numbers and a bench to work on."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.models.kernels import Kernels
from halfgig.models.kokoro.build import FORMAT, MANIFEST, WEIGHTS
from halfgig.models.kokoro.layers import TILE_NUMBERS, WIDE_TILE, Bench
from halfgig.models.scratch import Scratch
from halfgig.models.tables import read_table
from halfgig.models.tiles import Team
from halfgig.models.weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOLDEN = Path(__file__).parents[2] / "reference" / "golden" / "kokoro.npz"
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
    """Hold what the original computes for one case."""

    name: str

    def __call__(self, what: str) -> NDArray[Any]:
        """Give one of its arrays, the batch axis dropped."""
        found = numbers()[f"{self.name}/{what}"]
        return np.asarray(found[0] if found.ndim > 1 else found)

    @property
    def style(self) -> NDArray[np.float32]:
        """Give the decoder's half of the style."""
        return self("style")[:128]

    @property
    def prosody_style(self) -> NDArray[np.float32]:
        """Give the prosody's half of the style."""
        return self("style")[128:]


@functools.cache
def numbers() -> dict[str, NDArray[Any]]:
    with np.load(GOLDEN) as file:
        return dict(file)


def bench(
    model: Path, *, room: int = ROOM, spill: Path | None = None, tile: int = TILE_NUMBERS, wide: int = WIDE_TILE
) -> Bench:
    weights = Weights(model / WEIGHTS, read_table(model / MANIFEST, FORMAT, "Kokoro")["tensors"])
    return Bench(weights, Kernels(1), Team(1), Scratch(room, spill), tile, wide)
