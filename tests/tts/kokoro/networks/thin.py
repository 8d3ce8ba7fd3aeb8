"""A Kokoro with an eighth of the channels, for all tests that are not about the published network's numbers or size.

Its ids, voices, layers and frames are as many as the published one's; a second of sound takes a tenth of the time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from halfgig.tts.kokoro.networks.build import CHECKPOINT
from tests.reference import seeded_checkpoints

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

THINNER, STEP = 8, 64
"""Every number of channels is a multiple of `STEP`."""
TAKES_KEPT = ("fc.weight", "embedding_hidden_mapping_in.weight")
"""Layers whose inputs, a voice's style and the embeddings of ids, are as many as they were."""
JOINED = {514: 66, 1028: 132, 1090: 138, 2180: 276, 640: 192}
"""Channels joined with pitch and loudness, or with the style, which are as many as they were."""


def write_thin(folder: Path, model: str = "kokoro") -> None:
    """Write upstream's checkpoint with an eighth of the channels and seeded values, and the three voices."""
    seeded_checkpoints.write_all(folder, f"{model}/voices")
    manifest = json.loads((seeded_checkpoints.HERE / "manifest.json").read_text())
    parts = manifest["files"][f"{model}/{CHECKPOINT}"]["sections"]
    tree = {part: seeded(tensors, f"{part}.") for part, tensors in parts.items()}
    seeded_checkpoints.save_torch(tree, folder / model / CHECKPOINT)


def seeded(manifest: dict[str, Any], section: str) -> dict[str, NDArray[Any]]:
    """Return the tensors of a part of the checkpoint with fewer channels."""
    thinned = {name: [kind, thin_shape(name, shape)] for name, (kind, shape) in manifest.items()}
    tensors: dict[str, NDArray[Any]] = seeded_checkpoints.seeded_tensors(thinned, section)
    return tensors


def thin_shape(name: str, shape: list[int]) -> list[int]:
    if "embeddings." in name:
        return shape
    kept = 1 if name.endswith(TAKES_KEPT) else len(shape)
    return [JOINED.get(n, n // THINNER if n % STEP == 0 else n) for n in shape[:kept]] + shape[kept:]
