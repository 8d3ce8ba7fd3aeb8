"""The frame of every build: the checkpoint opened, weights written and on the disk, then the table beside them."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from halfgig.errors import BadCheckpoint
from halfgig.nn.safetensors import Safetensors
from halfgig.nn.weights import WeightsWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def require(*paths: Path) -> None:
    """Raise BadCheckpoint for the first of upstream's files that is not there."""
    for path in paths:
        if not path.is_file():
            raise BadCheckpoint(f"there is no {path.name} in {path.parent}; fetch it with: halfgig pull sadtalker")


@contextlib.contextmanager
def weights_file(
    checkpoint: Path, weights: Path, version: int, *, narrow: bool
) -> Iterator[tuple[Safetensors, WeightsWriter]]:
    """Return a checkpoint's tensors and a writer for a file of weights; its table appears beside it at the end.

    `narrow` stores matrices in 16 bits; without it in float32, twice the size.
    Raises BadCheckpoint for a checkpoint that is missing or damaged.
    """
    require(checkpoint)
    with weights.open("wb") as file:
        writer = WeightsWriter(file, narrow)
        yield Safetensors(checkpoint), writer
        file.flush()
        os.fsync(file.fileno())
    table = {"format": version, "precision": "int16" if narrow else "float32", "tensors": writer.index()}
    weights.with_suffix(".json").write_text(json.dumps(table))
