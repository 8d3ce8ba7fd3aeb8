"""The nets that hear, with seeded weights: that part of the checkpoint alone, and what is built from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.animators.sadtalker.networks.audio_encoder import build_audio
from halfgig.animators.sadtalker.networks.build import CHECKPOINT
from tests.animators.sadtalker.networks.world import REFERENCE, write_safetensors
from tests.reference import seeded_checkpoints
from tests.support.once import once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PARTS = ("audio2exp.", "audio2pose.audio_encoder.", "audio2pose.netG.decoder.")


def write_hearing(folder: Path) -> Path:
    """Write the tensors of upstream's checkpoint that hear."""
    manifest = json.loads((REFERENCE / "manifest.json").read_text())["files"][f"sadtalker/{CHECKPOINT}"]["tensors"]
    wanted = {name: spec for name, spec in manifest.items() if name.startswith(PARTS)}
    write_safetensors(seeded_checkpoints.seeded_tensors(wanted), folder / CHECKPOINT)
    return folder


def hearing_checkpoint(factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the part of the checkpoint that hears, made once."""
    return once(factory, "hearing-checkpoint", write_hearing)


def built_hearing(factory: pytest.TempPathFactory, precision: str) -> Path:
    """Return the folder with what is built from it in a precision, "narrow" or "float32", made once."""
    checkpoint, narrow = hearing_checkpoint(factory), precision == "narrow"
    return once(factory, f"hearing-{precision}", lambda out: build_audio(checkpoint, out, narrow=narrow))
