"""A SadTalker with an eighth of the channels, for all tests that are not about the published networks' numbers or size.

Its pictures, key points, coefficients and layers are as many as the published one's; a frame takes a tenth of the time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from halfgig.animators.sadtalker.networks.build import CHECKPOINT, MAPPINGS
from tests.animators.sadtalker.networks.world import REFERENCE, write_safetensors
from tests.reference import seeded_checkpoints
from tests.support.once import once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from numpy.typing import NDArray

THINNER, STEP = 8, 32
"""Every number of channels is a multiple of `STEP`."""
ROWS_KEPT = ("audio2exp.mapping1.", "MLP.L1.", "face_3drecon.final_layers.")
"""Layers whose outputs are coefficients, not channels."""
STYLES = "classbias"
MOTION, REDUCED = "generator.dense_motion_network.", {4: 1, 80: 32, 112: 36, 1792: 576}
"""The motion network's input is a heat map and one channel of the volume in place of four, for each of 16 motions."""
HEARD, HEARD_THIN = 577, 129
"""Inputs of the layer that predicts expressions: the sound's channels, 64 coefficients of the face at rest, a blink."""


def thin_checkpoints(factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the three files, made once."""
    return once(factory, "sadtalker-thin-checkpoints", write_thin_checkpoints) / "sadtalker"


def write_thin_checkpoints(folder: Path) -> Path:
    """Write upstream's three files with an eighth of the channels and seeded values."""
    files = json.loads((REFERENCE / "manifest.json").read_text())["files"]
    (folder / "sadtalker").mkdir()
    tensors = seeded(files[f"sadtalker/{CHECKPOINT}"]["tensors"])
    write_safetensors(tensors, folder / "sadtalker" / CHECKPOINT)
    for name in MAPPINGS.values():
        spec = files[f"sadtalker/{name}"]
        tree = {part: seeded(tensors, f"{part}.") for part, tensors in spec["sections"].items()}
        seeded_checkpoints.save_torch({**tree, **spec["extra"]}, folder / "sadtalker" / name)
    return folder / "sadtalker"


def seeded(manifest: dict[str, Any], section: str = "") -> dict[str, NDArray[Any]]:
    """Return the tensors of a part of the manifest with fewer channels; its outputs are as large as of all channels."""
    thinned = {name: [kind, thin_shape(name, shape)] for name, (kind, shape) in manifest.items()}
    tensors: dict[str, NDArray[Any]] = seeded_checkpoints.seeded_tensors(thinned, section)
    is_output = {name: any(part in name for part in seeded_checkpoints.OUTPUT_SCALES) for name in tensors}
    return {
        name: values * np.float32(np.sqrt(THINNER)) if is_output[name] and values.ndim > 1 else values
        for name, values in tensors.items()
    }


def thin_shape(name: str, shape: list[int]) -> list[int]:
    if STYLES in name:
        return shape
    reduced = REDUCED if name.startswith(MOTION) else {HEARD: HEARD_THIN}
    kept = 1 if any(part in name for part in ROWS_KEPT) else 0
    return shape[:kept] + [reduced.get(n, n // THINNER if n % STEP == 0 else n) for n in shape[kept:]]
