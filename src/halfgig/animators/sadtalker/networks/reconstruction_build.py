"""Turn the checkpoint's network that reads a face's coefficients (a ResNet-50) into one mapped file of weights.

Every normalisation stands behind a convolution and is folded into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halfgig.animators.sadtalker.networks import folds
from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from halfgig.animators.sadtalker.networks.weights_file import weights_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from halfgig.nn.weights import WeightsWriter

FORMAT = 1
"""Changes whenever an older build can no longer be read."""
WEIGHTS = "reconstruction.weights"
MANIFEST = "reconstruction.json"
BLOCKS = (3, 4, 6, 3)
"""How many blocks each of the four layers has."""
HEADS = 7
"""Identity 80, expression 64, texture 80, angles 3, light 27, place across 2, place in depth 1."""


def convolutions() -> Iterator[tuple[str, str, str]]:
    """Return our name of each convolution, the checkpoint's, and that of the normalisation behind it."""
    stem = "face_3drecon.backbone"
    yield "stem", f"{stem}.conv1", f"{stem}.bn1"
    for layer, count in enumerate(BLOCKS, 1):
        for block in range(count):
            name = f"layer{layer}.{block}"
            for i in (1, 2, 3):
                yield f"{name}.conv{i}", f"{stem}.{name}.conv{i}", f"{stem}.{name}.bn{i}"
            if block == 0:
                yield f"{name}.shortcut", f"{stem}.{name}.downsample.0", f"{stem}.{name}.downsample.1"


def write_weights(tensors: folds.Tensors, writer: WeightsWriter) -> None:
    """Fold and write every tensor."""
    for name, conv, norm in convolutions():
        factor, added = folds.normalisation(tensors, norm)
        weight = tensors[f"{conv}.weight"]
        writer.add(name, weight * factor.astype(np.float32).reshape(-1, 1, 1, 1))
        writer.add(f"{name}.bias", added)
    heads = [f"face_3drecon.final_layers.{i}" for i in range(HEADS)]
    writer.add("heads", np.concatenate([tensors[f"{head}.weight"][:, :, 0, 0] for head in heads]))
    writer.add("heads.bias", np.concatenate([tensors[f"{head}.bias"] for head in heads]))


def build_reconstruction(checkpoint_dir: Path, out_dir: Path, *, narrow: bool = True) -> None:
    """Write the weights and their table into an existing folder.

    `narrow` stores matrices in 16 bits; without it in float32, twice the size.
    Raises BadCheckpoint for a checkpoint that is missing, damaged or another model's.
    """
    with weights_file(checkpoint_dir / CHECKPOINT, out_dir / WEIGHTS, FORMAT, narrow=narrow) as (tensors, writer):
        write_weights(tensors, writer)
