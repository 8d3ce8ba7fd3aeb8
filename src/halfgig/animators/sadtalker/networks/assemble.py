"""Make a folder that SadTalker runs from out of the published files.

renderer.weights, .json          what turns a portrait and movements into frames
audio.weights, .json             what turns sound into movements
reconstruction.weights, .json    what reads a face's coefficients
yunet.onnx                       the face detector as published, where it was there
manifest.json                    what it takes to run
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from halfgig.events import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from halfgig.events import Event

DETECTOR = "yunet.onnx"
PRIVATE_MB = 243
"""What a cell keeps that renders frames of 512 pixels on two threads, MB."""
PARTS = 7


def assemble(sources: Path, out: Path, tell: Callable[[Event], None], *, narrow: bool = True) -> None:
    """Build all there is in `sources` into the new folder `out`.

    `narrow` stores matrices in 16 bits; without it in float32, twice the size.
    Raises BadCheckpoint for a checkpoint that is missing, damaged or another model's.
    """
    from halfgig.animators.sadtalker.networks.audio_build import build_audio
    from halfgig.animators.sadtalker.networks.build import build
    from halfgig.animators.sadtalker.networks.reconstruction_build import build_reconstruction

    def of_all(event: Event) -> None:
        tell(replace(event, total=PARTS) if isinstance(event, Progress) else event)

    out.mkdir(parents=True)
    build(sources, out, of_all, narrow=narrow)
    for done, make in enumerate((build_audio, build_reconstruction), PARTS - 1):
        make(sources, out, narrow=narrow)
        tell(Progress("building sadtalker", done, PARTS, "parts"))
    if (sources / DETECTOR).exists():
        shutil.copyfile(sources / DETECTOR, out / DETECTOR)
    manifest = {
        "model": "sadtalker",
        "precision": "int16" if narrow else "float32",
        "footprint": {"private_mb": PRIVATE_MB},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1))
