"""Build all of SadTalker's networks from its checkpoints: open each, write its weights, then the weights' index."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from halfgig.errors import BadCheckpoint
from halfgig.events import Progress
from halfgig.nn.safetensors import Safetensors
from halfgig.nn.weights import WeightsWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from halfgig.events import Event

PRIVATE_MB = 243
"""Private memory of a cell that renders frames of 512 pixels on two threads, in MB."""
PARTS = 7


def assemble(sources: Path, out: Path, report: Callable[[Event], None], *, narrow: bool = True) -> None:
    """Build all networks from the checkpoints in `sources` into the new folder `out`.

    `narrow` stores matrices in 16 bits instead of float32, at half the size.
    Raises `BadCheckpoint` if a checkpoint is missing, damaged or of another model.
    """
    from halfgig.animators.sadtalker.networks.audio_encoder import build_audio
    from halfgig.animators.sadtalker.networks.build import build
    from halfgig.animators.sadtalker.networks.reconstruction import build_reconstruction

    def report_total(event: Event) -> None:
        report(replace(event, total=PARTS) if isinstance(event, Progress) else event)

    out.mkdir(parents=True)
    build(sources, out, report_total, narrow=narrow)
    for done, make in enumerate((build_audio, build_reconstruction), PARTS - 1):
        make(sources, out, narrow=narrow)
        report(Progress("building sadtalker", done, PARTS, "parts"))
    manifest = {
        "model": "sadtalker",
        "precision": "int16" if narrow else "float32",
        "footprint": {"private_mb": PRIVATE_MB},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1))


def require(*paths: Path) -> None:
    """Raise `BadCheckpoint` for the first of upstream's files that is missing."""
    for path in paths:
        if not path.is_file():
            raise BadCheckpoint(f"there is no {path.name} in {path.parent}; fetch it with: halfgig pull sadtalker")


@contextlib.contextmanager
def weights_file(
    checkpoint: Path, weights: Path, version: int, *, narrow: bool
) -> Iterator[tuple[Safetensors, WeightsWriter]]:
    """Open a checkpoint and a writer for a weights file; on exit the index is written next to the file.

    `narrow` stores matrices in 16 bits instead of float32, at half the size.
    Raises `BadCheckpoint` if the checkpoint is missing or damaged.
    """
    require(checkpoint)
    with weights.open("wb") as file:
        writer = WeightsWriter(file, narrow)
        yield Safetensors(checkpoint), writer
        file.flush()
        os.fsync(file.fileno())
    table = {"format": version, "precision": "int16" if narrow else "float32", "tensors": writer.index()}
    weights.with_suffix(".json").write_text(json.dumps(table))
